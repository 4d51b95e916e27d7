"""What the oracle asks both servers: bad manifests (one change to a good one each), and sessions of kubectl commands."""

import copy

# Good objects; each bad one is one of these with a few changes.
BASES = {
    "service": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
                "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    "lb": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
           "spec": {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]}},
    "two": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
            "spec": {"selector": {"app": "web"}, "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]}},
    "pod": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "c", "image": "nginx"}]}},
    "namespace": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "oracle-x"}},
    "node": {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "oracle-node"}},
    "configmap": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "b"}},
    "secret": {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}, "data": {"a": "Yg=="}},
    "endpoints": {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "e"},
                  "subsets": [{"addresses": [{"ip": "10.0.0.9"}], "ports": [{"port": 80}]}]},
    "slice": {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "e"}, "addressType": "IPv4",
              "endpoints": [{"addresses": ["10.0.0.9"]}], "ports": [{"port": 80}]},
    "lease": {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "l"},
              "spec": {"holderIdentity": "me", "leaseDurationSeconds": 15}},
    "account": {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}},
    "event": {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e.1"},
              "involvedObject": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"}, "reason": "R", "message": "m", "type": "Normal"},
    "newevent": {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e.1"}, "eventTime": "2026-01-01T00:00:00.000000Z",
                 "regarding": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"}, "reason": "R", "note": "m", "type": "Normal",
                 "reportingController": "a.b/c", "reportingInstance": "i", "action": "A"},
}

