#include "controller/lbaas_v1/observed.h"

namespace fairway::controller::lbaas_v1 {

SeenPool read_pool(const json::Value& object) {
  SeenPool pool;
  pool.id = json::string_or(object, "id");
  pool.name = json::string_or(object, "name");
  pool.description = json::string_or(object, "description");
  pool.subnet_id = json::string_or(object, "subnet_id");
  pool.protocol = json::string_or(object, "protocol");
  pool.lb_method = json::string_or(object, "lb_method");
  for (const auto& id : json::array_or_empty(object, "health_monitors")) {
    if (id.is_string()) pool.monitor_ids.emplace_back(id.get_string());
  }
  return pool;
}

SeenVip read_vip(const json::Value& object) {
  SeenVip vip;
  vip.id = json::string_or(object, "id");
  vip.name = json::string_or(object, "name");
  vip.description = json::string_or(object, "description");
  vip.subnet_id = json::string_or(object, "subnet_id");
  vip.address = json::string_or(object, "address");
  vip.port_id = json::string_or(object, "port_id");
  vip.protocol = json::string_or(object, "protocol");
  vip.pool_id = json::string_or(object, "pool_id");
  vip.status = json::string_or(object, "status");
  vip.status_description = json::string_or(object, "status_description");
  vip.persistence = json::string_or(object, "session_persistence.type");
  vip.port = static_cast<int>(json::int_or(object, "protocol_port"));
  vip.connection_limit = json::int_or(object, "connection_limit", -1);
  return vip;
}

SeenMember read_member(const json::Value& object) {
  return {.id = json::string_or(object, "id"),
          .address = json::string_or(object, "address"),
          .port = static_cast<int>(json::int_or(object, "protocol_port"))};
}

SeenMonitor read_monitor(const json::Value& object) {
  SeenMonitor monitor{.id = json::string_or(object, "id"),
                      .type = json::string_or(object, "type"),
                      .delay = json::int_or(object, "delay"),
                      .timeout = json::int_or(object, "timeout"),
                      .max_retries = json::int_or(object, "max_retries"),
                      .admin_state_up = json::bool_or(object, "admin_state_up", true),
                      .pool_ids = {}};
  for (const auto& pool : json::array_or_empty(object, "pools"))
    monitor.pool_ids.push_back(json::string_or(pool, "pool_id"));
  return monitor;
}

}  // namespace fairway::controller::lbaas_v1
