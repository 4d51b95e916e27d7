#include "dataplane/haproxy/layout.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace fairway::dataplane::haproxy {
namespace {

constexpr std::size_t kTcpStock = 8, kHttpStock = 4, kLearntStock = 2, kMostOfOneShape = 64;
constexpr std::size_t kMostRetired = 64, kMostGone = 512;

// The stock grows with what is there, so that a growing number of listeners is refilled ever more rarely.
std::size_t stock_target(const Shape& shape, std::size_t in_use) {
  if (shape.backend.contains("cookie")) return 0;  // their servers, or their tables, are made by a reload
  const std::size_t base = shape == plain_tcp() ? kTcpStock : shape == plain_http() ? kHttpStock : kLearntStock;
  return std::clamp(in_use / 8, base, kMostOfOneShape);
}

struct Stock {
  std::size_t in_use = 0, spare = 0;
};

std::map<Shape, Stock> count_stock(const Layout& layout) {
  std::map<Shape, Stock> stock{{plain_tcp(), {}}, {plain_http(), {}}};
  for (const auto& slot : layout.slots) {
    if (slot.spare()) ++stock[slot.shape].spare;
    if (!slot.listener_id.empty()) ++stock[slot.shape].in_use;
  }
  return stock;
}

class Ports {
 public:
  Ports(const Layout& layout, const std::function<bool(std::uint16_t)>& usable) : usable_(usable) {
    for (const auto& slot : layout.slots) taken_.insert(slot.port);
  }
  // 0: none left.
  std::uint16_t take() {
    for (; next_ <= kLastPort; ++next_) {
      if (taken_.contains(next_) || !usable_(next_)) continue;
      taken_.insert(next_);
      return next_++;
    }
    return 0;
  }

 private:
  const std::function<bool(std::uint16_t)>& usable_;
  std::set<std::uint16_t> taken_;
  std::uint16_t next_ = kFirstPort;
};

class Planner {
 public:
  Planner(const Layout& now, std::int64_t max_connections) : max_connections_(max_connections) { plan_.after = now; }

  Plan run(const std::map<std::string, Service>& wanted, const std::function<bool(std::uint16_t)>& usable) {
    for (auto& slot : plan_.after.slots) {
      if (slot.listener_id.empty() || wanted.contains(slot.listener_id)) continue;
      plan_.after.carried.erase(slot.listener_id);
      retire(slot);
    }
    std::map<std::string, Slot*> held;
    for (auto& slot : plan_.after.slots) {
      if (!slot.listener_id.empty()) held[slot.listener_id] = &slot;
    }
    std::vector<const Service*> homeless;
    for (const auto& [id, service] : wanted) {
      const auto found = held.find(id);
      Slot* slot = found == held.end() ? take_spare(service.shape) : found->second;
      slot == nullptr ? homeless.push_back(&service) : fill(*slot, service);
    }
    add_slots(homeless, usable);
    return std::move(plan_);
  }

