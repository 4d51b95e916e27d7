// What LBaaS v1 shows of one Service, read into values. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace fairway::controller::lbaas_v1 {

struct SeenMember {
  std::string id, address;
  int port = 0;
};

struct SeenMonitor {
  std::string id, type;
  std::int64_t delay = 0, timeout = 0, max_retries = 0;
  bool admin_state_up = true;
  std::vector<std::string> pool_ids;
  // As one is between its making and its association (plan.h): nobody else's is of no pool and switched off.
  [[nodiscard]] bool is_unfinished() const { return pool_ids.empty() && !admin_state_up; }
};

struct SeenPool {
  std::string id, name, description, subnet_id, protocol, lb_method;
  std::vector<std::string> monitor_ids;
  std::vector<SeenMember> members;
  std::vector<SeenMonitor> monitors;
};

struct SeenVip {
  std::string id, name, description, subnet_id, address, port_id, protocol, pool_id, status, status_description;
  std::string persistence;  // its type; empty: none
  int port = 0;
  std::int64_t connection_limit = -1;
};

// All that has the Service's name. More than one of a kind is what came of a create whose answer was lost.
struct Seen {
  std::vector<SeenPool> pools;
  std::vector<SeenVip> vips;
  std::string spare_monitor{};  // the id of an unfinished one with the wanted values, to be used instead of a new one
  [[nodiscard]] bool empty() const { return pools.empty() && vips.empty(); }
};

// Without members and monitors, which are lists of ids there.
[[nodiscard]] SeenPool read_pool(const json::Value& object);
[[nodiscard]] SeenVip read_vip(const json::Value& object);
[[nodiscard]] SeenMember read_member(const json::Value& object);
[[nodiscard]] SeenMonitor read_monitor(const json::Value& object);

// What the API lists, made one: members and monitors in their pools.
struct Lists {
  json::Array vips, pools, members, monitors;
};
[[nodiscard]] Seen assemble(const Lists& lists);
// Of all that, what has the name.
[[nodiscard]] Seen named(const Seen& all, std::string_view name);

}  // namespace fairway::controller::lbaas_v1
