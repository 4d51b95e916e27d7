#!/usr/bin/env bash
# Ends what up.sh DIR started, by pid, and removes DIR/{data,log,pki,run} and the kubeconfig; --keep leaves the logs.
set -u
[ $# -ge 1 ] || { echo "usage: down.sh DIR [--keep]" >&2; exit 2; }
dir=$(cd "$1" 2>/dev/null && pwd) || exit 0
. "$(dirname "$0")/../pidfile.sh"
for name in scheduler controller-manager apiserver etcd; do stop "$name" 10; done
[ "${2:-}" = --keep ] || rm -rf "$dir"/{data,log,pki,run,kubeconfig,ports}
exit 0
