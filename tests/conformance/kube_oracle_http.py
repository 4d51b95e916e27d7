"""The oracle's requests over plain HTTP: a connection to each server, and what of an answer is compared."""

import base64
import http.client
import json
import re
import ssl
import subprocess
import tempfile

PLURALS = {"Service": "services", "Pod": "pods", "Namespace": "namespaces", "Node": "nodes", "ConfigMap": "configmaps", "Secret": "secrets", "Endpoints": "endpoints",
           "EndpointSlice": "endpointslices", "Lease": "leases", "ServiceAccount": "serviceaccounts", "Event": "events", "Deployment": "deployments", "ReplicaSet": "replicasets"}


def collection_of(thing, namespace):
    """Where objects of this kind and version lie."""
    group = "/api/v1" if "/" not in thing["apiVersion"] else "/apis/" + thing["apiVersion"]
    place = "" if thing["kind"] in ("Namespace", "Node") else f"/namespaces/{namespace}"
    return f"{group}{place}/{PLURALS[thing['kind']]}"


class Server:
    """An API server, asked with the credentials of a kubeconfig. One request at a time."""

    def __init__(self, kubectl, kubeconfig):
        shown = subprocess.run([kubectl, "--kubeconfig", kubeconfig, "config", "view", "--raw", "--flatten", "-o", "json"], capture_output=True, text=True, check=True)
        view = json.loads(shown.stdout)
        cluster, user = view["clusters"][0]["cluster"], view["users"][0]["user"]
        self.host = cluster["server"].removeprefix("https://")
        self.tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        self.credentials = {"Authorization": "Bearer " + user["token"]} if "token" in user else {}
        if "client-certificate-data" in user:
            with tempfile.NamedTemporaryFile() as pem:
                pem.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
                pem.flush()
                self.tls.load_cert_chain(pem.name)
        self.connection = None

    def ask(self, method, path, body=None, headers=None):
        """(code, headers, text); a server that hangs up is code 0."""
        for left in (1, 0):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(self.host, context=self.tls, timeout=20)
                kind = {"Content-Type": "application/json"} if body is not None else {}
                self.connection.request(method, path, None if body is None else body.encode(), {**self.credentials, **kind, **(headers or {})})
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read().decode(errors="replace")
            except (http.client.HTTPException, OSError) as error:
                self.connection = None
                if not left:
                    return 0, None, repr(error)

    def shown(self, method, path, body=None, headers=None):
        """What is compared: code, warnings, and the body in one order, without what only the real server keeps."""
        code, said, text = self.ask(method, path, body, headers)
        try:
            text = json.dumps(without_managed_fields(json.loads(text)), indent=1, sort_keys=True)
        except ValueError:
            pass
        # A patch that makes no Service is shown with all that the server knows of the object.
        text = re.sub(r'Invalid value: \\"\{\\.*\}\\": ', "Invalid value: OBJECT: ", text)
        # How a pod's spec differs is shown as Go prints its types.
        text = re.sub(r'(previously negative\)\\n)(\\.|[^"\\])*', r"\1DIFFERENCE", text)
        text = re.sub(r'"annotations": \{\s*"node.alpha.kubernetes.io/ttl": "0"\s*\},\s*', "", text)
        text = re.sub(r"(ResourceVersion in record )\(\d+\)", r"\1(RV)", text)
        warnings = "".join(f"Warning: {line}\n" for line in (said.get_all("Warning") if said else None) or [])
        return f"exit {0 if code in (200, 201) else code}\n{warnings}{text}"


def without_managed_fields(value):
    if isinstance(value, dict):
        return {key: without_managed_fields(one) for key, one in value.items() if key not in ("managedFields", "selfLink")}
    return [without_managed_fields(one) for one in value] if isinstance(value, list) else value
