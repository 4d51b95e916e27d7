#!/usr/bin/env python3
"""One bad line for each house rule, which the linter must find; a rule that finds nothing is no rule."""
import pathlib
import sys

import house
import layers

BAD = [
    ("src/store/a.cpp", "auto t = std::chrono::steady_clock::now();"),
    ("src/store/a.cpp", 'auto* home = getenv("HOME");'),
    ("src/store/a_test.cpp", "std::this_thread::sleep_for(1s);"),
    ("src/store/a.cpp", "auto* p = new Thing(1);"),
    ("src/store/a.cpp", "delete thing;"),
    ("src/store/a.cpp", "// TODO: later"),
    ("src/store/a.cpp", "#include <boost/beast/http.hpp>"),
    ("src/store/a.cpp", 'system("ls");'),
    ("src/store/a.cpp", 'std::cerr << "x";'),
]
GOOD = [
    ("src/base/clock.cpp", "return std::chrono::steady_clock::now();"),
    ("src/http/server.cpp", "#include <boost/beast/http.hpp>"),
    ("src/store/a.cpp", "// a new Thing(1) is made by make_unique"),
    ("src/store/a.cpp", "Thing(const Thing&) = delete;"),
]


def main():
    failures = []
    for name, line in BAD:
        if not list(house.complaints_in(pathlib.Path(name), line)):
            failures.append(f"not found: {name}: {line}")
    for name, line in GOOD:
        failures += list(house.complaints_in(pathlib.Path(name), line))
    if not list(house.complaints_in(pathlib.Path("src/a.h"), "\n" * 700)):
        failures.append("a file of 700 lines was not found")
    if layers.folder_of(pathlib.PurePath("cloud/model/state.h"), {"cloud/model": set()}) != "cloud/model":
        failures.append("layers: cloud/model/state.h does not belong to cloud/model")
    print("\n".join(failures), end="\n" if failures else "")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
