"""One `fairway up` for a test: its own directory, started, waited for, ended; and the machine compared with before.

Only what this module started is ever ended, by pid.
"""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]


def program():
    """The program under test: FAIRWAY, or the release build."""
    return os.environ.get("FAIRWAY", str(TOP / "build" / "release" / "fairway"))


def machine():
    """What a test must leave as it found it: namespaces, links, HAProxy and nginx processes, nftables tables."""
    def lines(*command):
        return set(subprocess.run(command, capture_output=True, text=True).stdout.splitlines())
    links = {line.split(": ")[1].split("@")[0] for line in lines("ip", "-o", "link") if ": " in line}
    return {"namespaces": {n.split()[0] for n in lines("ip", "netns", "list") if n}, "links": links,
            "tables": lines("nft", "list", "tables")}


def left_behind(before, prefix):
    """What is on the machine now, carries the instance's prefix or is new in our own namespace, and was not there before."""
    after = machine()
    found = [f"namespace {n}" for n in after["namespaces"] - before["namespaces"] if n.startswith(prefix)]
    found += [f"link {l}" for l in after["links"] - before["links"] if l.startswith(prefix)]
    for folder in (f"/run/fairway/{prefix}", f"/run/fairway/instances/{prefix}", f"/sys/fs/bpf/fairway/{prefix}"):
        if os.path.exists(folder):
            found.append(f"folder {folder}")
    return found


def processes_of(marker):
    """Living processes whose command line or environment names `marker` (the instance's directory)."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if marker in line:
                found.append(f"{entry.name} {line.strip()[:120]}")
    return found


class Instance:
    """A running `fairway up --dir D`. Use as a context manager."""

    def __init__(self, options=(), directory=None, ready_within=60):
        self.options, self.ready_within = list(options), ready_within
        self.directory = directory or tempfile.mkdtemp(prefix="fairway-test-")
        self.process, self.log, self.before = None, None, machine()

    def start(self):
        self.log = open(os.path.join(self.directory, "up.out"), "ab")
        self.process = subprocess.Popen([program(), "up", "--dir", self.directory, *self.options], stdout=self.log,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + self.ready_within
        while not os.path.exists(self.path("ready")):
            if self.process.poll() is not None:
                raise RuntimeError(f"fairway up ended with {self.process.returncode}:\n{self.output()[-3000:]}")
            if time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"fairway up was not ready in {self.ready_within} s:\n{self.output()[-3000:]}")
            time.sleep(0.02)
        return self

    def path(self, name):
        return os.path.join(self.directory, name)

    def output(self):
        return pathlib.Path(self.path("up.out")).read_text(errors="replace")

    def prefix(self):
        return json.loads(pathlib.Path(self.path("instance.json")).read_text())["prefix"]

    def environment(self, admin=False):
        """What a person has after sourcing openrc and setting KUBECONFIG, with the program and Debian's clients first on PATH."""
        rc = self.path("openrc.admin" if admin else "openrc")
        clean = {"PATH": f"{os.path.dirname(program())}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": os.environ.get("HOME", "/root"),
                 "SHELL": "/bin/bash",
                 "LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore"}
        clean |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS") or name == "XDG_CACHE_HOME"}
        shown = subprocess.run(["bash", "-c", f"set -a; . '{rc}'; env -0"], env=clean, capture_output=True, check=True).stdout
        env = dict(item.split("=", 1) for item in shown.decode().split("\0") if "=" in item)
        env["KUBECONFIG"] = self.path("kubeconfig")
        return env

    def stop(self, patience=30):
        """SIGTERM, as a person would; returns how it ended."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                raise RuntimeError(f"fairway up did not end within {patience} s of SIGTERM:\n{self.output()[-3000:]}") from None
        return self.process.returncode if self.process else None

    def remains(self):
        """What the instance left on the machine after it ended; nothing is right."""
        return left_behind(self.before, self.prefix()) + processes_of(self.directory)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        return False


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)
