#include "dataplane/nat/routers.h"

#include <algorithm>

#include <fmt/format.h>

#include "net/address.h"
#include "net/links.h"
#include "net/namespace.h"
#include "net/nft.h"

namespace fairway::dataplane::nat {
namespace {

bool is_leg(const std::string& link) { return link.starts_with("ext") || link.starts_with("int"); }

std::string host(const std::string& address) { return address.substr(0, address.find('/')); }

// Which addresses each leg should have: its own with the prefix, VIPs and floating IPs alone.
std::map<std::string, std::set<std::string>> wanted_addresses(const forwarding::RouterTable& table) {
  std::map<std::string, std::set<std::string>> wanted;
  std::set<std::string> own;
  for (const auto& leg : table.legs) {
    wanted[leg_name(leg)].insert(leg.address);
    own.insert(host(leg.address));
  }
  const auto add = [&](const forwarding::Leg& leg, const std::string& address) {
    if (!own.contains(address)) wanted[leg_name(leg)].insert(address + "/32");
  };
  for (const auto& leg : table.legs) {
    for (const auto& vip : table.vips) {
      if (!leg.external && vip.network_id == leg.network_id) add(leg, vip.address);
    }
    for (const auto& pair : table.nat) {
      if (leg.external) add(leg, pair.external);
    }
  }
  return wanted;
}

}  // namespace

Routers::Routers(Env& env, net::Fabric fabric)
    : env_(env),
      fabric_(std::move(fabric)),
      nft_seconds_(env.metrics.histogram("fairway_gateway_nftables_seconds", "Duration of a transaction of nftables.",
                                         {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5})) {}

Result<> Routers::prepare(const forwarding::RouterTable& table) {
  const auto ns = fabric_.router_namespace(table.router_id);
  Made& made = made_[ns];
  if (!made.founded || !net::namespace_exists(ns)) {
    made = Made{};
    FW_TRY_DO(found(made, ns));
  }
  if (made.legs != table.legs) {
    FW_TRY_DO(set_legs(made, ns, table));
    FW_TRY_DO(set_addresses(made, ns, table));
    FW_TRY_DO(set_routes(ns, table));
    made.legs = table.legs;
    return {};
  }
  return set_addresses(made, ns, table);
}

// A namespace that is new, or one of an earlier life with what it has.
Result<> Routers::found(Made& made, const std::string& ns) {
  FW_TRY_DO(net::make_namespace(fabric_.fabric_namespace()));
  FW_TRY_DO(net::make_namespace(ns));
  using Setting = std::pair<const char*, const char*>;
  // An address is answered for on its own leg only; redirects would teach hosts to go round the translation. The
  // first address of a prefix would take the others with it when it goes.
  for (const auto& [key, value] :
       {Setting{"net.ipv4.ip_forward", "1"}, Setting{"net.ipv4.ip_local_port_range", kLocalPorts},
        Setting{"net.ipv4.conf.all.arp_ignore", "1"}, Setting{"net.ipv4.conf.all.arp_announce", "2"},
        Setting{"net.ipv4.conf.all.send_redirects", "0"}, Setting{"net.ipv4.conf.default.send_redirects", "0"},
        Setting{"net.ipv4.conf.all.promote_secondaries", "1"}, Setting{"net.ipv4.conf.all.rp_filter", "0"},
        Setting{"net.ipv4.conf.default.rp_filter", "0"}, Setting{"net.ipv4.tcp_tw_reuse", "1"}}) {
    FW_TRY_DO(net::set_sysctl(ns, key, value));
  }
  FW_TRY(const auto links, net::list_links(ns));
  for (const auto& link : links) {
    if (!is_leg(link)) continue;
    FW_TRY(const auto addresses, net::list_addresses(ns, link));
    auto& known = made.addresses[link];
    for (const auto& address : addresses) {
      if (address.find(':') == std::string::npos) known.insert(address);  // IPv6's link-local ones are the kernel's
    }
  }
  made.founded = true;
  return {};
}

Result<> Routers::set_legs(Made& made, const std::string& ns, const forwarding::RouterTable& table) {
  std::set<std::string> wanted;
  for (const auto& leg : table.legs) wanted.insert(leg_name(leg));
  for (auto at = made.addresses.begin(); at != made.addresses.end();) {
    const auto link = at++;
    if (wanted.contains(link->first)) continue;
    FW_TRY_DO(net::remove_link(ns, link->first));
    made.addresses.erase(link);
  }
  for (const auto& leg : table.legs) FW_TRY_DO(plug(made, ns, leg));
  drop_bridges(made.legs, table.legs);
  return {};
}

void Routers::drop_bridges(const std::vector<forwarding::Leg>& before, const std::vector<forwarding::Leg>& after) {
  for (const auto& leg : before) {
    const bool stays = std::ranges::find(after, leg.network_id, &forwarding::Leg::network_id) != after.end();
    if (stays || !leg.segment.empty()) continue;
    const auto removed = net::remove_bridge(fabric_.fabric_namespace(), net::Fabric::bridge(leg.network_id));
    if (!removed && removed.error().code != Errc::conflict)
      env_.log.warn("a bridge is left", {{"network", leg.network_id}, {"error", removed.error().what}});
  }
}

Result<> Routers::plug(Made& made, const std::string& ns, const forwarding::Leg& leg) {
  const auto name = leg_name(leg);
  const auto tap = net::Fabric::tap(leg.port_id.empty() ? leg.network_id : leg.port_id);
  // A provider network's bridge is the machine's own, in the namespace that we were started in.
  const auto bridge_ns = leg.segment.empty() ? fabric_.fabric_namespace() : std::string();
  const auto bridge = leg.segment.empty() ? net::Fabric::bridge(leg.network_id) : leg.segment;
  if (leg.segment.empty()) FW_TRY_DO(net::make_bridge(bridge_ns, bridge));
  FW_TRY_DO(net::make_veth({ns, name, leg.mac}, {bridge_ns, tap, ""}));
  FW_TRY_DO(net::attach_to_bridge(bridge_ns, tap, bridge));
  made.addresses.try_emplace(name);
  return {};
}

Result<> Routers::set_addresses(Made& made, const std::string& ns, const forwarding::RouterTable& table) {
  const auto wanted = wanted_addresses(table);
  for (const auto& [link, addresses] : wanted) {
    auto& known = made.addresses[link];
    // New ones first: the address of a leg is its oldest one, and members see connections from it.
    FW_TRY_DO(add_addresses(ns, link, addresses, known));
    FW_TRY_DO(remove_addresses(ns, link, addresses, known));
  }
  return {};
}

Result<> Routers::add_addresses(const std::string& ns, const std::string& link, const Addresses& wanted,
                                Addresses& known) {
  for (const auto& address : wanted) {
    if (known.contains(address)) continue;
    FW_TRY_DO(net::add_address(ns, link, address));
    known.insert(address);
    if (auto announced = net::announce_address(ns, link, host(address)); !announced)
      env_.log.warn("neighbours may use an address's older owner for a while", {{"error", announced.error().what}});
  }
  return {};
}

Result<> Routers::remove_addresses(const std::string& ns, const std::string& link, const Addresses& wanted,
                                   Addresses& known) {
  for (auto at = known.begin(); at != known.end();) {
    const auto address = at++;
    if (wanted.contains(*address)) continue;
    FW_TRY_DO(net::remove_address(ns, link, *address));
    known.erase(address);
  }
  return {};
}

Result<> Routers::set_routes(const std::string& ns, const forwarding::RouterTable& table) {
  const auto outward =
      std::ranges::find_if(table.legs, [](const forwarding::Leg& leg) { return !leg.default_gateway.empty(); });
  if (outward == table.legs.end()) return net::remove_route(ns, "0.0.0.0/0");
  return net::set_route(ns, "0.0.0.0/0", outward->default_gateway, leg_name(*outward));
}

Result<> Routers::publish(const forwarding::RouterTable& table, const std::map<std::string, std::uint16_t>& slots) {
  const auto ns = fabric_.router_namespace(table.router_id);
  Made& made = made_[ns];
  auto rules = to_rules(table, slots);
  // What an earlier life left is replaced as a whole, once: connections outlive that.
  const auto commands = made.rules ? to_nft(*made.rules, rules) : to_nft(rules);
  if (commands.empty()) return {};
  const auto began = env_.clock.steady();
  auto done = net::run_nft(ns, commands);
  nft_seconds_.observe(std::chrono::duration<double>(env_.clock.steady() - began).count());
  if (!done && made.rules) {
    // Somebody else changed the table: make it ours again.
    env_.log.warn("nftables differ from what was made; replacing the table",
                  {{"namespace", ns}, {"error", done.error().what}});
    done = net::run_nft(ns, to_nft(rules));
  }
  if (!done) {
    made.rules.reset();
    return std::unexpected(std::move(done).error().within("nftables of " + ns));
  }
  made.rules = std::move(rules);
  return {};
}

std::vector<std::string> Routers::stale(const forwarding::Table& table) const {
  std::set<std::string> wanted;
  for (const auto& [id, router] : table.routers) wanted.insert(fabric_.router_namespace(id));
  auto names = net::list_namespaces(fabric_.prefix() + "-r-");
  std::erase_if(names, [&](const std::string& name) { return wanted.contains(name); });
  return names;
}

Result<> Routers::remove(const std::string& ns) {
  const auto made = made_.find(ns);
  const auto legs = made == made_.end() ? std::vector<forwarding::Leg>{} : made->second.legs;
  // The links go first: a namespace lives on for as long as anything in it does, and with it the fabric's ends of its
  // veths.
  const auto links = net::list_links(ns).value_or(std::vector<std::string>{});
  for (const auto& link : links) {
    if (is_leg(link)) FW_TRY_DO(net::remove_link(ns, link));
  }
  FW_TRY_DO(net::remove_namespace(ns));
  drop_bridges(legs, {});
  made_.erase(ns);
  return {};
}

Result<> Routers::remove_all() {
  for (const auto& ns : net::list_namespaces(fabric_.prefix() + "-r-")) FW_TRY_DO(remove(ns));
  return net::remove_namespace(fabric_.fabric_namespace());
}

}  // namespace fairway::dataplane::nat
