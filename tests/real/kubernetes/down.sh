#!/usr/bin/env bash
# Ends what up.sh DIR started, by pid, and removes DIR/{data,log,pki,run} and the kubeconfig; --keep leaves the logs.
set -u
[ $# -ge 1 ] || { echo "usage: down.sh DIR [--keep]" >&2; exit 2; }
dir=$1
# A pid file may outlive its process: only a process that was started from this folder's command is ended.
ours() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q "kubernetes-1\.36\.3-[0-9a-f]*/$2 "; }
for name in scheduler controller-manager apiserver etcd; do
  pid=$(cat "$dir/run/$name.pid" 2>/dev/null) || continue
  if ours "$pid" "$name"; then
    kill -TERM "$pid" 2>/dev/null
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep .1; done
    kill -KILL "$pid" 2>/dev/null
  fi
  rm -f "$dir/run/$name.pid"
done
[ "${2:-}" = --keep ] || rm -rf "$dir"/{data,log,pki,run,kubeconfig,ports}
exit 0
