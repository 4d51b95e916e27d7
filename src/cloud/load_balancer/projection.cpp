#include "cloud/load_balancer/projection.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "cloud/load_balancer/transitions.h"
#include "cloud/network/ports.h"
#include "gateway_link/monitors.h"

namespace fairway::cloud {
namespace {

namespace link = gateway_link;

bool is_leaving(std::string_view status) { return status == kPendingDelete; }

// ---- one object each: as the gateway sees it, or nothing

std::optional<link::Network> project(const State& /*state*/, const Network& network) {
  return link::Network{.id = network.id, .external = network.external, .segment = network.segment};
}

std::optional<link::Subnet> project(const State& /*state*/, const Subnet& subnet) {
  return link::Subnet{.id = subnet.id,
                      .network_id = subnet.network_id,
                      .cidr = subnet.cidr,
                      .gateway_ip = subnet.gateway_ip.value_or("")};
}

std::optional<link::RouterLeg> leg_of(const Port& port) {
  if (port.fixed_ips.empty()) return std::nullopt;
  return link::RouterLeg{.network_id = port.network_id,
                         .subnet_id = port.fixed_ips.front().subnet_id,
                         .port_id = port.id,
                         .address = port.fixed_ips.front().ip_address,
                         .mac = port.mac_address};
}

std::optional<link::Router> project(const State& state, const Router& router) {
  link::Router shown{.id = router.id,
                     .admin_state_up = router.admin_state_up,
                     .gateway = {},
                     .snat = router.enable_snat,
                     .interfaces = {}};
  if (const auto* port = state.find<Port>(router.gateway_port_id)) shown.gateway = leg_of(*port);
  for (const auto* port : state.table<Port>().find_by("device_id", router.id)) {
    if (port->device_owner != kRouterInterface) continue;
    if (auto leg = leg_of(*port)) shown.interfaces.push_back(*std::move(leg));
  }
  return shown;
}

std::optional<link::FloatingIp> project(const State& /*state*/, const FloatingIp& ip) {
  if (ip.port_id.empty() || ip.router_id.empty()) return std::nullopt;
  return link::FloatingIp{.id = ip.id,
                          .router_id = ip.router_id,
                          .floating_network_id = ip.floating_network_id,
                          .floating_address = ip.floating_ip_address,
                          .fixed_address = ip.fixed_ip_address};
}

std::optional<link::LoadBalancer> project(const State& state, const LoadBalancer& balancer) {
  if (is_leaving(balancer.provisioning_status)) return std::nullopt;
  const auto* port = state.find<Port>(balancer.vip_port_id);
  return link::LoadBalancer{.id = balancer.id,
                            .project_id = balancer.project_id,
                            .router_id = find_router_of_subnet(state, balancer.vip_subnet_id),
                            .vip_address = balancer.vip_address,
                            .vip_subnet_id = balancer.vip_subnet_id,
                            .vip_port_id = balancer.vip_port_id,
                            .vip_mac = port == nullptr ? "" : port->mac_address,
                            .admin_state_up = balancer.admin_state_up};
}

bool is_shown(const State& state, const std::string& load_balancer_id) {
  const auto* balancer = state.find<LoadBalancer>(load_balancer_id);
  return balancer != nullptr && !is_leaving(balancer->provisioning_status);
}

std::optional<link::Listener> project(const State& state, const Listener& listener) {
  if (is_leaving(listener.provisioning_status) || !is_shown(state, listener.load_balancer_id)) return std::nullopt;
  const auto* pool = state.find<Pool>(listener.default_pool_id);
  const bool has_pool = pool != nullptr && !is_leaving(pool->provisioning_status);
  return link::Listener{.id = listener.id,
                        .load_balancer_id = listener.load_balancer_id,
                        .admin_state_up = listener.admin_state_up,
                        .protocol = listener.protocol,
                        .port = static_cast<std::uint16_t>(listener.protocol_port),
                        .default_pool_id = has_pool ? pool->id : "",
                        .connection_limit = listener.connection_limit,
                        .timeout_client_data_ms = listener.timeout_client_data,
                        .timeout_member_connect_ms = listener.timeout_member_connect,
                        .timeout_member_data_ms = listener.timeout_member_data,
                        .timeout_tcp_inspect_ms = listener.timeout_tcp_inspect,
                        .allowed_cidrs = listener.allowed_cidrs.value_or(std::vector<std::string>{}),
                        .insert_headers = listener.insert_headers};
}

link::Member member_of(const Member& member) {
  return {.id = member.id,
          .address = member.address,
          .port = static_cast<std::uint16_t>(member.protocol_port),
          .weight = static_cast<int>(member.weight),
          .backup = member.backup,
          .admin_state_up = member.admin_state_up,
          .monitor_address = member.monitor_address.value_or(""),
          .monitor_port = static_cast<std::uint16_t>(member.monitor_port.value_or(0))};
}

void project_monitors(const State& state, const Pool& pool, link::Pool& shown) {
  for (const auto& id : pool.health_monitor_ids) {
    const auto* monitor = state.find<HealthMonitor>(id);
    if (monitor == nullptr || is_leaving(monitor->provisioning_status)) continue;
    if (!shown.monitor) {
      shown.monitor = project_monitor(*monitor);
    } else {
      shown.more_monitors.push_back(project_monitor(*monitor));
    }
  }
}

std::optional<link::Pool> project(const State& state, const Pool& pool) {
  if (is_leaving(pool.provisioning_status) || !is_shown(state, pool.load_balancer_id)) return std::nullopt;
  link::Pool shown{.id = pool.id,
                   .load_balancer_id = pool.load_balancer_id,
                   .admin_state_up = pool.admin_state_up,
                   .protocol = pool.protocol,
                   .algorithm = pool.lb_algorithm,
                   .persistence = {},
                   .members = {},
                   .monitor = {}};
  project_monitors(state, pool, shown);
  if (pool.session_persistence) {
    shown.persistence = link::SessionPersistence{.type = pool.session_persistence->type,
                                                 .cookie_name = pool.session_persistence->cookie_name.value_or("")};
  }
  for (const auto* member : state.table<Member>().find_by("pool_id", pool.id)) {
    if (!is_leaving(member->provisioning_status)) shown.members.push_back(member_of(*member));
  }
  return shown;
}

// The API knows no limit; what is longer than a lifetime is as good as for ever.
int to_seconds(std::int64_t value) {
  return static_cast<int>(std::min<std::int64_t>(value, std::numeric_limits<int>::max()));
}

}  // namespace

link::HealthMonitor project_monitor(const HealthMonitor& monitor) {
  return {.id = monitor.id,
          .type = monitor.type,
          .admin_state_up = monitor.admin_state_up,
          .delay_s = to_seconds(monitor.delay),
          .timeout_s = to_seconds(monitor.timeout),
          .max_retries = static_cast<int>(monitor.max_retries),
          .max_retries_down = static_cast<int>(monitor.max_retries_down),
          .http_method = monitor.http_method.value_or("GET"),
          .url_path = monitor.url_path.value_or("/"),
          .expected_codes = monitor.expected_codes.value_or("200"),
          .http_version = monitor.http_version ? fmt::format("{:.1f}", *monitor.http_version) : "",
          .domain_name = monitor.domain_name.value_or("")};
}

std::string why_not_beside(const State& state, const Pool& pool, const HealthMonitor& monitor) {
  for (const auto& id : pool.health_monitor_ids) {
    const auto* other = id == monitor.id ? nullptr : state.find<HealthMonitor>(id);
    if (other == nullptr || is_leaving(other->provisioning_status)) continue;
    if (auto why = link::why_not_together(project_monitor(*other), project_monitor(monitor)); !why.empty())
      return why;
  }
  return {};
}

namespace {

// Calls visit.operator()<Kind>(table of the world) for each kind that the world shows.
template <class Visit>
void for_each_kind(const Visit& visit) {
  visit.template operator()<Network>(&link::World::networks);
  visit.template operator()<Subnet>(&link::World::subnets);
  visit.template operator()<Router>(&link::World::routers);
  visit.template operator()<FloatingIp>(&link::World::floating_ips);
  visit.template operator()<LoadBalancer>(&link::World::load_balancers);
  visit.template operator()<Listener>(&link::World::listeners);
  visit.template operator()<Pool>(&link::World::pools);
}

// The objects that a change can have touched, by kind.
using Touched = std::map<std::string_view, std::set<std::string>>;

template <class T>
void touch_all(Touched& touched, const State& state, std::string_view index, const std::string& value) {
  for (const auto* object : state.table<T>().find_by(index, value)) touched[T::kKind].insert(object->id);
}

// Collects, for each changed object, what must be looked at again.
class Reach {
 public:
  Reach(const State& state, const link::World& world, const std::map<std::string, std::string>& router_of_port)
      : state_(state), world_(world), router_of_port_(router_of_port) {}

