"""What must be true after each restart: every acknowledged write is there, and nothing is there by half."""
import collections

from writer import GONE, LB, NETWORK, KINDS

COLLECTIONS = {
    "network": (f"{NETWORK}/networks", "networks"), "subnet": (f"{NETWORK}/subnets", "subnets"),
    "port": (f"{NETWORK}/ports", "ports"), "floatingip": (f"{NETWORK}/floatingips", "floatingips"),
    "loadbalancer": (f"{LB}/loadbalancers", "loadbalancers"), "listener": (f"{LB}/listeners", "listeners"),
    "pool": (f"{LB}/pools", "pools"), "healthmonitor": (f"{LB}/healthmonitors", "healthmonitors"),
}


def read_all(api):
    """{kind: {id: object}}; each pool with its members."""
    state = {}
    for kind, (path, name) in COLLECTIONS.items():
        status, body = api.call("GET", path)
        assert status == 200, f"GET {path}: {status} {body}"
        state[kind] = {thing["id"]: thing for thing in body[name]}
    for pool_id, pool in state["pool"].items():
        status, body = api.call("GET", f"{LB}/pools/{pool_id}/members")
        members = body["members"] if status == 200 else []
        pool["member_addresses"] = {member["address"] for member in members if not leaving(member)}
    return state


def leaving(thing):
    return thing.get("provisioning_status") in ("PENDING_DELETE", "DELETED")


def lost(state, writer):
    """Settles what this writer could not know, and yields every acknowledged write that is not there."""
    for object_id in writer.gone:
        for kind in KINDS:
            thing = state.get(kind, {}).get(object_id)
            if thing and not leaving(thing):
                yield f"{kind} {object_id} was deleted, and is there"
    # Load balancers first: one that went takes the port of a floating IP along.
    for object_id, noted in sorted(writer.objects.items(), key=lambda item: item[1].kind != "loadbalancer"):
        thing = state[noted.kind].get(object_id)
        if thing is None or leaving(thing):
            if noted.maybe is not GONE:
                yield f"{noted.kind} {object_id} ({noted.fields}) was acknowledged, and is not there"
            del writer.objects[object_id]
            writer.gone.add(object_id)
            writer.forget_port(noted)
            continue
        found = shown(state, noted, thing, writer.gone_ports)
        expected = [noted.fields] + ([noted.maybe] if isinstance(noted.maybe, dict) else [])
        if found not in expected:
            yield f"{noted.kind} {object_id} is {found}, and should be {' or '.join(map(str, expected))}"
        noted.fields, noted.maybe = found, None


def shown(state, noted, thing, gone_ports):
    found = {key: thing[key] for key in noted.fields if key != "members"}
    if found.get("port_id") in gone_ports:
        found["port_id"] = None  # its load balancer is PENDING_DELETE: the port goes with it
    if "members" in noted.fields:
        found["members"] = state["pool"].get(noted.children["pool"], {}).get("member_addresses")
    return found


def adopt(state, writers):
    """Creates that were carried out and never answered: they must be whole, and are deleted like the others later."""
    by_name = {writer.name: writer for writer in writers}
    for kind in ("network", "port", "floatingip", "loadbalancer"):
        for thing in state[kind].values():
            field = "description" if kind == "floatingip" else "name"
            writer = by_name.get((thing[field] or "").split("-")[0])
            if writer is None or thing["id"] in writer.objects or thing["id"] in writer.gone or leaving(thing):
                continue
            if kind == "loadbalancer":
                listener = next((l for l in state["listener"].values() if {"id": thing["id"]} in l["loadbalancers"]), None)
                if listener is None:
                    continue  # halves() complains
                thing = {**thing, "listeners": [listener]}
            writer.note(kind, thing, {field: thing[field]})


def halves(state):
    """Objects that refer to what is not there, and load balancers without all that they were made with."""
    for balancer in state["loadbalancer"].values():
        name = f"load balancer {balancer['id']}"
        if leaving(balancer):
            continue
        if balancer["vip_port_id"] not in state["port"]:
            yield f"{name} has no port"
        of_it = {kind: [x for x in state[kind].values() if {"id": balancer["id"]} in x["loadbalancers"]]
                 for kind in ("listener", "pool")}
        if len(of_it["listener"]) != 1 or len(of_it["pool"]) != 1:
            yield f"{name} has {len(of_it['listener'])} listeners and {len(of_it['pool'])} pools, and was made with one each"
        for pool in of_it["pool"]:
            if pool["healthmonitor_id"] not in state["healthmonitor"] or not pool["member_addresses"]:
                yield f"{name} has a pool without its monitor or its members"
    vip_ports = {balancer["vip_port_id"] for balancer in state["loadbalancer"].values()}
    for port in state["port"].values():
        if port["device_owner"] == "Octavia" and port["id"] not in vip_ports:
            yield f"port {port['id']} has lost its load balancer"
        if port["network_id"] not in state["network"]:
            yield f"port {port['id']} has lost its network"
    for kind in ("listener", "pool"):
        for thing in state[kind].values():
            if not all(ref["id"] in state["loadbalancer"] for ref in thing["loadbalancers"]):
                yield f"{kind} {thing['id']} has lost its load balancer"
    for floating in state["floatingip"].values():
        if floating["port_id"] and floating["port_id"] not in state["port"]:
            yield f"floating IP {floating['id']} has lost its port"
    yield from twice("floating IP", (f["floating_ip_address"] for f in state["floatingip"].values()))
    yield from twice("port", (f"{ip['subnet_id']} {ip['ip_address']}" for p in state["port"].values()
                              for ip in p["fixed_ips"]))


def twice(kind, addresses):
    for address, count in collections.Counter(addresses).items():
        if count > 1:
            yield f"{count} {kind}s have the address {address}"


def pending(state):
    return [f"{kind} {thing['id']} is {thing['provisioning_status']}" for kind in ("loadbalancer", "listener", "pool", "healthmonitor")
            for thing in state[kind].values() if thing["provisioning_status"].startswith("PENDING")]
