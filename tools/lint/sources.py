"""What the linters that read one file at a time share: the files, how each is compiled, and a memory of what passed.

The memory lies in the user's cache folder; its key is the text of the file and of everything of ours that it includes,
how it is compiled, and what judges it. So what passed once is not read again, in whatever clone.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PRECOMPILED = sorted((ROOT / "cmake").glob("precompiled*.h"))
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "fairway"


@functools.cache
def included_by(path):
    """The files of ours that a file names; tools/lint/layers.py sees to it that each is named by its path below src/."""
    named = re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.MULTILINE)
    return [SRC / name for name in named if (SRC / name).is_file()]


def with_all_included(path):
    found, waiting = {path}, [path]
    while waiting:
        new = set(included_by(waiting.pop())) - found
        found |= new
        waiting += new
    return sorted(found)


class Header:
    def __init__(self, path):
        self.path = path

    def flags(self):
        return []


class Source:
    def __init__(self, entry):
        self.path, self.directory = pathlib.Path(entry["file"]), entry["directory"]
        words = shlex.split(entry["command"])
        while not words[0].endswith(("clang++-19", "clang-19")):
            words.pop(0)  # the launcher and what it is told
        self.words = words

    def flags(self):
        """Definitions and include folders, as any compiler understands them."""
        pairs = zip(self.words, [*self.words[1:], ""])
        return [x for w, after in pairs if w.startswith(("-I", "-D", "-std", "-isystem")) for x in ([w, after] if w == "-isystem" else [w])]

    def is_test(self):
        return any("precompiled_test" in w for w in self.words)


def read(build, parts):
    """The sources that are compiled in `build`, of which some part of the path is among `parts`."""
    entries = [e for e in json.loads(pathlib.Path(build, "compile_commands.json").read_text())
               if e["file"].startswith(str(SRC)) and e["file"].endswith(".cpp")]
    return [Source(e) for e in entries if not parts or any(p in e["file"] for p in parts)]


def rules_of(tool, *files):
    """What judges, as bytes: the tool's version, and the files that tell it how."""
    version = subprocess.run([tool, "--version"], capture_output=True, check=True).stdout
    return version + b"".join(pathlib.Path(f).read_bytes() for f in files)


def _key(rules, file):
    digest = hashlib.sha256(rules)
    digest.update(" ".join(file.flags()).replace(str(ROOT), "").encode())
    for path in with_all_included(file.path):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def judge_all(name, rules, files, judge, minutes=None):
    """Runs judge(file) -> complaint or None for each that has not passed under these rules; says whether all are clean.

    After `minutes` nothing more is begun, and what was not read is named; that alone is no failure.
    """
    memory = CACHE / name
    memory.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + minutes * 60 if minutes else None
    unread = []

    def one(file):
        passed = memory / _key(rules, file)
        if passed.exists():
            return None
        if end and time.monotonic() > end:
            unread.append(str(file.path.relative_to(ROOT)))
            return None
        complaint = judge(file)
        if complaint is None:
            passed.touch()
        return complaint

    # As many at a time as this process may use cores: `taskset -c 0` makes it one.
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        complaints = [c for c in pool.map(one, files) if c]
    if unread:
        print(f"not read within {minutes:g} minutes, {len(unread)} of {len(files)}: {' '.join(sorted(unread))}")
    print("\n".join(complaints), end="\n" if complaints else "")
    return not complaints
