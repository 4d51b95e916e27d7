#!/usr/bin/env python3
"""Compiles every header alone, so that each includes what it uses. usage: headers.py SRC"""
import pathlib
import subprocess
import sys

import sources

FLAGS = ["-std=c++23", "-O0", "-w", "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED",
         "-DSPDLOG_FMT_EXTERNAL", '-DFAIRWAY_VERSION="0"', '-DFAIRWAY_SOURCE_DIR="."']


def main():
    src = pathlib.Path(sys.argv[1]).resolve()
    includes = subprocess.run(["pkg-config", "--cflags-only-I", "libnl-3.0", "libnftables"], capture_output=True, text=True)
    command = ["clang++-19", *FLAGS, f"-I{src}", *includes.stdout.split(), "-fsyntax-only", "-x", "c++", "-"]

    def judge(header):
        name = header.path.relative_to(src)
        run = subprocess.run(command, input=f'#include "{name}"\n', capture_output=True, text=True)
        return None if run.returncode == 0 else f"{name} does not compile alone:\n{run.stderr[:1500]}"

    rules = sources.rules_of("clang++-19", __file__)
    return not sources.judge_all("headers", rules, [sources.Header(h) for h in sorted(src.rglob("*.h"))], judge)


if __name__ == "__main__":
    sys.exit(main())
