// Floating IPs: where each leads, by names that a person recognises, and what it could lead to.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/dashboard/names.h"
#include "cloud/dashboard/paging.h"
#include "cloud/dashboard/views.h"
#include "cloud/network/floating_ips.h"
#include "net/address.h"

namespace fairway::cloud::dashboard {
namespace {

constexpr std::size_t kPageSize = 50;

Scope scope_of(const Look& look) { return scope_for(look.caller, "network:read_all"); }

json::Object show(const Condition& condition) { return {{"tone", condition.tone}, {"text", condition.text}}; }

struct Target {
  PortName name;
  Condition condition;
  std::string why;  // a sentence, when it does not lead to a page
  std::string balancer_id;
};

// Where the floating IP leads.
Target target_of(const World& world, const FloatingIp& floating_ip) {
  const auto* port = world.state.find<Port>(floating_ip.port_id);
  if (port == nullptr) {
    return {.condition = {"off", "not associated"},
            .why = "It leads nowhere yet: associate it with a VIP or a port."};
  }
  Target target{.name = name_of(world.state, *port), .condition = {"ok", "associated"}};
  const auto* balancer = balancer_of_port(world.state, port->id);
  if (balancer != nullptr) {
    target.balancer_id = balancer->id;
    target.condition = condition_of(world, *balancer);
    const auto why = reasons(world, *balancer);
    if (!why.empty()) target.why = fmt::format("{}: {}", target.name.title, why.front());
  } else if (world.gateways == 0) {
    target.condition = {"off", "no gateway"};
    target.why = "No gateway is connected, so the address is not reachable.";
  }
  return target;
}

json::Object show(const Look& look, const FloatingIp& floating_ip) {
  const auto& state = look.world.state;
  const auto target = target_of(look.world, floating_ip);
  const auto* network = state.find<Network>(floating_ip.floating_network_id);
  json::Object shown{{"id", floating_ip.id},
                     {"address", floating_ip.floating_ip_address},
                     {"network", network == nullptr ? "" : title_of(*network)},
                     {"description", floating_ip.description},
                     {"condition", show(target.condition)},
                     {"why", target.why}};
  if (scope_of(look).all) shown.emplace("project", project_name(state, floating_ip.project_id));
  if (!floating_ip.port_id.empty()) {
    shown.emplace("target", json::Object{{"port_id", floating_ip.port_id},
                                         {"kind", target.name.kind},
                                         {"title", target.name.title},
                                         {"detail", target.name.detail},
                                         {"address", floating_ip.fixed_ip_address},
                                         {"balancer_id", target.balancer_id}});
  }
  return shown;
}

json::Array external_networks(const Look& look) {
  json::Array list;
  for (const auto& [id, row] : look.world.state.table<Network>().rows()) {
    if (row.object->external) list.push_back(json::Object{{"id", id}, {"name", title_of(*row.object)}});
  }
  return list;
}

// "10.0.0.10" after "10.0.0.9".
auto by_address(const FloatingIp* floating_ip) {
  const auto address = net::Address::parse(floating_ip->floating_ip_address);
  return std::pair(address ? *address : net::Address(), floating_ip->id);
}

std::string first_v4(const Port& port) {
  for (const auto& ip : port.fixed_ips) {
    const auto address = net::Address::parse(ip.ip_address);
    if (address && address->is_v4()) return ip.ip_address;
  }
  return "";
}

// Whether a subnet leads to the external network; asked once for each subnet.
class Reachable {
 public:
  Reachable(const State& state, std::string external) : state_(state), external_(std::move(external)) {}
  bool from(const Port& port) {
    return std::ranges::any_of(port.fixed_ips, [&](const FixedIp& ip) { return from_subnet(ip.subnet_id); });
  }

 private:
  bool from_subnet(const std::string& subnet_id) {
    const auto [at, fresh] = known_.try_emplace(subnet_id, false);
    if (fresh) at->second = !router_towards(state_, subnet_id, external_).empty();
    return at->second;
  }
  const State& state_;
  std::string external_;
  std::map<std::string, bool> known_;
};

struct Candidate {
  int rank;  // VIPs before nodes before other ports
  std::string title;
  json::Object shown;
};

int rank_of(const PortName& name) { return name.kind == "vip" ? 0 : name.kind == "node" ? 1 : 2; }

}  // namespace

Result<json::Object> view_floating_ips(const Look& look) {
  const auto scope = scope_of(look);
  std::vector<const FloatingIp*> all;
  for (const auto& [id, row] : look.world.state.table<FloatingIp>().rows()) {
    const auto& floating_ip = *row.object;
    if (!scope.sees(floating_ip.project_id)) continue;
    const auto* port = look.world.state.find<Port>(floating_ip.port_id);
    const auto title = port == nullptr ? "" : name_of(look.world.state, *port).title;
    if (matches(look.query,
                {floating_ip.floating_ip_address, floating_ip.fixed_ip_address, floating_ip.description, title}))
      all.push_back(&floating_ip);
  }
  std::ranges::sort(all, {}, by_address);
  const auto page = page_of(all, look.query, kPageSize);
  json::Array items;
  for (const auto* floating_ip : page.items) items.push_back(show(look, *floating_ip));
  json::Object shown{{"items", std::move(items)},
                     {"external_networks", external_networks(look)},
                     {"may_change", allowed(look.caller, "network:write")}};
  add_page(shown, page);
  return shown;
}

Result<json::Object> view_targets(const Look& look) {
  const auto& state = look.world.state;
  const auto* floating_ip = state.find<FloatingIp>(look.query.find("id").value_or(""));
  if (floating_ip == nullptr || !scope_of(look).sees(floating_ip->project_id))
    return fail(Errc::not_found, "This floating IP is not there any more.");
  Reachable reachable(state, floating_ip->floating_network_id);
  std::vector<Candidate> candidates;
  for (const auto* port : state.table<Port>().find_by("project_id", floating_ip->project_id)) {
    const auto address = first_v4(*port);
    if (address.empty() || state.table<FloatingIp>().count_by("port_id", port->id) != 0 || !reachable.from(*port))
      continue;
    auto name = name_of(state, *port);
    if (name.kind == "own" || !matches(look.query, {name.title, name.detail, address})) continue;
    candidates.push_back({rank_of(name), name.title,
                          json::Object{{"port_id", port->id},
                                       {"kind", name.kind},
                                       {"title", name.title},
                                       {"detail", name.detail},
                                       {"address", address}}});
  }
  std::ranges::sort(candidates, {}, [](const Candidate& c) { return std::pair(c.rank, std::string_view(c.title)); });
  const auto page = page_of(candidates, look.query, kPageSize);
  json::Array items;
  for (const auto& candidate : page.items) items.push_back(candidate.shown);
  json::Object shown{{"items", std::move(items)}, {"address", floating_ip->floating_ip_address}};
  add_page(shown, page);
  return shown;
}

}  // namespace fairway::cloud::dashboard
