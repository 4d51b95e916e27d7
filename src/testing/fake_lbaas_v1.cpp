#include "testing/fake_lbaas_v1.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::testing {
namespace {

using json::Object;
using json::Value;
using Names = std::set<std::string, std::less<>>;

struct Kind {
  std::string root, missing;
  Names creatable, changeable;
};

const std::map<std::string, Kind, std::less<>> kKinds{
    {"vips",
     {"vip",
      "VipNotFound",
      {"name", "description", "subnet_id", "address", "protocol_port", "protocol", "pool_id", "session_persistence",
       "connection_limit", "admin_state_up"},
      {"name", "description", "pool_id", "session_persistence", "connection_limit", "admin_state_up"}}},
    {"pools",
     {"pool",
      "PoolNotFound",
      {"name", "description", "subnet_id", "protocol", "lb_method", "admin_state_up"},
      {"name", "description", "lb_method", "admin_state_up"}}},
    {"members",
     {"member",
      "MemberNotFound",
      {"pool_id", "address", "protocol_port", "weight", "admin_state_up"},
      {"pool_id", "weight", "admin_state_up"}}},
    {"health_monitors",
     {"health_monitor",
      "HealthMonitorNotFound",
      {"type", "delay", "timeout", "max_retries", "admin_state_up"},
      {"delay", "timeout", "max_retries", "admin_state_up"}}}};

http::Response fault(int code, std::string_view type, std::string message) {
  return http::Response::json(
      code,
      json::write(Object{{"NeutronError", Object{{"type", type}, {"message", std::move(message)}, {"detail", ""}}}}));
}

http::Response good(int code, const std::string& root, Object row) {
  return http::Response::json(code, json::write(Object{{root, std::move(row)}}));
}

std::string text(const Object& row, std::string_view key) { return json::string_or(Value(row), key); }

bool holds(const Object& row, std::string_view key, const Value& item) {
  const auto* list = row.if_contains(key);
  return list != nullptr && list->is_array() && std::ranges::find(list->get_array(), item) != list->get_array().end();
}

}  // namespace

void FakeLbaasV1::finish_due() {
  for (auto at = due_.begin(); at != due_.end();) {
    if (at->second > env_.clock.steady()) {
      ++at;
      continue;
    }
    const auto id = at->first;
    at = due_.erase(at);
    auto* vip = find("vips", id);
    if (vip == nullptr) continue;
    if (text(*vip, "status") == "PENDING_DELETE") {
      vanish("vips", id);
    } else {
      (*vip)["status"] = vip_fails ? "ERROR" : "ACTIVE";
    }
  }
}

const FakeLbaasV1::Rows& FakeLbaasV1::rows(const std::string& collection) {
  finish_due();
  return rows_[collection];
}

Object* FakeLbaasV1::find(std::string_view collection, std::string_view id) {
  const auto rows = rows_.find(collection);
  if (rows == rows_.end()) return nullptr;
  const auto at = std::ranges::find_if(rows->second, [&](const auto& row) { return text(row, "id") == id; });
  return at == rows->second.end() ? nullptr : &*at;
}

Object FakeLbaasV1::make(const std::string& collection, Object row) {
  row["id"] = make_uuid(env_.random);
  row["tenant_id"] = "project-1";
  row["status"] = "ACTIVE";
  if (collection == "pools") row["health_monitors"] = json::Array{};
  if (collection == "health_monitors" && !row.contains("admin_state_up")) row["admin_state_up"] = true;
  if (collection == "vips") {
    if (!row.contains("address")) row["address"] = fmt::format("10.0.0.{}", next_vip_++);
    row["port_id"] = make_uuid(env_.random);
  }
  rows_[collection].push_back(row);
  return row;
}

void FakeLbaasV1::vanish(const std::string& collection, const std::string& id) {
  const auto* row = find(collection, id);
  if (row == nullptr) return;
  const auto port = text(*row, "port_id");
  std::erase_if(rows_[collection], [&](const auto& item) { return text(item, "id") == id; });
  if (collection == "vips" && on_port_gone) on_port_gone(port);
}

std::string FakeLbaasV1::address_of_port(const std::string& port_id) {
  for (const auto& vip : rows("vips")) {
    if (text(vip, "port_id") == port_id) return text(vip, "address");
  }
  return {};
}

Object FakeLbaasV1::shown(const std::string& collection, const Object& row) {
  Object out = row;
  if (collection == "health_monitors") {
    json::Array pools;
    for (const auto& pool : rows_["pools"]) {
      if (holds(pool, "health_monitors", row.at("id")))
        pools.push_back(Object{{"pool_id", pool.at("id")}, {"status", "ACTIVE"}});
    }
    out["pools"] = std::move(pools);
  }
  return out;
}

http::Response FakeLbaasV1::list(const http::Request& request, const std::string& collection) {
  json::Array items;
  for (const auto& row : rows_[collection]) {
    const bool wanted = std::ranges::all_of(request.query, [&](const auto& asked) {
      const auto* value = row.if_contains(asked.first);
      return value != nullptr && value->is_string() && std::string_view(value->get_string()) == asked.second;
    });
    if (wanted) items.push_back(shown(collection, row));
  }
  return http::Response::json(200, json::write(Object{{collection, std::move(items)}}));
}

