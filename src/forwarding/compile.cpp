#include <set>
#include <utility>

#include "base/strings.h"
#include "forwarding/table.h"
#include "gateway_link/monitors.h"
#include "net/address.h"

namespace fairway::forwarding {
namespace {

using gateway_link::HealthMonitor;
using gateway_link::Listener;
using gateway_link::LoadBalancer;
using gateway_link::Member;
using gateway_link::Pool;
using gateway_link::Router;
using gateway_link::RouterLeg;
using gateway_link::World;

// Why something cannot be had; empty: it can.
using Why = std::string;

template <class Map>
const typename Map::mapped_type* find(const Map& map, const std::string& id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : &found->second;
}

bool is_ipv4(const std::string& text) {
  const auto address = net::Address::parse(text);
  return address && address->is_v4();
}

// Text that ends up in an engine's configuration must stay on its line.
bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, value) != known.end();
}

Why why_no_listener(const Listener& listener) {
  if (!is_one_of(listener.protocol, {"TCP", "HTTP", "HTTPS"})) {
    return fmt::format("protocol {} is not offered by this gateway; use TCP, HTTP or HTTPS", listener.protocol);
  }
  if (listener.port == 0) return "port 0 cannot be served; use 1 to 65535";
  for (const auto& cidr : listener.allowed_cidrs) {
    const auto prefix = net::Prefix::parse(cidr);
    if (!prefix || !prefix->is_v4())
      return fmt::format("allowed_cidrs: '{}' is not an IPv4 prefix, and the VIP is IPv4", cidr);
  }
  for (const auto& [name, value] : listener.insert_headers) {
    if (!is_one_of(name, {"X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"})) {
      return fmt::format(
          "insert_headers: {} is not offered; there are X-Forwarded-For, X-Forwarded-Port and X-Forwarded-Proto",
          name);
    }
    if (to_lower(value) == "true" && listener.protocol != "HTTP")
      return fmt::format("insert_headers: {} needs protocol HTTP", name);
  }
  return {};
}

Why why_no_pool(const Pool& pool, bool http) {
  if (!is_one_of(pool.protocol, {"TCP", "HTTP", "HTTPS", "PROXY", "PROXYV2"})) {
    return fmt::format("protocol {} is not offered by this gateway; use TCP, HTTP, HTTPS, PROXY or PROXYV2",
                       pool.protocol);
  }
  if (!is_one_of(pool.algorithm, {"ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"})) {
    return fmt::format("algorithm {} is not offered by this gateway; use ROUND_ROBIN, LEAST_CONNECTIONS or SOURCE_IP",
                       pool.algorithm);
  }
  if (!pool.persistence || pool.persistence->type == "SOURCE_IP") return {};
  const auto& [type, cookie] = *pool.persistence;
  if (!is_one_of(type, {"HTTP_COOKIE", "APP_COOKIE"}))
    return fmt::format("session persistence {} is not offered by this gateway", type);
  if (!http) return fmt::format("session persistence {} needs an HTTP listener; use SOURCE_IP", type);
  if (type == "APP_COOKIE" && cookie.empty()) return "session persistence APP_COOKIE needs a cookie_name";
  if (!is_plain(cookie)) return "session persistence: cookie_name has control characters";
  return {};
}

Why why_no_monitor(const HealthMonitor& monitor) {
  if (!is_one_of(monitor.type, {"TCP", "HTTP", "HTTPS", "PING", "TLS-HELLO"})) {
    return fmt::format(
        "health monitor type {} is not offered by this gateway; use TCP, HTTP, HTTPS, PING or TLS-HELLO (members are "
        "served unchecked)",
        monitor.type);
  }
  for (const auto& text :
       {monitor.http_method, monitor.url_path, monitor.expected_codes, monitor.http_version, monitor.domain_name}) {
    if (!is_plain(text)) return "health monitor: its request has control characters (members are served unchecked)";
  }
  return {};
}

Why why_no_member(const Member& member) {
  if (!is_ipv4(member.address)) return fmt::format("address '{}' is not an IPv4 address", member.address);
  if (!member.monitor_address.empty() && !is_ipv4(member.monitor_address)) {
    return fmt::format("monitor_address '{}' is not an IPv4 address", member.monitor_address);
  }
  if (member.port == 0) return "port 0 cannot be reached; use 1 to 65535";
  return {};
}

