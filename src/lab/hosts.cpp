#include "lab/hosts.h"

#include <csignal>
#include <filesystem>

#include <fmt/format.h>

#include "base/strings.h"
#include "lab/kubelet_api.h"
#include "lab/node_plan.h"
#include "lab/overlay.h"
#include "lab/pod_record.h"
#include "lab/sandbox.h"
#include "net/links.h"
#include "net/namespace.h"
#include "runtime/process.h"

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

// The network or subnet whose id or name this is.
Task<Result<std::optional<json::Value>>> find_named(openstack::Client& cloud, std::string collection,
                                                    std::string name, std::string filter = "") {
  for (const std::string key : {"id", "name"}) {
    FW_CO_TRY(auto found,
              co_await find_one(cloud, fmt::format("/v2.0/{}?{}={}{}", collection, key, percent_encode(name), filter),
                                collection));
    if (found) co_return found;
  }
  co_return std::optional<json::Value>();
}

// The network's first IPv4 subnet, or the one that is named.
Task<Result<std::optional<json::Value>>> find_subnet(openstack::Client& cloud, std::string network_id,
                                                     std::string name) {
  const std::string filter = "ip_version=4&network_id=" + network_id;
  Result<std::optional<json::Value>> found;
  if (name.empty()) {
    found = co_await find_one(cloud, "/v2.0/subnets?" + filter, "subnets");
  } else {
    found = co_await find_named(cloud, "subnets", name, "&" + filter);
  }
  co_return found;
}

Task<Result<NetworkFacts>> read_network(openstack::Client& cloud, std::string name, std::string subnet_name = "") {
  FW_CO_TRY(const auto network, co_await find_named(cloud, "networks", name));
  if (!network)
    co_return fail(Errc::not_found,
                   fmt::format("the cloud has no network {} that the lab's project can see; make it, "
                               "or name another in the lab's configuration",
                               name));
  NetworkFacts facts{.id = json::string_or(*network, "id")};
  FW_CO_TRY(const auto subnet, co_await find_subnet(cloud, facts.id, subnet_name));
  // Another project's external network shows itself, not its subnets.
  if (!subnet) co_return facts;
  facts.subnet_id = json::string_or(*subnet, "id");
  facts.cidr = json::string_or(*subnet, "cidr");
  facts.gateway = json::string_or(*subnet, "gateway_ip");
  co_return facts;
}

Task<Result<std::optional<json::Value>>> find_port(openstack::Client& cloud, std::string name,
                                                   std::string network_id) {
  std::string path = fmt::format("/v2.0/ports?name={}&network_id={}", percent_encode(name), network_id);
  FW_CO_TRY(auto found, co_await find_one(cloud, std::move(path), "ports"));
  co_return found;
}

Task<Result<json::Value>> make_port(Env& env, openstack::Client& cloud, std::string name, NetworkFacts network) {
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
  node.port_id = json::string_or(port, "id");
  if (!prefix || ips.empty())
    return fail(Errc::invalid, fmt::format("port {} of node {} has no address", node.port_id, node.name));
  node.uuid = json::string_or(port, "device_id");
  node.address = json::string_or(ips.front(), "ip_address");
  FW_TRY_DO(plug_in(fabric, {.ns = node.ns,
                             .link = "eth0",
                             .tap = net::Fabric::tap(node.port_id),
                             .mac = json::string_or(port, "mac_address"),
                             .address = fmt::format("{}/{}", node.address, prefix->length()),
                             .gateway = network.gateway,
                             .network_id = network.id}));
  FW_TRY_DO(net::set_sysctl(node.ns, "net.ipv4.ip_forward", "1"));
  // The node in its pods' eyes: any interface answers for an address on loopback.
  return net::add_address(node.ns, "lo", node.pod_gateway + "/32");
}

Node node_of(const PlannedNode& planned, const LabConfig& config) {
  Node node;
  node.name = planned.record.name;
  node.ns = net::Fabric(config.prefix).host_namespace(node.name);
  node.control_plane = planned.record.control_plane;
  node.leaving = planned.leaving;
  if (!config.kubelet_authority.key_pem.empty()) node.kubelet_port = kKubeletPort;
  const net::Prefix pods = node_pod_network(net::Prefix::parse(config.pod_cidr).value(), planned.record.pod_index);
  node.pod_cidr = pods.text();
  node.pod_gateway = pods.network().plus(1).value().text();
  return node;
}

std::size_t pod_networks(const LabConfig& config) {
  return std::size_t{1} << (24 - net::Prefix::parse(config.pod_cidr).value().length());
}

Result<> forget_node(const LabConfig& config, const std::string& name) {
  FW_TRY(auto records, load_nodes(config.state_dir));
  if (std::erase_if(records, [&](const NodeRecord& one) { return one.name == name; }) == 0) return {};
  return save_nodes(config.state_dir, records);
}