http::Response FakeLbaasV1::create(const std::string& collection, const Object& wanted) {
  const auto& kind = kKinds.find(collection)->second;
  const auto pool_id = text(wanted, "pool_id");
  if (!pool_id.empty() && find("pools", pool_id) == nullptr)
    return fault(404, "PoolNotFound", fmt::format("Pool {} could not be found", pool_id));
  for (const auto& vip : rows_["vips"]) {
    if (collection == "vips" && text(vip, "pool_id") == pool_id)
      return fault(409, "VipExists", fmt::format("Another Vip already exists for pool {}", pool_id));
  }
  auto row = make(collection, wanted);
  if (collection == "vips") {
    (*find("vips", text(row, "id")))["status"] = "PENDING_CREATE";
    row["status"] = "PENDING_CREATE";
    due_[text(row, "id")] = env_.clock.steady() + vip_time;
  }
  return good(201, kind.root, shown(collection, row));
}

http::Response FakeLbaasV1::update(const std::string& collection, Object& row, const Object& changes) {
  for (const auto& item : changes) row[item.key()] = item.value();
  if (collection == "vips" && !changes.contains("session_persistence")) row["session_persistence"] = nullptr;
  return good(200, kKinds.find(collection)->second.root, shown(collection, row));
}

http::Response FakeLbaasV1::remove(const std::string& collection, const Object& row) {
  const auto id = text(row, "id");
  if (collection == "vips") {
    (*find("vips", id))["status"] = "PENDING_DELETE";
    due_[id] = env_.clock.steady() + vip_time;
    return http::Response::empty(204);
  }
  for (const auto& vip : rows_["vips"]) {
    if (collection == "pools" && text(vip, "pool_id") == id)
      return fault(409, "PoolInUse", fmt::format("Pool {} is still in use", id));
  }
  if (collection == "health_monitors" && !shown(collection, row).at("pools").as_array().empty())
    return fault(409, "HealthMonitorInUse", fmt::format("Health monitor {} still has associations with vips", id));
  vanish(collection, id);
  return http::Response::empty(204);
}

http::Response FakeLbaasV1::association(const http::Request& request, const std::string& pool_id,
                                        const std::string& monitor_id, const Value& body) {
  auto* pool = find("pools", pool_id);
  if (pool == nullptr) return fault(404, "PoolNotFound", fmt::format("Pool {} could not be found", pool_id));
  auto& monitors = (*pool)["health_monitors"].as_array();
  if (request.method == "POST") {
    const auto id = json::string_or(body, "health_monitor.id");
    if (find("health_monitors", id) == nullptr)
      return fault(404, "HealthMonitorNotFound", fmt::format("Health_monitor {} could not be found", id));
    if (std::ranges::find(monitors, Value(id)) != monitors.end()) {
      return fault(409, "PoolMonitorAssociationExists",
                   fmt::format("health_monitor {} is already associated with pool {}", id, pool_id));
    }
    monitors.push_back(Value(id));
    return http::Response::json(201, json::write(Object{{"health_monitor", json::Array{id}}}));
  }
  const auto at = std::ranges::find(monitors, Value(monitor_id));
  if (at == monitors.end()) {
    return fault(404, "PoolMonitorAssociationNotFound",
                 fmt::format("Monitor {} is not associated with Pool {}", monitor_id, pool_id));
  }
  monitors.erase(at);
  return http::Response::empty(204);
}

http::Response FakeLbaasV1::handle(const http::Request& request) {
  finish_due();
  const auto parts = split(request.path, '/');  // "", "v2.0", "lb", collection, id?, "health_monitors"?, id?
  const auto part = [&](std::size_t at) { return parts.size() > at ? std::string(parts[at]) : std::string(); };
  const auto collection = part(3), id = part(4);
  const auto kind = kKinds.find(collection);
  if (kind == kKinds.end()) return fault(404, "NotFound", "no such path " + request.path);
  Value body;
  if (auto parsed = json::parse(request.body.empty() ? "null" : request.body)) body = std::move(*parsed);
  if (part(5) == "health_monitors") return association(request, id, part(6), body);
  if (id.empty() && request.method == "GET") return list(request, collection);
  const Value* given = body.is_object() ? body.get_object().if_contains(kind->second.root) : nullptr;
  const auto& allowed = request.method == "POST" ? kind->second.creatable : kind->second.changeable;
  for (const auto& item : given == nullptr ? Object{} : given->as_object()) {
    if (!allowed.contains(item.key()))
      return fault(400, "HTTPBadRequest",
                   fmt::format("Unrecognized attribute(s) '{}'", std::string_view(item.key())));
  }
  if (id.empty()) return create(collection, given->as_object());
  auto* row = find(collection, id);
  if (row == nullptr)
    return fault(404, kind->second.missing, fmt::format("{} {} could not be found", kind->second.root, id));
  if (request.method == "GET") return good(200, kind->second.root, shown(collection, *row));
  return request.method == "PUT" ? update(collection, *row, given->as_object()) : remove(collection, *row);
}

}  // namespace fairway::testing
