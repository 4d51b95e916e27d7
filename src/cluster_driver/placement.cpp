#include "cluster_driver/placement.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fairway::cluster_driver {

namespace {

using openstack::Service;

std::string describe(const SubnetView& subnet) {
  return fmt::format("{} ({}, {})", subnet.name.empty() ? subnet.id : subnet.name, subnet.prefix.text(), subnet.id);
}

template <class Items, class Say>
std::string list_of(const Items& items, Say say) {
  std::vector<std::string> words;
  words.reserve(items.size());
  for (const auto& item : items) words.push_back(say(item));
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

std::string list_of(const std::vector<SubnetView>& subnets) { return list_of(subnets, describe); }

// The one that a person means by id or name. `option`: how it was said.
template <class T>
Result<T> choose(const std::vector<T>& among, const std::string& wanted, std::string_view kind,
                 std::string_view option) {
  std::vector<T> named;
  for (const T& one : among) {
    if (one.id == wanted) return one;
    if (one.name == wanted) named.push_back(one);
  }
  if (named.size() == 1) return named.front();
  const auto show = [](const T& one) { return fmt::format("{} ({})", one.name, one.id); };
  if (named.empty())
    return fail(Errc::not_found, fmt::format("the project sees no {} {}; {} may be one of: {}", kind, wanted, option,
                                             list_of(among, show)));
  return fail(Errc::invalid, fmt::format("{} {}s are called {}; give {} an id: {}", named.size(), kind, wanted,
                                         option, list_of(named, show)));
}

// The subnets in which a node may stand; with a port of its address there, only those.
std::vector<SubnetView> subnets_of(const NodeView& node, const ProjectNetworks& project) {
  const auto address = net::Address::parse(node.address);
  std::vector<SubnetView> fit, proven;
  const auto ports = project.ports.find(node.address);
  for (const SubnetView& subnet : project.subnets) {
    if (!address || !subnet.prefix.contains(*address)) continue;
    fit.push_back(subnet);
    if (ports != project.ports.end() && ports->second.contains(subnet.id)) proven.push_back(subnet);
  }
  return proven.empty() ? fit : proven;
}

Result<> check_nodes(const std::vector<NodeView>& nodes, const ProjectNetworks& project) {
  for (const NodeView& node : nodes) {
    if (node.address.empty())
      return fail(
          Errc::not_found,
          fmt::format("node {} has no InternalIP of IPv4 in its status, so no load balancer can reach it; have "
                      "its kubelet report one (--node-ip)",
                      node.name));
    if (subnets_of(node, project).empty())
      return fail(
          Errc::not_found,
          fmt::format("node {} has the address {}, which is in no subnet of project {} (they are: {}), so no "
                      "load balancer can reach it; log in to the project whose network the nodes stand on, or "
                      "connect the nodes to a network of this one",
                      node.name, node.address, project.project_id, list_of(project.subnets)));
  }
  return {};
}

Result<SubnetView> find_subnet(const std::vector<NodeView>& nodes, const ProjectNetworks& project) {
  if (nodes.empty())
    return fail(Errc::not_found,
                "the cluster has no nodes yet, so its subnet cannot be found from them; name it with --subnet");
  std::vector<SubnetView> common = subnets_of(nodes.front(), project);
  for (const NodeView& node : nodes) {
    const auto here = subnets_of(node, project);
    std::erase_if(common, [&](const SubnetView& one) {
      return std::ranges::find(here, one.id, &SubnetView::id) == here.end();
    });
  }
  if (common.size() == 1) return common.front();
  if (common.size() > 1)
    return fail(Errc::invalid, fmt::format("node {} ({}) may stand in any of the subnets {}; say which with --subnet",
                                           nodes.front().name, nodes.front().address, list_of(common)));
  const auto where = [&](const NodeView& node) {
    return fmt::format("{} in {}", node.name, list_of(subnets_of(node, project)));
  };
  return fail(Errc::invalid, fmt::format("the nodes stand in several subnets ({}); say with --subnet where load "
                                         "balancers have their addresses",
                                         list_of(nodes, where)));
}

Outside named(const ProjectNetworks& project, const std::string& id) {
  const auto found = std::ranges::find(project.outside, id, &Outside::id);
  return found == project.outside.end() ? Outside{id, id} : *found;
}

// The legs on this subnet that count: the chosen router's, or all.
Result<std::vector<Outlet>> outlets_of(const SubnetView& subnet, const ProjectNetworks& project,
                                       const std::string& router) {
  std::vector<Outlet> found, chosen;
  for (const Outlet& outlet : project.outlets) {
    if (outlet.subnet_id != subnet.id) continue;
    found.push_back(outlet);
    if (outlet.router_id == router || outlet.router_name == router) chosen.push_back(outlet);
  }
  if (router.empty()) return found;
  if (!chosen.empty()) return chosen;
  const auto show = [](const Outlet& one) { return fmt::format("{} ({})", one.router_name, one.router_id); };
  return fail(Errc::not_found, fmt::format("router {} has no interface on subnet {}; those that have one: {}", router,
                                           describe(subnet), list_of(found, show)));
}

Result<Outside> find_outside(const SubnetView& subnet, const ProjectNetworks& project,
                             const PlacementChoice& choice) {
  FW_TRY(const auto outlets, outlets_of(subnet, project, choice.router));
  std::set<std::string> leads_to;
  for (const Outlet& outlet : outlets) {
    if (!outlet.external_network_id.empty()) leads_to.insert(outlet.external_network_id);
  }
  if (!choice.external_network.empty()) {
    FW_TRY(Outside wanted,
           choose(project.outside, choice.external_network, "external network", "--external-network"));
    // A router that belongs to another project is not seen; then the person knows better.
    if (outlets.empty() || leads_to.contains(wanted.id)) return wanted;
    return fail(Errc::invalid,
                fmt::format("no router leads from subnet {} to the external network {}, so floating IPs of it cannot "
                            "be used; connect one (openstack router set --external-gateway {} ROUTER)",
                            describe(subnet), wanted.name, wanted.name));
  }
  if (leads_to.size() == 1) return named(project, *leads_to.begin());
  if (leads_to.empty() && choice.internal) return Outside{};
  if (leads_to.empty())
    return fail(Errc::invalid,
                fmt::format("no router that the project sees leads from subnet {} outside, so load balancers could "
                            "have no floating IP; connect one (openstack router add subnet ROUTER {}), or name the "
                            "network with --external-network, or do without: --labels internal_lb=true",
                            describe(subnet), subnet.id));
  const auto show = [&](const Outlet& one) {
    return fmt::format("{} to {}", one.router_name, named(project, one.external_network_id).name);
  };
  return fail(Errc::invalid,
              fmt::format("several routers lead from subnet {} outside ({}); choose one with --router, "
                          "or the network with --external-network",
                          describe(subnet), list_of(outlets, show)));
}

void take_subnets(const json::Array& networks, const json::Array& subnets, ProjectNetworks& project) {
  std::set<std::string> usable;
  for (const json::Value& network : networks) {
    const std::string id = json::string_or(network, "id");
    if (json::bool_or(network, "router:external")) {
      project.outside.push_back({id, json::string_or(network, "name")});
    } else if (json::bool_or(network, "shared") || json::string_or(network, "project_id") == project.project_id) {
      usable.insert(id);
    }
  }
  for (const json::Value& subnet : subnets) {
    const auto prefix = net::Prefix::parse(json::string_or(subnet, "cidr"));
    const std::string network = json::string_or(subnet, "network_id");
    if (!prefix || !prefix->is_v4() || !usable.contains(network)) continue;
    project.subnets.push_back({json::string_or(subnet, "id"), json::string_or(subnet, "name"), network, *prefix});
  }
}

// "network:router_interface", and its kinds on distributed and doubled routers.
bool is_router_leg(const json::Value& port) {
  const std::string owner = json::string_or(port, "device_owner");
  return owner.starts_with("network:") && owner.contains("router") && owner.contains("interface");
}

void take_outlet(const std::string& subnet, const json::Value& port,
                 const std::map<std::string, json::Value>& routers, ProjectNetworks& project) {
  const std::string id = json::string_or(port, "device_id");
  const auto router = routers.find(id);
  if (router == routers.end()) return;
  project.outlets.push_back(
      {.subnet_id = subnet,
       .router_id = id,
       .router_name = json::string_or(router->second, "name"),
       .external_network_id = json::string_or(router->second, "external_gateway_info.network_id")});
}

void take_ports(const json::Array& ports, const std::map<std::string, json::Value>& routers,
                ProjectNetworks& project) {
  for (const json::Value& port : ports) {
    const bool leads_out = is_router_leg(port);
    for (const json::Value& address : json::array_or_empty(port, "fixed_ips")) {
      const std::string subnet = json::string_or(address, "subnet_id");
      if (leads_out)
        take_outlet(subnet, port, routers, project);
      else
        project.ports[json::string_or(address, "ip_address")].insert(subnet);
    }
  }
}

}  // namespace

Result<Placement> place(const std::vector<NodeView>& nodes, const ProjectNetworks& project,
                        const PlacementChoice& choice) {
  FW_TRY_DO(check_nodes(nodes, project));
  FW_TRY(SubnetView subnet, choice.subnet.empty()
                                ? find_subnet(nodes, project)
                                : choose(project.subnets, choice.subnet, "private IPv4 subnet", "--subnet"));
  FW_TRY(Outside outside, find_outside(subnet, project, choice));
  return Placement{std::move(subnet), std::move(outside)};
}

std::map<std::string, std::string> health_of(const std::vector<NodeView>& nodes,
                                             const std::vector<SubnetView>& subnets) {
  std::map<std::string, std::string> reasons;
  for (const NodeView& node : nodes) {
    reasons[node.name + ".Ready"] = node.ready ? "True" : "False";
    const auto address = net::Address::parse(node.address);
    const auto inside = [&](const SubnetView& subnet) { return address && subnet.prefix.contains(*address); };
    if (subnets.empty() || std::ranges::any_of(subnets, inside)) continue;
    reasons[node.name + ".Network"] = fmt::format("{} is in no subnet of the project: load balancers do not reach it",
                                                  node.address.empty() ? "it has no InternalIP and" : node.address);
  }
  return reasons;
}

Task<Result<ProjectNetworks>> read_subnets(openstack::Client& cloud) {
  ProjectNetworks project;
  FW_CO_TRY(project.project_id, co_await cloud.project_id());
  FW_CO_TRY(const json::Array networks,
            co_await openstack::list_all(cloud, Service::network, "/v2.0/networks", "networks"));
  FW_CO_TRY(const json::Array subnets,
            co_await openstack::list_all(cloud, Service::network, "/v2.0/subnets?ip_version=4", "subnets"));
  take_subnets(networks, subnets, project);
  co_return project;
}

Task<Result<ProjectNetworks>> read_project_networks(openstack::Client& cloud) {
  FW_CO_TRY(ProjectNetworks project, co_await read_subnets(cloud));
  FW_CO_TRY(const json::Array all_routers,
            co_await openstack::list_all(cloud, Service::network, "/v2.0/routers", "routers"));
  FW_CO_TRY(const json::Array ports, co_await openstack::list_all(cloud, Service::network, "/v2.0/ports", "ports"));
  std::map<std::string, json::Value> routers;
  for (const json::Value& router : all_routers) routers.emplace(json::string_or(router, "id"), router);
  take_ports(ports, routers, project);
  co_return project;
}

}  // namespace fairway::cluster_driver
