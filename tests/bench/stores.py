#!/usr/bin/env python3
"""How many small transactions a second the stores make durable, each beside a peer on the same disk.

usage: stores.py [--seconds N] [--folder FOLDER]     part of `make bench`

SQLite: fairway_store_sqlite_store_bench beside the sqlite3 shell with the same journal and the same durability (WAL,
synchronous=FULL), one transaction after another: no group commit. And what the disk does at most: one fdatasync after
another of a file that grows.
etcd: fairway_store_etcd_store_bench beside wrk, which puts values of the same size by as many connections to the same
JSON gateway: plain puts, in no order and without comparisons, so an upper bound. etcd is Debian's, one member, with its
fsync.
"""
import argparse
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "crash"))
from cloud import Cloud  # noqa: E402
from etcd import Etcd  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build" / "bench"
CLIENTS = (1, 8, 64, 512)
VALUE = "v" * 1000
PUT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.path = "/v3/kv/put"
wrk.body = '{"key":"%s","value":"%s"}'
"""


def build():
    """The bench programs, of the release build."""
    commands = [["cmake", "--preset", "release", "-DFAIRWAY_BENCHMARKS=ON", "-DFAIRWAY_TESTS=OFF", "-B", str(BUILD)],
                ["ninja", "-C", str(BUILD), "fairway_store_sqlite_store_bench", "fairway_store_etcd_store_bench"]]
    for command in commands:
        run = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}:\n{run.stdout[-4000:]}{run.stderr[-4000:]}")


def bench(program, *arguments):
    """{clients: {"transactions/s", "median, ms", "99 %, ms"}} of one of ours."""
    out = subprocess.run([str(BUILD / program), *map(str, arguments)], capture_output=True, text=True, check=True, timeout=300).stdout
    found = {}
    for line in out.splitlines():
        clients, rate, median, late = re.match(r"\s*(\d+) clients:\s+(\d+) transactions/s, median ([\d.]+) ms, 99 % ([\d.]+)", line).groups()
        found[f"{clients} clients"] = {"transactions/s": float(rate), "median, ms": float(median), "99 %, ms": float(late)}
    return found


def fsyncs(folder, seconds):
    """What one fdatasync after another of 4 KiB more allows."""
    path = pathlib.Path(folder, "fsync")
    count, end = 0, time.monotonic() + seconds
    with open(path, "wb", buffering=0) as file:
        while time.monotonic() < end:
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / seconds


def sqlite_shell(folder, seconds):
    """Transactions a second of the sqlite3 shell, about `seconds` of them."""
    path = pathlib.Path(folder, "peer.db")
    begin = ("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE;\n"
             "CREATE TABLE entry (key TEXT PRIMARY KEY, value BLOB, revision INTEGER) WITHOUT ROWID;\n")
    subprocess.run(["sqlite3", str(path)], input=begin, text=True, check=True, capture_output=True)
    write = "BEGIN IMMEDIATE; INSERT OR REPLACE INTO entry VALUES ('/bench/0', '%s', %d); COMMIT;\n"
    rate, count = 0.0, 200
    while True:
        text = begin.splitlines()[0] + "\n" + "".join(write % (VALUE, i) for i in range(count))
        started = time.monotonic()
        subprocess.run(["sqlite3", str(path)], input=text, text=True, check=True, capture_output=True, timeout=120)
        took = time.monotonic() - started
        rate = count / took
        if took > seconds / 2:
            return rate
        count = max(count * 2, int(rate * seconds))


def sqlite(folder, seconds):
    return {"fdatasync, one after another": {"a second": fsyncs(folder, min(seconds, 2))},
            "sqlite3, one transaction after another": {"transactions/s": sqlite_shell(folder, seconds)},
            **{f"Fairway's store, {name}": value for name, value in bench("fairway_store_sqlite_store_bench", folder, seconds).items()}}


def wrk_puts(endpoint, folder, clients, seconds):
    key, value = (base64.b64encode(text.encode()).decode() for text in ("/peer/0", VALUE))
    script = pathlib.Path(folder, "put.lua")
    script.write_text(PUT % (key, value))
    out = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout", "20s", "-s", str(script), endpoint],
                         capture_output=True, text=True, check=True, timeout=120).stdout
    if re.search(r"Non-2xx", out):
        raise RuntimeError(f"etcd refused puts of wrk:\n{out}")
    unit = {"us": 0.001, "ms": 1, "s": 1000}

    def latency(share):
        number, of = re.search(share + r"%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(number) * unit[of]
    return {"transactions/s": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), "median, ms": latency("50"), "99 %, ms": latency("99")}


def wait_for_etcd(endpoint):
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(endpoint + "/health", timeout=1) as answer:
                if json.load(answer).get("health") == "true":
                    return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("etcd does not start")
        time.sleep(0.05)


def etcd(folder, seconds):
    server = Etcd(folder, Cloud.free_port)
    server.start()
    try:
        endpoint = server.endpoints[0]
        wait_for_etcd(endpoint)
        results = {f"plain puts by wrk, {clients} clients": wrk_puts(endpoint, folder, clients, seconds) for clients in CLIENTS}
        found = bench("fairway_store_etcd_store_bench", endpoint, seconds)
        return results | {f"Fairway's store, {name}": value for name, value in found.items()}
    finally:
        server.kill()


def measure(seconds, folder=None):
    """{title: results}, of what this machine has."""
    build()
    work = tempfile.mkdtemp(prefix="bench-", dir=folder or TOP / "build")
    try:
        results = {"The SQLite store, values of 1 kB": sqlite(work, seconds)}
        if not Etcd.missing():
            results["The etcd store, values of 1 kB"] = etcd(work, seconds)
        return results
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3, help="for each number")
    parser.add_argument("--folder", help="on the disk to measure; default: build/")
    options = parser.parse_args()
    for title, results in measure(options.seconds, options.folder).items():
        print(f"\n{title} (load average {os.getloadavg()[0]:.1f})")
        for name, value in results.items():
            print(f"  {name:44} " + "  ".join(f"{what} {number:.2f}" for what, number in value.items()))


if __name__ == "__main__":
    sys.exit(main())
