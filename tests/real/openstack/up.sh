#!/usr/bin/env bash
# A real Keystone 22, Neutron 21 and Octavia 11 on 127.0.0.1, from Debian's packages: what Fairway's controller is
# tried against, and what its time is measured with.
#
#   up.sh DIR       installs what is missing (install), starts, waits until all serve, prints the openrc's path
#
# All state, logs and pids lie in DIR; the ports are free ones, remembered in DIR/ports, so that several run side by
# side. Called again with the same DIR it starts what does not run. down.sh DIR ends it. About a minute from nothing.
# No packet flows: no agents, no virtual machines (compute_ports.py), operating_status stays OFFLINE.
# For the caller: DIR/openrc (project demo), DIR/openrc.admin, DIR/clouds.yaml (clouds demo, admin). Exit code 77:
# this machine cannot (see install).
set -euo pipefail
[ $# = 1 ] || { sed -n '2,12p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
"$here/install"
mkdir -p "$dir"/{log,run,db,state,lib,rabbit}
. "$here/../pidfile.sh"
. "$here/common.sh"
# Debian's Python has the packages; a proxy has no business on loopback.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost PYTHONWARNINGS=ignore
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY PYTHONDONTWRITEBYTECODE
python=/usr/bin/python3

# Below the kernel's ephemeral range, so that nothing takes one of them between the choice and the bind.
choose_ports() {
  $python - <<'P'
import random, socket
names, held = ("db", "rabbit", "epmd", "distribution", "memcached", "keystone", "neutron", "octavia"), []
while len(held) < len(names):
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(s)
    except OSError:
        s.close()
print("\n".join(f"{name}={s.getsockname()[1]}" for name, s in zip(names, held)))
P
}
[ -s "$dir/ports" ] || choose_ports >"$dir/ports"
set -a
. "$dir/ports"
[ -s "$dir/password" ] || (umask 077; openssl rand -hex 16 >"$dir/password")
password=$(cat "$dir/password")
set +a
. "$here/configure.sh"

# --- what the services stand on ---------------------------------------------------------------------------------
sql() { mariadb --no-defaults -uroot -S "$dir/run/mysql.sock" "$@"; }
start epmd epmd -port "$epmd" -address 127.0.0.1
wait_for epmd 10 listens "$epmd"
[ -s "$dir/rabbit/plugins" ] || echo '[].' >"$dir/rabbit/plugins"
start rabbitmq env HOME="$dir/rabbit" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd" RABBITMQ_NODENAME=test@localhost \
  RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$rabbit" RABBITMQ_DIST_PORT="$distribution" \
  RABBITMQ_MNESIA_BASE="$dir/rabbit/mnesia" RABBITMQ_LOG_BASE="$dir/log" RABBITMQ_CONF_ENV_FILE=/dev/null \
  RABBITMQ_CONFIG_FILE="$dir/rabbit/none" RABBITMQ_ENABLED_PLUGINS_FILE="$dir/rabbit/plugins" \
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none" \
  /usr/lib/rabbitmq/bin/rabbitmq-server
start memcached memcached -u nobody -l 127.0.0.1 -p "$memcached" -U 0 -m 32 -t 1
[ -d "$dir/db/mysql" ] || mariadb-install-db --no-defaults --datadir="$dir/db" --user=root --skip-test-db \
  --auth-root-authentication-method=normal >"$dir/log/mariadb-install.log" 2>&1 || die "see $dir/log/mariadb-install.log"
start mariadb mariadbd --no-defaults --user=root --datadir="$dir/db" --socket="$dir/run/mysql.sock" \
  --pid-file="$dir/run/mariadbd.own.pid" --bind-address=127.0.0.1 --port="$db" --skip-name-resolve --max-connections=400 \
  --innodb-buffer-pool-size=128M --innodb-flush-log-at-trx-commit=0 --performance-schema=OFF \
  --character-set-server=utf8mb3 --collation-server=utf8mb3_general_ci
wait_for mariadb 60 sql -e 'select 1'
for name in keystone neutron octavia; do
  echo "CREATE DATABASE IF NOT EXISTS $name CHARACTER SET utf8mb3;"
  echo "GRANT ALL ON $name.* TO '$name'@'127.0.0.1' IDENTIFIED BY '$password';"
done | sql

# --- schemas, the first administrator ---------------------------------------------------------------------------
neutron_conf=(--config-file "$dir/etc/neutron/neutron.conf" --config-file "$dir/etc/neutron/ml2.ini")
octavia_conf=(--config-file "$dir/etc/octavia/octavia.conf")
export OS_KEYSTONE_CONFIG_DIR=$dir/etc/keystone
manage() { keystone-manage --config-file "$dir/etc/keystone/keystone.conf" "$@"; }
bootstrap() {
  local url=http://127.0.0.1:$keystone/v3
  (umask 077; mkdir -p "$dir"/etc/keystone/{fernet-keys,credential-keys}) &&
  manage fernet_setup --keystone-user root --keystone-group root &&
  manage credential_setup --keystone-user root --keystone-group root &&
  OS_BOOTSTRAP_PASSWORD=$password manage bootstrap --bootstrap-region-id RegionOne --bootstrap-public-url "$url" \
    --bootstrap-internal-url "$url" --bootstrap-admin-url "$url"
}
once neutron-schema neutron-db-manage "${neutron_conf[@]}" upgrade heads & in_background=$!
once keystone-schema manage db_sync || die "see $dir/log/keystone-schema.log"
once keystone-bootstrap bootstrap || die "see $dir/log/keystone-bootstrap.log"
once octavia-schema octavia-db-manage "${octavia_conf[@]}" upgrade head || die "see $dir/log/octavia-schema.log"
wait $in_background || die "see $dir/log/neutron-schema.log"

# --- the services -----------------------------------------------------------------------------------------------
# uwsgi closes after each answer without saying so, and a client that keeps its connection is then reset now and again.
wsgi=(uwsgi --plugin python3 --master --lazy-apps --need-app --die-on-term --enable-threads --buffer-size 65535 --listen 128
  --no-orphans --disable-logging --thunder-lock --threads 4 --processes 2 --add-header 'Connection: close')
start keystone "${wsgi[@]}" --http-socket "127.0.0.1:$keystone" --wsgi-file /usr/bin/keystone-wsgi-public
wait_for rabbitmq 90 listens "$rabbit"
wait_for keystone 60 serves "http://127.0.0.1:$keystone/v3"
once populate-identity $python "$here/populate.py" identity || die "see $dir/log/populate-identity.log"
start neutron-server neutron-server "${neutron_conf[@]}"
start octavia-api env PYTHONPATH="$dir/lib:$here" "${wsgi[@]}" --http-socket "127.0.0.1:$octavia" \
  --wsgi-file /usr/bin/octavia-wsgi --pyargv "${octavia_conf[*]}"
alive octavia-worker || : >"$dir/log/octavia-worker.log"
start octavia-worker env PYTHONPATH="$dir/lib:$here" $python "$here/octavia_worker.py" "${octavia_conf[@]}"
wait_for neutron-server 120 serves "http://127.0.0.1:$neutron/"
wait_for octavia-api 120 serves "http://127.0.0.1:$octavia/"
wait_for octavia-worker 90 grep -q 'Starting consumer' "$dir/log/octavia-worker.log"
once populate-networks $python "$here/populate.py" networks || die "see $dir/log/populate-networks.log"

# --- credentials ------------------------------------------------------------------------------------------------
umask 077
for name in demo admin; do
  cat <<C
  $name:
    region_name: RegionOne
    identity_api_version: 3
    auth:
      auth_url: http://127.0.0.1:$keystone/v3
      username: $name
      password: $password
      project_name: $name
      user_domain_name: Default
      project_domain_name: Default
C
  cat >"$dir/openrc.$name" <<C
export OS_AUTH_URL=http://127.0.0.1:$keystone/v3 OS_IDENTITY_API_VERSION=3 OS_REGION_NAME=RegionOne
export OS_USERNAME=$name OS_PASSWORD=$password OS_PROJECT_NAME=$name OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default
export OS_CLIENT_CONFIG_FILE=$dir/clouds.yaml no_proxy=127.0.0.1,localhost
C
done >"$dir/clouds.body"
{ echo clouds:; cat "$dir/clouds.body"; } >"$dir/clouds.yaml"
rm "$dir/clouds.body"
mv "$dir/openrc.demo" "$dir/openrc"
echo "$dir/openrc"