class Compiler {
 public:
  explicit Compiler(const World& world) : world_(world) { table_.revision = world.revision; }

  Table run() {
    for (const auto& [id, router] : world_.routers) add_router(router);
    for (const auto& [id, floating_ip] : world_.floating_ips) add_floating_ip(floating_ip);
    for (const auto& [id, balancer] : world_.load_balancers) add_load_balancer(balancer);
    for (const auto& [id, listener] : world_.listeners) add_listener(listener);
    return std::move(table_);
  }

 private:
  void refuse(std::string kind, const std::string& id, std::string why) {
    if (refused_.insert({kind, id}).second) table_.refused.push_back({std::move(kind), id, std::move(why)});
  }

  // Nothing (and a refusal) when the leg's subnet does not say how long its prefix is.
  std::optional<Leg> to_leg(const Router& router, const RouterLeg& from, bool external) {
    const auto* subnet = find(world_.subnets, from.subnet_id);
    const auto prefix = subnet != nullptr ? net::Prefix::parse(subnet->cidr) : std::nullopt;
    if (!prefix) {
      refuse("router", router.id,
             fmt::format("subnet {} of its port {} is not known here", from.subnet_id, from.port_id));
      return std::nullopt;
    }
    if (!is_ipv4(from.address)) {
      refuse("router", router.id,
             fmt::format("address '{}' of its port {} is not IPv4, which alone is offered by this gateway",
                         from.address, from.port_id));
      return std::nullopt;
    }
    Leg leg;
    leg.network_id = from.network_id;
    leg.port_id = from.port_id;
    leg.address = fmt::format("{}/{}", from.address, prefix->length());
    leg.mac = from.mac;
    leg.external = external;
    if (external) leg.default_gateway = subnet->gateway_ip;
    if (const auto* network = find(world_.networks, from.network_id)) leg.segment = network->segment;
    return leg;
  }

  void add_router(const Router& router) {
    if (!router.admin_state_up) return;
    RouterTable& made = table_.routers[router.id];
    made.router_id = router.id;
    made.snat = router.snat;
    if (router.gateway) {
      if (auto leg = to_leg(router, *router.gateway, true)) made.legs.push_back(std::move(*leg));
    }
    for (const auto& interface : router.interfaces) {
      if (auto leg = to_leg(router, interface, false)) made.legs.push_back(std::move(*leg));
    }
  }

  void add_floating_ip(const gateway_link::FloatingIp& floating_ip) {
    if (floating_ip.router_id.empty() || floating_ip.fixed_address.empty()) return;  // not associated
    const auto* router = find(world_.routers, floating_ip.router_id);
    if (router == nullptr)
      return refuse("floating_ip", floating_ip.id, fmt::format("router {} is not known here", floating_ip.router_id));
    if (!router->admin_state_up) return;
    if (!router->gateway || router->gateway->network_id != floating_ip.floating_network_id) {
      return refuse("floating_ip", floating_ip.id,
                    fmt::format("router {} has no gateway on network {}; set one", router->id,
                                floating_ip.floating_network_id));
    }
    if (!is_ipv4(floating_ip.floating_address) || !is_ipv4(floating_ip.fixed_address)) {
      return refuse("floating_ip", floating_ip.id,
                    fmt::format("{} to {} is not IPv4 to IPv4, which alone is offered by this gateway",
                                floating_ip.floating_address, floating_ip.fixed_address));
    }
    table_.routers.at(router->id)
        .nat.push_back({floating_ip.id, floating_ip.floating_address, floating_ip.fixed_address});
  }

  // Where the load balancer is served; nothing when it is not (refused, or switched off with its router).
  RouterTable* home_of(const LoadBalancer& balancer, const gateway_link::Subnet& subnet) {
    if (!balancer.router_id.empty()) {
      const auto* router = find(world_.routers, balancer.router_id);
      if (router == nullptr)
        refuse("load_balancer", balancer.id, fmt::format("router {} is not known here", balancer.router_id));
      const auto made = table_.routers.find(balancer.router_id);
      return made == table_.routers.end() ? nullptr : &made->second;
    }
    const auto* network = find(world_.networks, subnet.network_id);
    if (network != nullptr && !network->segment.empty()) return &provider_home(balancer, subnet, *network);
    refuse("load_balancer", balancer.id,
           fmt::format(
               "subnet {} of its VIP {} has no router, so no gateway serves it; add a router interface to the subnet",
               subnet.id, balancer.vip_address));
    return nullptr;
  }

