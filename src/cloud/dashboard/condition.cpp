#include "cloud/dashboard/condition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/dashboard/names.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/network/floating_ips.h"
#include "cloud/network/ports.h"

namespace fairway::cloud::dashboard {
namespace {

using Sentences = std::vector<std::string>;

// The words of the API for people.
Condition from_status(const LbAttributes& object, const std::string& operating) {
  const auto& wish = object.provisioning_status;
  if (wish == kPendingCreate) return {"pending", "being created"};
  if (wish == kPendingUpdate) return {"pending", "being changed"};
  if (wish == kPendingDelete) return {"pending", "being deleted"};
  if (wish == kError) return {"bad", "failed"};
  if (!object.admin_state_up) return {"off", "switched off"};
  if (operating == "ONLINE") return {"ok", "online"};
  if (operating == "DEGRADED") return {"warn", "degraded"};
  if (operating == "ERROR") return {"bad", "down"};
  if (operating == "DRAINING") return {"warn", "draining"};
  if (operating == "NO_MONITOR") return {"ok", "not checked"};
  return {"off", "offline"};
}

struct Tally {
  std::size_t all = 0;
  std::vector<const Member*> down;
};

Tally tally(const World& world, const Pool& pool) {
  Tally found;
  for (const auto* member : world.state.table<Member>().find_by("pool_id", pool.id)) {
    if (!member->admin_state_up) continue;
    ++found.all;
    if (world.facts.member_status(member->id) == "ERROR") found.down.push_back(member);
  }
  return found;
}

// "TCP 80", by the listener that leads to the pool.
std::string place_of(const World& world, const Pool& pool) {
  const auto listeners = world.state.table<Listener>().find_by("default_pool_id", pool.id);
  if (listeners.empty()) return "pool " + (pool.name.empty() ? pool.id : pool.name);
  return fmt::format("{} {}", listeners.front()->protocol, listeners.front()->protocol_port);
}

std::string place_of(const World& world, const LoadBalancer& balancer, const Member& member) {
  const auto& subnet = member.subnet_id.empty() ? balancer.vip_subnet_id : member.subnet_id;
  const auto name = name_at(world.state, subnet, member.address);
  const auto at = fmt::format("{}:{}", member.address, member.protocol_port);
  return name.empty() ? at : fmt::format("{} ({})", name, at);
}

void add_pool(const World& world, const LoadBalancer& balancer, const Pool& pool, Sentences& why) {
  constexpr std::size_t kNamed = 3;
  const auto found = tally(world, pool);
  const auto place = place_of(world, pool);
  if (found.all == 0) {
    why.push_back(fmt::format("{} has no members: nothing can answer.", place));
    return;
  }
  if (found.down.empty()) return;
  std::vector<std::string> names;
  names.reserve(found.down.size());
  for (const auto* member : found.down) names.push_back(place_of(world, balancer, *member));
  std::ranges::sort(names);
  names.resize(std::min(names.size(), kNamed));
  if (found.down.size() > kNamed) names.push_back(fmt::format("{} more", found.down.size() - kNamed));
  why.push_back(found.down.size() == found.all
                    ? fmt::format("All {} members of {} are down by their health checks: {}.", found.all, place,
                                  join(names, ", "))
                    : fmt::format("{} of {} members of {} {} down by the health checks: {}.", found.down.size(),
                                  found.all, place, found.down.size() == 1 ? "is" : "are", join(names, ", ")));
}

void add_pending(const World& world, const LoadBalancer& balancer, Sentences& why) {
  const auto& wish = balancer.provisioning_status;
  const std::string_view doing = wish == kPendingCreate   ? "is being created"
                                 : wish == kPendingDelete ? "is being deleted"
                                                          : "is being changed";
  why.push_back(
      world.gateways == 0
          ? fmt::format("It {} and no gateway is connected; without one it settles after a moment and serves nobody.",
                        doing)
          : fmt::format("It {} and waits until the gateway has confirmed that.", doing));
}

template <class T>
void add_error(std::string_view what, const T& object, Sentences& why) {
  if (object.provisioning_status != kError) return;
  why.push_back(object.error_reason.empty() ? fmt::format("{} failed.", what)
                                            : fmt::format("{} failed: {}.", what, object.error_reason));
}

// Why nobody serves it, when that is so.
bool add_unserved(const World& world, const LoadBalancer& balancer, Sentences& why) {
  if (world.facts.serves(balancer.id)) return false;
  const auto* subnet = world.state.find<Subnet>(balancer.vip_subnet_id);
  if (world.gateways == 0) {
    why.emplace_back("No gateway is connected, so nothing serves it. It comes back by itself as soon as one is.");
  } else if (find_router_of_subnet(world.state, balancer.vip_subnet_id).empty()) {
    why.push_back(fmt::format("Its subnet {} has no router, so no gateway can serve it: add the subnet to a router.",
                              subnet == nullptr || subnet->name.empty() ? balancer.vip_subnet_id : subnet->name));
  } else {
    why.emplace_back("The gateway has not put it in force yet.");
  }
  return true;
}

void add_children(const World& world, const LoadBalancer& balancer, Sentences& why) {
  const auto listeners = world.state.table<Listener>().find_by("load_balancer_id", balancer.id);
  if (listeners.empty()) why.emplace_back("It has no listener yet, so nothing answers at the VIP.");
  for (const auto* listener : listeners) {
    const auto name = fmt::format("{} {}", listener->protocol, listener->protocol_port);
    add_error(name, *listener, why);
    if (const auto complaint = world.facts.complaint(Listener::kKind, listener->id); !complaint.empty())
      why.push_back(fmt::format("The gateway cannot serve {}: {}.", name, complaint));
    if (listener->default_pool_id.empty()) why.push_back(fmt::format("{} leads to no pool.", name));
  }
  for (const auto* pool : world.state.table<Pool>().find_by("load_balancer_id", balancer.id)) {
    add_error("The pool of " + place_of(world, *pool), *pool, why);
    add_pool(world, balancer, *pool, why);
  }
}

bool has_free_address(const State& state, const Network& network) {
  return std::ranges::any_of(state.table<Subnet>().find_by("network_id", network.id), [&](const Subnet* subnet) {
    return subnet->ip_version == 4 && free_address(state, *subnet).has_value();
  });
}

// Of a Service's without a floating IP: that it could get none. Whether it is to have one the cloud is not told.
void add_no_address_left(const World& world, const LoadBalancer& balancer, Sentences& why) {
  const auto& state = world.state;
  if (service_of(balancer).empty() || state.table<FloatingIp>().count_by("port_id", balancer.vip_port_id) != 0)
    return;
  Sentences full;
  for (const auto& [id, row] : state.table<Network>().rows()) {
    const auto& network = *row.object;
    if (!network.external || router_towards(state, balancer.vip_subnet_id, id).empty()) continue;
    if (has_free_address(state, network)) return;
    full.push_back(title_of(network));
  }
  if (full.empty()) return;
  why.push_back(
      fmt::format("No floating IP leads to it, and the pool {} has no address left: release one that is not "
                  "needed, or give the network a larger pool.",
                  join(full, ", ")));
}

}  // namespace

Condition condition_of(const World& world, const LoadBalancer& balancer) {
  return from_status(balancer, operating_status(world.state, world.facts, balancer));
}
Condition condition_of(const World& world, const Listener& listener) {
  return from_status(listener, operating_status(world.state, world.facts, listener));
}
Condition condition_of(const World& world, const Pool& pool) {
  return from_status(pool, operating_status(world.state, world.facts, pool));
}
Condition condition_of(const World& world, const Member& member) {
  return from_status(member, operating_status(world.state, world.facts, member));
}

std::vector<std::string> reasons(const World& world, const LoadBalancer& balancer) {
  Sentences why;
  if (is_pending(balancer.provisioning_status)) {
    add_pending(world, balancer, why);
    return why;
  }
  add_error("It", balancer, why);
  if (!balancer.admin_state_up) {
    why.emplace_back("It is switched off (admin_state_up is false).");
    return why;
  }
  if (!add_unserved(world, balancer, why)) add_children(world, balancer, why);
  add_no_address_left(world, balancer, why);
  return why;
}

}  // namespace fairway::cloud::dashboard
