"""What the oracle asks besides: requests over plain HTTP, where many can be asked in little time, and odd kubectl commands.

CREATES   (base, path, value[, path, value]...): a good object of kube_oracle_cases with these changes, as a dry run of POST
CHANGES   the same as a dry run of PUT, over the base as it stands there
SERVICES  specs of a Service: each is created, and each that could be is replaced by each of REPLACEMENTS
PATCHES   (kind of patch, body): dry runs of PATCH on a Service
REQUESTS  (method, path, body, headers): N in a path is the namespace's
SESSIONS  as in kube_oracle_cases
"""

from kube_oracle_cases import GONE, LB, POD, SVC

LONG = "x" * 300
BAD_META = [
    ("metadata.labels", {"-": "x"}, "metadata.finalizers", ["x"], "metadata.uid", "z"), ("metadata.generation", -1), ("metadata.generation", 7),
    ("metadata.annotations", {"-": "v"}), ("metadata.ownerReferences", [{}]), ("metadata.ownerReferences", [{"apiVersion": "v1", "kind": "Event", "name": "a", "uid": "b"}]),
    ("metadata.creationTimestamp", 5), ("metadata.deletionTimestamp", "2020-01-01T00:00:00Z"), ("metadata.deletionGracePeriodSeconds", 5), ("metadata.finalizers", ["", "a/b/c", "a.b/c"]),
    ("metadata.labels", {"": ""}), ("metadata.labels", {"a": None}), ("metadata.labels", {"a" * 254 + "/b": "c"}), ("metadata.namespace", "elsewhere"), ("metadata.name", LONG),
    ("metadata.name", "a/b"), ("metadata.name", "a%b"), ("metadata.name", ".."), ("metadata.annotations", {"k": "v" * 262145}), ("metadata.annotations", {"K/UPPER": "v"}),
    ("metadata.resourceVersion", "0"), ("metadata.resourceVersion", "x"), ("metadata.selfLink", 5), ("metadata.managedFields", "x"),
]
META_BASES = ["service", "pod", "configmap", "secret", "endpoints", "slice", "lease", "account", "event", "newevent", "deployment", "replicaset", "namespace", "node"]
CREATES = [(base, *change) for base in META_BASES for change in BAD_META]

