# Writes the services' configuration to DIR/etc. Sourced by up.sh: `dir`, `password` and the ports are set.
database() { echo "mysql+pymysql://$1:$password@127.0.0.1:$db/$1?charset=utf8"; }
service_login() { # user
  cat <<C
auth_url = http://127.0.0.1:$keystone
auth_type = password
username = $1
password = $password
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = RegionOne
C
}
token_check() { # user
  cat <<C
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:$keystone
memcached_servers = 127.0.0.1:$memcached
service_token_roles_required = True
$(service_login "$1")
C
}

mkdir -p "$dir"/etc/{keystone,neutron,octavia}
cat >"$dir/etc/keystone/keystone.conf" <<C
[DEFAULT]
use_stderr = True
public_endpoint = http://127.0.0.1:$keystone
[database]
connection = $(database keystone)
max_retries = -1
[token]
provider = fernet
expiration = 86400
[fernet_tokens]
key_repository = $dir/etc/keystone/fernet-keys
[credential]
key_repository = $dir/etc/keystone/credential-keys
[cache]
enabled = True
backend = oslo_cache.memcache_pool
memcache_servers = 127.0.0.1:$memcached
[identity]
password_hash_rounds = 4
[oslo_policy]
enforce_scope = False
enforce_new_defaults = False
C

cp /usr/share/neutron-common/api-paste.ini "$dir/etc/neutron/api-paste.ini"
cat >"$dir/etc/neutron/neutron.conf" <<C
[DEFAULT]
bind_host = 127.0.0.1
bind_port = $neutron
use_stderr = True
core_plugin = ml2
service_plugins = router,qos
auth_strategy = keystone
api_paste_config = $dir/etc/neutron/api-paste.ini
state_path = $dir/state/neutron
transport_url = rabbit://guest:guest@127.0.0.1:$rabbit/
notify_nova_on_port_status_changes = False
notify_nova_on_port_data_changes = False
dhcp_agent_notification = False
api_workers = 2
rpc_workers = 0
rpc_state_report_workers = 0
host = localhost
[database]
connection = $(database neutron)
max_retries = -1
[oslo_concurrency]
lock_path = $dir/state/neutron/lock
[oslo_messaging_notifications]
driver = noop
[quotas]
quota_network = -1
quota_subnet = -1
quota_port = -1
quota_router = -1
quota_floatingip = -1
quota_security_group = -1
quota_security_group_rule = -1
$(token_check neutron)
C
# The server half of the Open vSwitch driver: no agent runs, so it needs neither a switch nor a kernel module.
cat >"$dir/etc/neutron/ml2.ini" <<C
[ml2]
type_drivers = flat,vlan,vxlan,local
tenant_network_types = vxlan
mechanism_drivers = openvswitch
extension_drivers = port_security,qos
[ml2_type_flat]
flat_networks = *
[ml2_type_vlan]
network_vlan_ranges = public
[ml2_type_vxlan]
vni_ranges = 1:65000
[securitygroup]
enable_security_group = True
enable_ipset = False
C

# Certificates are asked for even where no machine is ever started.
[ -s "$dir/etc/octavia/ca.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=octavia-ca \
  -keyout "$dir/etc/octavia/ca.key" -out "$dir/etc/octavia/ca.pem" 2>>"$dir/log/openssl.log"
cat >"$dir/etc/octavia/octavia.conf" <<C
[DEFAULT]
use_stderr = True
transport_url = rabbit://guest:guest@127.0.0.1:$rabbit/
host = localhost
state_path = $dir/state/octavia
[api_settings]
bind_host = 127.0.0.1
bind_port = $octavia
api_base_uri = http://127.0.0.1:$octavia
auth_strategy = keystone
healthcheck_enabled = True
enabled_provider_drivers = amphora:The Octavia Amphora driver.,octavia:Deprecated alias of the Octavia Amphora driver.
default_provider_driver = amphora
[database]
connection = $(database octavia)
max_retries = -1
[oslo_messaging]
topic = octavia_prov
rpc_thread_pool_size = 4
[oslo_messaging_notifications]
driver = noop
[controller_worker]
client_ca = $dir/etc/octavia/ca.pem
workers = 1
amphora_driver = amphora_noop_driver
compute_driver = compute_ports_driver
network_driver = allowed_address_pairs_driver
image_driver = image_noop_driver
volume_driver = volume_noop_driver
loadbalancer_topology = SINGLE
event_notifications = False
[task_flow]
engine = parallel
max_workers = 5
[certificates]
cert_manager = local_cert_manager
cert_generator = local_cert_generator
ca_certificate = $dir/etc/octavia/ca.pem
ca_private_key = $dir/etc/octavia/ca.key
server_certs_key_passphrase = $(echo "$password$password" | cut -c1-32)
[health_manager]
bind_ip = 127.0.0.1
heartbeat_key = $password
controller_ip_port_list = 127.0.0.1:5555
[networking]
lb_network_name = management
[neutron]
region_name = RegionOne
endpoint = http://127.0.0.1:$neutron
[nova]
enable_anti_affinity = False
[service_auth]
$(service_login octavia)
$(token_check octavia)
C
chmod 600 "$dir"/etc/*/*.conf

# How Octavia finds compute_ports.py: as an installed distribution with an entry point.
mkdir -p "$dir/lib/fairway_test_octavia-1.dist-info"
printf 'Metadata-Version: 2.1\nName: fairway-test-octavia\nVersion: 1\n' >"$dir/lib/fairway_test_octavia-1.dist-info/METADATA"
printf '[octavia.compute.drivers]\ncompute_ports_driver = compute_ports:ComputePortsDriver\n' \
  >"$dir/lib/fairway_test_octavia-1.dist-info/entry_points.txt"
