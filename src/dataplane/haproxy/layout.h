// Which listener has which slot of a router's HAProxy, and how to get from here to there. Pure.
//
// A slot is a frontend f<port> that listens on a private port, and its backend b<port>; nftables leads a VIP's
// address and port to it. Spares are slots whose backend is still empty: a new listener of the same shape takes one
// and gets its servers by the runtime API, so it serves a millisecond after the decision. What the runtime API cannot
// do is a reload.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "dataplane/haproxy/service.h"
#include "gateway_link/messages.h"

namespace fairway::dataplane::haproxy {

// Slots' ports lie below the range from which the kernel takes ports for outgoing connections (see nat/rules.h).
constexpr std::uint16_t kFirstPort = 10'000, kLastPort = 32'000;

struct Slot {
  std::uint16_t port = 0;
  Shape shape;
  std::string listener_id, pool_id;  // empty: a spare, or retired
  bool retired = false;              // had a listener once; gone at the next reload
  std::int64_t connection_limit = -1;
  std::map<std::string, Server> servers;
  std::vector<std::string> gone;  // servers in maintenance that the running HAProxy still knows
  [[nodiscard]] bool spare() const { return listener_id.empty() && !retired; }
  bool operator==(const Slot&) const = default;
};
BOOST_DESCRIBE_STRUCT(Slot, (), (port, shape, listener_id, pool_id, retired, connection_limit, servers, gone))

struct Layout {
  std::vector<Slot> slots;  // by port
  // What HAProxy processes that ended have counted, by listener, so that sums never fall.
  std::map<std::string, gateway_link::ListenerCounters> carried;
  bool operator==(const Layout&) const = default;
};
BOOST_DESCRIBE_STRUCT(Layout, (), (slots, carried))

struct Plan {
  Layout after;
  std::vector<std::string> commands;   // for the runtime API, in order
  std::vector<std::uint16_t> touched;  // ports of the slots that differ from before
  std::vector<std::string> reasons;    // why only a reload will do; empty: it is not needed
  [[nodiscard]] bool reload() const { return !reasons.empty(); }
};

// `max_connections`: what "no limit" is for the runtime API. `usable`: whether a port is free in the router's
// namespace.
[[nodiscard]] Plan plan(const Layout& now, const std::map<std::string, Service>& wanted, std::int64_t max_connections,
                        const std::function<bool(std::uint16_t)>& usable);

// The layout that a reload brings: without what is retired or gone, and with the stock of spares filled up.
[[nodiscard]] Layout settle(Layout layout, const std::function<bool(std::uint16_t)>& usable);

// Whether a reload in the background is due: the stock of spares is low, or much that is retired or gone has
// gathered.
[[nodiscard]] bool wants_tidying(const Layout& layout);

// "server <name> <options> weight 1 cookie …" as it stands in the file.
[[nodiscard]] std::string server_line(const std::string& name, const Server& server);

// The whole file.
struct Globals {
  std::string directory;  // of the stats socket, the state file and the socket for events
  std::int64_t max_connections = 20'000;
  std::int64_t descriptors = 0;  // the hard limit of open files, which connections must leave room in; 0: none
  int threads = 1;
  std::string user, group;  // empty: as ours
  std::int64_t hard_stop_after_s = 12 * 3600;
};
[[nodiscard]] std::string render(const Layout& layout, const Globals& globals);

}  // namespace fairway::dataplane::haproxy
