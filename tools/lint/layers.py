#!/usr/bin/env python3
"""Fails when a file includes a folder that src/layers.txt doesn't allow.

usage: layers.py SRC
"""
import pathlib
import re
import sys


def read_layers(path):
    allowed = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        folder, _, may = line.partition(":")
        needs = may.split()
        for other in needs:
            if other not in allowed:
                sys.exit(f"{path}:{number}: {folder} names {other}, which is not listed above it")
        allowed[folder] = {folder, *needs}
    return allowed


def folder_of(relative, allowed):
    """The listed folder that a file or an include path belongs to, or None."""
    parent = relative.parent
    if str(parent) == "app/cmd":
        return "app"
    return str(parent) if str(parent) in allowed else None


def check(src):
    allowed = read_layers(src / "layers.txt")
    complaints = []
    for path in sorted([*src.rglob("*.h"), *src.rglob("*.cpp")]):
        here = path.relative_to(src)
        folder = folder_of(here, allowed)
        if folder is None:
            complaints.append(f"{path}: {here.parent}/ is not listed in layers.txt")
            continue
        may = allowed[folder] | ({"testing"} if re.search(r"_(test|bench)\.(cpp|h)$", path.name) else set())
        for number, text in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', text)
            if not found:
                continue
            other = folder_of(pathlib.PurePath(found[1]), allowed)
            if other is None:
                complaints.append(f'{path}:{number}: "{found[1]}" is not a path below src/ in a listed folder')
            elif other not in may:
                complaints.append(f"{path}:{number}: {folder}/ may not include {other}/")
    return complaints


if __name__ == "__main__":
    problems = check(pathlib.Path(sys.argv[1]))
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(bool(problems))
