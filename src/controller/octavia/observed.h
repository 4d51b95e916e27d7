// A load balancer as Octavia shows it, read into values. Pure.
#pragma once

#include "controller/desired.h"

namespace fairway::controller::octavia {

struct SeenMember {
  std::string name, address;
  int port = 0;
  int monitor_port = 0;
};

struct SeenMonitor {
  std::string id, type;
  std::int64_t delay = 0, timeout = 0, max_retries = 0, max_retries_down = 3;
};

struct SeenPool {
  std::string id, name, protocol, lb_algorithm;
  std::string persistence;  // SOURCE_IP, or another type, or empty
  std::string monitor_id;
  std::vector<std::string> listener_ids;
  std::vector<SeenMember> members;
  std::optional<SeenMonitor> monitor;
};

struct SeenListener {
  std::string id, protocol, default_pool_id, tls_container_ref;
  int port = 0;
  std::int64_t connection_limit = -1;
  json::Object insert_headers;
  Timeouts timeouts;
  std::set<std::string> allowed_cidrs;
  std::vector<std::string> tags;
};

struct Seen {
  std::string id, name, provisioning_status, operating_status, vip_address, vip_port_id, created_at;
  std::vector<std::string> tags;
  std::vector<SeenListener> listeners;
  std::vector<SeenPool> pools;
  // Changes whenever anybody changes the load balancer or what it holds.
  std::string stamp;

  [[nodiscard]] bool tagged(std::string_view tag) const { return std::ranges::find(tags, tag) != tags.end(); }
  [[nodiscard]] const SeenPool* pool(std::string_view pool_id) const;
};

// Without listeners and pools, which are lists of ids there.
[[nodiscard]] Seen read_load_balancer(const json::Value& object);
[[nodiscard]] SeenListener read_listener(const json::Value& object);
[[nodiscard]] SeenPool read_pool(const json::Value& object);  // without members and monitor
[[nodiscard]] SeenMember read_member(const json::Value& object);
[[nodiscard]] SeenMonitor read_monitor(const json::Value& object);
// The answer to a fully populated create, where everything stands in full.
[[nodiscard]] Seen read_created(const json::Value& object);

// "TCP" and its kin share one space of ports, "UDP" and "SCTP" have their own.
[[nodiscard]] std::string_view l4_family(std::string_view protocol);

}  // namespace fairway::controller::octavia
