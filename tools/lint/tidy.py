#!/usr/bin/env python3
"""Runs clang-tidy 19 on every source in compile_commands.json. usage: tidy.py BUILD_DIR [PATH_PART …]

TIDY_MINUTES bounds the time: what was not read by then is named, which is no failure; what passed is remembered, so the
next run goes on from there. Without it all is read.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import sources

PLUGIN = sources.ROOT / "tools" / "lint" / "own_declarations.cpp"
CLANG = pathlib.Path("/usr/lib/llvm-19/include")


def plugin(build):
    """What keeps clang-tidy out of other people's headers, or nothing where Clang's own headers are not installed: then
    the same is found in five times the time."""
    if not all((CLANG / header).exists() for header in ("clang/Frontend/FrontendPluginRegistry.h", "llvm/Support/Registry.h")):
        return []
    made = pathlib.Path(build, "own_declarations.so").resolve()
    if not made.exists() or made.stat().st_mtime < PLUGIN.stat().st_mtime:
        compiler = ["clang++-19", "-std=c++17", "-O1", "-w", "-fPIC", "-fno-rtti", f"-isystem{CLANG}"]
        subprocess.run([*compiler, "-shared", str(PLUGIN), "-o", f"{made}.new"], check=True)
        check_that_faults_are_found(f"{made}.new")
        os.rename(f"{made}.new", made)
    return [f"--load={made}"]


def check_that_faults_are_found(made):
    """A plugin that kept clang-tidy out of our code too would make everything clean."""
    with tempfile.TemporaryDirectory() as folder:
        src = pathlib.Path(folder, "src")
        src.mkdir()
        (src / "bad.h").write_text("#pragma once\n#include <string>\ninline char* in_the_header = 0;\n")
        (src / "bad.cpp").write_text('#include "bad.h"\nchar* in_the_source = 0;\n')
        run = subprocess.run(["clang-tidy-19", "--quiet", f"--load={made}", f"--config-file={sources.ROOT}/.clang-tidy",
                              str(src / "bad.cpp"), "--", "-std=c++23"], capture_output=True, text=True)
        if run.stdout.count("error: use nullptr") != 2:
            sys.exit(f"{PLUGIN}: clang-tidy no longer finds what it must with this plugin:\n{run.stdout}{run.stderr}")


def main():
    build, *parts = sys.argv[1:]
    command = ["clang-tidy-19", "--quiet", *plugin(build), "-p", build]

    def judge(source):
        run = subprocess.run([*command, str(source.path)], capture_output=True, text=True)
        if run.returncode == 0 and "error:" not in run.stdout:
            return None
        return run.stdout + "".join(line for line in run.stderr.splitlines(True) if "error" in line)

    rules = sources.rules_of("clang-tidy-19", sources.ROOT / ".clang-tidy", PLUGIN, *sources.PRECOMPILED)
    minutes = float(os.environ.get("TIDY_MINUTES", 0)) or None
    return not sources.judge_all("tidy", rules, sources.read(build, parts), judge, minutes)


if __name__ == "__main__":
    sys.exit(main())
