"""One etcd that is killed and started again on the same data; every write of it reaches the disk, as in production."""
import pathlib
import shutil
import signal
import subprocess


class Etcd:
    def __init__(self, directory, client_port, peer_port):
        self.directory, self.client_port, self.peer_port = pathlib.Path(directory), client_port, peer_port
        self.process = None

    @staticmethod
    def missing():
        return "" if shutil.which("etcd") else "etcd is not installed; tools/setup installs it"

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.client_port}"

    def start(self):
        peer = f"http://127.0.0.1:{self.peer_port}"
        with open(self.directory / "etcd.log", "ab") as log:
            self.process = subprocess.Popen(
                ["etcd", "--name", "crash", "--data-dir", str(self.directory / "etcd"), "--logger", "zap",
                 "--listen-client-urls", self.endpoint, "--advertise-client-urls", self.endpoint,
                 "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"crash={peer}",
                 "--heartbeat-interval", "20", "--election-timeout", "200"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
