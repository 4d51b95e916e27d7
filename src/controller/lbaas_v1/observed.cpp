#include "controller/lbaas_v1/observed.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "controller/texts.h"

namespace fairway::controller::lbaas_v1 {

SeenPool read_pool(const json::Value& object) {
  SeenPool pool;
  pool.id = json::string_or(object, "id");
  pool.name = json::string_or(object, "name");
  pool.description = json::string_or(object, "description");
  pool.subnet_id = json::string_or(object, "subnet_id");
  pool.protocol = json::string_or(object, "protocol");
  pool.lb_method = json::string_or(object, "lb_method");
  pool.monitor_ids = texts_in(object, "health_monitors");
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

Seen assemble(const Lists& lists) {
  std::map<std::string, std::vector<SeenMember>> members_of;  // by pool
  for (const auto& member : lists.members)
    members_of[json::string_or(member, "pool_id")].push_back(read_member(member));
  std::map<std::string, SeenMonitor> monitor_of;
  for (const auto& monitor : lists.monitors) monitor_of[json::string_or(monitor, "id")] = read_monitor(monitor);
  Seen seen;
  for (const auto& vip : lists.vips) seen.vips.push_back(read_vip(vip));
  for (const auto& object : lists.pools) {
    SeenPool pool = read_pool(object);
    pool.members = std::move(members_of[pool.id]);
    for (const auto& id : pool.monitor_ids) {
      if (const auto found = monitor_of.find(id); found != monitor_of.end()) pool.monitors.push_back(found->second);
    }
    seen.pools.push_back(std::move(pool));
  }
  return seen;
}

Seen named(const Seen& all, std::string_view name) {
  Seen seen;
  std::ranges::copy_if(all.pools, std::back_inserter(seen.pools),
                       [&](const auto& pool) { return pool.name == name; });
  std::ranges::copy_if(all.vips, std::back_inserter(seen.vips), [&](const auto& vip) { return vip.name == name; });
  return seen;
}

}  // namespace fairway::controller::lbaas_v1