// Containers of pods that nobody waits for: their processes, their networks, their folders.
void end_pods(const LabConfig& config) {
  for (const PodRecord& record : load_records(config.state_dir)) {
    const std::string ns = sandbox_for(config.prefix, record.uid, record.address).ns;
    for (const ProcessId& process : processes_of(config.state_dir, record, ns)) signal_process(process, SIGKILL);
    (void)net::remove_namespace(ns);
  }
}

}  // namespace

net::Prefix node_pod_network(const net::Prefix& cluster, std::size_t index) {
  const std::uint32_t base = cluster.network().to_v4();
  const auto first = net::Address::v4(base + static_cast<std::uint32_t>(index << 8));
  return net::Prefix::parse(first.text() + "/24").value();
}

Task<Result<Hosts>> make_hosts(Env& env, openstack::Client& cloud, const LabConfig& config) {
  const net::Fabric fabric(config.prefix);
  FW_CO_TRY(const NetworkFacts inside, co_await read_network(cloud, config.private_network, config.private_subnet));
  if (inside.subnet_id.empty())
    co_return fail(Errc::not_found, fmt::format("network {} has no IPv4 subnet{}", config.private_network,
                                                config.private_subnet.empty() ? "" : " " + config.private_subnet));
  Hosts hosts;
  if (!config.client_name.empty()) {
    FW_CO_TRY(const NetworkFacts outside, co_await read_network(cloud, config.public_network));
    FW_CO_TRY(hosts.client, make_client(fabric, config, outside));
  }
  FW_CO_TRY(const auto known, load_nodes(config.state_dir));
  FW_CO_TRY(const auto plan, plan_nodes(config.nodes, known, pod_networks(config)));
  std::vector<NodeRecord> records;
  records.reserve(plan.size());
  for (const PlannedNode& planned : plan) records.push_back(planned.record);
  // Before anything is made, so that whatever is made is found again.
  FW_CO_TRY_DO(save_nodes(config.state_dir, records));
  for (const PlannedNode& planned : plan) {
    Node node = node_of(planned, config);
    FW_CO_TRY(auto port, co_await find_port(cloud, node.name, inside.id));
    // Its taking down was interrupted close to the end.
    const bool gone = !port && node.leaving;
    if (gone) FW_CO_TRY_DO(co_await remove_host(cloud, config, node.name));
    if (gone) continue;
    if (!port) {
      FW_CO_TRY(port, co_await make_port(env, cloud, node.name, inside));
    }
    FW_CO_TRY_DO(make_node(fabric, node, inside, *port));
    hosts.nodes.push_back(std::move(node));
  }
  FW_CO_TRY_DO(connect_overlay(hosts.nodes));
  co_return hosts;
}

Task<Result<>> remove_host(openstack::Client& cloud, const LabConfig& config, std::string node_name) {
  const net::Fabric fabric(config.prefix);
  const std::string ns = fabric.host_namespace(node_name);
  if (net::namespace_exists(ns)) {
    // Its cable first: a namespace lives on as long as anything in it does.
    FW_CO_TRY_DO(net::remove_link(ns, kOverlayLink));
    FW_CO_TRY_DO(net::remove_link(ns, "eth0"));
    FW_CO_TRY_DO(net::remove_namespace(ns));
  }
  FW_CO_TRY(const auto network, co_await find_named(cloud, "networks", config.private_network));
  if (network) {
    FW_CO_TRY(const auto port, co_await find_port(cloud, node_name, json::string_or(*network, "id")));
    if (port) {
      const auto removed =
          co_await cloud.send(Service::network, "DELETE", "/v2.0/ports/" + json::string_or(*port, "id"));
      if (!removed && removed.error().code != Errc::not_found) co_return std::unexpected(removed.error());
    }
  }
  co_return forget_node(config, node_name);
}

Task<Result<>> remove_all_hosts(Env& env, openstack::Client& cloud, const LabConfig& config) {
  end_pods(config);
  FW_CO_TRY(auto records, load_nodes(config.state_dir));
  Result<> done;
  for (const NodeRecord& record : records) {
    const Result<> removed = co_await remove_host(cloud, config, record.name);
    if (removed) continue;
    env.log.warn("a node could not be taken down whole", {{"node", record.name}, {"why", removed.error().what}});
    done = removed;
  }
  if (!config.client_name.empty())
    (void)net::remove_namespace(net::Fabric(config.prefix).host_namespace(config.client_name));
  if (!done) co_return done;
  std::error_code ignored;
  std::filesystem::remove_all(config.state_dir, ignored);
  co_return done;
}

}  // namespace fairway::lab
