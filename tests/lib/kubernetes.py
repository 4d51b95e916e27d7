"""The programs of a real Kubernetes 1.36 for a test, built by tests/real/kubernetes/build from its Go modules and remembered."""
import pathlib
import subprocess

SKIP = 77
BUILD = pathlib.Path(__file__).resolve().parents[1] / "real" / "kubernetes" / "build"


class Unavailable(Exception):
    """This machine cannot have them; the text is the reason."""


def programs(*more):
    """The folder with what a control plane needs on a master (apiserver, controller-manager, scheduler), and `more`."""
    done = subprocess.run([BUILD, "apiserver", "controller-manager", "scheduler", *more], capture_output=True, text=True, timeout=1800)
    if done.returncode == SKIP:
        raise Unavailable(done.stderr.strip().splitlines()[-1])
    if done.returncode != 0:
        raise RuntimeError(f"tests/real/kubernetes/build: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout.strip()
