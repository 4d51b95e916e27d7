#include "controller/octavia/plan.h"

namespace fairway::controller::octavia {
namespace {

using json::Object;

constexpr std::string_view kRoot = "/v2.0/lbaas/";

std::string path(std::string_view collection, std::string_view id = "", std::string_view below = "") {
  std::string text = std::string(kRoot) + std::string(collection);
  if (!id.empty()) text += "/" + std::string(id);
  if (!below.empty()) text += "/" + std::string(below);
  return text;
}

std::string label(const Listener& listener) { return fmt::format("{}/{}", listener.port, listener.protocol); }

json::Array strings(const auto& items) {
  json::Array array;
  for (const auto& item : items) array.emplace_back(item);
  return array;
}

Object headers_of(const Listener& wanted) {
  if (!wanted.x_forwarded_for) return {};
  return {{"X-Forwarded-For", "true"}};
}

bool takes_headers(const Listener& wanted) {
  return wanted.protocol == "HTTP" || wanted.protocol == "TERMINATED_HTTPS";
}

Object member_body(const Member& member) {
  Object body{{"name", member.name}, {"address", member.address}, {"protocol_port", member.port}};
  if (!member.subnet_id.empty()) body["subnet_id"] = member.subnet_id;
  if (member.monitor_port != 0) body["monitor_port"] = member.monitor_port;
  return body;
}

json::Array members_body(const std::vector<Member>& members) {
  json::Array body;
  for (const auto& member : members) body.push_back(member_body(member));
  return body;
}

Object monitor_body(const Monitor& monitor) {
  Object body{{"name", monitor.name},
              {"type", monitor.type},
              {"delay", monitor.delay},
              {"timeout", monitor.timeout},
              {"max_retries", monitor.max_retries},
              {"max_retries_down", monitor.max_retries_down}};
  if (monitor.http) {
    body["url_path"] = "/healthz";
    body["http_method"] = "GET";
    body["expected_codes"] = "200";
  }
  return body;
}

Object pool_body(const Pool& pool) {
  Object body{{"name", pool.name}, {"protocol", pool.protocol}, {"lb_algorithm", pool.lb_algorithm}};
  if (pool.source_ip_persistence) body["session_persistence"] = Object{{"type", "SOURCE_IP"}};
  return body;
}

Object listener_body(const Listener& wanted, const std::vector<std::string>& tags) {
  Object body{{"name", wanted.name},
              {"protocol", wanted.protocol},
              {"protocol_port", wanted.port},
              {"connection_limit", wanted.connection_limit}};
  if (wanted.timeouts) {
    body["timeout_client_data"] = wanted.timeouts->client_data;
    body["timeout_member_connect"] = wanted.timeouts->member_connect;
    body["timeout_member_data"] = wanted.timeouts->member_data;
    body["timeout_tcp_inspect"] = wanted.timeouts->tcp_inspect;
  }
  if (wanted.x_forwarded_for) body["insert_headers"] = headers_of(wanted);
  if (!wanted.tls_container_ref.empty()) body["default_tls_container_ref"] = wanted.tls_container_ref;
  if (wanted.allowed_cidrs) body["allowed_cidrs"] = strings(*wanted.allowed_cidrs);
  if (!tags.empty()) body["tags"] = strings(tags);
  return body;
}

// Listeners carry the load balancer's name alone, as an OCCM tags them.
std::vector<std::string> listener_tags(const LoadBalancer& wanted) {
  return wanted.tags.empty() ? std::vector<std::string>{} : std::vector<std::string>{wanted.name};
}

bool same_members(const std::vector<Member>& wanted, const std::vector<SeenMember>& seen) {
  std::multiset<std::string> a, b;
  for (const auto& member : wanted)
    a.insert(fmt::format("{}|{}|{}|{}", member.name, member.address, member.port, member.monitor_port));
  for (const auto& member : seen)
    b.insert(fmt::format("{}|{}|{}|{}", member.name, member.address, member.port, member.monitor_port));
  return a == b;
}

bool belongs(const SeenListener& listener, const std::string& name, bool owner) {
  return std::ranges::find(listener.tags, name) != listener.tags.end() || (owner && listener.tags.empty());
}

// Made for a listener of this name's that never came, since something was refused or cut off in between.
bool is_left_over(const SeenPool& pool, const Seen& seen, std::string_view name) {
  const auto suffix = "_" + std::string(name);
  if (!pool.name.starts_with("pool_") || !pool.name.ends_with(suffix) || !pool.listener_ids.empty()) return false;
  const auto index =
      std::string_view(pool.name).substr(5, pool.name.size() - std::min(pool.name.size(), 5 + suffix.size()));
  if (index.empty() || index.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return std::ranges::none_of(seen.listeners, [&](const auto& item) { return item.default_pool_id == pool.id; });
}

class Planner {
 public:
  Planner(const LoadBalancer& wanted, const Seen& seen, bool owner) : wanted_(wanted), seen_(seen), owner_(owner) {}

  Result<std::vector<Step>> run() {
    sort_out();
    for (const auto& listener : wanted_.listeners) FW_TRY_DO(clear_the_way(listener));
    for (const auto& listener : wanted_.listeners) {
      const auto* present = own(listener);
      present == nullptr ? make(listener) : change(listener, *present);
    }
    for (const auto& listener : own_) {
      if (!kept_.contains(listener.id) && !removed_.contains(listener.id)) remove(listener);
    }
    remove_left_over();
    tag();
    return std::move(steps_);
  }

 private:
  const LoadBalancer& wanted_;
  const Seen& seen_;
  bool owner_;
  std::vector<SeenListener> own_;
  std::set<std::string> kept_, removed_, reused_;
  std::vector<Step> steps_;

  void sort_out() {
    for (const auto& listener : seen_.listeners) {
      if (belongs(listener, wanted_.name, owner_)) own_.push_back(listener);
    }
    for (const auto& listener : wanted_.listeners) {
      if (const auto* present = own(listener)) kept_.insert(present->id);
    }
  }

  const SeenListener* own(const Listener& wanted) const {
    const auto found = std::ranges::find_if(
        own_, [&](const auto& seen) { return seen.port == wanted.port && seen.protocol == wanted.protocol; });
    return found == own_.end() ? nullptr : &*found;
  }

  void add(std::string doing, std::string_view method, std::string to, json::Value body = nullptr,
           std::string makes = "") {
    steps_.push_back({std::move(doing), std::string(method), std::move(to), std::move(body), std::move(makes)});
  }

  // A port can be listened on once for each L4 protocol, so what listens there must go before a new one can come.
  Result<> clear_the_way(const Listener& wanted) {
    for (const auto& seen : seen_.listeners) {
      if (seen.port != wanted.port || l4_family(seen.protocol) != l4_family(wanted.protocol) ||
          kept_.contains(seen.id) || removed_.contains(seen.id))
        continue;
      if (!belongs(seen, wanted_.name, owner_)) {
        return fail(
            Errc::conflict,
            fmt::format(
                "the listener port {} already exists on load balancer {} and is another's; choose another port",
                wanted.port, seen_.id));
      }
      remove(seen);
    }
    return {};
  }

  void remove(const SeenListener& listener) {
    removed_.insert(listener.id);
    const auto what = fmt::format("{}/{}", listener.port, listener.protocol);
    add("delete listener " + what, "DELETE", path("listeners", listener.id));
    const auto* pool = seen_.pool(listener.default_pool_id);
    const bool shared =
        pool == nullptr || std::ranges::any_of(seen_.listeners, [&](const auto& other) {
          return other.id != listener.id && other.default_pool_id == pool->id && !removed_.contains(other.id);
        });
    if (!shared) add("delete pool of port " + what, "DELETE", path("pools", pool->id));
  }

  void remove_left_over() {
    for (const auto& pool : seen_.pools) {
      if (is_left_over(pool, seen_, wanted_.name) && !reused_.contains(pool.id))
        add("delete pool " + pool.name + ", which no listener uses", "DELETE", path("pools", pool.id));
    }
  }

  // Of the pools that are left over the first that fits takes the place of a new one.
  std::string make_pool(const Listener& wanted) {
    for (const auto& pool : seen_.pools) {
      if (pool.protocol != wanted.pool.protocol || !is_left_over(pool, seen_, wanted_.name)) continue;
      if (!reused_.insert(pool.id).second) continue;
      change_pool(wanted, pool);
      return pool.id;
    }
    const auto reference = "$pool " + label(wanted);
    auto body = pool_body(wanted.pool);
    body["loadbalancer_id"] = seen_.id;
    add("create pool for port " + label(wanted), "POST", path("pools"), Object{{"pool", std::move(body)}}, reference);
    if (!wanted.pool.members.empty()) put_members(wanted, reference);
    if (wanted.pool.monitor) make_monitor(wanted, reference);
    return reference;
  }

  void put_members(const Listener& wanted, const std::string& pool) {
    add("set members of port " + label(wanted), "PUT", path("pools", pool, "members"),
        Object{{"members", members_body(wanted.pool.members)}});
  }

  void make_monitor(const Listener& wanted, const std::string& pool) {
    auto body = monitor_body(*wanted.pool.monitor);
    body["pool_id"] = pool;
    add("create health monitor for port " + label(wanted), "POST", path("healthmonitors"),
        Object{{"healthmonitor", std::move(body)}});
  }

  void make(const Listener& wanted) {
    const auto pool = make_pool(wanted);
    auto body = listener_body(wanted, listener_tags(wanted_));
    body["loadbalancer_id"] = seen_.id;
    body["default_pool_id"] = pool;
    add("create listener " + label(wanted), "POST", path("listeners"), Object{{"listener", std::move(body)}});
  }

  void change(const Listener& wanted, const SeenListener& seen) {
    auto changes = listener_changes(wanted, seen);
    const auto* pool = seen_.pool(seen.default_pool_id);
    // A pool's protocol cannot be changed: another takes its place in one step, without a gap.
    const bool replace = pool == nullptr || pool->protocol != wanted.pool.protocol;
    if (replace) {
      changes["default_pool_id"] = make_pool(wanted);
    } else {
      change_pool(wanted, *pool);
    }
    if (!changes.empty())
      add("change listener " + label(wanted), "PUT", path("listeners", seen.id),
          Object{{"listener", std::move(changes)}});
    if (replace && pool != nullptr)
      add("delete the former pool of port " + label(wanted), "DELETE", path("pools", pool->id));
  }

  Object listener_changes(const Listener& wanted, const SeenListener& seen) const {
    Object changes;
    if (wanted.connection_limit != seen.connection_limit) changes["connection_limit"] = wanted.connection_limit;
    const bool forwards = json::string_or(json::Value(seen.insert_headers), "X-Forwarded-For") == "true";
    if (takes_headers(wanted) && forwards != wanted.x_forwarded_for) {
      auto headers = seen.insert_headers;
      headers.erase("X-Forwarded-For");
      if (wanted.x_forwarded_for) headers["X-Forwarded-For"] = "true";
      changes["insert_headers"] = std::move(headers);
    }
    if (wanted.tls_container_ref != seen.tls_container_ref)
      changes["default_tls_container_ref"] = wanted.tls_container_ref;
    if (wanted.timeouts) {
      const auto compare = [&](const char* key, std::int64_t a, std::int64_t b) {
        if (a != b) changes[key] = a;
      };
      compare("timeout_client_data", wanted.timeouts->client_data, seen.timeouts.client_data);
      compare("timeout_member_connect", wanted.timeouts->member_connect, seen.timeouts.member_connect);
      compare("timeout_member_data", wanted.timeouts->member_data, seen.timeouts.member_data);
      compare("timeout_tcp_inspect", wanted.timeouts->tcp_inspect, seen.timeouts.tcp_inspect);
    }
    if (wanted.allowed_cidrs &&
        std::set<std::string>(wanted.allowed_cidrs->begin(), wanted.allowed_cidrs->end()) != seen.allowed_cidrs) {
      changes["allowed_cidrs"] = strings(*wanted.allowed_cidrs);
    }
    auto tags = seen.tags;  // what others put there stays
    for (auto& tag : listener_tags(wanted_)) {
      if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
    }
    if (tags.size() != seen.tags.size()) changes["tags"] = strings(tags);
    return changes;
  }

  void change_pool(const Listener& wanted, const SeenPool& seen) {
    Object changes;
    if (wanted.pool.lb_algorithm != seen.lb_algorithm) changes["lb_algorithm"] = wanted.pool.lb_algorithm;
    const std::string_view persistence = wanted.pool.source_ip_persistence ? "SOURCE_IP" : "";
    if (persistence != seen.persistence) {
      changes["session_persistence"] =
          wanted.pool.source_ip_persistence ? json::Value(Object{{"type", "SOURCE_IP"}}) : json::Value(nullptr);
    }
    if (!changes.empty())
      add("change pool of port " + label(wanted), "PUT", path("pools", seen.id),
          Object{{"pool", std::move(changes)}});
    if (!same_members(wanted.pool.members, seen.members)) put_members(wanted, seen.id);
    change_monitor(wanted, seen);
  }

  void change_monitor(const Listener& wanted, const SeenPool& seen) {
    const auto& monitor = wanted.pool.monitor;
    const bool other_type = monitor && seen.monitor && monitor->type != seen.monitor->type;
    if (seen.monitor && (!monitor || other_type))
      add("delete health monitor of port " + label(wanted), "DELETE", path("healthmonitors", seen.monitor->id));
    if (!monitor) return;
    if (!seen.monitor || other_type) return make_monitor(wanted, seen.id);
    Object changes;
    const auto compare = [&](const char* key, std::int64_t a, std::int64_t b) {
      if (a != b) changes[key] = a;
    };
    compare("delay", monitor->delay, seen.monitor->delay);
    compare("timeout", monitor->timeout, seen.monitor->timeout);
    compare("max_retries", monitor->max_retries, seen.monitor->max_retries);
    compare("max_retries_down", monitor->max_retries_down, seen.monitor->max_retries_down);
    if (!changes.empty()) {
      add("change health monitor of port " + label(wanted), "PUT", path("healthmonitors", seen.monitor->id),
          Object{{"healthmonitor", std::move(changes)}});
    }
  }

  // An owner marks the cluster too; one that shares only says which Service it is.
  void tag() {
    auto tags = seen_.tags;
    std::erase(tags, "");  // an OCCM leaves one when it takes the last away
    const auto before = tags.size();
    for (const auto& tag : wanted_.tags) {
      if ((owner_ || tag == wanted_.name) && std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
    }
    if (tags.size() != before)
      add("mark load balancer", "PUT", path("loadbalancers", seen_.id),
          Object{{"loadbalancer", Object{{"tags", strings(tags)}}}});
  }
};

}  // namespace

json::Value create_request(const LoadBalancer& wanted, bool with_listeners) {
  Object body{{"name", wanted.name}, {"description", wanted.description}};
  const auto give = [&](const char* key, const std::string& value) {
    if (!value.empty()) body[key] = value;
  };
  give("provider", wanted.provider);
  give("vip_port_id", wanted.vip_port_id);
  give("vip_subnet_id", wanted.vip_subnet_id);
  give("vip_network_id", wanted.vip_network_id);
  give("vip_address", wanted.vip_address);
  give("flavor_id", wanted.flavor_id);
  give("availability_zone", wanted.availability_zone);
  if (!wanted.tags.empty()) body["tags"] = strings(wanted.tags);
  if (!with_listeners) return Object{{"loadbalancer", std::move(body)}};
  json::Array listeners;
  for (const auto& listener : wanted.listeners) {
    auto pool = pool_body(listener.pool);
    pool["members"] = members_body(listener.pool.members);
    if (listener.pool.monitor) pool["healthmonitor"] = monitor_body(*listener.pool.monitor);
    auto item = listener_body(listener, listener_tags(wanted));
    item["default_pool"] = std::move(pool);
    listeners.push_back(std::move(item));
  }
  body["listeners"] = std::move(listeners);
  return Object{{"loadbalancer", std::move(body)}};
}

Result<std::vector<Step>> plan(const LoadBalancer& wanted, const Seen& seen, bool owner) {
  return Planner(wanted, seen, owner).run();
}

std::vector<Step> plan_removal(const std::string& name, const Seen& seen, bool owner) {
  std::vector<Step> steps;
  std::set<std::string> removed;
  for (const auto& listener : seen.listeners) {
    if (!belongs(listener, name, owner)) continue;
    removed.insert(listener.id);
    steps.push_back({fmt::format("delete listener {}/{}", listener.port, listener.protocol), "DELETE",
                     path("listeners", listener.id), nullptr, ""});
  }
  for (const auto& pool : seen.pools) {
    const bool used_by_others = std::ranges::any_of(seen.listeners, [&](const auto& item) {
      return item.default_pool_id == pool.id && !removed.contains(item.id);
    });
    const bool used_by_us = std::ranges::any_of(seen.listeners, [&](const auto& item) {
      return item.default_pool_id == pool.id && removed.contains(item.id);
    });
    if ((used_by_us && !used_by_others) || is_left_over(pool, seen, name))
      steps.push_back({"delete pool " + pool.id, "DELETE", path("pools", pool.id), nullptr, ""});
  }
  if (seen.tagged(name) && !owner) {
    auto tags = seen.tags;
    std::erase(tags, name);
    steps.push_back({"take our mark off the load balancer", "PUT", path("loadbalancers", seen.id),
                     Object{{"loadbalancer", Object{{"tags", strings(tags)}}}}, ""});
  }
  return steps;
}

}  // namespace fairway::controller::octavia
