"""An etcd of one member or of several, each killed or frozen and brought back on the same data; every write of it reaches
the disk, as in production."""
import pathlib
import shutil
import signal
import subprocess


class Member:
    """One process. `cluster` is what --initial-cluster says of all."""

    def __init__(self, directory, name, client_port, peer_port):
        self.directory, self.name = pathlib.Path(directory), name
        self.endpoint, self.peer = f"http://127.0.0.1:{client_port}", f"http://127.0.0.1:{peer_port}"
        self.cluster, self.process, self.timing = f"{name}={self.peer}", None, ("20", "200")

    def start(self):
        with open(self.directory / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                ["etcd", "--name", self.name, "--data-dir", str(self.directory / self.name), "--logger", "zap",
                 "--listen-client-urls", self.endpoint, "--advertise-client-urls", self.endpoint,
                 "--listen-peer-urls", self.peer, "--initial-advertise-peer-urls", self.peer,
                 "--initial-cluster", self.cluster, "--heartbeat-interval", self.timing[0],
                 "--election-timeout", self.timing[1]],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


class Etcd:
    def __init__(self, directory, free_port, members=1):
        self.members = [Member(directory, f"crash{i}" if members > 1 else "crash", free_port(), free_port())
                        for i in range(members)]
        if members > 1:
            cluster = ",".join(member.cluster for member in self.members)
            for member in self.members:
                member.cluster, member.timing = cluster, ("50", "500")

    @staticmethod
    def missing():
        return "" if shutil.which("etcd") else "etcd is not installed; tools/setup installs it"

    @property
    def endpoints(self):
        return [member.endpoint for member in self.members]

    def start(self):
        for member in self.members:
            member.start()

    def kill(self):
        """All that run."""
        for member in self.members:
            if member.process and member.process.poll() is None:
                member.kill()
