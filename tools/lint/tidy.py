#!/usr/bin/env python3
"""Runs clang-tidy 19 on every source in compile_commands.json. usage: tidy.py BUILD_DIR [PATH_PART …]"""
import subprocess
import sys

import sources


def main():
    build, *parts = sys.argv[1:]

    def judge(source):
        run = subprocess.run(["clang-tidy-19", "--quiet", "-p", build, source.path], capture_output=True, text=True)
        if run.returncode == 0 and "error:" not in run.stdout:
            return None
        return run.stdout + "".join(line for line in run.stderr.splitlines(True) if "error" in line)

    rules = (sources.ROOT / ".clang-tidy").read_bytes()
    return not sources.judge_all("tidy", rules, sources.read(build, parts), judge)


if __name__ == "__main__":
    sys.exit(main())