  Touched of(const std::vector<ChangedObject>& changed) {
    for (const auto& object : changed) reach(object);
    return std::move(touched_);
  }

 private:
  void reach(const ChangedObject& object) {
    if (object.kind == Member::kKind) return reach_member(object.id);
    if (object.kind == HealthMonitor::kKind) return touch_all<Pool>(touched_, state_, "health_monitor_id", object.id);
    if (object.kind == Port::kKind) return reach_port(object.id);
    touched_[object.kind].insert(object.id);
    if (object.kind == Pool::kKind) touch_all<Listener>(touched_, state_, "default_pool_id", object.id);
    if (object.kind == LoadBalancer::kKind) reach_balancer(object.id);
    if (object.kind == Subnet::kKind) reach_subnet(object.id);
    if (object.kind == Router::kKind) reach_router(object.id);
  }

  // An erased member was on its way out before, and its pool shown without it.
  void reach_member(const std::string& id) {
    if (const auto* member = state_.find<Member>(id)) touched_[Pool::kKind].insert(member->pool_id);
  }

  // The children only matter when the load balancer comes or goes.
  void reach_balancer(const std::string& id) {
    if (world_.load_balancers.contains(id) == is_shown(state_, id)) return;
    touch_all<Listener>(touched_, state_, "load_balancer_id", id);
    touch_all<Pool>(touched_, state_, "load_balancer_id", id);
  }