C0 = "spec.containers.0."
PROBE = C0 + "readinessProbe"
CREATES += [
    ("endpoints", "subsets.0.addresses.0.nodeName", ""), ("endpoints", "subsets.0.ports.0.appProtocol", ""), ("endpoints", "subsets.0.ports.0.appProtocol", "a/b/c"),
    ("endpoints", "subsets.0.notReadyAddresses", [{}]), ("endpoints", "subsets", [{}]), ("endpoints", "subsets", [None]), ("endpoints", "subsets.0.addresses.0.targetRef", "x"),
    ("slice", "endpoints.0.hints", {"forNodes": [{"name": " B"}, {"name": ""}, {"name": "a"}, {"name": "a"}], "forZones": [{"name": " B"}, {"name": ""}, {"name": "z"}, {"name": "z"}]}),
    ("slice", "endpoints.0.hints", {"forZones": [{"name": f"z{i}"} for i in range(9)], "forNodes": [{"name": f"n{i}"} for i in range(9)]}),
    ("slice", "endpoints.0.hints", {"forNodes": [{"name": f"n{i}"} for i in range(9)]}), ("slice", "endpoints.0.hostname", ""), ("slice", "endpoints.0.nodeName", ""),
    ("slice", "ports.0.appProtocol", ""), ("slice", "ports.0.protocol", ""), ("slice", "endpoints", []), ("slice", "ports", []), ("slice", "endpoints.0.deprecatedTopology", {"a": "b"}),
    ("slice", "endpoints.0.addresses", ["10.0.0.1"] * 101), ("slice", "endpoints", [{"addresses": ["10.0.0.1"]}] * 1001),
    ("newevent", "series", {}), ("newevent", "series", {"count": 1, "lastObservedTime": "2026-01-01T00:00:00.000000Z"}), ("newevent", "series", {"count": 2}), ("event", "metadata", {}),
    ("event", "eventTime", 5), ("event", "series", {}), ("account", "secrets", [{"name": "a", "kind": "x"}, {"kind": "y"}]), ("lease", "spec.renewTime", 5), ("lease", "spec.acquireTime", {}),
    ("namespace", "spec.finalizers", ["x"]), ("namespace", "spec.finalizers", ["", "a b", "kubernetes", "a.b/c"]), ("namespace", "status.phase", "Odd"),
    ("node", "status.capacity", []), ("node", "status.capacity", {"cpu": "lots"}), ("node", "spec.externalID", "x"), ("node", "spec.configSource", {"configMap": {"name": "a"}}),
    ("node", "spec.providerID", 5), ("node", "status.conditions", [{}]), ("node", "status.addresses", [None]), ("node", "spec.podCIDR", "x"),
    ("secret", "immutable", "x"), ("secret", "data", {"a": None}), ("secret", "stringData", {"a": 5}), ("secret", "data", {"k" * 254: "Yg=="}), ("secret", "type", 5), ("secret", "type", ""),
    ("secret", "data", {"a": "Yg=", "b": "Y"}), ("configmap", "data", {"k" * 254: "v"}), ("configmap", "data", {"a": None}), ("configmap", "binaryData", {"a/b": "Yg=="}), ("configmap", "data", []),
    ("pod", PROBE, {"httpGet": {"path": "x", "port": "bad_name", "host": "A_b", "scheme": "x", "httpHeaders": [{"name": "a b", "value": "x"}, {"name": ""}]}}),
    ("pod", PROBE, {"httpGet": {"path": 5, "port": 80}}), ("pod", PROBE, {"grpc": {"port": 0}}), ("pod", PROBE, {"tcpSocket": {"host": "x"}}), ("pod", PROBE, {"tcpSocket": {"port": 1}, "failureThreshold": -1, "successThreshold": -3}),
    ("pod", C0 + "startupProbe", {"tcpSocket": {"port": 1}, "successThreshold": 5}), ("pod", C0 + "livenessProbe", {"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 0}),
    ("pod", C0 + "lifecycle", {"preStop": {"exec": {}}, "postStart": {"httpGet": {"port": 0}}}), ("pod", C0 + "lifecycle", {"preStop": {"sleep": {"seconds": -1}}, "postStart": {"sleep": {"seconds": 99}}}),
    ("pod", C0 + "lifecycle", {"preStop": {"tcpSocket": {"port": 1}, "exec": {"command": ["a"]}}, "postStart": {}}),
    ("pod", C0 + "env", [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}, {"name": "b", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName", "apiVersion": "v9"}}},
                         {"name": "c", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels"}}}, {"name": "d", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}}]),
    ("pod", C0 + "env", [{"name": "a", "valueFrom": {"resourceFieldRef": {"resource": "x"}}}, {"name": "b", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "5"}}},
                         {"name": "c", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1m"}}}, {"name": "d", "valueFrom": {"resourceFieldRef": {}}}]),
    ("pod", C0 + "env", [{"name": "a", "valueFrom": {"configMapKeyRef": {"name": "", "key": "a b"}}}, {"name": "a", "valueFrom": {"secretKeyRef": {"name": "B_"}}}]),
    ("pod", C0 + "env", [{"name": "a", "valueFrom": {"secretKeyRef": {"name": 5, "key": "k"}}}]), ("pod", C0 + "env", [{"name": "é"}, {"name": "1-a"}, {"name": ""}]), ("pod", C0 + "env", "A=B"),
    ("pod", C0 + "envFrom", [{"configMapRef": {"name": "A"}, "prefix": "1="}, {"secretRef": {"name": ""}}, {}, {"configMapRef": {"name": "a"}, "secretRef": {"name": "b"}}]),
    ("pod", C0 + "args", [5]), ("pod", C0 + "stdin", "yes"), ("pod", C0 + "resources.limits", []), ("pod", C0 + "resources", {"limits": {"memory": None}}), ("pod", "spec.nodeSelector", {"a": 5}),
    ("pod", "spec.volumes", [{"name": "v", "hostPath": {"path": 5}}]), ("pod", "spec.volumes", [{"name": "v", "configMap": {"name": 5}}]), ("pod", "spec.containers", [None]), ("pod", "spec.containers", {"a": 1}),
    ("deployment", "spec.template.spec.containers.0.env", [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]), ("deployment", "spec.template.spec.containers.0.envFrom", [{}]),
    ("deployment", "spec.template.spec.containers", [None]), ("deployment", "spec.selector.matchLabels", None), ("deployment", "spec.template.metadata.name", "x"),
]

# On the object as it stands: what may not change, and what is judged again.
CHANGES = [(base, *change) for base in META_BASES for change in BAD_META[:10] if base != "node" or change[0] != "metadata.generation"]
CHANGES += [
    ("service", "metadata.resourceVersion", "1"), ("service", "metadata.resourceVersion", "x"), ("service", "metadata.resourceVersion", GONE), ("service", "metadata.name", GONE), ("service", "metadata.name", "other"),
    ("service", "kind", "Pod"), ("service", "kind", "List"), ("service", "apiVersion", "v9"), ("service", "spec", GONE), ("service", "spec.ports", []), ("service", "metadata.uid", "x"), ("lease", "metadata.resourceVersion", GONE),
    ("pod", C0 + "image", ""), ("pod", C0 + "name", "other"), ("pod", "spec.containers", []), ("pod", C0 + "env", [{"name": "A", "value": "b"}]), ("pod", "spec.nodeName", "elsewhere"), ("pod", "spec.restartPolicy", "Never"),
    ("pod", "spec.activeDeadlineSeconds", -1), ("pod", "spec.terminationGracePeriodSeconds", 5), ("pod", "spec.tolerations", []), ("configmap", "data", {"..": "x"}), ("configmap", "immutable", True), ("secret", "type", "kubernetes.io/tls"),
    ("secret", "type", GONE), ("slice", "addressType", "IPv6"), ("slice", "endpoints.0.addresses", []), ("endpoints", "subsets.0.ports.0.port", 0), ("node", "spec.podCIDRs", ["x"]),
    ("node", "spec.taints", [{"key": "a", "effect": "x"}]), ("node", "spec.unschedulable", "x"), ("deployment", "spec.selector.matchLabels", {"app": "e"}), ("deployment", "spec.replicas", -1), ("deployment", "spec.template", GONE),
    ("replicaset", "spec.selector", GONE), ("replicaset", "spec.replicas", "x"), ("newevent", "reason", "other"), ("newevent", "series", {"count": 1}), ("event", "reason", "other"), ("account", "secrets", [5]),
]


def service(**spec):
    """A Service's spec; what is None is left out."""
    return {key: value for key, value in {"ports": [{"port": 80}], "selector": {"app": "a"}, **spec}.items() if value is not None}


SERVICES = {
    "plain": service(), "given": service(clusterIP="10.96.9.20"), "headless": service(clusterIP="None"), "headless-no-ports": service(clusterIP="None", ports=[]), "node-port": service(type="NodePort"),
    "node-port-given": service(type="NodePort", ports=[{"port": 80, "nodePort": 31901}]), "node-port-local": service(type="NodePort", externalTrafficPolicy="Local"), "balancer": service(type="LoadBalancer"),
    "balancer-local": service(type="LoadBalancer", externalTrafficPolicy="Local"), "balancer-health": service(type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=31999),
    "balancer-class": service(type="LoadBalancer", loadBalancerClass="a.example/x"), "balancer-no-ports": service(type="LoadBalancer", allocateLoadBalancerNodePorts=False),
    "balancer-ranges": service(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/8", " 192.168.0.0/16 "]), "balancer-ip": service(type="LoadBalancer", loadBalancerIP="1.2.3.4"),
    "balancer-bad-ip": service(type="LoadBalancer", loadBalancerIP="nope"), "balancer-mixed": service(type="LoadBalancer", ports=[{"name": "a", "port": 80}, {"name": "b", "port": 80, "protocol": "UDP"}]),
    "same-node-port": service(type="NodePort", ports=[{"name": "a", "port": 80, "nodePort": 31903}, {"name": "b", "port": 80, "protocol": "UDP", "nodePort": 31903}]),
    "name-only": service(type="ExternalName", externalName="a.example", ports=None, selector=None), "name-ports": service(type="ExternalName", externalName="b.example."),
    "name-upper": service(type="ExternalName", externalName="A.example", ports=None), "name-policy": service(type="ExternalName", externalName="a.example", internalTrafficPolicy="Local"),
    "name-node-port": service(type="ExternalName", externalName="a.example", ports=[{"port": 80, "nodePort": 31904}]), "name-sticky": service(type="ExternalName", externalName="a.example", sessionAffinity="ClientIP"),
    "sticky": service(sessionAffinity="ClientIP"), "sticky-60": service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 60}}),
    "not-sticky-60": service(sessionAffinity="None", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 60}}), "sticky-empty": service(sessionAffinity="ClientIP", sessionAffinityConfig={}),
    "external-ips": service(externalIPs=["1.2.3.4"]), "external-local": service(externalIPs=["1.2.3.4"], externalTrafficPolicy="Local"), "external-v6": service(externalIPs=["fd00::1", "FD00::2", "fd00:0::3"]),
    "external-zero": service(externalIPs=["01.2.3.4"]), "external-mapped": service(externalIPs=["::ffff:1.2.3.4"]), "inside-local": service(internalTrafficPolicy="Local"),
    "close": service(trafficDistribution="PreferClose"), "same-node": service(trafficDistribution="PreferSameNode"), "distribution-empty": service(trafficDistribution=""), "not-ready": service(publishNotReadyAddresses=True),
    "v4": service(ipFamilies=["IPv4"]), "prefer-dual": service(ipFamilyPolicy="PreferDualStack"), "require-dual": service(ipFamilyPolicy="RequireDualStack"), "v6": service(ipFamilies=["IPv6"]),
    "headless-sticky": service(clusterIP="None", sessionAffinity="ClientIP"), "headless-external": service(clusterIP="None", externalIPs=["1.2.3.4"]), "headless-balancer-ip": service(clusterIP="None", loadBalancerIP="1.2.3.4"),
    "ips-none": service(clusterIPs=["None"]), "ips-only": service(clusterIPs=["10.96.9.21"]), "ips-two": service(clusterIP="10.96.9.22", clusterIPs=["10.96.9.22", "fd00::1"]), "none-lower": service(clusterIP="none"),
    "many-ports": service(ports=[{"name": f"p{i}", "port": 1000 + i} for i in range(120)]), "protocol-http": service(ports=[{"port": 80, "appProtocol": "http"}]), "protocol-empty": service(ports=[{"port": 80, "appProtocol": ""}]),
    "target-text": service(ports=[{"port": 80, "targetPort": "80"}]), "target-empty": service(ports=[{"port": 80, "targetPort": ""}]), "target-upper": service(ports=[{"port": 80, "targetPort": "HTTP"}]),
    "two-unnamed": service(ports=[{"port": 80}, {"port": 81}]), "transport-empty": service(ports=[{"port": 80, "protocol": ""}]), "clash": service(type="NodePort", ports=[{"port": 80, "nodePort": 31901}]),
    "health-clash": service(type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=31901), "health-node-port": service(type="NodePort", healthCheckNodePort=31906), "type-empty": service(type=""),
    "all-wrong": service(type="LoadBalancer", ports=[{"port": 0, "name": "A"}, {"port": 70000, "protocol": "X", "nodePort": 5}], sessionAffinity="Y", externalTrafficPolicy="Z", internalTrafficPolicy="W",
                         loadBalancerClass="", loadBalancerSourceRanges=["x"], externalIPs=["x"], clusterIP="y"),
}
REPLACEMENTS = ["plain", "headless", "node-port", "balancer", "balancer-class", "balancer-health", "name-only", "external-local", "ips-only", "all-wrong"]

PATCHES = [("json", body) for body in (
    "null", "5", "{}", "[5]", "[null]", '[{"op":1}]', '[{"op":"add","path":5}]', '[{"op":"add"}]', '[{"op":"add","path":"x","value":1}]', '[{"op":"remove","path":"/spec/ports/-1"}]',
    '[{"op":"add","path":"/spec/ports/-1","value":{"name":"b","port":90}}]', '[{"op":"replace","path":"/spec/ports/0/nope","value":"x"}]', '[{"op":"replace","path":"","value":{}}]',
    '[{"op":"replace","path":"","value":5}]', '[{"op":"copy","from":"/nope","path":"/spec/x"}]', '[{"op":"move","from":"/nope","path":"/spec/x"}]', '[{"op":"remove","path":"/metadata"}]',
    '[{"op":"remove","path":"/apiVersion"}]', '[{"op":"replace","path":"/metadata/namespace","value":"z"}]', '[{"op":"replace","path":"/metadata/resourceVersion","value":"x"}]',
    '[{"op":"add","path":"/spec/type","value":"ClusterIP","nope":1}]', '[{"op":"test","path":"/spec/ports/0/port","value":81}]', '[{"op":"add","path":"/spec/ports/9","value":{}}]')]
PATCHES += [(kind, body) for kind in ("merge", "strategic-merge") for body in (
    "null", "5", "[]", "{", "nonsense", '{"metadata":null}', '{"spec":null}', '{"metadata":{"namespace":"z"}}', '{"metadata":{"name":"z"}}', '{"metadata":{"uid":"z"}}', '{"metadata":{"resourceVersion":"x"}}',
    '{"metadata":{"labels":null}}', '{"metadata":{"labels":[]}}', '{"metadata":{"finalizers":["x"]}}', '{"spec":{"ports":null}}', '{"spec":{"ports":[null]}}', '{"spec":{"type":""}}', '{"spec":{"clusterIP":null}}',
    '{"spec":{"clusterIPs":[]}}', '{"spec":{"ipFamilies":["IPv6"]}}', '{"spec":{"type":"ExternalName","externalName":"A_b"}}', '{"spec":{"selector":{"a":null}}}', '{"spec":{"$patch":"delete"}}',
    '{"spec":{"$retainKeys":["ports"]}}', '{"spec":{"$setElementOrder/ports":"x"}}', '{"status":5}', '{"a":{"b":1}}')]

BODIES = ["", "null", "{}", "[]", "5", "{", "nonsense", '{"a":1} x', '{"kind":"Pod","apiVersion":"v1"}', '{"kind":"List","apiVersion":"v1","items":[]}', '{"kind":"Service","apiVersion":"v9"}', '{"kind":"Service"}']
GOOD = SVC.replace('"name":"w"', '"name":"fresh"')
DELETES = ['{"kind":"Service"}', '{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":"x"}', '{"propagationPolicy":"x"}', '{"orphanDependents":true,"propagationPolicy":"Orphan"}', '{"dryRun":["x"]}', '{"dryRun":"All"}',
           '{"preconditions":{"resourceVersion":"1"}}', '{"preconditions":"x"}', "{", "[]"]
QUERIES = ["fieldValidation=strict", "fieldManager=" + "x" * 129, "fieldManager=a%0Ab", "dryRun=all", "dryRun=", "dryRun=All&dryRun=x", "timeout=x", "timeout=5", "timeout=5q", "timeout=1m30s"]
LISTS = ["labelSelector=%3D", "labelSelector=n%3Ca", "labelSelector=n%20in%20(", "labelSelector=n%3D" + "x" * 64, "labelSelector=a/b/c", "labelSelector=!", "fieldSelector=a", "fieldSelector=metadata.name%3Dc1",
         "fieldSelector=metadata.uid%3Dx", "fieldSelector=%3Dx", "resourceVersion=x", "watch=1&resourceVersion=x", "unknown=1&labelSelector=n", "pretty=true&labelSelector=n"]
REQUESTS = [("POST", "N/services?dryRun=All", body, {}) for body in BODIES]
REQUESTS += [("PUT", "N/services/w?dryRun=All", body, {}) for body in BODIES]
REQUESTS += [("DELETE", "N/services/w", body, {}) for body in DELETES]
REQUESTS += [("POST", "N/services?dryRun=All", GOOD, {"Content-Type": "application/json; charset=utf-8"})]
REQUESTS += [(method, f"N/services{name}?{query}", body, {}) for query in QUERIES for method, name, body in (("POST", "", GOOD), ("PUT", "/w", SVC), ("DELETE", "/nope", None))]
REQUESTS += [("PATCH", f"N/services/w?{query}", "{}", {"Content-Type": "application/merge-patch+json"}) for query in [*QUERIES, "force=true"]]
REQUESTS += [("GET", f"N/configmaps?{query}", None, {}) for query in LISTS]
REQUESTS += [(method, path, None, {}) for method in ("GET", "PUT", "POST", "DELETE") for path in ("N/services/nope/status", "N/nothing", "N/services/nope/nothing", "N/pods/nope/log", "/nothing", "/api/v1/nothing")]
REQUESTS += [("GET", path, None, {}) for path in ("N/configmaps/c1?resourceVersion=x", "/api/v1/namespaces/nope/services", "/apis/apps/v9/deployments", "N/services/Bad_Name", "N/services/w/")]

EDIT = "KUBE_EDITOR='sed -i {}' edit svc w"
SESSIONS = {
    "exposing": [
        f"create -f - <<< {POD}", "create deployment web --image=nginx:1.25 --replicas=0 --port=8080", "expose pod p", "expose pod p --name=a --port=80 --target-port=http --type=NodePort", "expose pod p --name=b --port=80,443",
        "expose deploy web --name=c --type=LoadBalancer --load-balancer-ip=1.2.3.4 --external-ip=1.2.3.5 --session-affinity=ClientIP", "expose deploy web --name=d --cluster-ip=None", "expose deploy web --name=e --port=0",
        "expose deploy web --name=f --protocol=SCTP", "expose deploy web --name=g --port=x", "expose svc a --name=h --port=81", "expose deploy web --name=i --type=Odd", "expose deploy nope --port=80", "expose deploy web --name=Bad_Name",
        "expose deploy web --name=j --selector=a=b,c=d --labels=e=f", "expose deploy web --name=k --session-affinity=Odd", "expose cm kube-root-ca.crt --port=80", "expose deploy web --name=l --dry-run=server -o yaml",
        "expose deploy web --name=m --external-ip=x", "expose deploy web --name=n --cluster-ip=10.97.0.1", "get svc -o wide", "get svc c -o yaml", "get svc d -o yaml", "get svc j -o jsonpath={.spec.selector}{.metadata.labels}",
        "delete svc --all", "delete deploy web", "delete pod p --force --grace-period=0"],
    "making": [
        "create service clusterip a --tcp=80:http", "create service clusterip b --tcp=80:70000", "create service clusterip c --tcp=0", "create service clusterip d --tcp=80 --tcp=80", "create service clusterip e --clusterip=10.96.9.9 --tcp=80",
        "create service clusterip f --clusterip=1.2.3.4 --tcp=80", "create service clusterip g", "create service nodeport h --tcp=80 --node-port=31910", "create service nodeport i --tcp=80 --node-port=31910",
        "create service nodeport j --tcp=80 --node-port=80", "create service externalname k --external-name=A_b", "create service externalname l --external-name=a.example --tcp=80", "create service loadbalancer m --tcp=80:x_y",
        "create service loadbalancer Bad_Name --tcp=80", "create svc clusterip n --tcp=80 --dry-run=server -o name", "get svc", "describe svc a e h", "set selector svc a x=y", "set selector svc a 'x in (y)'", "set selector svc a x=y,z=",
        "set selector svc nope x=y", "get svc a -o jsonpath={.spec.selector}", "create quota q --hard=cpu=1 --dry-run=client -o name", "create configmap cm --from-literal='bad key=v'", "create configmap cm --from-literal=a=1 --from-literal=a=2",
        "create configmap Bad_Name", "create secret generic s --type=kubernetes.io/tls", "create secret docker-registry r --docker-username=u --docker-password=p", "create secret generic s --from-literal=a=b --type=odd",
        "get secret r s -o jsonpath={.items[*].type}", "create namespace Bad_Name", "create namespace " + "x" * 64, "create serviceaccount default", "create deployment d --image=' '", "delete svc --all"],
    "editing": [
        f"create -f - <<< {SVC}", EDIT.format("s/port:.80/port:\\ 81/"), "get svc w -o jsonpath={.spec.ports[0].port}", EDIT.format("s/nothing/x/"), EDIT.format("s/ClusterIP/NodePort/"), "get svc w",
        "KUBE_EDITOR=false edit svc w", "edit svc nope", "patch svc w -p '{\"spec\":{\"ports\":[{\"port\":81,\"nodePort\":80}]}}'", "patch svc w --type=merge -p '{\"spec\":{\"ports\":[{\"port\":0}]}}'",
        "patch svc w --type=json -p '[{\"op\":\"add\",\"path\":\"/spec/externalIPs\",\"value\":[\"1.2.3.4\",\"x\"]}]'", "patch svc w --type=odd -p '{}'", "patch svc w --subresource=status -p '{\"status\":{\"conditions\":[{}]}}'",
        "patch svc w --subresource=nope -p '{}'", "patch svc w --dry-run=server -p '{\"spec\":{\"type\":\"LoadBalancer\"}}' -o jsonpath={.spec.type}", "annotate svc w 'bad key=v'", "annotate svc w a=b --overwrite --resource-version=1",
        "label svc w a=", "label svc w a=b a-", "label svc w --all x=y", "label svc --all x=y --dry-run=server", "label svc w " + "k" * 64 + "=v", "label svc w k=" + "v" * 64, "get svc w --show-labels",
        "apply -f - <<< " + SVC, "apply -f - <<< " + SVC + "\n---\n" + LB.replace('"port":80', '"port":0'), "get svc -o name", "apply -f - <<< " + SVC.replace('"port":80', '"port":80,"port":81'), "apply --prune -f - <<< " + SVC,
        "apply -f - <<< " + SVC.replace("v1", "v9"), "apply -f - <<< " + SVC.replace("Service", "Thing"), "apply -f - <<< " + SVC.replace('"selector":{"app":"web"}', '"selector":null'), "get svc w -o jsonpath={.spec.selector}",
        "replace -f - <<< " + SVC.replace('"name":"w"', '"name":"w","resourceVersion":"1"'), "replace -f - <<< " + SVC.replace('"name":"w"', '"name":"other"'), "replace -f - <<< " + SVC.replace('"name":"w"', '"name":"w","uid":"x"'),
        "diff -f - <<< " + SVC.replace('"port":80', '"port":0'), "delete svc --all"],
    "showing": [
        f"create -f - <<< {SVC}", "get svc w -o custom-columns=A:.metadata.name,B:.spec.nope,C:.spec.ports[*].port", "get svc w -o jsonpath={.spec.ports[?(@.port==80)].name}", "get svc w -o jsonpath={.nope}", "get svc w -o jsonpath='{.spec'",
        "get svc w -o odd", "get svc w -o jsonpath-as-json={.spec.selector}", "get svc w -o go-template='{{range .spec.ports}}{{.port}}{{end}}'", "get svc w --no-headers", "get svc w -o wide --show-labels", "get svc,cm -o name",
        "get svc w w", "get svc/w cm/nope", "get svc w nope", "get svc -l 'a=b,c!=d' -o name", "get svc --field-selector metadata.name=w,spec.type=NodePort", "get svc --sort-by=.spec.nope", "get svc --sort-by=.metadata.name", "get svc -A --field-selector metadata.namespace=oracle-showing",
        "get svc w --subresource=status", "get svc w --subresource=scale", "get svc w --raw /x", "get --raw /api/v1/namespaces/oracle-showing/services/nope", "get service.v1. w", "get services.v1.core w",
        "get nothing", "get svc w --output-watch-events", "describe svc nope", "describe svc -l a=b", "describe svc", "wait svc/w --for=jsonpath='{.spec.type}'=ClusterIP --timeout=2s", "wait svc/w --for=jsonpath='{.spec.type}'=x --timeout=1s",
        "wait svc/w --for=condition=Ready --timeout=1s", "wait svc/nope --for=delete --timeout=1s", "wait svc -l a=none --for=delete --timeout=1s", "wait svc/w --for=odd", "explain service.nope",
        "delete svc w --dry-run=server", "delete svc w --cascade=odd", "delete svc --field-selector metadata.name=w", "delete svc", "delete svc -l =", "delete svc w --grace-period=-1", "delete svc w --now", "delete all --all", "delete ns nope", "delete svc w cm/nope"],
    "freezing": [
        'create -f - <<< {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"immutable":true,"data":{"a":"b"}}', "patch cm c -p '{\"data\":{\"a\":\"c\"}}'", "patch cm c -p '{\"immutable\":false}'", "patch cm c -p '{\"binaryData\":{\"x\":\"Yg==\"}}'",
        "label cm c x=y", 'create -f - <<< {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"immutable":true,"stringData":{"a":"b"}}', "patch secret s -p '{\"data\":{\"a\":\"Yw==\"}}'", "patch secret s -p '{\"stringData\":{\"a\":\"c\"}}'", "patch secret s -p '{\"type\":\"x\"}'",
        "patch secret s -p '{\"data\":{\"a\":\"!\"}}'", "get cm,secret", "describe cm c", "describe secret s", "delete cm c", "delete secret s",
        'create -f - <<< {"apiVersion":"v1","kind":"Service","metadata":{"name":"g","generateName":"x-"},"spec":{"ports":[{"port":80}]}}', 'create -f - <<< {"apiVersion":"v1","kind":"Service","metadata":{"name":"g","finalizers":["a.example/x"]},"spec":{"ports":[{"port":80}]}}',
        "patch svc g -p '{\"metadata\":{\"finalizers\":[\"a.example/x\"]}}'", "delete svc g --wait=false", "get svc g -o jsonpath={.metadata.finalizers}", "patch svc g -p '{\"metadata\":{\"finalizers\":[\"a.example/y\"]}}'", "patch svc g --type=merge -p '{\"metadata\":{\"finalizers\":null}}'", "get svc g"],
}