  // The first VIP on a provider network is also the address from which its members are reached.
  RouterTable& provider_home(const LoadBalancer& balancer, const gateway_link::Subnet& subnet,
                             const gateway_link::Network& network) {
    RouterTable& made = table_.routers[network.id];
    if (!made.router_id.empty()) return made;
    made.router_id = network.id;
    made.snat = false;
    Leg leg;
    leg.network_id = network.id;
    leg.port_id = balancer.vip_port_id;
    leg.address = fmt::format("{}/{}", balancer.vip_address, net::Prefix::parse(subnet.cidr)->length());
    leg.mac = balancer.vip_mac;
    leg.default_gateway = subnet.gateway_ip;
    leg.segment = network.segment;
    made.legs.push_back(std::move(leg));
    return made;
  }

  void add_load_balancer(const LoadBalancer& balancer) {
    if (!balancer.admin_state_up) return;
    if (!is_ipv4(balancer.vip_address)) {
      return refuse(
          "load_balancer", balancer.id,
          fmt::format("VIP '{}' is not IPv4, which alone is offered by this gateway", balancer.vip_address));
    }
    const auto* subnet = find(world_.subnets, balancer.vip_subnet_id);
    const auto prefix = subnet != nullptr ? net::Prefix::parse(subnet->cidr) : std::nullopt;
    if (!prefix)
      return refuse("load_balancer", balancer.id,
                    fmt::format("subnet {} of its VIP is not known here", balancer.vip_subnet_id));
    RouterTable* home = home_of(balancer, *subnet);
    if (home == nullptr) return;
    home->vips.push_back({balancer.id, balancer.vip_address, subnet->network_id, balancer.vip_mac, prefix->length()});
    homes_[balancer.id] = home;
  }

  void add_listener(const Listener& listener) {
    const auto home = homes_.find(listener.load_balancer_id);
    if (!listener.admin_state_up || home == homes_.end()) return;
    if (auto why = why_no_listener(listener); !why.empty()) return refuse("listener", listener.id, std::move(why));
    Frontend frontend;
    frontend.listener_id = listener.id;
    frontend.load_balancer_id = listener.load_balancer_id;
    frontend.vip_address = world_.load_balancers.at(listener.load_balancer_id).vip_address;
    frontend.port = listener.port;
    frontend.http = listener.protocol == "HTTP";
    frontend.settings = listener;
    if (add_pool(*home->second, listener.default_pool_id, frontend.http)) frontend.pool_id = listener.default_pool_id;
    home->second->frontends.push_back(std::move(frontend));
  }

  bool add_pool(RouterTable& home, const std::string& id, bool http) {
    const auto* pool = find(world_.pools, id);
    if (pool == nullptr || !pool->admin_state_up) return false;
    if (auto why = why_no_pool(*pool, http); !why.empty()) {
      refuse("pool", id, std::move(why));
      return false;
    }
    if (home.pools.contains(id)) return true;
    Pool& made = home.pools[id];
    made = *pool;
    std::erase_if(made.members, [&](const Member& member) {
      auto why = why_no_member(member);
      if (!why.empty()) refuse("member", member.id, why);
      return !why.empty();
    });
    choose_monitors(made, *pool);
    return true;
  }

  // Of monitors that cannot be carried out together the first stays.
  void choose_monitors(Pool& made, const Pool& wished) {
    std::vector<HealthMonitor> chosen;
    for (const auto* monitor : gateway_link::monitors_of(wished)) {
      if (!monitor->admin_state_up) continue;
      auto why = why_no_monitor(*monitor);
      for (const auto& other : chosen) {
        if (why.empty()) why = gateway_link::why_not_together(other, *monitor);
      }
      if (why.empty()) {
        chosen.push_back(*monitor);
      } else {
        refuse("health_monitor", monitor->id, std::move(why));
      }
    }
    made.monitor.reset();
    made.more_monitors.clear();
    if (chosen.empty()) return;
    made.monitor = std::move(chosen.front());
    chosen.erase(chosen.begin());
    made.more_monitors = std::move(chosen);
  }

  const World& world_;
  Table table_;
  std::map<std::string, RouterTable*> homes_;  // by load balancer
  std::set<std::pair<std::string, std::string>> refused_;
};

}  // namespace

Table compile(const World& world) { return Compiler(world).run(); }

}  // namespace fairway::forwarding
