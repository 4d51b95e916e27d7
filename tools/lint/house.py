#!/usr/bin/env python3
"""The house's own rules, a line each; see RULES. usage: house.py FOLDER …"""
import pathlib
import re
import sys

# (what it looks like, where it may stand, what to do instead)
RULES = [
    (r"\b(steady|system)_clock::now\(", r"src/base/clock\.cpp$", "take the time from Env::clock"),
    (r"\bgetenv\(", r"src/app/|src/testing/|tests/", "only the command line (src/app) reads the environment; hand the value in"),
    (r"\bsleep_for\(|\busleep\(|[^_.]\bsleep\(\d", r"$^", "wait on an event or on Env::timers"),
    (r"\bnew [A-Z_a-z:]+[({\[]", r"private constructor", "std::make_unique, or say \"private constructor\" on the line"),
    (r"(^|[;{})])\s*delete (\[\] ?)?[a-z]", r"$^", "no owning raw pointers"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", r"$^", "finish it, or file an issue"),
    (r"#include <boost/beast", r"src/http/[a-z_]+\.cpp$", "Beast stays behind http/"),
    (r"\bsystem\(\"|\bpopen\(", r"$^", "runtime/process.h"),
    (r"\bstd::(cout|cerr)\b", r"src/app/|_test\.cpp$", "use the log"),
]
MAX_LINES = 600


def complaints_in(path, text):
    name = path.as_posix()
    lines = text.splitlines()
    if path.suffix in (".h", ".cpp") and len(lines) > MAX_LINES:
        yield f"{name}: {len(lines)} lines; over {MAX_LINES} a file has more than one idea"
    if path.suffix == ".h" and "#pragma once" not in text:
        yield f"{name}: no #pragma once"
    for number, line in enumerate(lines, 1):
        code = re.sub(r"//.*", "", re.sub(r'"(\\.|[^"\\])*"', '""', line))
        for pattern, allowed, instead in RULES:
            if re.search(pattern, line if "TODO" in pattern else code) and not re.search(allowed, name) \
                    and not re.search(allowed, line):
                yield f"{name}:{number}: {code.strip()[:80]}: {instead}"


def main(folders):
    found = []
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                found += complaints_in(path, path.read_text())
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