  void reach_subnet(const std::string& id) {
    touch_all<LoadBalancer>(touched_, state_, "vip_subnet_id", id);
    for (const auto* port : state_.table<Port>().find_by("subnet_id", id)) {
      if (port->device_owner == kRouterInterface || port->device_owner == kRouterGateway) {
        touched_[Router::kKind].insert(port->device_id);
      }
    }
  }

  void reach_router(const std::string& id) {
    for (const auto* port : state_.table<Port>().find_by("device_id", id)) {
      for (const auto& ip : port->fixed_ips) touch_all<LoadBalancer>(touched_, state_, "vip_subnet_id", ip.subnet_id);
    }
  }

  void reach_port(const std::string& id) {
    touch_all<LoadBalancer>(touched_, state_, "vip_port_id", id);
    std::set<std::string> subnets;
    if (const auto* port = state_.find<Port>(id);
        port != nullptr && (port->device_owner == kRouterInterface || port->device_owner == kRouterGateway)) {
      touched_[Router::kKind].insert(port->device_id);
      for (const auto& ip : port->fixed_ips) subnets.insert(ip.subnet_id);
    }
    if (const auto at = router_of_port_.find(id); at != router_of_port_.end()) {
      touched_[Router::kKind].insert(at->second);
      if (const auto router = world_.routers.find(at->second); router != world_.routers.end()) {
        for (const auto& leg : router->second.interfaces) subnets.insert(leg.subnet_id);
      }
    }
    for (const auto& subnet : subnets) touch_all<LoadBalancer>(touched_, state_, "vip_subnet_id", subnet);
  }

  const State& state_;
  const link::World& world_;
  const std::map<std::string, std::string>& router_of_port_;
  Touched touched_;
};

}  // namespace

link::World project(const State& state, store::Revision revision) {
  link::World world{.revision = revision};
  for_each_kind([&]<class Kind>(auto table) {
    for (const auto& [id, row] : state.table<Kind>().rows()) {
      if (auto shown = project(state, *row.object)) (world.*table).emplace(id, *std::move(shown));
    }
  });
  return world;
}

Projector::Projector(const State& state, store::Revision revision) : world_(project(state, revision)) {
  for (const auto& [id, router] : world_.routers) note_legs(router);
}

void Projector::note_legs(const link::Router& router) {
  if (router.gateway) router_of_port_[router.gateway->port_id] = router.id;
  for (const auto& leg : router.interfaces) router_of_port_[leg.port_id] = router.id;
}

template <class Kind, class Table>
void Projector::note_difference(const State& state, const std::string& id, Table table,
                                link::ChangeSet& change) const {
  const auto* object = state.find<Kind>(id);
  auto shown = object == nullptr ? std::nullopt : project(state, *object);
  const auto before = (world_.*table).find(id);
  const bool known = before != (world_.*table).end();
  if (!shown && known) change.deleted.push_back({std::string(Kind::kKind), id});
  if (shown && (!known || !(before->second == *shown))) (change.put.*table).emplace(id, *std::move(shown));
}

link::ChangeSet Projector::advance(const State& state, store::Revision revision,
                                   const std::vector<ChangedObject>& changed) {
  link::ChangeSet change{.revision = revision, .put = {}, .deleted = {}};
  const auto touched = Reach(state, world_, router_of_port_).of(changed);
  for_each_kind([&]<class Kind>(auto table) {
    const auto ids = touched.find(Kind::kKind);
    if (ids == touched.end()) return;
    for (const auto& id : ids->second) note_difference<Kind>(state, id, table, change);
  });
  if (change.empty()) return change;
  for (const auto& gone : change.deleted) {
    if (gone.kind == Router::kKind)
      std::erase_if(router_of_port_, [&](const auto& leg) { return leg.second == gone.id; });
  }
  for (const auto& [id, router] : change.put.routers) {
    std::erase_if(router_of_port_, [&](const auto& leg) { return leg.second == id; });
    note_legs(router);
  }
  link::apply(world_, change);
  return change;
}

}  // namespace fairway::cloud