for kind in ("Deployment", "ReplicaSet"):
    BASES[kind.lower()] = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "d"},
                           "spec": {"selector": {"matchLabels": {"app": "d"}},
                                    "template": {"metadata": {"labels": {"app": "d"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}}

GONE = object()  # the field is left out

C0 = "spec.containers.0."
P0 = "spec.ports.0."
# (base, path, value[, path, value]...)
BAD = [
    # Services: names and metadata
    ("service", "metadata.name", "Bad_Name"), ("service", "metadata.name", "1starts-with-digit"), ("service", "metadata.name", "a.b"),
    ("service", "metadata.name", "x" * 64), ("service", "metadata.name", "-a"), ("service", "metadata.name", ""),
    ("service", "metadata.labels", {"bad key!": "v"}), ("service", "metadata.labels", {"a/b/c": "v"}), ("service", "metadata.labels", {"k": "bad value!"}),
    ("service", "metadata.labels", {"k": "v" * 64}), ("service", "metadata.labels", {"/k": "v"}), ("service", "metadata.labels", {"UPPER.com/k": "v"}),
    ("service", "metadata.labels", {"k": 1}), ("service", "metadata.labels", ["a"]), ("service", "metadata.annotations", {"bad key": "v"}),
    ("service", "metadata.annotations", {"k": 5}), ("service", "metadata.annotations", {"k": "v" * 262145}), ("service", "metadata.finalizers", ["bad finalizer"]),
    ("service", "metadata.finalizers", ["orphan", "foregroundDeletion"]), ("service", "metadata.namespace", "elsewhere"),
    ("service", "metadata.ownerReferences", [{"apiVersion": "v1", "kind": "Pod", "name": "p"}]),
    ("service", "metadata.ownerReferences", [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": True},
                                             {"apiVersion": "v1", "kind": "Pod", "name": "q", "uid": "w", "controller": True}]),
    ("service", "metadata.generateName", "Bad-"), ("service", "metadata.resourceVersion", "5"), ("service", "metadata.unknown", 1),
    ("service", "metadata", "text"), ("service", "metadata.creationTimestamp", "yesterday"),
    # Services: ports
    ("service", "spec.ports", GONE), ("service", "spec.ports", []), ("service", P0 + "port", 0), ("service", P0 + "port", -1), ("service", P0 + "port", 65536),
    ("service", P0 + "port", "80"), ("service", P0 + "port", 80.5), ("service", P0 + "port", 99999999999), ("service", P0 + "port", None), ("service", P0 + "port", True),
    ("service", P0 + "protocol", "HTTP"), ("service", P0 + "protocol", "tcp"), ("service", P0 + "protocol", 6), ("service", P0 + "name", "Bad_Name"),
    ("service", P0 + "name", "x" * 64), ("service", P0 + "targetPort", 0), ("service", P0 + "targetPort", 70000), ("service", P0 + "targetPort", -5),
    ("service", P0 + "targetPort", "not_a_name"), ("service", P0 + "targetPort", "x" * 16), ("service", P0 + "targetPort", "12345"), ("service", P0 + "targetPort", "a--b"),
    ("service", P0 + "targetPort", "-a"), ("service", P0 + "targetPort", 1.5), ("service", P0 + "targetPort", True), ("service", P0 + "targetPort", {"a": 1}),
    ("service", P0 + "nodePort", 30100), ("service", P0 + "appProtocol", "bad protocol"), ("service", P0 + "appProtocol", "a/b/c"), ("service", P0 + "unknown", 1),
    ("service", P0 + "nodePort", "30000"), ("service", "spec.ports", {"port": 80}), ("service", "spec.ports", "80"), ("service", "spec.ports", [80]),
    ("service", "spec.ports", [None]), ("two", "spec.ports.0.name", GONE), ("two", "spec.ports.1.name", "a"), ("two", "spec.ports.1.port", 80),
    ("two", "spec.type", "NodePort", "spec.ports.0.nodePort", 30123, "spec.ports.1.nodePort", 30123),
    ("lb", P0 + "nodePort", 80), ("lb", P0 + "nodePort", 29999), ("lb", P0 + "nodePort", 32768), ("lb", P0 + "nodePort", -1), ("lb", P0 + "nodePort", 70000),
    # Services: type and what hangs on it
    ("service", "spec.type", "Loadbalancer"), ("service", "spec.type", "None"), ("service", "spec.type", 7), ("service", "spec.type", "ExternalName"),
    ("service", "spec.type", "ExternalName", "spec.externalName", "bad_name"), ("service", "spec.type", "ExternalName", "spec.externalName", "1.2.3.4."),
    ("service", "spec.type", "ExternalName", "spec.externalName", "a.example", "spec.clusterIP", "10.96.0.77"),
    ("service", "spec.type", "ExternalName", "spec.externalName", "a.example", "spec.ipFamilies", ["IPv4"]),
    ("service", "spec.type", "ExternalName", "spec.externalName", "a.example", "spec.ipFamilyPolicy", "SingleStack"),
    ("service", "spec.type", "ExternalName", "spec.externalName", "a.example", "spec.externalTrafficPolicy", "Local"),
    ("service", "spec.clusterIP", "10.97.0.1"), ("service", "spec.clusterIP", "not-an-ip"), ("service", "spec.clusterIP", "10.96.0.1"), ("service", "spec.clusterIP", "10.96.0.0"),
    ("service", "spec.clusterIP", "10.96.255.255"), ("service", "spec.clusterIP", "fd00::1"), ("service", "spec.clusterIP", "010.96.0.9"), ("service", "spec.clusterIP", 5),
    ("service", "spec.clusterIPs", ["10.96.0.9"]), ("service", "spec.clusterIP", "10.96.0.9", "spec.clusterIPs", ["10.96.0.8"]),
    ("service", "spec.clusterIP", "None", "spec.clusterIPs", ["None", "10.96.0.9"]), ("service", "spec.clusterIP", "10.96.0.9", "spec.clusterIPs", ["10.96.0.9", "10.96.0.10"]),
    ("service", "spec.clusterIP", "10.96.0.9", "spec.clusterIPs", ["10.96.0.9", "fd00::1", "fd00::2"]),
    ("lb", "spec.clusterIP", "None"), ("service", "spec.type", "NodePort", "spec.clusterIP", "None"), ("lb", "spec.clusterIPs", "text"),
    ("service", "spec.ipFamilies", ["IPv6"]), ("service", "spec.ipFamilies", ["IPv5"]), ("service", "spec.ipFamilies", ["IPv4", "IPv4"]), ("service", "spec.ipFamilies", ["IPv4", "IPv6"]),
    ("service", "spec.ipFamilyPolicy", "DualStack"), ("service", "spec.ipFamilyPolicy", "RequireDualStack"), ("service", "spec.ipFamilies", "IPv4"),
    ("service", "spec.externalIPs", ["1.2.3"]), ("service", "spec.externalIPs", ["127.0.0.1"]), ("service", "spec.externalIPs", ["0.0.0.0"]), ("service", "spec.externalIPs", ["169.254.1.1"]),
    ("service", "spec.externalIPs", ["224.0.0.1"]), ("service", "spec.externalIPs", ["::1"]), ("service", "spec.externalIPs", ["a.example"]), ("service", "spec.externalIPs", "1.2.3.4"),
    ("service", "spec.sessionAffinity", "Cookie"), ("service", "spec.sessionAffinity", "clientip"),
    ("service", "spec.sessionAffinity", "ClientIP", "spec.sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 0}}),
    ("service", "spec.sessionAffinity", "ClientIP", "spec.sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 86401}}),
    ("service", "spec.sessionAffinity", "ClientIP", "spec.sessionAffinityConfig", {"clientIP": {"timeoutSeconds": -1}}),
    ("service", "spec.sessionAffinity", "ClientIP", "spec.sessionAffinityConfig", {"clientIP": {"timeoutSeconds": "60"}}),
    ("service", "spec.selector", {"bad key!": "v"}), ("service", "spec.selector", {"k": "bad value!"}), ("service", "spec.selector", {"k": 1}), ("service", "spec.selector", "app=web"),
    ("service", "spec.externalTrafficPolicy", "Local"), ("lb", "spec.externalTrafficPolicy", "local"), ("lb", "spec.externalTrafficPolicy", "Node"),
    ("service", "spec.internalTrafficPolicy", "Node"), ("service", "spec.trafficDistribution", "Nearest"),
    ("service", "spec.healthCheckNodePort", 30200), ("lb", "spec.healthCheckNodePort", 30200), ("lb", "spec.externalTrafficPolicy", "Local", "spec.healthCheckNodePort", 80),
    ("lb", "spec.externalTrafficPolicy", "Local", "spec.healthCheckNodePort", 70000), ("lb", "spec.externalTrafficPolicy", "Local", "spec.healthCheckNodePort", -1),
    ("service", "spec.allocateLoadBalancerNodePorts", True), ("service", "spec.allocateLoadBalancerNodePorts", False), ("lb", "spec.allocateLoadBalancerNodePorts", "yes"),
    ("service", "spec.loadBalancerClass", "a.example/b"), ("lb", "spec.loadBalancerClass", "bad class"), ("lb", "spec.loadBalancerClass", "a/b/c"), ("lb", "spec.loadBalancerClass", ""),
    ("service", "spec.loadBalancerSourceRanges", ["10.0.0.0/8"]), ("lb", "spec.loadBalancerSourceRanges", ["10.0.0.0"]), ("lb", "spec.loadBalancerSourceRanges", ["10.0.0.0/33"]),
    ("lb", "spec.loadBalancerSourceRanges", ["10.0.0.1/8"]), ("lb", "spec.loadBalancerSourceRanges", ["010.0.0.0/8"]), ("lb", "spec.loadBalancerSourceRanges", ["text"]),
    ("lb", "spec.loadBalancerSourceRanges", [""]), ("lb", "metadata.annotations", {"service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0"}),
    ("service", "metadata.annotations", {"service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8"}),
    ("service", "metadata.annotations", {"service.kubernetes.io/topology-mode": "Auto", "service.kubernetes.io/topology-aware-hints": "Disabled"}),
    ("service", "spec.unknown", 1), ("service", "spec.Ports", []), ("service", "spec", "text"), ("service", "spec", GONE), ("service", "spec", []),
    ("service", "spec.publishNotReadyAddresses", "yes"), ("service", "status.loadBalancer.ingress", [{"ip": "1.2.3.4", "extra": 1}]), ("service", "extra", {"a": 1}),
    ("service", "apiVersion", "v2"), ("service", "kind", "Servic"), ("service", "kind", GONE), ("service", "apiVersion", GONE), ("service", "apiVersion", "apps/v1"), ("service", "kind", 5),
    # Pods
    ("pod", "metadata.name", "Bad_Name"), ("pod", "metadata.name", "a..b"), ("pod", "spec.containers", GONE), ("pod", "spec.containers", []), ("pod", "spec", GONE),
    ("pod", C0 + "name", GONE), ("pod", C0 + "name", "Bad_Name"), ("pod", C0 + "name", "a.b"), ("pod", C0 + "image", GONE), ("pod", C0 + "image", " nginx"), ("pod", C0 + "image", 5),
    ("pod", "spec.containers", [{"name": "c", "image": "a"}, {"name": "c", "image": "b"}]), ("pod", C0 + "ports", [{"containerPort": 0}]), ("pod", C0 + "ports", [{"containerPort": 70000}]),
    ("pod", C0 + "ports", [{"containerPort": "80"}]), ("pod", C0 + "ports", [{"containerPort": 80, "protocol": "tcp"}]), ("pod", C0 + "ports", [{"containerPort": 80, "name": "bad_name"}]),
    ("pod", C0 + "ports", [{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]), ("pod", C0 + "ports", [{"containerPort": 80, "hostPort": 70000}]),
    ("pod", C0 + "ports", [{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 80}]), ("pod", C0 + "ports", [{"name": "x"}]),
    ("pod", C0 + "env", [{"value": "x"}]), ("pod", C0 + "env", [{"name": "a=b"}]), ("pod", C0 + "env", [{"name": "a", "value": 5}]), ("pod", C0 + "env", [{"name": "a", "valueFrom": {}}]),
    ("pod", C0 + "env", [{"name": "a", "value": "b", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}}]),
    ("pod", C0 + "env", [{"name": "a", "valueFrom": {"secretKeyRef": {"name": "m"}}}]), ("pod", C0 + "imagePullPolicy", "always"), ("pod", C0 + "command", "sh"),
    ("pod", C0 + "resources", {"limits": {"cpu": "lots"}}), ("pod", C0 + "resources", {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}), ("pod", C0 + "resources", {"limits": {"cpu": "-1"}}),
    ("pod", C0 + "resources", {"limits": {"bananas": "1"}}), ("pod", C0 + "volumeMounts", [{"name": "none", "mountPath": "/a"}]), ("pod", C0 + "volumeMounts", [{"name": "none"}]),
    ("pod", C0 + "readinessProbe", {}), ("pod", C0 + "readinessProbe", {"httpGet": {"path": "/"}}), ("pod", C0 + "readinessProbe", {"httpGet": {"path": "/", "port": 0}}),
    ("pod", C0 + "readinessProbe", {"httpGet": {"path": "/", "port": 80}, "tcpSocket": {"port": 80}}), ("pod", C0 + "readinessProbe", {"tcpSocket": {"port": 80}, "periodSeconds": -1}),
    ("pod", C0 + "readinessProbe", {"exec": {}}), ("pod", C0 + "livenessProbe", {"tcpSocket": {"port": 80}, "successThreshold": 2}),
    ("pod", C0 + "readinessProbe", {"httpGet": {"path": "/", "port": 80, "scheme": "ftp"}}), ("pod", C0 + "lifecycle", {"preStop": {}}), ("pod", C0 + "securityContext", {"runAsUser": -1}),
    ("pod", C0 + "terminationMessagePolicy", "Log"), ("pod", C0 + "unknown", 1), ("pod", "spec.restartPolicy", "Sometimes"), ("pod", "spec.dnsPolicy", "Some"),
    ("pod", "spec.nodeName", "Bad_Node"), ("pod", "spec.hostname", "a.b"), ("pod", "spec.subdomain", "A"), ("pod", "spec.activeDeadlineSeconds", 0),
    ("pod", "spec.serviceAccountName", "nobody"), ("pod", "spec.nodeSelector", {"a": "bad value!"}), ("pod", "spec.tolerations", [{"key": "a", "operator": "Maybe"}]),
    ("pod", "spec.tolerations", [{"operator": "Equal"}]), ("pod", "spec.tolerations", [{"key": "a", "operator": "Exists", "value": "b"}]),
    ("pod", "spec.tolerations", [{"key": "a", "effect": "Never"}]), ("pod", "spec.tolerations", [{"key": "a", "tolerationSeconds": 5}]),
    ("pod", "spec.volumes", [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/a"}}]), ("pod", "spec.volumes", [{"name": "v"}, {"name": "v"}]), ("pod", "spec.volumes", [{"emptyDir": {}}]),
    ("pod", "spec.volumes", [{"name": "v", "hostPath": {}}]), ("pod", "spec.volumes", [{"name": "Bad_Name", "emptyDir": {}}]), ("pod", "spec.hostAliases", [{"ip": "x", "hostnames": ["a"]}]),
    ("pod", "spec.priorityClassName", "urgent"), ("pod", "spec.priority", 5), ("pod", "spec.initContainers", [{"name": "c", "image": "a"}]), ("pod", "spec.unknown", 1),
    ("pod", "spec.ephemeralContainers", [{"name": "e", "image": "a"}]), ("pod", "spec.terminationGracePeriodSeconds", "30"),
    # Namespaces, nodes
    ("namespace", "metadata.name", "Bad"), ("namespace", "metadata.name", "a.b"), ("namespace", "metadata.name", "x" * 64), ("namespace", "metadata.namespace", "default"),
    ("namespace", "spec.unknown", 1), ("namespace", "metadata.name", "default"), ("node", "metadata.name", "Bad_Node"), ("node", "spec.taints", [{"key": "a", "effect": "Never"}]),
    ("node", "spec.taints", [{"key": "bad key", "effect": "NoSchedule"}]), ("node", "spec.taints", [{"key": "a"}]),
    ("node", "spec.taints", [{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoSchedule"}]), ("node", "spec.podCIDRs", ["10.0.0.0"]),
    ("node", "spec.podCIDRs", ["10.0.0.0/24", "10.0.1.0/24"]), ("node", "spec.unknown", 1), ("node", "spec.unschedulable", "yes"),
    # Config maps, secrets, service accounts
    ("configmap", "data", {"bad key": "v"}), ("configmap", "data", {"..": "v"}), ("configmap", "data", {"": "v"}), ("configmap", "data", {"a": 5}), ("configmap", "data", "text"),
    ("configmap", "binaryData", {"a": "Yg=="}), ("configmap", "binaryData", {"b": "not base64!"}), ("configmap", "metadata.name", "Bad_Name"), ("configmap", "unknown", 1),
    ("configmap", "immutable", "yes"), ("configmap", "data", {"a": "x" * 1048577}), ("secret", "data", {"a": "not base64!"}), ("secret", "data", {"a": 5}), ("secret", "data", {"bad key": "Yg=="}),
    ("secret", "type", "kubernetes.io/tls"), ("secret", "type", "kubernetes.io/dockerconfigjson"), ("secret", "type", "kubernetes.io/basic-auth"), ("secret", "type", "kubernetes.io/ssh-auth"),
    ("secret", "type", "kubernetes.io/service-account-token"), ("secret", "stringData", {"bad key": "v"}), ("account", "metadata.name", "Bad_Name"), ("account", "secrets", "x"),
    ("account", "automountServiceAccountToken", "no"),
    # Endpoints, slices, leases, events
    ("endpoints", "subsets", [{"ports": [{"port": 80}]}]), ("endpoints", "subsets.0.addresses.0.ip", "x"), ("endpoints", "subsets.0.addresses.0.ip", "127.0.0.1"),
    ("endpoints", "subsets.0.addresses.0.ip", "169.254.0.1"), ("endpoints", "subsets.0.ports.0.port", 0), ("endpoints", "subsets.0.ports.0.protocol", "x"),
    ("endpoints", "subsets.0.ports", [{"port": 80}, {"port": 81}]), ("endpoints", "subsets.0.addresses.0.nodeName", "Bad_Node"), ("endpoints", "subsets.0.addresses.0.hostname", "A.b"),
    ("slice", "addressType", "IPv7"), ("slice", "addressType", GONE), ("slice", "addressType", "IPv6"), ("slice", "endpoints.0.addresses", []), ("slice", "endpoints.0.addresses", ["x"]),
    ("slice", "endpoints.0.addresses", ["127.0.0.1"]), ("slice", "ports", [{"name": "a", "port": 1}, {"name": "a", "port": 2}]), ("slice", "ports", [{"name": "Bad_Name", "port": 1}]),
    ("slice", "ports", [{"port": 1, "protocol": "x"}]), ("slice", "endpoints.0.hostname", "A.b"), ("slice", "endpoints.0.unknown", 1),
    ("lease", "spec.leaseDurationSeconds", 0), ("lease", "spec.leaseTransitions", -1), ("lease", "spec.renewTime", "now"), ("lease", "spec.preferredHolder", "x"), ("lease", "spec.unknown", 1),
    ("event", "involvedObject.namespace", "elsewhere"), ("event", "count", "1"), ("newevent", "type", "Odd"), ("newevent", "reportingController", GONE), ("newevent", "action", GONE),
    ("newevent", "reason", "x" * 200), ("newevent", "note", "x" * 2000), ("newevent", "eventTime", GONE),
]

T0 = "spec.template.spec."
STRATEGIES = [{"type": "Odd"}, {"type": "Odd", "rollingUpdate": {"maxSurge": "5%"}}, {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}},
              {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}, {"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": "0%"}}, {"rollingUpdate": {"maxSurge": "x"}},
              {"rollingUpdate": {"maxSurge": "-5%"}}, {"rollingUpdate": {"maxSurge": -1}}, {"rollingUpdate": {"maxUnavailable": "101%"}},
              {"rollingUpdate": {"maxUnavailable": -1, "maxSurge": "200%"}}, {"rollingUpdate": {"maxSurge": 1.5}}, {"rollingUpdate": {"maxSurge": True}},
              {"rollingUpdate": {"unknown": 1}}, {"rollingUpdate": {"maxUnavailable": "5 %"}}, "Recreate", {"type": 5}]
SELECTORS = [GONE, {}, None, {"matchLabels": {"app": "e"}}, {"matchLabels": {"bad key": "v"}}, {"matchLabels": {"app": "bad value!"}}, {"matchLabels": {"app": 1}}, "app=d",
             {"app": "d"}, {"matchExpressions": [{"key": "app", "operator": "In"}]}, {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["d"]}]},
             {"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["d"]}]}, {"matchExpressions": [{"key": "app", "operator": "Near"}]},
             {"matchExpressions": [{"key": "bad key", "operator": "Exists"}]}, {"matchExpressions": [{"key": "app", "operator": "In", "values": ["bad value!"]}]},
             {"matchExpressions": [{"operator": "Exists"}]}, {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}]
BAD += [("deployment", "spec.strategy", one) for one in STRATEGIES]
BAD += [(kind, "spec.selector", one) for kind in ("deployment", "replicaset") for one in SELECTORS]
BAD += [
    ("deployment", "metadata.name", "Bad_Name"), ("deployment", "metadata.name", "x" * 254), ("deployment", "spec", GONE), ("deployment", "spec", "text"),
    ("deployment", "spec.replicas", -1), ("deployment", "spec.replicas", "2"), ("deployment", "spec.replicas", 3000000000), ("deployment", "spec.minReadySeconds", -1),
    ("deployment", "spec.revisionHistoryLimit", -1), ("deployment", "spec.progressDeadlineSeconds", -1), ("deployment", "spec.progressDeadlineSeconds", 0),
    ("deployment", "spec.progressDeadlineSeconds", 5, "spec.minReadySeconds", 5), ("deployment", "spec.minReadySeconds", 700), ("deployment", "spec.paused", "yes"),
    ("deployment", "spec.unknown", 1), ("deployment", "status.unknown", 1), ("deployment", "apiVersion", "v1"), ("deployment", "apiVersion", "extensions/v1beta1"),
    ("deployment", "spec.template", GONE), ("deployment", "spec.template.metadata", GONE), ("deployment", "spec.template.metadata.labels", {"app": "d", "bad key": "v"}),
    ("deployment", "spec.template.metadata.labels", {"z": "1", "app": "e", "a": "2"}), ("deployment", "spec.template.metadata.annotations", {"bad key": "v"}),
    ("deployment", "spec.template.spec", GONE), ("deployment", T0 + "containers", []), ("deployment", T0 + "containers.0.image", GONE), ("deployment", T0 + "containers.0.name", "Bad_Name"),
    ("deployment", T0 + "containers.0.image", " nginx"), ("deployment", T0 + "containers", [{"name": "c", "image": "a"}, {"name": "c", "image": "b"}]),
    ("deployment", T0 + "containers.0.ports", [{"containerPort": 70000}]), ("deployment", T0 + "containers.0.volumeMounts", [{"name": "none", "mountPath": "/a"}]),
    ("deployment", T0 + "containers.0.readinessProbe", {"httpGet": {"path": "/"}}), ("deployment", T0 + "containers.0.resources", {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}),
    ("deployment", T0 + "containers.0.unknown", 1), ("deployment", T0 + "restartPolicy", "Never"), ("deployment", T0 + "restartPolicy", "Sometimes"),
    ("deployment", T0 + "activeDeadlineSeconds", 5), ("deployment", T0 + "activeDeadlineSeconds", 0), ("deployment", T0 + "ephemeralContainers", [{"name": "e", "image": "a"}]),
    ("deployment", T0 + "nodeName", "Bad_Node"), ("deployment", T0 + "hostname", "a.b"), ("deployment", T0 + "dnsPolicy", "Some"), ("deployment", T0 + "nodeSelector", {"a": "bad value!"}),
    ("deployment", T0 + "tolerations", [{"key": "a", "operator": "Maybe"}]), ("deployment", T0 + "volumes", [{"name": "v", "hostPath": {}}]), ("deployment", T0 + "volumes", [{"name": "v"}, {"name": "v"}]),
    ("deployment", T0 + "hostAliases", [{"ip": "x", "hostnames": ["a"]}]), ("deployment", T0 + "initContainers", [{"name": "c", "image": "a"}]),
    ("replicaset", "metadata.name", "Bad_Name"), ("replicaset", "spec", GONE), ("replicaset", "spec.replicas", -1), ("replicaset", "spec.minReadySeconds", -1),
    ("replicaset", "spec.template", GONE), ("replicaset", "spec.strategy", {}), ("replicaset", T0 + "restartPolicy", "OnFailure"), ("replicaset", T0 + "containers", GONE),
]

# Texts that are no good manifests at all.
RAW = {
    "empty": "", "no object": "just text\n", "list": "- a\n- b\n", "number": "5\n", "broken yaml": "apiVersion: v1\nkind: [\n", "tab": "apiVersion: v1\n\tkind: Service\n",
    "broken json": '{"apiVersion": "v1", ', "json with junk": '{"apiVersion": "v1", "kind": "Service"} x', "key twice": "apiVersion: v1\nkind: Service\nkind: Pod\n",
    "only kind": "kind: Service\n", "unknown group": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n",
    "two documents": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d1}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: D2}\n",
    "anchors": "apiVersion: v1\nkind: Service\nmetadata: &m {name: s}\nspec: *nowhere\n",
}

# Sessions: each line is a command after `kubectl`; "<<< TEXT" is its standard input. They run in a namespace of their own.
SVC = '{"apiVersion":"v1","kind":"Service","metadata":{"name":"w","labels":{"a":"b"}},"spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80}]}}'
LB = '{"apiVersion":"v1","kind":"Service","metadata":{"name":"l"},"spec":{"type":"LoadBalancer","selector":{"app":"web"},"ports":[{"name":"http","port":80}]}}'
POD = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"app":"web"}},"spec":{"nodeName":"oracle-n1","containers":[{"name":"c","image":"nginx:1.25","ports":[{"containerPort":80,"name":"http"}]}]}}'
RUNNING = ('{"status":{"phase":"Running","podIP":"10.0.0.7","podIPs":[{"ip":"10.0.0.7"}],"startTime":"2026-01-01T00:00:00Z","conditions":[{"type":"Ready","status":"True",'
           '"lastTransitionTime":"2026-01-01T00:00:00Z"}],"containerStatuses":[{"name":"c","image":"nginx:1.25","imageID":"i","containerID":"fairway://1","ready":true,"restartCount":0,'
           '"state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}}}]}}')
DEPLOY = ('{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"a"}},'
          '"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx:1.25"}]}}}}')
RS = ('{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r","labels":{"app":"web"}},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},'
      '"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx:1.25"}]}}}}')
SESSIONS = {
    "deployments": [
        "create deployment web --image=nginx:1.25 --replicas=2 --port=80", "get deploy web", "get deploy web -o wide", "get rs", "get rs -o wide", "get pods -l app=web", "get deploy web -o yaml",
        "get rs -o yaml", "describe deploy web", "describe rs", "get pods -l app=web -o wide", "get deploy web --subresource=scale", "get rs -o name", "get --raw /apis/apps/v1/namespaces/oracle-deployments/deployments/web/scale",
        "create deployment web --image=nginx", "create deployment Web --image=nginx", "create deployment x --image=nginx --dry-run=server -o yaml", "scale deploy web --replicas=3", "get deploy web",
        "scale deploy web --replicas=1 --current-replicas=2", "scale deploy web --replicas=-1", "scale deploy nope --replicas=1", "scale rs nope --replicas=1", "scale deploy web --replicas=1", "get deploy web",
        "set image deploy web nginx=nginx:1.26", "rollout status deploy web --watch=false", "get rs --sort-by=.spec.replicas", "rollout history deploy web", "rollout history deploy web --revision=1",
        "rollout history deploy web --revision=9", "annotate deploy web kubernetes.io/change-cause=because", "rollout history deploy web", "rollout undo deploy web --to-revision=9", "rollout undo deploy web",
        "rollout history deploy web", "get deploy web -o jsonpath={.metadata.annotations}", "rollout pause deploy web", "rollout pause deploy web", "get deploy web -o jsonpath={.status.conditions[*].reason}",
        "rollout restart deploy web", "rollout undo deploy web", "rollout resume deploy web", "rollout resume deploy web", "rollout restart deploy web", "get deploy web -o jsonpath={.status.conditions[*].reason}",
        "expose deploy web --name=w", "get svc w -o yaml", "patch deploy web -p '{\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"x\"}}}}'",
        "patch deploy web -p '{\"spec\":{\"selector\":{\"matchLabels\":{\"tier\":\"x\"}},\"template\":{\"metadata\":{\"labels\":{\"tier\":\"x\"}}}}}'",
        "patch deploy web -p '{\"spec\":{\"strategy\":{\"type\":\"Recreate\"}}}'", "patch deploy web -p '{\"spec\":{\"strategy\":{\"$retainKeys\":[\"type\"],\"type\":\"Recreate\"}}}'",
        "get deploy web -o jsonpath={.spec.strategy}", "patch deploy web -p '{\"spec\":{\"strategy\":{\"type\":\"RollingUpdate\"}}}'", "get deploy web -o jsonpath={.spec.strategy}",
        "patch deploy web -p '{\"spec\":{\"progressDeadlineSeconds\":0}}'", "patch deploy web --subresource=scale --type=merge -p '{\"spec\":{\"replicas\":-2}}'",
        "patch deploy web --subresource=status -p '{\"status\":{\"readyReplicas\":9}}'", "get deploy --field-selector spec.replicas=1", "get rs --field-selector status.replicas=0 -o jsonpath={.kind}",
        "set env deploy web A=B", "get deploy web -o jsonpath={.spec.template.spec.containers[0].env}", "set resources deploy web -c nginx --limits=cpu=100m", "label deploy web x=y", "get deploy -l x=y -o name",
        "wait --for=condition=Available deploy/web --timeout=1s", "delete deploy web --cascade=orphan", "get deploy,svc", "get rs -o jsonpath={.items[*].metadata.ownerReferences}", "delete svc w",
        "delete rs -l app=web", "get rs"],
    "rollouts": [
        f"apply -f - <<< {DEPLOY}", "rollout status deploy a --timeout=5s", "get deploy a -o yaml", "get rs -o yaml", f"apply -f - <<< {DEPLOY}", f"apply -f - <<< {DEPLOY.replace('1.25', '1.26')}",
        "rollout status deploy a --timeout=5s", "rollout history deploy a", f"replace -f - <<< {DEPLOY}", "rollout status deploy a --timeout=5s", "rollout history deploy a",
        "get deploy a", "describe deploy a", "patch deploy a -p '{\"spec\":{\"revisionHistoryLimit\":0}}'", "rollout status deploy a --timeout=5s", "get rs -o jsonpath={.items[*].metadata.annotations}",
        f"apply --dry-run=server -f - <<< {DEPLOY}", f"create --validate=warn -f - <<< {DEPLOY.replace('replicas', 'replcas')}", f"delete -f - <<< {DEPLOY}", "get rs", "get deploy a",
        "delete deploy a", f"create -f - <<< {DEPLOY}", "delete deploy a --cascade=foreground", "get deploy,rs"],
    "adoption": [
        f"create -f - <<< {POD}", f"patch pod p --subresource=status -p '{RUNNING}'", f"create -f - <<< {RS}", "get rs r", "get rs r -o yaml", "describe rs r", "get pod p -o jsonpath={.metadata.ownerReferences[0].kind}",
        "describe pod p", "delete rs r --cascade=orphan", "get pod p -o jsonpath={.metadata.ownerReferences}", f"create -f - <<< {RS}", "get rs r", "label pod p app=other --overwrite", "get pod p -o jsonpath={.metadata.ownerReferences}",
        "get rs r", "scale rs r --replicas=0", "get rs r", "get rs r -o jsonpath={.status}", "delete rs r", "get rs", "delete pod p --force --grace-period=0"],
    "services": [
        f"create -f - <<< {SVC}", "get svc w", "get svc w -o wide", "get svc w -o yaml", "get svc w -o json", "get svc w -o name", "describe svc w", "get svc nope", "get svc -l a=b",
        "get svc -l a!=b", "get svc -l 'a in (b,c)'", "get svc -l 'a b'", "get svc -l 'a in b'", "get svc --field-selector spec.type=ClusterIP", "get svc --field-selector nope=1",
        f"create -f - <<< {SVC}", "label svc w x=y", "label svc w x=z", "label svc w x=z --overwrite", "label svc w x-", "label svc w 'bad key=v'", "annotate svc w n=1", "annotate svc w n-",
        "patch svc w -p '{\"spec\":{\"ports\":[{\"port\":81,\"name\":\"more\"}]}}'", "get svc w -o jsonpath={.spec.ports}", "patch svc w --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/ports/1\"}]'",
        "patch svc w --type=merge -p '{\"spec\":{\"selector\":null}}'", "patch svc w --type=json -p '[{\"op\":\"replace\",\"path\":\"/nope/x\",\"value\":1}]'",
        "patch svc w --type=json -p '[{\"op\":\"test\",\"path\":\"/spec/type\",\"value\":\"x\"}]'", "patch svc w --type=json -p '{\"a\":1}'", "patch svc w -p 'nonsense'",
        "patch svc w -p '{\"spec\":{\"clusterIP\":\"10.96.9.9\"}}'", "patch svc w -p '{\"spec\":{\"type\":\"NodePort\"}}'", "get svc w", "patch svc w -p '{\"spec\":{\"type\":\"ClusterIP\"}}'",
        "get svc w -o yaml", "patch svc w -p '{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"a.example\"}}'", "get svc w -o yaml", "patch svc w -p '{\"spec\":{\"unknown\":1}}'",
        "patch svc w -p '{\"spec\":{\"ports\":[{\"name\":\"q\"}]}}'", "patch svc w --type=merge -p '{\"metadata\":{\"resourceVersion\":\"1\"},\"spec\":{}}'", "delete svc w", "delete svc w",
        "delete svc w --ignore-not-found", "get svc"],
    "balancers": [
        f"create -f - <<< {LB}", "get svc l", "get svc l -o yaml", "describe svc l", "patch svc l --subresource=status -p '{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"172.24.4.9\"}]}}}'",
        "get svc l -o wide", "get svc l -o yaml", "describe svc l", "patch svc l --subresource=status -p '{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"nope\"}]}}}'",
        "patch svc l --subresource=status -p '{\"status\":{\"loadBalancer\":{\"ingress\":[{\"hostname\":\"1.2.3.4\"}]}}}'", "patch svc l -p '{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}'",
        "get svc l -o yaml", "patch svc l -p '{\"spec\":{\"healthCheckNodePort\":31111}}'", "patch svc l -p '{\"spec\":{\"loadBalancerClass\":\"a.example/b\"}}'",
        "patch svc l -p '{\"spec\":{\"allocateLoadBalancerNodePorts\":false}}'", "patch svc l -p '{\"spec\":{\"sessionAffinity\":\"ClientIP\"}}'", "get svc l -o yaml",
        "patch svc l -p '{\"spec\":{\"type\":\"ClusterIP\"}}'", "get svc l -o yaml", "delete svc l"],
    "apply": [
        f"apply -f - <<< {SVC}", f"apply -f - <<< {SVC}", f"apply -f - <<< {SVC.replace('80', '81')}", "get svc w -o jsonpath={.spec.ports[0].port}", f"apply --dry-run=server -f - <<< {SVC}",
        f"apply --dry-run=client -f - <<< {SVC}", f"diff -f - <<< {SVC.replace('80', '81')}", f"replace -f - <<< {SVC}", f"replace --force -f - <<< {SVC}", "apply view-last-applied svc w",
        f"create --dry-run=server -f - <<< {SVC.replace('w', 'v')}", f"create --dry-run=client -o yaml -f - <<< {SVC}", f"apply -f - <<< {SVC.replace('port', 'prot')}",
        f"create --validate=false -f - <<< {SVC.replace('ports', 'prots').replace('w', 'v')}", f"create --validate=warn -f - <<< {SVC.replace('selector', 'selectr').replace('w', 'v')}",
        f"delete -f - <<< {SVC}", "get svc -o name"],
    "pods": [
        f"create -f - <<< {POD}", "get pod p", "get pod p -o wide", "get pods -A --field-selector metadata.name=p", f"patch pod p --subresource=status -p '{RUNNING}'", "get pod p", "get pod p -o wide",
        "wait --for=condition=Ready pod/p --timeout=5s", "expose pod p --port=80 --name=web", "get svc web -o yaml", "describe pod p", "get pod p -o yaml",
        "get endpointslices -l kubernetes.io/service-name=web", "get endpoints web", "describe svc web", "patch pod p -p '{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"nginx:1.26\"}]}}'",
        "get pod p -o jsonpath={.spec.containers[0].image}", "patch pod p -p '{\"spec\":{\"activeDeadlineSeconds\":5}}'", "label pod p tier=front", "get pods --show-labels", "get pods -L tier",
        "get pods -o custom-columns=N:.metadata.name,P:.status.phase", "get pods --field-selector status.phase=Running", "get pods --sort-by=.metadata.name", "logs nope", "logs p -c nope",
        "delete svc web", "delete pod p --force --grace-period=0", "get pods"],
    "run": [
        "run r --image=nginx --port=80 --labels=app=r --env=A=B --overrides={\"spec\":{\"nodeName\":\"oracle-n1\"}}", "get pod r -o yaml", "run r --image=nginx", "run R --image=nginx",
        "run q --image=nginx --dry-run=client -o yaml", "run q --image=nginx --dry-run=server -o name", "run q --image=nginx --expose --port=80 --overrides={\"spec\":{\"nodeName\":\"oracle-n1\"}}",
        "get svc q", "delete pod r q --force --grace-period=0", "delete svc q"],
    "others": [
        "create configmap c --from-literal=a=b", "get cm c", "get cm c -o yaml", "describe cm c", "create configmap c --from-literal=a=b", "create secret generic s --from-literal=a=b",
        "get secret s", "get secret s -o yaml", "describe secret s", "create serviceaccount sa", "get sa", "describe sa sa", "create service clusterip ci --tcp=80:8080", "create service nodeport np --tcp=80",
        "create service loadbalancer lb --tcp=80", "create service externalname en --external-name=a.example", "get svc", "get svc -o name", "get all", "get cm,secret,sa", "get lease", "get ep",
        "create service clusterip hl --clusterip=None", "get svc hl -o yaml", "delete svc --all", "delete cm c", "delete secret s", "get events --field-selector reason!=ClusterIPNotAllocated", "get ns oracle-others", "describe ns oracle-others",
        "get nothing", "get cm/c svc/x", "api-versions --help", "auth whoami --help"],
    "nodes": [
        "get node oracle-n1", "get node oracle-n1 -o wide", "describe node oracle-n1", "cordon oracle-n1", "get node oracle-n1", "uncordon oracle-n1", "taint node oracle-n1 k=v:NoSchedule",
        "get node oracle-n1 -o jsonpath={.spec.taints}", "taint node oracle-n1 k-", "taint node oracle-n1 k=v:Never", "label node oracle-n1 node-role.kubernetes.io/worker=", "get node oracle-n1",
        "label node oracle-n1 node-role.kubernetes.io/worker-", "patch node oracle-n1 -p '{\"spec\":{\"providerID\":\"openstack:///a\"}}'", "patch node oracle-n1 -p '{\"spec\":{\"podCIDR\":\"10.9.0.0/24\"}}'",
        "get node oracle-n1 -o jsonpath={.spec}", "get node nope", "delete node nope", "create -f - <<< {\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"oracle-n1\"}}"],
    "more": [
        f"create -f - <<< {SVC}", "patch svc w -p '{\"spec\":{\"ports\":\"x\"}}'", "patch svc w -p '{\"spec\":{\"ports\":[{\"port\":\"x\"}]}}'", "patch svc w -p '{\"spec\":{\"selector\":{\"a\":1}}}'",
        "patch svc w -p '{\"spec\":\"x\"}'", "patch svc w -p '{\"metadata\":{\"name\":\"other\"}}'", "patch svc w -p '{\"metadata\":{\"uid\":\"other\"}}'", "patch svc w -p '{\"kind\":\"Pod\"}'",
        "patch svc w -p '{\"apiVersion\":\"v9\"}'", "patch svc w -p '{\"spec\":{\"ports\":[{\"port\":80,\"$patch\":\"delete\"}]}}'", "patch svc w -p '{\"spec\":{\"ports\":[{\"$patch\":\"replace\"},{\"port\":90}]}}'",
        "get svc w -o jsonpath={.spec.ports}", "patch svc w -p '{\"spec\":{\"$patch\":\"odd\"}}'", "patch svc w -p '{\"metadata\":{\"finalizers\":[\"a.example/f\"]}}'",
        "patch svc w -p '{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"a.example/f\"]}}'", "get svc w -o jsonpath={.metadata.finalizers}",
        "patch svc w --type=json -p '[{\"op\":\"add\",\"path\":\"/metadata/labels/x~1y\",\"value\":\"z\"}]'", "get svc w -o jsonpath={.metadata.labels}",
        "patch svc w --type=json -p '[{\"op\":\"move\",\"from\":\"/metadata/labels/a\",\"path\":\"/metadata/labels/b\"}]'", "patch svc w --type=json -p '[{\"op\":\"jump\",\"path\":\"/a\"}]'",
        "patch svc w --type=merge -p '[]'", "patch svc w --type=merge -p '{\"spec\":{\"ports\":[]}}'", "patch svc nope -p '{}'", "get svc w --chunk-size=1", "get svc --field-selector metadata.name=w",
        "get svc --field-selector metadata.name!=w", "get svc -l a,b!=c,'!z'", "get svc -l 'a>1'", "get svc -l 'a>x'", "get svc -l a=b,", "get svc -l =b", "get svc -l 'a in (b'", "get svc -l 'a notin (b,c),d'",
        "get svc --field-selector a=b", "get cm --field-selector a=b", "get svc -A -l a=none", "get svc w --show-managed-fields=false -o name", "get svc w -o go-template={{.spec.type}}",
        "set selector svc w app=other", "get svc w -o jsonpath={.spec.selector}", "delete svc -l x/y=z", "wait --for=delete svc/w --timeout=5s", "delete svc w --wait=false", "get svc w",
        "create -f - <<< {\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + SVC + "]}", "delete svc w --cascade=orphan", "delete svc w --grace-period=5", "delete pod nope --now",
        "create namespace default", "delete namespace default", "create -n nowhere -f - <<< " + SVC, "get svc -n nowhere", "create configmap x --from-literal=a=b -n nowhere", "get --raw /api/v1/namespaces/nowhere",
        "get --raw /api/v1/nothing", "get --raw /nothing", "get --raw /healthz", "create role r --verb=get --resource=pods --dry-run=client -o name", "get deployments.v9.apps"],
    "explain": [
        "explain svc", "explain service.spec", "explain service.spec.ports", "explain service.spec.type", "explain pod.spec.containers", "explain pod.spec.containers.ports.containerPort",
        "explain node.status", "explain endpointslice.endpoints", "explain service.spec.nope", "explain nope", "explain configmap.data", "explain lease.spec", "explain events.involvedObject",
        "explain service.metadata", "explain pods.spec.volumes.secret", "explain namespace --recursive",
        "explain deploy", "explain deployment.spec", "explain deployment.spec.strategy", "explain deployment.spec.strategy.rollingUpdate", "explain deployment.spec.template", "explain rs.spec", "explain rs.status",
        "explain deployment.status.conditions"],
}


def with_changes(base, changes):
    """The base with (path, value) pairs set; a path's parts are keys or list indexes."""
    return with_changes_of(BASES[base], changes)


def with_changes_of(good, changes):
    made = copy.deepcopy(good)
    for path, value in zip(changes[::2], changes[1::2]):
        here = made
        parts = path.split(".")
        for part in parts[:-1]:
            if isinstance(here, list):
                here = here[int(part)]
            else:
                here = here.setdefault(part, {})
        if value is GONE:
            here.pop(parts[-1], None)
        elif isinstance(here, list):
            here[int(parts[-1])] = value
        else:
            here[parts[-1]] = value
    return made
