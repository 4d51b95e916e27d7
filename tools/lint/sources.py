"""What the linters that read one source at a time share: the sources, what each depends on, and a memory of what passed.

The memory lies in the user's cache folder; its key is the text of the source and of everything of ours that it includes,
and of what judges it. So a file that passed unchanged is not read again.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "fairway"


class Source:
    def __init__(self, entry, dependencies):
        self.path, self.directory = entry["file"], entry["directory"]
        words = shlex.split(entry["command"])
        while not words[0].endswith(("clang++-19", "clang-19")):
            words.pop(0)  # the launcher and what it is told
        self.words = words
        self._dependencies = dependencies

    def flags(self):
        """Definitions and include folders, as any compiler understands them."""
        pairs = zip(self.words, [*self.words[1:], ""])
        return [x for w, after in pairs if w.startswith(("-I", "-D", "-std", "-isystem")) for x in ([w, after] if w == "-isystem" else [w])]

    def is_test(self):
        return any("precompiled_test" in w for w in self.words)

    def dependencies(self):
        if self._dependencies is None:  # not built yet: the compiler says it
            run = subprocess.run([self.words[0], *self.flags(), "-MM", "-w", self.path], capture_output=True, text=True,
                                 cwd=self.directory)
            self._dependencies = run.stdout.replace("\\\n", " ").split()[1:]
        ours = {os.path.normpath(os.path.join(self.directory, n)) for n in self._dependencies}
        return sorted({n for n in ours if n.startswith(str(ROOT / "src"))} | {self.path})


def _built_dependencies(build):
    """From ninja's log: object -> files."""
    run = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True)
    found, at = {}, None
    for line in run.stdout.splitlines():
        if line and not line.startswith(" "):
            at = line.split(":")[0]
            found[at] = []
        elif line.strip() and at:
            found[at].append(line.strip())
    return found


def read(build, parts):
    entries = [e for e in json.loads(pathlib.Path(build, "compile_commands.json").read_text())
               if e["file"].startswith(str(ROOT / "src")) and e["file"].endswith(".cpp")]
    built = _built_dependencies(build)
    return [Source(e, built.get(e.get("output"))) for e in entries if not parts or any(p in e["file"] for p in parts)]


def judge_all(name, rules, sources, judge):
    """Runs judge(source) -> complaint or None for each that has not passed under these rules; says whether all are clean."""
    memory = CACHE / name
    memory.mkdir(parents=True, exist_ok=True)

    def one(source):
        digest = hashlib.sha256(rules)
        for path in source.dependencies():
            digest.update(os.path.relpath(path, ROOT).encode())
            digest.update(pathlib.Path(path).read_bytes())
        passed = memory / digest.hexdigest()
        if passed.exists():
            return None
        complaint = judge(source)
        if complaint is None:
            passed.touch()
        return complaint

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [c for c in pool.map(one, sources) if c]
    print("\n".join(complaints), end="\n" if complaints else "")
    return not complaints
