"""A client that changes things all the time and notes what was acknowledged.

For each object it keeps what the last acknowledged answer makes true, and, after a request that was never answered, what
may be true instead. A check after the restart (check.py) settles which.
"""
import itertools
import random
import threading
import time

from cloud import Api, NoAnswer

GONE = object()
NETWORK, LB = "/network/v2.0", "/load-balancer/v2.0/lbaas"
# kind: (collection's path, the wrapper's name in bodies, how many one writer keeps at most)
KINDS = {
    "network": (f"{NETWORK}/networks", "network", 6),
    "port": (f"{NETWORK}/ports", "port", 6),
    "floatingip": (f"{NETWORK}/floatingips", "floatingip", 4),
    "loadbalancer": (f"{LB}/loadbalancers", "loadbalancer", 4),
    "members": (f"{LB}/pools", "members", 0),
}


class Noted:
    def __init__(self, kind, fields):
        self.kind, self.fields, self.maybe = kind, fields, None
        self.children = {}


class Writer(threading.Thread):
    def __init__(self, cloud, number, networks, seed):
        super().__init__(daemon=True)
        self.cloud, self.name, self.networks = cloud, f"w{number}", networks
        self.random, self.count = random.Random(seed), itertools.count()
        self.objects = {}  # id -> Noted; what was deleted and acknowledged is in `gone`
        self.gone = set()
        self.gone_ports = set()
        self.acknowledged, self.complaints = 0, []
        self.running, self.stopping = threading.Event(), False
        self.idle = threading.Event()

    def run(self):
        api = Api(self.cloud)
        while not self.stopping:
            self.idle.set()
            self.running.wait()
            self.idle.clear()
            try:
                self.change_something(api)
            except NoAnswer:
                self.running.clear()  # until the cloud is back and what happened is known

    def change_something(self, api):
        kind = self.random.choice(("network", "port", "floatingip", "loadbalancer", "loadbalancer", "members"))
        mine = [i for i, noted in self.objects.items() if noted.kind == kind]
        if kind == "members":
            return self.replace_members(api)
        if not mine or (len(mine) < KINDS[kind][2] and self.random.random() < 0.4):
            return self.create(api, kind)
        chosen = self.random.choice(mine)
        if self.random.random() < 0.35:
            return self.delete(api, kind, chosen)
        return self.update(api, kind, chosen)

    def request(self, api, method, path, body, good):
        """The answer's body when it was acknowledged, else None; complains about answers that nothing excuses."""
        status, answer = api.call(method, path, body)
        if status in good:
            self.acknowledged += 1
            return answer or {}
        if status == 504:  # the store takes too long, and goes on by itself
            raise NoAnswer(f"{method} {path}: {answer}")
        if status == 503:
            time.sleep(0.05)
        # 409: immutable while it is pending, or an address pool is used up. 503: the store is out of reach. The object is
        # as it was.
        if status not in (404, 409, 503) and not (status == 400 and "No more" in str(answer)):
            self.complaints.append(f"{method} {path}: {status} {answer}")
        return None

    def create(self, api, kind):
        name = f"{self.name}-{next(self.count)}"
        fields = {"description": name} if kind == "floatingip" else {"name": name}
        path, wrapper, _ = KINDS[kind]
        answer = self.request(api, "POST", path, {wrapper: {**fields, **self.body_of(kind, name)}}, (201, 202))
        if answer:
            self.note(kind, answer[wrapper], fields)

    def body_of(self, kind, name):
        if kind == "port":
            return {"network_id": self.networks["private"]}
        if kind == "floatingip":
            return {"floating_network_id": self.networks["public"]}
        if kind == "loadbalancer":
            members = [{"address": f"10.0.0.{200 + i}", "protocol_port": 30080} for i in range(2)]
            monitor = {"type": "TCP", "delay": 5, "timeout": 3, "max_retries": 2}
            pool = {"name": name, "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN", "members": members,
                    "healthmonitor": monitor}
            return {"vip_subnet_id": self.networks["private-subnet"],
                    "listeners": [{"name": name, "protocol": "TCP", "protocol_port": 80, "default_pool": pool}]}
        return {}

    def note(self, kind, answer, fields):
        noted = Noted(kind, fields)
        if kind == "loadbalancer":
            noted.children = {"vip_port_id": answer["vip_port_id"], "pool": answer["listeners"][0]["default_pool_id"]}
            noted.fields["members"] = {"10.0.0.200", "10.0.0.201"}
        self.objects[answer["id"]] = noted

    def update(self, api, kind, chosen):
        value = f"{self.name}-{next(self.count)}"
        change = {"description": value} if kind == "floatingip" else {"name": value}
        if kind == "floatingip" and self.random.random() < 0.5:
            change = {"port_id": self.random.choice(self.vip_ports() + [None])}
        path, wrapper, _ = KINDS[kind]
        self.apply(api, chosen, "PUT", f"{path}/{chosen}", {wrapper: change}, (200, 202), change)

    def vip_ports(self):
        """VIPs of this writer that no floating IP of its own has."""
        taken = {noted.fields.get("port_id") for noted in self.objects.values()}
        return [noted.children["vip_port_id"] for noted in self.objects.values()
                if noted.kind == "loadbalancer" and noted.children["vip_port_id"] not in taken]

    def replace_members(self, api):
        balancers = [i for i, noted in self.objects.items() if noted.kind == "loadbalancer"]
        if not balancers:
            return
        chosen = self.random.choice(balancers)
        wanted = {f"10.0.0.{self.random.randrange(200, 250)}" for _ in range(self.random.randrange(1, 5))}
        body = {"members": [{"address": address, "protocol_port": 30080} for address in sorted(wanted)]}
        path = f"{LB}/pools/{self.objects[chosen].children['pool']}/members"
        self.apply(api, chosen, "PUT", path, body, (200, 202, 204), {"members": wanted})

    def apply(self, api, chosen, method, path, body, good, change):
        noted = self.objects[chosen]
        noted.maybe = {**noted.fields, **change}
        if self.request(api, method, path, body, good) is not None:
            noted.fields = noted.maybe
        noted.maybe = None

    def delete(self, api, kind, chosen):
        noted = self.objects[chosen]
        noted.maybe = GONE
        cascade = "?cascade=true" if kind == "loadbalancer" else ""
        done = self.request(api, "DELETE", f"{KINDS[kind][0]}/{chosen}{cascade}", None, (202, 204)) is not None
        noted.maybe = None
        if done:
            del self.objects[chosen]
            self.gone.add(chosen)
            self.forget_port(noted)

    def forget_port(self, noted):
        """A deleted VIP port leaves its floating IP without one."""
        port = noted.children.get("vip_port_id")
        if not port:
            return
        self.gone_ports.add(port)
        for other in self.objects.values():
            if other.fields.get("port_id") == port:
                other.fields = {**other.fields, "port_id": None}
