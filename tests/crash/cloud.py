"""One `fairway cloud` that is killed and started again on the same directory, and a client for its API."""
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time


class NoAnswer(Exception):
    """The request went out, and nobody knows whether it was carried out."""


class Api:
    """One connection, kept alive; used by one thread."""

    def __init__(self, cloud):
        self.cloud, self.connection = cloud, None

    def call(self, method, path, body=None):
        """(status, decoded body). Raises NoAnswer when the server died before it answered."""
        headers = {"Content-Type": "application/json"}
        if self.cloud.token:
            headers["X-Auth-Token"] = self.cloud.token
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.cloud.port, timeout=30)
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            text = self.text = answer.read()
            self.headers = answer.headers
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if text and is_json else None
        except (OSError, http.client.HTTPException) as error:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            raise NoAnswer(str(error)) from None


class Cloud:
    def __init__(self, program, directory):
        self.program, self.directory = program, pathlib.Path(directory)
        self.port, self.health_port, self.token, self.process = self.free_port(), self.free_port(), None, None
        self.store = f'{{path: "{self.directory}/cloud.db"}}'

    @staticmethod
    def free_port():
        """Below the kernel's ephemeral range: it must be free again at each restart."""
        while True:
            with socket.socket() as probe:
                try:
                    port = random.randrange(20000, 32000)
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    pass

    def configure(self, with_gateway):
        """Without a gateway objects turn ACTIVE at once; with one that never comes they stay PENDING for two seconds."""
        gateway = f'gateway_address: "unix:{self.directory}/gateway.sock"' if with_gateway else "noop_gateway: true"
        (self.directory / "cloud.yaml").write_text(f"""\
log: {{format: json, level: warn, file: "{self.directory}/cloud.log"}}
health: {{port: {self.health_port}}}
store: {self.store}
cloud:
  bind: 127.0.0.1
  port: {self.port}
  {gateway}
  secrets_directory: "{self.directory}/secrets"
  networks: {{make: true}}
""")

    def start(self):
        with open(self.directory / "cloud.err", "ab") as errors:
            self.process = subprocess.Popen([self.program, "cloud", "--config", str(self.directory / "cloud.yaml")],
                                            stdout=errors, stderr=errors, stdin=subprocess.DEVNULL)
        self.wait_until_ready()

    def wait_until_ready(self):
        deadline, status, said = time.monotonic() + 30, None, None
        while True:
            try:
                status, said = Api(self).call("GET", "/readyz")
                if status == 200:
                    return
            except NoAnswer:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"fairway cloud is not ready (exit code {self.process.poll()}, /readyz {status} {said}):\n"
                                 f"{self.messages()}")
            time.sleep(0.01)

    def messages(self):
        return "".join(file.read_text(errors="replace")[-3000:] for file in
                       (self.directory / "cloud.err", self.directory / "cloud.log") if file.exists())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def log_in(self):
        password = (self.directory / "secrets" / "demo.password").read_text().strip()
        api = Api(self)
        status, body = api.call("POST", "/identity/v3/auth/tokens", {"auth": {
            "identity": {"methods": ["password"], "password": {
                "user": {"name": "demo", "domain": {"id": "default"}, "password": password}}},
            "scope": {"project": {"name": "demo", "domain": {"id": "default"}}}}})
        if status != 201:
            raise SystemExit(f"cannot log in: {status} {body}")
        self.token = api.headers["X-Subject-Token"]


def program():
    """The program under test: FAIRWAY, else the newest build."""
    top = pathlib.Path(__file__).resolve().parents[2]
    builds = [top / "build" / kind / "fairway" for kind in ("release", "dev")]
    found = os.environ.get("FAIRWAY") or next((str(path) for path in builds if path.exists()), None)
    if not found:
        raise SystemExit("tests/crash: no program to test; `make build` first, or name one in FAIRWAY")
    return found
