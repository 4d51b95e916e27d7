#include <numeric>

#include "base/strings.h"
#include "testing/fake_openstack.h"

namespace fairway::testing {
namespace {

using json::Object;
using json::Value;

const std::map<std::string, std::string, std::less<>> kRoots{{"loadbalancers", "loadbalancer"},
                                                             {"listeners", "listener"},
                                                             {"pools", "pool"},
                                                             {"healthmonitors", "healthmonitor"}};

// What each may be created with, and of this what a later PUT may change.
const std::map<std::string, std::pair<std::set<std::string, std::less<>>, std::set<std::string, std::less<>>>,
               std::less<>>
    kAttributes{{"loadbalancers",
                 {{"name", "description", "admin_state_up", "provider", "vip_address", "vip_port_id", "vip_subnet_id",
                   "vip_network_id", "flavor_id", "availability_zone", "tags", "listeners", "pools"},
                  {"name", "description", "admin_state_up", "tags"}}},
                {"listeners",
                 {{"name", "description", "admin_state_up", "protocol", "protocol_port", "loadbalancer_id",
                   "connection_limit", "default_pool_id", "default_pool", "insert_headers", "timeout_client_data",
                   "timeout_member_connect", "timeout_member_data", "timeout_tcp_inspect",
                   "default_tls_container_ref", "allowed_cidrs", "tags"},
                  {"name", "description", "admin_state_up", "connection_limit", "default_pool_id", "insert_headers",
                   "timeout_client_data", "timeout_member_connect", "timeout_member_data", "timeout_tcp_inspect",
                   "default_tls_container_ref", "allowed_cidrs", "tags"}}},
                {"pools",
                 {{"name", "description", "admin_state_up", "protocol", "lb_algorithm", "session_persistence",
                   "loadbalancer_id", "listener_id", "tags", "members", "healthmonitor"},
                  {"name", "description", "admin_state_up", "lb_algorithm", "session_persistence", "tags"}}},
                {"healthmonitors",
                 {{"name", "pool_id", "type", "delay", "timeout", "max_retries", "max_retries_down", "url_path",
                   "http_method", "expected_codes"},
                  {"name", "delay", "timeout", "max_retries", "max_retries_down", "url_path", "http_method",
                   "expected_codes"}}},
                {"members",
                 {{"name", "address", "protocol_port", "subnet_id", "weight", "monitor_port", "tags",
                   "admin_state_up", "backup"},
                  {}}}};

http::Response fault(int code, std::string text) {
  return http::Response::json(
      code, json::write(Object{{"faultcode", "Client"}, {"faultstring", std::move(text)}, {"debuginfo", nullptr}}));
}

http::Response good(int code, std::string_view root, Object row) {
  return http::Response::json(code, json::write(Object{{root, std::move(row)}}));
}

// The first attribute that may not be there.
std::string unknown(const Object& body, std::string_view collection, bool update) {
  const auto& [creatable, changeable] = kAttributes.find(collection)->second;
  for (const auto& item : body) {
    if (!(update ? changeable : creatable).contains(item.key())) return std::string(item.key());
  }
  return {};
}

std::string text(const Object& row, std::string_view key) { return json::string_or(Value(row), key); }

std::string l4_family(std::string_view protocol) {
  if (protocol == "UDP" || protocol == "SCTP") return std::string(protocol);
  return "TCP";
}

bool matches(const Object& row, std::string_view key, std::string_view wanted) {
  if (key == "tags") {
    for (const auto tag : split(wanted, ',')) {
      const auto& tags = json::array_or_empty(Value(row), "tags");
      if (std::ranges::find(tags, Value(tag)) == tags.end()) return false;
    }
    return true;
  }
  const auto* value = row.if_contains(key);
  return value != nullptr &&
         (value->is_string() ? std::string_view(value->get_string()) == wanted : json::write(*value) == wanted);
}

bool passes_filter(const Object& row, std::string_view key, const std::string& value) {
  if (key == "fields" || key == "limit" || key == "marker") return true;
  if (key == "loadbalancer_id") return text(row, "_lb") == value;
  if (key == "pool_id") return text(row, "_pool") == value;
  return matches(row, key, value);
}

// The first attribute that Octavia does not know, of the pool or of its members; empty when there is none.
std::string unknown_in_pool(const Value& pool) {
  auto key = unknown(pool.as_object(), "pools", false);
  for (const auto& member : json::array_or_empty(pool, "members")) {
    if (key.empty()) key = unknown(member.as_object(), "members", false);
  }
  return key;
}

}  // namespace

void FakeOctavia::finish_due() {
  for (auto at = work_.begin(); at != work_.end();) {
    if (at->second.due > env_.clock.steady()) {
      ++at;
      continue;
    }
    const auto finish = std::move(at->second.finish);
    at = work_.erase(at);
    finish();
  }
}

void FakeOctavia::begin(const std::string& load_balancer_id, std::string_view state, Duration time,
                        std::function<void()> finish) {
  set_status(load_balancer_id, state);
  work_[load_balancer_id] = {env_.clock.steady() + time, std::move(finish)};
}

const Rows& FakeOctavia::load_balancers() {
  finish_due();
  return rows_["loadbalancers"];
}
const Rows& FakeOctavia::listeners() {
  finish_due();
  return rows_["listeners"];
}
const Rows& FakeOctavia::pools() {
  finish_due();
  return rows_["pools"];
}
const Rows& FakeOctavia::monitors() {
  finish_due();
  return rows_["healthmonitors"];
}

std::string FakeOctavia::members_of(const std::string& pool_id) {
  finish_due();
  std::string all;
  for (const auto& member : members_[pool_id]) {
    all += fmt::format("{}{}:{}", all.empty() ? "" : " ", text(member, "address"),
                       member.at("protocol_port").to_number<int>());
  }
  return all;
}

Object* FakeOctavia::find(std::string_view collection, const std::string& id) {
  const auto rows = rows_.find(collection);
  if (rows == rows_.end()) return nullptr;
  for (auto& row : rows->second) {
    if (text(row, "id") == id) return &row;
  }
  return nullptr;
}

void FakeOctavia::forget(std::string_view collection, const std::string& id) {
  std::erase_if(rows_.find(collection)->second, [&](const auto& row) { return text(row, "id") == id; });
}

void FakeOctavia::set_status(const std::string& load_balancer_id, std::string_view status) {
  auto* lb = find("loadbalancers", load_balancer_id);
  if (lb == nullptr) return;
  (*lb)["provisioning_status"] = status;
  (*lb)["updated_at"] = fmt::format("change {}", ++changes_);
}

void FakeOctavia::keep_busy(const std::string& load_balancer_id, Duration time) {
  begin(load_balancer_id, "PENDING_UPDATE", time,
        [this, load_balancer_id] { set_status(load_balancer_id, "ACTIVE"); });
}

Object FakeOctavia::make(Object load_balancer) {
  auto row = build_lb(load_balancer);
  set_status(text(row, "id"), "ACTIVE");
  return *find("loadbalancers", text(row, "id"));
}

void FakeOctavia::vanish(const std::string& load_balancer_id) {
  const auto* lb = find("loadbalancers", load_balancer_id);
  if (lb == nullptr) return;
  const auto port = text(*lb, "vip_port_id");
  work_.erase(load_balancer_id);
  for (const std::string_view collection : {"listeners", "pools"}) {
    std::vector<std::string> ids;
    for (const auto& row : rows_[std::string(collection)]) {
      if (text(row, "_lb") == load_balancer_id) ids.push_back(text(row, "id"));
    }
    for (const auto& id : ids) drop(collection, id);
  }
  forget("loadbalancers", load_balancer_id);
  if (on_port_gone) on_port_gone(port);
}

std::string FakeOctavia::lb_of(std::string_view collection, const std::string& id) {
  const auto* row = find(collection, id);
  if (row == nullptr) return {};
  return collection == "healthmonitors" ? lb_of("pools", text(*row, "_pool")) : text(*row, "_lb");
}

void FakeOctavia::drop(std::string_view collection, const std::string& id) {
  if (collection == "pools") {
    members_.erase(id);
    std::erase_if(rows_["healthmonitors"], [&](const auto& row) { return text(row, "_pool") == id; });
    for (auto& listener : rows_["listeners"]) {
      if (text(listener, "default_pool_id") == id) listener["default_pool_id"] = nullptr;
    }
  }
  forget(collection, id);
}

Object FakeOctavia::build_lb(const Object& wanted) {
  Object row{{"id", make_uuid(env_.random)},
             {"name", ""},
             {"description", ""},
             {"admin_state_up", true},
             {"provider", "amphora"},
             {"provisioning_status", "PENDING_CREATE"},
             {"operating_status", "ONLINE"},
             {"tags", json::Array{}},
             {"created_at", to_iso8601(env_.clock.wall())},
             {"vip_subnet_id", ""},
             {"vip_network_id", ""}};
  for (const auto& item : wanted) {
    if (item.key() != "listeners" && item.key() != "pools") row[item.key()] = item.value();
  }
  if (!row.contains("vip_address")) row["vip_address"] = fmt::format("10.0.0.{}", next_vip_++);
  if (!row.contains("vip_port_id")) row["vip_port_id"] = make_uuid(env_.random);
  rows_["loadbalancers"].push_back(row);
  const auto id = text(row, "id");
  for (const auto& listener : json::array_or_empty(Value(wanted), "listeners"))
    build_listener(id, listener.as_object());
  return row;
}

void FakeOctavia::build_listener(const std::string& lb, const Object& wanted) {
  Object row{{"id", make_uuid(env_.random)},
             {"_lb", lb},
             {"name", ""},
             {"connection_limit", -1},
             {"default_pool_id", nullptr},
             {"insert_headers", Object{}},
             {"timeout_client_data", 50000},
             {"timeout_member_connect", 5000},
             {"timeout_member_data", 50000},
             {"timeout_tcp_inspect", 0},
             {"default_tls_container_ref", nullptr},
             {"allowed_cidrs", nullptr},
             {"tags", json::Array{}}};
  for (const auto& item : wanted) {
    if (item.key() != "default_pool" && item.key() != "loadbalancer_id") row[item.key()] = item.value();
  }
  rows_["listeners"].push_back(row);
  if (const auto* pool = wanted.if_contains("default_pool")) build_pool(lb, text(row, "id"), pool->as_object());
}

std::string FakeOctavia::build_pool(const std::string& lb, const std::string& listener, const Object& wanted) {
  Object row{{"id", make_uuid(env_.random)},
             {"_lb", lb},
             {"name", ""},
             {"session_persistence", nullptr},
             {"tags", json::Array{}}};
  for (const auto& item : wanted) {
    if (item.key() != "members" && item.key() != "healthmonitor" && item.key() != "listener_id" &&
        item.key() != "loadbalancer_id")
      row[item.key()] = item.value();
  }
  const auto id = text(row, "id");
  rows_["pools"].push_back(std::move(row));
  if (auto* owner = find("listeners", listener)) (*owner)["default_pool_id"] = id;
  for (const auto& member : json::array_or_empty(Value(wanted), "members")) {
    auto made = member.as_object();
    made["id"] = make_uuid(env_.random);
    members_[id].push_back(std::move(made));
  }
  if (const auto* monitor = wanted.if_contains("healthmonitor")) build_monitor(id, monitor->as_object());
  return id;
}

void FakeOctavia::build_monitor(const std::string& pool, const Object& wanted) {
  Object row{{"id", make_uuid(env_.random)}, {"_pool", pool}, {"name", ""}, {"max_retries_down", 3}};
  for (const auto& item : wanted) {
    if (item.key() != "pool_id") row[item.key()] = item.value();
  }
  rows_["healthmonitors"].push_back(std::move(row));
}

// As the API shows it: relations as lists of ids, our own bookkeeping left out.
Object FakeOctavia::shown(const std::string& collection, const Object& row) {
  Object out;
  for (const auto& item : row) {
    if (!item.key().starts_with('_')) out[item.key()] = item.value();
  }
  const auto id = text(row, "id");
  const auto ids = [&](const std::string& of, std::string_view key) {
    json::Array list;
    for (const auto& other : rows_[of]) {
      if (text(other, key) == id) list.push_back(Object{{"id", text(other, "id")}});
    }
    return list;
  };
  if (collection == "loadbalancers") {
    out["listeners"] = ids("listeners", "_lb");
    out["pools"] = ids("pools", "_lb");
  } else if (collection == "healthmonitors") {
    out["pools"] = json::Array{Object{{"id", text(row, "_pool")}}};
  } else {
    out["loadbalancers"] = json::Array{Object{{"id", text(row, "_lb")}}};
  }
  if (collection == "pools") {
    out["listeners"] = ids("listeners", "default_pool_id");
    json::Array members;
    for (const auto& member : members_[id]) members.push_back(Object{{"id", text(member, "id")}});
    out["members"] = std::move(members);
    if (const auto monitors = ids("healthmonitors", "_pool"); !monitors.empty())
      out["healthmonitor_id"] = monitors.front().at("id");
  }
  return out;
}

Object FakeOctavia::nested(const Object& lb) {
  auto out = shown("loadbalancers", lb);
  json::Array listeners, pools;
  for (const auto& row : rows_["listeners"]) {
    if (text(row, "_lb") == text(lb, "id")) listeners.push_back(shown("listeners", row));
  }
  for (const auto& row : rows_["pools"]) {
    if (text(row, "_lb") != text(lb, "id")) continue;
    auto pool = shown("pools", row);
    json::Array members;
    for (const auto& member : members_[text(row, "id")]) members.push_back(member);
    pool["members"] = std::move(members);
    pools.push_back(std::move(pool));
  }
  out["listeners"] = std::move(listeners);
  out["pools"] = std::move(pools);
  return out;
}

http::Response FakeOctavia::list(const http::Request& request, const std::string& collection) {
  json::Array items;
  for (const auto& row : rows_[collection]) {
    const bool wanted = std::ranges::all_of(
        request.query, [&](const auto& asked) { return passes_filter(row, asked.first, asked.second); });
    if (wanted) items.push_back(shown(collection, row));
  }
  return http::Response::json(
      200, json::write(Object{{collection, std::move(items)}, {collection + "_links", json::Array{}}}));
}

http::Response FakeOctavia::create_lb(const Value& body) {
  const auto* wanted = body.is_object() ? body.get_object().if_contains("loadbalancer") : nullptr;
  if (wanted == nullptr || !wanted->is_object()) return fault(400, "Unknown attribute for argument load_balancer");
  const auto& lb = wanted->get_object();
  if (auto key = unknown(lb, "loadbalancers", false); !key.empty())
    return fault(400, "Unknown attribute for argument load_balancer.loadbalancer: " + key);
  if (!lb.contains("vip_port_id") && !lb.contains("vip_subnet_id") && !lb.contains("vip_network_id")) {
    return fault(400, "Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.");
  }
  std::set<std::string> used;
  for (const auto& item : json::array_or_empty(*wanted, "listeners")) {
    const auto& listener = item.as_object();
    if (auto key = unknown(listener, "listeners", false); !key.empty())
      return fault(400, "Unknown attribute: " + key);
    const auto protocol = text(listener, "protocol");
    if (protocol == "UDP" && refuses_udp)
      return fault(501, "Provider 'fairway' does not support a requested option: UDP listeners");
    if (!used.insert(fmt::format("{}/{}", l4_family(protocol), listener.at("protocol_port").to_number<int>()))
             .second) {
      return fault(409, "Another Listener on this Load Balancer is already using protocol");
    }
    if (const auto* pool = listener.if_contains("default_pool")) {
      if (auto key = unknown_in_pool(*pool); !key.empty()) return fault(400, "Unknown attribute: " + key);
    }
  }
  auto row = build_lb(lb);
  const auto id = text(row, "id");
  begin(id, "PENDING_CREATE", create_time,
        [this, id, fails = create_fails] { set_status(id, fails ? "ERROR" : "ACTIVE"); });
  return good(201, "loadbalancer", nested(row));
}

http::Response FakeOctavia::lb_request(const http::Request& request, const std::string& id, const Value& body) {
  auto* lb = find("loadbalancers", id);
  if (lb == nullptr) return fault(404, "Load Balancer " + id + " not found.");
  const auto state = text(*lb, "provisioning_status");
  if (request.method == "GET") return good(200, "loadbalancer", shown("loadbalancers", *lb));
  if (request.method == "PUT") {
    const auto& changes = body.at("loadbalancer").as_object();
    if (auto key = unknown(changes, "loadbalancers", true); !key.empty())
      return fault(400, "Unknown attribute for argument load_balancer.loadbalancer: " + key);
    if (state != "ACTIVE") return fault(409, fmt::format("Invalid state {} of loadbalancer resource {}", state, id));
    for (const auto& item : changes) (*lb)[item.key()] = item.value();
    begin(id, "PENDING_UPDATE", update_time, [this, id] { set_status(id, "ACTIVE"); });
    return good(200, "loadbalancer", shown("loadbalancers", *lb));
  }
  if (state != "ACTIVE" && state != "ERROR")
    return fault(409, fmt::format("Invalid state {} of loadbalancer resource {}", state, id));
  const bool children = !nested(*lb).at("listeners").as_array().empty();
  if (children && request.query.find("cascade").value_or("") != "true") {
    return fault(400, "Validation failure: Cannot delete Load Balancer " + id + " - it has children");
  }
  begin(id, "PENDING_DELETE", delete_time, [this, id] { vanish(id); });
  return http::Response::empty(204);
}

std::optional<http::Response> FakeOctavia::refused_listener(const std::string& lb, const Object& wanted) {
  if (wanted.contains("default_pool")) return fault(500, "Internal Server Error");
  for (const auto& row : rows_["listeners"]) {
    if (text(row, "_lb") != lb || row.at("protocol_port") != wanted.at("protocol_port")) continue;
    if (l4_family(text(row, "protocol")) != l4_family(text(wanted, "protocol"))) continue;
    return fault(
        409, fmt::format("Another Listener on this Load Balancer is already using protocol {} and protocol_port {}",
                         text(wanted, "protocol"), wanted.at("protocol_port").to_number<int>()));
  }
  if (text(wanted, "protocol") == "UDP" && refuses_udp)
    return fault(501, "Provider 'fairway' does not support a requested option: UDP listeners");
  return std::nullopt;
}

http::Response FakeOctavia::create_child(const std::string& collection, const Object& wanted) {
  if (auto key = unknown(wanted, collection, false); !key.empty())
    return fault(400, fmt::format("Unknown attribute for argument {}: {}", collection, key));
  std::string lb = text(wanted, "loadbalancer_id");
  if (collection == "pools" && lb.empty()) lb = lb_of("listeners", text(wanted, "listener_id"));
  if (collection == "healthmonitors") lb = lb_of("pools", text(wanted, "pool_id"));
  const auto* owner = find("loadbalancers", lb);
  if (owner == nullptr) return fault(404, "Load Balancer " + lb + " not found.");
  if (text(*owner, "provisioning_status") != "ACTIVE")
    return fault(409, fmt::format("Load Balancer {} is immutable and cannot be updated.", lb));
  if (collection == "listeners") {
    if (auto refused = refused_listener(lb, wanted)) return std::move(*refused);
    build_listener(lb, wanted);
  } else if (collection == "pools") {
    if (wanted.contains("members") || wanted.contains("healthmonitor"))
      return fault(400, "members are not accepted here");
    build_pool(lb, text(wanted, "listener_id"), wanted);
  } else {
    build_monitor(text(wanted, "pool_id"), wanted);
  }
  begin(lb, "PENDING_UPDATE", update_time, [this, lb] { set_status(lb, "ACTIVE"); });
  return good(201, kRoots.at(collection), shown(collection, rows_[collection].back()));
}

http::Response FakeOctavia::child_request(const http::Request& request, const std::string& collection,
                                          const std::string& id, const Value& body) {
  if (id.empty()) return create_child(collection, body.at(kRoots.at(collection)).as_object());
  auto* row = find(collection, id);
  if (row == nullptr) return fault(404, fmt::format("{} {} not found.", kRoots.at(collection), id));
  if (request.method == "GET") return good(200, kRoots.at(collection), shown(collection, *row));
  const auto lb = lb_of(collection, id);
  if (text(*find("loadbalancers", lb), "provisioning_status") != "ACTIVE")
    return fault(409, fmt::format("Load Balancer {} is immutable and cannot be updated.", lb));
  if (request.method == "DELETE") {
    begin(lb, "PENDING_UPDATE", update_time, [this, lb, collection, id] {
      drop(collection, id);
      set_status(lb, "ACTIVE");
    });
    return http::Response::empty(204);
  }
  const auto& changes = body.at(kRoots.at(collection)).as_object();
  if (auto key = unknown(changes, collection, true); !key.empty())
    return fault(400, fmt::format("Unknown attribute for argument {}: {}", collection, key));
  for (const auto& item : changes) (*row)[item.key()] = item.value();
  begin(lb, "PENDING_UPDATE", update_time, [this, lb] { set_status(lb, "ACTIVE"); });
  return good(200, kRoots.at(collection), shown(collection, *row));
}

http::Response FakeOctavia::members_request(const http::Request& request, const std::string& pool_id,
                                            const Value& body) {
  if (find("pools", pool_id) == nullptr) return fault(404, "Pool " + pool_id + " not found.");
  if (request.method == "GET") {
    json::Array all;
    for (const auto& member : members_[pool_id]) all.push_back(member);
    return http::Response::json(200,
                                json::write(Object{{"members", std::move(all)}, {"members_links", json::Array{}}}));
  }
  const auto lb = lb_of("pools", pool_id);
  if (text(*find("loadbalancers", lb), "provisioning_status") != "ACTIVE")
    return fault(409, fmt::format("Load Balancer {} is immutable and cannot be updated.", lb));
  Rows wanted;
  for (const auto& item : body.at("members").as_array()) {
    auto member = item.as_object();
    if (auto key = unknown(member, "members", false); !key.empty())
      return fault(400, "Unknown attribute for argument member: " + key);
    for (const auto& old : members_[pool_id]) {
      if (text(old, "address") == text(member, "address") && old.at("protocol_port") == member.at("protocol_port"))
        member["id"] = text(old, "id");
    }
    if (!member.contains("id")) member["id"] = make_uuid(env_.random);
    wanted.push_back(std::move(member));
  }
  members_[pool_id] = std::move(wanted);
  begin(lb, "PENDING_UPDATE", update_time, [this, lb] { set_status(lb, "ACTIVE"); });
  return http::Response::empty(202);
}

Task<http::Response> FakeOctavia::handle(http::Request& request) {
  finish_due();
  if (request.path == "/") {
    json::Array versions;
    for (int minor = 0; minor <= minor_version; ++minor)
      versions.push_back(Object{{"id", fmt::format("v2.{}", minor)}});
    co_return http::Response::json(200, json::write(Object{{"versions", std::move(versions)}}));
  }
  const auto parts = split(request.path, '/');  // "", "v2.0", "lbaas", collection, id?, "members"?
  if (parts.size() < 4 || !kRoots.contains(parts[3])) co_return fault(404, "no such path " + request.path);
  const std::string collection(parts[3]);
  const std::string id = parts.size() > 4 ? std::string(parts[4]) : "";
  Value body;
  if (!request.body.empty()) {
    auto parsed = json::parse(request.body);
    if (!parsed) co_return fault(400, parsed.error().what);
    body = std::move(*parsed);
  }
  if (parts.size() > 5) co_return members_request(request, id, body);
  if (request.method == "GET" && id.empty()) co_return list(request, collection);
  if (collection != "loadbalancers") co_return child_request(request, collection, id, body);
  co_return request.method == "POST" ? create_lb(body) : lb_request(request, id, body);
}

}  // namespace fairway::testing
