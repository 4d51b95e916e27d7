#!/usr/bin/env bash
# A real Kubernetes 1.36 control plane on 127.0.0.1, without containers: etcd, kube-apiserver, kube-controller-manager.
#
#   up.sh DIR                   builds what is missing (build), starts, waits until it serves, prints the kubeconfig's path
#   up.sh DIR --scheduler       kube-scheduler as well: binds pods to the nodes that something plays
#
# All state, logs and pids lie in DIR; the ports are free ones, remembered in DIR/ports, so that several run side by
# side. Called again with the same DIR it starts what does not run and leaves the rest alone. down.sh DIR ends it.
# There is no kubelet: something has to register a node, keep its Lease and its status, and answer for its pods.
# Exit code 77: this machine cannot (see build).
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,9p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
scheduler=0
[ "${2:-}" = --scheduler ] && scheduler=1
bin=$("$here/build" etcd apiserver controller-manager $([ $scheduler = 1 ] && echo scheduler))
mkdir -p "$dir"/{run,log,pki}

. "$here/../pidfile.sh"
die() { echo "up.sh: $*" >&2; exit 1; }
# Below the kernel's ephemeral range, so that nothing takes one of them between the choice and the bind.
choose_ports() {
  python3 - <<'P'
import random, socket
held = []
while len(held) < 5:
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(s)
    except OSError:
        s.close()
print("\n".join(f"{n}={s.getsockname()[1]}" for n, s in zip(("api", "etcd", "peer", "manager", "sched"), held)))
P
}
[ -s "$dir/ports" ] || choose_ports >"$dir/ports"
. "$dir/ports"

make_keys() {
  local subject
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=conformance -days 30
  openssl genrsa -out sa.key 2048
  openssl rsa -in sa.key -pubout -out sa.pub
  for subject in api:/CN=kube-apiserver admin:/O=system:masters/CN=admin; do
    local name=${subject%%:*}
    openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "${subject#*:}"
    openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out "$name.crt" \
      -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc")
  done
  chmod 600 ./*.key
}
cd "$dir/pki"
if [ ! -f admin.crt ]; then make_keys >"$dir/log/openssl.log" 2>&1 || die "openssl failed; see $dir/log/openssl.log"; fi

start etcd "$bin/etcd" --data-dir "$dir/data" --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
  --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
  --initial-cluster "default=http://127.0.0.1:$peer"
start apiserver "$bin/apiserver" --etcd-servers="http://127.0.0.1:$etcd" --bind-address=127.0.0.1 --secure-port="$api" \
  --tls-cert-file=api.crt --tls-private-key-file=api.key --client-ca-file=ca.crt \
  --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key \
  --service-account-issuer=https://kubernetes.default.svc --service-cluster-ip-range=10.96.0.0/16 \
  --authorization-mode=RBAC --endpoint-reconciler-type=none

# The keys lie inside the file, so that it can be copied.
inline() { base64 -w0 <"$1"; }
(umask 077; cat >"$dir/kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: real, cluster: {server: "https://127.0.0.1:$api", certificate-authority-data: $(inline ca.crt)}}]
users: [{name: admin, user: {client-certificate-data: $(inline admin.crt), client-key-data: $(inline admin.key)}}]
contexts: [{name: real, context: {cluster: real, user: admin}}]
current-context: real
K
)
ask() { curl -s --noproxy '*' --cacert ca.crt --cert admin.crt --key admin.key "https://127.0.0.1:$api$1"; }
deadline=$((SECONDS + 120))
wait_for() { # what pattern path
  until ask "$3" | grep -q "$2"; do
    alive etcd || die "etcd ended; see $dir/log/etcd.log"
    alive apiserver || die "kube-apiserver ended; see $dir/log/apiserver.log"
    [ $SECONDS -lt $deadline ] || die "$1 not within 120 s; see $dir/log"
    sleep .1
  done
}
wait_for "kube-apiserver is ready" '^ok$' /readyz
credentials=(--kubeconfig="$dir/kubeconfig" --authentication-kubeconfig="$dir/kubeconfig" --authorization-kubeconfig="$dir/kubeconfig")
start controller-manager "$bin/controller-manager" "${credentials[@]}" --bind-address=127.0.0.1 --secure-port="$manager" \
  --leader-elect=false --service-account-private-key-file=sa.key --root-ca-file=ca.crt --use-service-account-credentials
if [ $scheduler = 1 ]; then
  start scheduler "$bin/scheduler" "${credentials[@]}" --bind-address=127.0.0.1 --secure-port="$sched" --leader-elect=false
fi
# Pods can be created only once the controller manager has made the namespace's service account.
wait_for "the default service account is there" '"kind": *"ServiceAccount"' /api/v1/namespaces/default/serviceaccounts/default
echo "$dir/kubeconfig"
