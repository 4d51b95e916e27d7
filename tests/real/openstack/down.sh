#!/usr/bin/env bash
# Ends what up.sh DIR started, by pid file, and removes DIR's contents; --keep leaves the logs and all.
set -u
[ $# -ge 1 ] || { echo "usage: down.sh DIR [--keep]" >&2; exit 2; }
dir=$(cd "$1" 2>/dev/null && pwd) || exit 0
. "$(dirname "$0")/../pidfile.sh"
for name in octavia-worker octavia-api neutron-server keystone memcached rabbitmq mariadb epmd; do stop "$name" 5; done
[ "${2:-}" = --keep ] || rm -rf "$dir"/{db,rabbit,etc,state,log,lib,run,ports,password,openrc,openrc.admin,clouds.yaml}
exit 0
