#!/usr/bin/env python3
"""Compiles every header alone, so that each includes what it uses.

usage: headers.py SRC
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ["-std=c++23", "-O0", "-w", "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED",
         "-DSPDLOG_FMT_EXTERNAL", '-DFAIRWAY_VERSION="0"', '-DFAIRWAY_SOURCE_DIR="."']


def check(src, header, scratch):
    name = str(header.relative_to(src))
    unit = scratch / (name.replace("/", "_") + ".cpp")
    unit.write_text(f'#include "{name}"\n')
    includes = subprocess.run(["pkg-config", "--cflags-only-I", "libnl-3.0", "libnftables"], capture_output=True, text=True)
    command = ["ccache", "clang++-19", *FLAGS, f"-I{src}", *includes.stdout.split(), "-c", str(unit), "-o", str(unit) + ".o"]
    run = subprocess.run(command, capture_output=True, text=True)
    return None if run.returncode == 0 else f"{name} does not compile alone:\n{run.stderr[:1500]}"


def main():
    src = pathlib.Path(sys.argv[1]).resolve()
    # A fixed place, so that ccache knows the files again.
    scratch = pathlib.Path(tempfile.gettempdir()) / f"fairway-headers-{os.getuid()}"
    scratch.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(lambda h: check(src, h, scratch), sorted(src.rglob("*.h"))) if p]
    print("\n".join(problems), end="\n" if problems else "")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
