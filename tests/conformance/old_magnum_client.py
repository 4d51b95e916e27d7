"""python-magnumclient 1.1.0 as a program of today's Python; run by its virtual environment's interpreter.

Two things of its age are bridged: its own entry hands an iterator over, which Python 3 reads only once; and it prints with a
type that Python 3 has under another name.
"""
import builtins
import os
import sys

from magnumclient import shell

builtins.unicode = str
os.environ.setdefault("OS_TENANT_NAME", os.environ["OS_PROJECT_NAME"])
try:
    shell.OpenStackMagnumShell().main(sys.argv[1:])
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
