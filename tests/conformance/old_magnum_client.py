"""python-magnumclient 1.1.0 as a program of today's Python; run by its virtual environment's interpreter.

Three things of its age are bridged. Its own entry hands an iterator over, which Python 3 reads only once; it prints with a
type that Python 3 has under another name; and it logs in by Keystone v2, which is gone: it takes a session instead, so it
gets one, made from openrc's variables.
"""
import builtins
import os
import sys

from keystoneauth1 import loading, session
from magnumclient import shell
from magnumclient.v1 import client

NAMES = ("auth_url", "username", "password", "project_name", "user_domain_id", "project_domain_id")
login = loading.get_plugin_loader("v3password").load_from_options(**{n: os.environ["OS_" + n.upper()] for n in NAMES})
made, builtins.unicode = client.Client, str
client.Client = lambda **options: made(session=session.Session(auth=login), service_type=options["service_type"])
os.environ.setdefault("OS_TENANT_NAME", os.environ["OS_PROJECT_NAME"])
try:
    shell.OpenStackMagnumShell().main(sys.argv[1:])
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
