#!/usr/bin/env python3
"""Runs clang-tidy 19 on every source in compile_commands.json; a file that passed unchanged is not read again.

usage: tidy.py BUILD_DIR [PATH_PART …]        only files whose path has one of the parts
What a file depends on is taken from the compiler (-MM); the memory of what passed lies in the user's cache folder.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "fairway" / "tidy"


def dependencies(entry):
    """Our own files that this one is made of, as the compiler sees them."""
    words = shlex.split(entry["command"])
    words = words[1:] if words[0].endswith("ccache") else words
    keep = [w for w in words if w.startswith(("-I", "-D", "-std", "-isystem"))]
    run = subprocess.run([words[0], *keep, "-MM", "-w", entry["file"]], capture_output=True, text=True, cwd=entry["directory"])
    names = run.stdout.replace("\\\n", " ").split()[1:]
    return sorted({n for n in names if n.startswith(str(ROOT / "src"))} | {entry["file"]})


def key_of(entry):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    for name in dependencies(entry):
        digest.update(os.path.relpath(name, ROOT).encode())
        digest.update(pathlib.Path(name).read_bytes())
    return digest.hexdigest()


def tidy(build, entry):
    passed = CACHE / key_of(entry)
    if passed.exists():
        return None
    run = subprocess.run(["clang-tidy-19", "--quiet", "-p", build, entry["file"]], capture_output=True, text=True)
    if run.returncode == 0 and "error:" not in run.stdout:
        passed.touch()
        return None
    return run.stdout + "".join(l for l in run.stderr.splitlines(True) if "error" in l)


def main():
    build, *parts = sys.argv[1:]
    CACHE.mkdir(parents=True, exist_ok=True)
    entries = [e for e in json.loads(pathlib.Path(build, "compile_commands.json").read_text()) if "/src/" in e["file"]]
    if parts:
        entries = [e for e in entries if any(p in e["file"] for p in parts)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(lambda e: tidy(build, e), entries) if p]
    print("\n".join(problems), end="\n" if problems else "")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
