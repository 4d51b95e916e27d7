#!/usr/bin/env bash
# Ends what up.sh DIR started, by pid, and removes DIR/{data,log,pki,run} and the kubeconfig; --keep leaves the logs.
set -u
[ $# -ge 1 ] || { echo "usage: down.sh DIR [--keep]" >&2; exit 2; }
dir=$(cd "$1" 2>/dev/null && pwd) || exit 0
# A pid file may outlive its process: only what carries the mark that up.sh gave it is ended.
ours() { tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | grep -qxF "FAIRWAY_TEST_DIR=$dir"; }
for name in scheduler controller-manager apiserver etcd; do
  pid=$(cat "$dir/run/$name.pid" 2>/dev/null) || continue
  if ours "$pid"; then
    kill -TERM "$pid" 2>/dev/null
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep .1; done
    kill -KILL "$pid" 2>/dev/null
  fi
  rm -f "$dir/run/$name.pid"
done
[ "${2:-}" = --keep ] || rm -rf "$dir"/{data,log,pki,run,kubeconfig,ports}
exit 0
