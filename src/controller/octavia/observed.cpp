#include "controller/octavia/observed.h"

#include "controller/texts.h"

namespace fairway::controller::octavia {
namespace {

std::string ids_of(const json::Value& object, std::string_view key) {
  std::set<std::string> ids;
  for (const auto& item : json::array_or_empty(object, key)) ids.insert(json::string_or(item, "id"));
  return fmt::format("{}", fmt::join(ids, ","));
}

}  // namespace

const SeenPool* Seen::pool(std::string_view pool_id) const {
  const auto found = std::ranges::find(pools, pool_id, &SeenPool::id);
  return found == pools.end() ? nullptr : &*found;
}

Seen read_load_balancer(const json::Value& object) {
  Seen seen;
  seen.id = json::string_or(object, "id");
  seen.name = json::string_or(object, "name");
  seen.provisioning_status = json::string_or(object, "provisioning_status");
  seen.operating_status = json::string_or(object, "operating_status");
  seen.vip_address = json::string_or(object, "vip_address");
  seen.vip_port_id = json::string_or(object, "vip_port_id");
  seen.created_at = json::string_or(object, "created_at");
  seen.tags = texts_in(object, "tags");
  seen.stamp =
      fmt::format("{}|{}|{}|{}|{}", seen.provisioning_status, seen.name, json::string_or(object, "updated_at"),
                  ids_of(object, "listeners"), ids_of(object, "pools"));
  return seen;
}

SeenListener read_listener(const json::Value& object) {
  SeenListener seen;
  seen.id = json::string_or(object, "id");
  seen.protocol = json::string_or(object, "protocol");
  seen.port = static_cast<int>(json::int_or(object, "protocol_port"));
  seen.default_pool_id = json::string_or(object, "default_pool_id");
  seen.tls_container_ref = json::string_or(object, "default_tls_container_ref");
  seen.connection_limit = json::int_or(object, "connection_limit", -1);
  seen.insert_headers = json::object_or_empty(object, "insert_headers");
  seen.timeouts = {.client_data = json::int_or(object, "timeout_client_data", 50'000),
                   .member_connect = json::int_or(object, "timeout_member_connect", 5'000),
                   .member_data = json::int_or(object, "timeout_member_data", 50'000),
                   .tcp_inspect = json::int_or(object, "timeout_tcp_inspect", 0)};
  for (auto& cidr : texts_in(object, "allowed_cidrs")) seen.allowed_cidrs.insert(std::move(cidr));
  seen.tags = texts_in(object, "tags");
  return seen;
}

SeenPool read_pool(const json::Value& object) {
  SeenPool seen;
  seen.id = json::string_or(object, "id");
  seen.name = json::string_or(object, "name");
  seen.protocol = json::string_or(object, "protocol");
  seen.lb_algorithm = json::string_or(object, "lb_algorithm");
  seen.persistence = json::string_or(object, "session_persistence.type");
  seen.monitor_id = json::string_or(object, "healthmonitor_id");
  for (const auto& listener : json::array_or_empty(object, "listeners"))
    seen.listener_ids.push_back(json::string_or(listener, "id"));
  return seen;
}

SeenMember read_member(const json::Value& object) {
  return {.name = json::string_or(object, "name"),
          .address = json::string_or(object, "address"),
          .port = static_cast<int>(json::int_or(object, "protocol_port")),
          .monitor_port = static_cast<int>(json::int_or(object, "monitor_port"))};
}

SeenMonitor read_monitor(const json::Value& object) {
  return {.id = json::string_or(object, "id"),
          .type = json::string_or(object, "type"),
          .delay = json::int_or(object, "delay"),
          .timeout = json::int_or(object, "timeout"),
          .max_retries = json::int_or(object, "max_retries"),
          .max_retries_down = json::int_or(object, "max_retries_down", 3)};
}

Seen read_created(const json::Value& object) {
  auto seen = read_load_balancer(object);
  for (const auto& item : json::array_or_empty(object, "listeners")) seen.listeners.push_back(read_listener(item));
  for (const auto& item : json::array_or_empty(object, "pools")) {
    auto pool = read_pool(item);
    for (const auto& member : json::array_or_empty(item, "members")) pool.members.push_back(read_member(member));
    if (const auto* monitor = json::find(item, "healthmonitor"); monitor != nullptr && monitor->is_object()) {
      pool.monitor = read_monitor(*monitor);
      pool.monitor_id = pool.monitor->id;
    }
    seen.pools.push_back(std::move(pool));
  }
  return seen;
}

std::string_view l4_family(std::string_view protocol) {
  return protocol == "UDP" || protocol == "SCTP" ? protocol : "TCP";
}

}  // namespace fairway::controller::octavia
