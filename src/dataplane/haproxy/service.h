// What one listener needs of HAProxy, split by how it can change: a shape only by a reload, servers while it runs.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <boost/describe.hpp>

#include "forwarding/table.h"

namespace fairway::dataplane::haproxy {

// Lines of a frontend and of its backend, without what is each one's own (name, bind, limit of connections, servers).
// Two services with equal shapes can stand in for each other, which is what makes spares possible.
struct Shape {
  std::string frontend, backend;
  auto operator<=>(const Shape&) const = default;
  // Whether HAProxy learns something while it runs that a reload would lose.
  [[nodiscard]] bool has_table() const { return backend.contains("stick-table"); }
};
BOOST_DESCRIBE_STRUCT(Shape, (), (frontend, backend))

struct Server {
  std::string options;  // "10.0.0.4:30080 check inter 5s fall 3 rise 1": changes only by taking it out and in again
  std::string cookie;   // its value in a persistence cookie; such a server can only stand in the file
  int weight = 1;
  bool enabled = true;
  bool checked = false;  // by HAProxy
  // What the gateway's probes say of it together: "up", "down" (one does), "pending" (nothing new: what is known
  // holds); empty: there are none. Beside a check: it is up when both say so.
  std::string probe{};
  [[nodiscard]] bool held_down() const { return probe == "down"; }
  // Its check is switched off, and it is down. What is in maintenance need not be held.
  [[nodiscard]] bool is_held() const { return enabled && held_down(); }
  bool operator==(const Server&) const = default;
};
BOOST_DESCRIBE_STRUCT(Server, (), (options, cookie, weight, enabled, checked, probe))

struct Service {
  std::string listener_id, pool_id;
  Shape shape;
  std::int64_t connection_limit = -1;
  std::map<std::string, Server> servers;  // by member's id
  bool operator==(const Service&) const = default;
};

[[nodiscard]] Service to_service(const forwarding::Frontend& frontend, const gateway_link::Pool& pool);

// What a listener with the defaults of the API has: kept in stock from the start.
[[nodiscard]] Shape plain_tcp();
[[nodiscard]] Shape plain_http();

}  // namespace fairway::dataplane::haproxy
