#include "lab/hosts.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "net/links.h"
#include "net/namespace.h"

namespace fairway::lab {

namespace {

using openstack::Service;

struct NetworkFacts {
  std::string id, subnet_id, cidr, gateway;
};

// The first object of a list answer.
Task<Result<std::optional<json::Value>>> find_one(openstack::Client& cloud, std::string path, std::string list) {
  FW_CO_TRY(const openstack::Answer answer, co_await cloud.send(Service::network, "GET", std::move(path)));
  const json::Array& found = json::array_or_empty(answer.body, list);
  if (found.empty()) co_return std::optional<json::Value>();
  co_return std::optional<json::Value>(found.front());
}

Task<Result<NetworkFacts>> read_network(openstack::Client& cloud, std::string name) {
  FW_CO_TRY(const auto network, co_await find_one(cloud, "/v2.0/networks?name=" + percent_encode(name), "networks"));
  if (!network)
    co_return fail(Errc::not_found,
                   fmt::format("the cloud has no network {} that the lab's project can see; make it, "
                               "or name another in the lab's configuration",
                               name));
  NetworkFacts facts{.id = json::string_or(*network, "id")};
  FW_CO_TRY(const auto subnet,
            co_await find_one(cloud, "/v2.0/subnets?ip_version=4&network_id=" + facts.id, "subnets"));
  // Another project's external network shows itself, not its subnets.
  if (!subnet) co_return facts;
  facts.subnet_id = json::string_or(*subnet, "id");
  facts.cidr = json::string_or(*subnet, "cidr");
  facts.gateway = json::string_or(*subnet, "gateway_ip");
  co_return facts;
}

// The node's port, found by name or made.
Task<Result<json::Value>> node_port(Env& env, openstack::Client& cloud, std::string name, NetworkFacts network) {
  const std::string path = fmt::format("/v2.0/ports?name={}&network_id={}", percent_encode(name), network.id);
  FW_CO_TRY(const auto existing, co_await find_one(cloud, path, "ports"));
  if (existing) co_return *existing;
  json::Object port{{"name", name},
                    {"network_id", network.id},
                    {"device_id", make_uuid(env.random)},
                    {"device_owner", "compute:nova"},
                    {"fixed_ips", json::Array{json::Object{{"subnet_id", network.subnet_id}}}}};
  json::Object body{{"port", std::move(port)}};
  FW_CO_TRY(const openstack::Answer answer,
            co_await cloud.send(Service::network, "POST", "/v2.0/ports", json::Value(std::move(body))));
  const json::Value* made = json::find(answer.body, "port");
  if (made == nullptr) co_return fail(Errc::internal, "the cloud answered a port's create without the port");
  co_return *made;
}

struct Plug {
  std::string ns, link, tap, mac, address, gateway, network_id;
};

Result<> plug_in(const net::Fabric& fabric, const Plug& plug) {
  const std::string bridge = net::Fabric::bridge(plug.network_id);
  FW_TRY_DO(net::make_namespace(fabric.fabric_namespace()));
  FW_TRY_DO(net::make_bridge(fabric.fabric_namespace(), bridge));
  FW_TRY_DO(net::make_namespace(plug.ns));
  FW_TRY_DO(net::make_veth({fabric.fabric_namespace(), plug.tap, ""}, {plug.ns, plug.link, plug.mac}));
  FW_TRY_DO(net::attach_to_bridge(fabric.fabric_namespace(), plug.tap, bridge));
  FW_TRY_DO(net::add_address(plug.ns, plug.link, plug.address));
  if (!plug.gateway.empty()) FW_TRY_DO(net::set_route(plug.ns, "0.0.0.0/0", plug.gateway, plug.link));
  return {};
}

Result<Host> make_client(const net::Fabric& fabric, const LabConfig& config, const NetworkFacts& network) {
  std::string address = config.client_address;
  if (address.empty()) {
    const auto prefix = net::Prefix::parse(network.cidr);
    if (!prefix || network.gateway.empty())
      return fail(Errc::invalid,
                  fmt::format("where the client host stands on network {} is not known: its subnet has no "
                              "gateway address or is not ours to see; give client.address in the lab's "
                              "configuration",
                              config.public_network));
    address = fmt::format("{}/{}", network.gateway, prefix->length());
  }
  const std::string ns = fabric.host_namespace(config.client_name);
  FW_TRY_DO(plug_in(fabric, {.ns = ns,
                             .link = "eth0",
                             .tap = "tapclient",
                             .mac = "",
                             .address = address,
                             .gateway = "",
                             .network_id = network.id}));
  return Host{config.client_name, ns, address.substr(0, address.find('/'))};
}

Result<> make_node(const net::Fabric& fabric, Node& node, const NetworkFacts& network, const json::Value& port) {
  const auto prefix = net::Prefix::parse(network.cidr);
  const json::Array& ips = json::array_or_empty(port, "fixed_ips");
  if (!prefix || ips.empty())
    return fail(Errc::invalid,
                fmt::format("port {} of node {} has no address", json::string_or(port, "id"), node.name));
  node.uuid = json::string_or(port, "device_id");
  node.address = json::string_or(ips.front(), "ip_address");
  FW_TRY_DO(plug_in(fabric, {.ns = node.ns,
                             .link = "eth0",
                             .tap = net::Fabric::tap(json::string_or(port, "id")),
                             .mac = json::string_or(port, "mac_address"),
                             .address = fmt::format("{}/{}", node.address, prefix->length()),
                             .gateway = network.gateway,
                             .network_id = network.id}));
  FW_TRY_DO(net::set_sysctl(node.ns, "net.ipv4.ip_forward", "1"));
  // The node in its pods' eyes: any interface answers for an address on loopback.
  return net::add_address(node.ns, "lo", node.pod_gateway + "/32");
}

// Pods of other nodes are behind those nodes.
Result<> connect_nodes(const std::vector<Node>& nodes) {
  for (const Node& node : nodes) {
    for (const Node& other : nodes) {
      if (other.name != node.name) FW_TRY_DO(net::set_route(node.ns, other.pod_cidr, other.address, "eth0"));
    }
  }
  return {};
}

}  // namespace

net::Prefix node_pod_network(const net::Prefix& cluster, std::size_t index) {
  const std::uint32_t base = cluster.network().to_v4();
  const auto first = net::Address::v4(base + static_cast<std::uint32_t>(index << 8));
  return net::Prefix::parse(first.text() + "/24").value();
}

Task<Result<Hosts>> make_hosts(Env& env, openstack::Client& cloud, const LabConfig& config) {
  const net::Fabric fabric(config.prefix);
  FW_CO_TRY(const NetworkFacts outside, co_await read_network(cloud, config.public_network));
  FW_CO_TRY(const NetworkFacts inside, co_await read_network(cloud, config.private_network));
  if (inside.subnet_id.empty())
    co_return fail(Errc::not_found, fmt::format("network {} has no IPv4 subnet", config.private_network));
  Hosts hosts;
  FW_CO_TRY(hosts.client, make_client(fabric, config, outside));
  const net::Prefix cluster = net::Prefix::parse(config.pod_cidr).value();
  for (std::size_t index = 0; index < config.nodes.size(); ++index) {
    Node node;
    node.name = config.nodes[index].name;
    node.ns = fabric.host_namespace(node.name);
    node.control_plane = config.nodes[index].control_plane;
    const net::Prefix pods = node_pod_network(cluster, index);
    node.pod_cidr = pods.text();
    node.pod_gateway = pods.network().plus(1).value().text();
    FW_CO_TRY(const json::Value port, co_await node_port(env, cloud, node.name, inside));
    FW_CO_TRY_DO(make_node(fabric, node, inside, port));
    hosts.nodes.push_back(std::move(node));
  }
  FW_CO_TRY_DO(connect_nodes(hosts.nodes));
  co_return hosts;
}

}  // namespace fairway::lab