 private:
  template <class... Args>
  void command(fmt::format_string<Args...> format, Args&&... args) {
    plan_.commands.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void retire(Slot& slot) {
    plan_.touched.push_back(slot.port);
    for (const auto& [name, server] : slot.servers) {
      command("disable server b{}/{}", slot.port, name);
      slot.gone.push_back(name);
    }
    slot.servers.clear();
    slot.listener_id.clear();
    slot.pool_id.clear();
    slot.retired = true;
  }

  // Spares of one shape are taken from the lowest port on: found by going through once.
  Slot* take_spare(const Shape& shape) {
    auto [at, fresh] = next_spare_.try_emplace(shape, 0);
    for (auto& i = at->second; i < plan_.after.slots.size(); ++i) {
      Slot& slot = plan_.after.slots[i];
      if (slot.spare() && slot.shape == shape) return &plan_.after.slots[i++];
    }
    return nullptr;
  }

  void fill(Slot& slot, const Service& service) {
    const auto pending = [](const auto& entry) { return entry.second.probe == "pending"; };
    if (std::ranges::none_of(service.servers, pending)) return put(slot, service);
    put(slot, with_known_probes(slot, service));
  }

  // After a restart of the gateway, what HAProxy was told holds until a probe says something new.
  static Service with_known_probes(const Slot& slot, Service service) {
    for (auto& [name, server] : service.servers) {
      const auto found = slot.servers.find(name);
      const bool known = found != slot.servers.end() && !found->second.probe.empty();
      if (server.probe == "pending" && known) server.probe = found->second.probe;
    }
    return service;
  }

  void put(Slot& slot, const Service& service) {
    if (slot.listener_id == service.listener_id && slot.pool_id == service.pool_id && slot.shape == service.shape &&
        slot.connection_limit == service.connection_limit && slot.servers == service.servers) {
      return;
    }
    plan_.touched.push_back(slot.port);
    slot.listener_id = service.listener_id;
    slot.pool_id = service.pool_id;
    if (slot.shape != service.shape) {
      plan_.reasons.push_back(fmt::format("listener {}: other settings than the running ones", service.listener_id));
      slot.shape = service.shape;
    }
    if (slot.connection_limit != service.connection_limit) {
      const auto limit = service.connection_limit > 0 ? service.connection_limit : max_connections_;
      command("set maxconn frontend f{} {}", slot.port, limit);
      slot.connection_limit = service.connection_limit;
    }
    remove_servers(slot, service);
    for (const auto& [name, server] : service.servers) put_server(slot, name, server);
    slot.servers = service.servers;
  }

  void remove_servers(Slot& slot, const Service& service) {
    for (const auto& [name, server] : slot.servers) {
      if (service.servers.contains(name)) continue;
      command("disable server b{}/{}", slot.port, name);
      slot.gone.push_back(name);
    }
  }

  void put_server(Slot& slot, const std::string& name, const Server& server) {
    const auto found = slot.servers.find(name);
    if (found == slot.servers.end()) return add_server(slot, name, server);
    const Server& now = found->second;
    if (now.options != server.options || now.cookie != server.cookie) {
      plan_.reasons.push_back(fmt::format("member {}: other settings than the running ones", name));
      return;
    }
    if (now.weight != server.weight) command("set server b{}/{} weight {}", slot.port, name, server.weight);
    if (now.enabled != server.enabled)
      command("{} server b{}/{}", server.enabled ? "enable" : "disable", slot.port, name);
    // Enabling a server brings it up.
    if (server.is_held() != now.is_held()) hold(slot, name, server);
  }

  // A check would bring up what a probe holds down, so it pauses; it says by itself when a member is up again.
  void hold(const Slot& slot, const std::string& name, const Server& server) {
    if (server.checked) command("{} health b{}/{}", server.is_held() ? "disable" : "enable", slot.port, name);
    if (server.is_held() || (server.enabled && !server.checked))
      command("set server b{}/{} health {}", slot.port, name, server.is_held() ? "down" : "up");
  }

  void add_server(Slot& slot, const std::string& name, const Server& server) {
    if (!server.cookie.empty()) {
      plan_.reasons.push_back(fmt::format("member {}: a server with a persistence cookie stands in the file", name));
    } else if (std::ranges::find(slot.gone, name) != slot.gone.end()) {
      plan_.reasons.push_back(fmt::format("member {}: was removed and came back", name));
    } else {
      command("add server b{}/{} {} weight {}", slot.port, name, server.options, server.weight);
      if (server.checked && !server.is_held()) command("enable health b{}/{}", slot.port, name);
      if (server.enabled) command("enable server b{}/{}", slot.port, name);
      if (server.is_held()) command("set server b{}/{} health down", slot.port, name);
    }
  }

  void add_slots(const std::vector<const Service*>& homeless, const std::function<bool(std::uint16_t)>& usable) {
    if (homeless.empty()) return;
    Ports ports(plan_.after, usable);
    for (const auto* service : homeless) {
      Slot slot;
      slot.port = ports.take();
      if (slot.port == 0) break;  // the proxy reports who got none
      slot.listener_id = service->listener_id;
      slot.pool_id = service->pool_id;
      slot.shape = service->shape;
      slot.connection_limit = service->connection_limit;
      slot.servers = service->servers;
      plan_.after.slots.push_back(std::move(slot));
      plan_.reasons.push_back(fmt::format("listener {}: no spare of its shape is left", service->listener_id));
    }
    std::ranges::sort(plan_.after.slots, {}, &Slot::port);
  }

  std::int64_t max_connections_;
  Plan plan_;
  std::map<Shape, std::size_t> next_spare_;
};

// A connection takes two descriptors; listeners and checks need theirs.
std::int64_t affordable_connections(const Layout& layout, const Globals& globals) {
  if (globals.descriptors <= 0) return globals.max_connections;
  std::int64_t others = 200;
  for (const auto& slot : layout.slots) others += 1 + static_cast<std::int64_t>(slot.servers.size());
  return std::clamp<std::int64_t>((globals.descriptors - others) / 2, 100, globals.max_connections);
}

void render_slot(std::string& out, const Slot& slot) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "\n# {}\n",
                 slot.spare() ? "spare" : fmt::format("listener {}, pool {}", slot.listener_id, slot.pool_id));
  fmt::format_to(to, "frontend f{0}\n    bind 0.0.0.0:{0}\n{1}", slot.port, slot.shape.frontend);
  if (slot.connection_limit > 0) fmt::format_to(to, "    maxconn {}\n", slot.connection_limit);
  fmt::format_to(to, "    default_backend b{}\n", slot.port);
  // Changes of a server's state are logged by its backend, connections by a frontend: so only the former are.
  fmt::format_to(to, "backend b{}\n{}    log global\n", slot.port, slot.shape.backend);
  for (const auto& [name, server] : slot.servers) fmt::format_to(to, "    {}\n", server_line(name, server));
}

}  // namespace

