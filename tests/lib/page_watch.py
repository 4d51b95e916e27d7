#!/usr/bin/python3
"""Measures the way of one Service: from the API's answer to its create to the first byte of its page.

usage: page_watch.py KUBECONFIG NAMESPACE/SERVICE CLIENT_NAMESPACE

Start it before the create; it prints `watching`, follows the API's own watch, and then one JSON line:
  {"address": "172.24.4.7", "service_to_address_ms": 23.1, "service_to_page_ms": 25.4, "first_line": "HTTP/1.1 200 OK"}
The clock starts when the watch shows the new Service: the API sends that and the answer to the create at the same moment, when
the Service is durable. The page is asked for from inside CLIENT_NAMESPACE, by this process itself.
"""
import base64
import ctypes
import http.client
import json
import os
import re
import socket
import ssl
import sys
import tempfile
import time

CLONE_NEWNET = 0x40000000


def kubeconfig(path):
    import subprocess
    text = subprocess.run(["kubectl", "--kubeconfig", path, "config", "view", "--raw", "--minify", "-o", "json"],
                          capture_output=True, check=True).stdout
    config = json.loads(text)
    return config["clusters"][0]["cluster"], config["users"][0]["user"]


def material(entry, name):
    """A file's path, from the kubeconfig's path or inline data."""
    if entry.get(name + "-data"):
        with tempfile.NamedTemporaryFile("wb", delete=False) as file:
            file.write(base64.b64decode(entry[name + "-data"]))
        return file.name
    return entry.get(name)


def connect(cluster, user):
    scheme, host, port = re.fullmatch(r"(https?)://([^:/]+):(\d+)/?", cluster["server"]).groups()
    headers = {"Authorization": "Bearer " + user["token"]} if user.get("token") else {}
    if scheme == "http":
        return http.client.HTTPConnection(host, int(port), timeout=30), headers
    context = ssl.create_default_context(cafile=material(cluster, "certificate-authority"))
    if material(user, "client-certificate"):
        context.load_cert_chain(material(user, "client-certificate"), material(user, "client-key"))
    return http.client.HTTPSConnection(host, int(port), timeout=30, context=context), headers


def enter(namespace):
    with open(f"/run/netns/{namespace}", "rb") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"enter {namespace}")


def fetch(address, port, until):
    """Asks for the page again and again; the time and the text of the first byte's line."""
    while time.monotonic() < until:
        try:
            with socket.create_connection((address, port), timeout=0.5) as peer:
                peer.sendall(f"GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
                first = peer.recv(4096)
                if first.startswith(b"HTTP/1.1 200"):
                    return time.monotonic(), first.split(b"\r\n")[0].decode()
        except OSError:
            pass
        time.sleep(0.001)
    return None, None


def main(config_path, service, namespace):
    space, name = service.split("/")
    connection, headers = connect(*kubeconfig(config_path))
    path = f"/api/v1/namespaces/{space}/services"
    connection.request("GET", path, headers=headers)
    version = json.loads(connection.getresponse().read())["metadata"]["resourceVersion"]
    connection.request("GET", f"{path}?watch=1&resourceVersion={version}&timeoutSeconds=60&fieldSelector=metadata.name={name}",
                       headers=headers)
    stream = connection.getresponse()
    enter(namespace)
    print("watching", flush=True)
    begun = None
    while line := stream.readline():
        now, event = time.monotonic(), json.loads(line)
        begun = begun or now
        ingress = event["object"].get("status", {}).get("loadBalancer", {}).get("ingress")
        if ingress:
            break
    else:
        sys.exit("the Service got no address within 60 s")
    address, port = ingress[0]["ip"], event["object"]["spec"]["ports"][0]["port"]
    arrived, first_line = fetch(address, port, now + 10)
    if arrived is None:
        sys.exit(f"no page at {address}:{port} within 10 s of its address")
    print(json.dumps({"address": address, "service_to_address_ms": round((now - begun) * 1000, 1),
                      "service_to_page_ms": round((arrived - begun) * 1000, 1), "first_line": first_line}), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("PATH", "/usr/bin:/bin")
    main(*sys.argv[1:])
