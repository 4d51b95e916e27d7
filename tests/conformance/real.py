"""The real components for a case: started, used through their own clients, ended. Only what was started here is ended."""
import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
REAL = TOP / "tests" / "real"
SKIP = 77


class Failed(Exception):
    pass


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", flush=True)


def skip(reason):
    print(reason, flush=True)
    sys.exit(SKIP)


def run(command, env=None, check=True, limit=120):
    """The command's standard output."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=limit)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def until(what, condition, limit=60, pause=0.1):
    """The first true value of `condition`."""
    deadline = time.monotonic() + limit
    while True:
        last = None
        try:
            if value := condition():
                return value
        except (Failed, OSError) as error:
            last = error
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {limit} s{f' ({last})' if last else ''}")
        time.sleep(pause)


@contextlib.contextmanager
def workspace():
    """A directory that is removed when the case passed or was skipped, and named when it failed."""
    directory = tempfile.mkdtemp(prefix="fairway-conformance-")
    try:
        yield pathlib.Path(directory)
    except BaseException as error:
        if not (isinstance(error, SystemExit) and error.code == SKIP):
            print(f"logs are in {directory}", flush=True)
            raise
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def component(name, directory, *options):
    """tests/real/<name>/up.sh … down.sh. Yields what up.sh prints last; skips the case where this machine cannot."""
    started = time.monotonic()
    try:
        done = subprocess.run([REAL / name / "up.sh", directory, *options], capture_output=True, text=True, timeout=1800)
        if done.returncode == SKIP:
            skip(done.stderr.strip().splitlines()[-1])
        if done.returncode != 0:
            raise Failed(f"tests/real/{name}/up.sh: exit {done.returncode}\n{done.stderr[-2000:]}")
        say(f"{name} serves after {time.monotonic() - started:.1f} s")
        yield done.stdout.strip().splitlines()[-1]
    finally:
        subprocess.run([REAL / name / "down.sh", directory, "--keep"], capture_output=True, timeout=300)


def kubectl_program():
    """The kubectl of the same release, which up.sh built or can build."""
    done = subprocess.run([REAL / "kubernetes" / "build", "kubectl"], capture_output=True, text=True, timeout=1800)
    return f"{done.stdout.strip()}/kubectl" if done.returncode == 0 else shutil.which("kubectl")


class Kube:
    """A Kubernetes API with the client certificate of a kubeconfig that up.sh wrote."""

    def __init__(self, kubeconfig):
        text = pathlib.Path(kubeconfig).read_text()
        self.server = re.search(r'server: "([^"]+)"', text)[1]
        with tempfile.TemporaryDirectory() as keys:
            for name in ("certificate-authority", "client-certificate", "client-key"):
                pem = base64.b64decode(re.search(rf"{name}-data: ([\w+/=]+)", text)[1])
                (pathlib.Path(keys) / name).write_bytes(pem)
            self.tls = ssl.create_default_context(cafile=f"{keys}/certificate-authority")
            self.tls.load_cert_chain(f"{keys}/client-certificate", f"{keys}/client-key")
        self.open = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                urllib.request.HTTPSHandler(context=self.tls)).open

    def request(self, method, path, body=None, kind="application/json", timeout=30):
        data = json.dumps(body).encode() if body is not None else None
        return self.open(urllib.request.Request(self.server + path, data, {"Content-Type": kind}, method=method),
                         timeout=timeout)

    def call(self, method, path, body=None, kind="application/json"):
        """The decoded body; None for 404. Other errors fail the case."""
        try:
            with self.request(method, path, body, kind) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise Failed(f"{method} {path}: {error.code} {error.read().decode()[:800]}") from None

    def merge(self, path, body):
        return self.call("PATCH", path, body, "application/merge-patch+json")

    def events(self, path, timeout):
        """Objects of a watch, one after the other."""
        with self.request("GET", path, timeout=timeout) as stream:
            for line in stream:
                yield json.loads(line)


class OpenStack:
    """Keystone, Neutron and Octavia as one project sees them, from the openrc that up.sh wrote."""

    def __init__(self, openrc):
        shown = run(["bash", "-c", f"set -a; . '{openrc}'; env -0"], env={"PATH": "/usr/bin:/bin"})
        self.env = dict(item.split("=", 1) for item in shown.split("\0") if item.startswith("OS_"))
        self.open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        user = {"name": self.env["OS_USERNAME"], "domain": {"id": "default"}, "password": self.env["OS_PASSWORD"]}
        scope = {"project": {"name": self.env["OS_PROJECT_NAME"], "domain": {"id": "default"}}}
        login = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        request = urllib.request.Request(self.env["OS_AUTH_URL"] + "/auth/tokens", json.dumps(login).encode(),
                                         {"Content-Type": "application/json"})
        with self.open(request, timeout=60) as answer:
            self.token = answer.headers["X-Subject-Token"]
            catalog = json.loads(answer.read())["token"]["catalog"]
        self.roots = {service["type"]: next(e["url"] for e in service["endpoints"] if e["interface"] == "public").rstrip("/")
                      for service in catalog if service["endpoints"]}

    def call(self, method, service, path, body=None):
        """The decoded body; None for 404. Other errors fail the case."""
        version = {"network": "/v2.0", "load-balancer": "/v2/lbaas"}[service]
        root = re.sub(r"/v2(\.0)?$", "", self.roots[service])
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{root}{version}{path}", data, method=method,
                                         headers={"X-Auth-Token": self.token, "Content-Type": "application/json"})
        try:
            with self.open(request, timeout=60) as answer:
                text = answer.read()
                return json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise Failed(f"{method} {path}: {error.code} {error.read().decode()[:800]}") from None

    def list(self, service, collection):
        # What it belongs to may be gone since it was listed (404): then it has none.
        answer = self.call("GET", service, f"/{collection}")
        return answer[collection.split("?")[0].split("/")[-1]] if answer else []

    def balancer_shape(self):
        """Each load balancer as one line: status, listeners' ports, members; what a Service should look like."""
        shapes = []
        for balancer in self.list("load-balancer", "loadbalancers"):
            ports = sorted(listener["protocol_port"] for listener in self.list("load-balancer", "listeners")
                           if {"id": balancer["id"]} in listener["loadbalancers"])
            members = set()
            for pool in self.list("load-balancer", "pools"):
                if {"id": balancer["id"]} in pool["loadbalancers"]:
                    members |= {m["address"] for m in self.list("load-balancer", f"pools/{pool['id']}/members")}
            shapes.append(f"{balancer['provisioning_status']} ports {ports} members {len(members)}")
        return shapes
