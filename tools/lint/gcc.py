#!/usr/bin/env python3
"""Reads every source with GCC 12, warnings as errors. usage: gcc.py BUILD_DIR [PATH_PART …]

BUILD_DIR is clang's (compile_commands.json); GCC checks the same sources to the end of its front end, coroutines
included, and writes no code.
"""
import pathlib
import subprocess
import sys
import tempfile
import threading

import sources

WARNINGS = """-Wall -Wextra -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wunused -Werror
 -Wno-missing-field-initializers""".split()
# What GCC 12 reports falsely around coroutines and std::variant; clang 19 checks the same code for real.
FALSE_ALARMS = "-Wno-maybe-uninitialized -Wno-restrict -Wno-subobject-linkage -Wno-dangling-pointer -Wno-dangling-else".split()


def compiler(source):
    flags = [f for f in source.flags() if not f.startswith("-std")]
    return ["g++", "-std=c++23", "-fcoroutines", "-O0", *WARNINGS, *FALSE_ALARMS, *flags]


def precompile(folder, one_of_each):
    """GCC's own precompiled headers, for tests and for the rest."""
    for source in one_of_each:
        name = "precompiled_test.h" if source.is_test() else "precompiled.h"
        header = sources.ROOT / "cmake" / name
        quiet = [word for word in compiler(source) if not word.startswith("-W")]
        subprocess.run([*quiet, "-w", f"-I{header.parent}", "-x", "c++-header", str(header), "-o", f"{folder}/{name}.gch"],
                       check=True, cwd=source.directory)


def main():
    build, *parts = sys.argv[1:]
    found = sources.read(build, parts)
    with tempfile.TemporaryDirectory() as folder:
        first = threading.Lock()
        ready = []

        def judge(source):
            with first:  # only once there is something to read
                if not ready:
                    precompile(folder, {s.is_test(): s for s in found}.values())
                    ready.append(True)
            name = "precompiled_test.h" if source.is_test() else "precompiled.h"
            # The text beside its precompiled form serves a source whose definitions differ.
            pathlib.Path(folder, name).write_text(f'#include "{sources.ROOT}/cmake/{name}"\n')
            run = subprocess.run([*compiler(source), f"-I{sources.ROOT}/cmake", "-include", f"{folder}/{name}", "-fsyntax-only", str(source.path)],
                                 capture_output=True, text=True, cwd=source.directory)
            return None if run.returncode == 0 else run.stderr[:4000]

        rules = sources.rules_of("g++", __file__, *sources.PRECOMPILED)
        return not sources.judge_all("gcc", rules, found, judge)


if __name__ == "__main__":
    sys.exit(main())