Plan plan(const Layout& now, const std::map<std::string, Service>& wanted, std::int64_t max_connections,
          const std::function<bool(std::uint16_t)>& usable) {
  return Planner(now, max_connections).run(wanted, usable);
}

Layout settle(Layout layout, const std::function<bool(std::uint16_t)>& usable) {
  const auto stock = count_stock(layout);
  // Spares of a shape that nobody has any more go too.
  std::erase_if(layout.slots, [&](const Slot& slot) {
    return slot.retired || (slot.spare() && slot.shape != plain_tcp() && slot.shape != plain_http() &&
                            stock.at(slot.shape).in_use == 0);
  });
  for (auto& slot : layout.slots) slot.gone.clear();
  Ports ports(layout, usable);
  for (const auto& [shape, count] : stock) {
    const bool kept = count.in_use > 0 || shape == plain_tcp() || shape == plain_http();
    for (auto spare = count.spare; kept && spare < stock_target(shape, count.in_use); ++spare) {
      Slot slot;
      slot.port = ports.take();
      if (slot.port == 0) break;
      slot.shape = shape;
      layout.slots.push_back(std::move(slot));
    }
  }
  std::ranges::sort(layout.slots, {}, &Slot::port);
  return layout;
}

bool wants_tidying(const Layout& layout) {
  std::size_t retired = 0, gone = 0;
  for (const auto& slot : layout.slots) {
    retired += slot.retired ? 1 : 0;
    gone += slot.gone.size();
  }
  if (retired > kMostRetired || gone > kMostGone) return true;
  return std::ranges::any_of(count_stock(layout), [](const auto& entry) {
    const auto& [shape, count] = entry;
    if (count.in_use == 0) return false;
    return count.spare * 2 < stock_target(shape, count.in_use);
  });
}

std::string server_line(const std::string& name, const Server& server) {
  auto line = fmt::format("server {} {} weight {}", name, server.options, server.weight);
  if (!server.cookie.empty()) line += " cookie " + server.cookie;
  if (!server.enabled) line += " disabled";
  return line;
}

std::string render(const Layout& layout, const Globals& globals) {
  std::string out =
      "# Written by fairway gateway; read by HAProxy when it starts or reloads. Changes here are overwritten.\n";
  auto to = std::back_inserter(out);
  fmt::format_to(to, "global\n    nbthread {}\n    maxconn {}\n    no strict-limits\n", globals.threads,
                 affordable_connections(layout, globals));
  // A second HAProxy on the same port must fail, not share it.
  out += "    noreuseport\n";
  // Loading the CA bundle for a client that is never used would cost 25 ms on each start.
  out += "    httpclient.ssl.verify none\n    ssl-server-verify none\n    max-spread-checks 5\n";
  fmt::format_to(to, "    hard-stop-after {}s\n", globals.hard_stop_after_s);
  fmt::format_to(to, "    stats socket {}/haproxy.sock mode 600 level admin expose-fd listeners\n",
                 globals.directory);
  fmt::format_to(to, "    server-state-file {}/servers.state\n", globals.directory);
  fmt::format_to(to, "    log {}/events.sock len 1024 local0 notice\n", globals.directory);
  if (!globals.user.empty()) fmt::format_to(to, "    user {}\n", globals.user);
  if (!globals.group.empty()) fmt::format_to(to, "    group {}\n", globals.group);
  out += "defaults\n    load-server-state-from-file global\n    option redispatch 1\n    retries 3\n";
  out += "    timeout client 50s\n    timeout connect 5s\n    timeout server 50s\n";
  for (const auto& slot : layout.slots) {
    if (!slot.retired) render_slot(out, slot);
  }
  return out;
}

}  // namespace fairway::dataplane::haproxy
