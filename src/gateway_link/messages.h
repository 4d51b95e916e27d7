// The stream between a cloud and a gateway: one JSON object a line over a unix socket (one machine) or mutual TLS.
//
//   {"type": …, "body": {…}}
//
//   gateway -> cloud   hello {gateway, version, have_revision}
//   cloud -> gateway   world {world: the whole World}               once, first; and again whenever the cloud prefers
//   cloud -> gateway   change {revision, put: {kind: [objects]}, delete: {kind: [ids]}}   one for each commit that
//   matters gateway -> cloud   applied {revision, failed: [{kind, id, what}]}    all changes up to `revision` are in
//   force, but for these gateway -> cloud   health {members: [{pool, member, status}], whole}  ONLINE, ERROR,
//   NO_MONITOR, OFFLINE, DRAINING gateway -> cloud   counters {listeners: [{id, bytes_in, bytes_out, active, total,
//   errors}]}  since the gateway's start
//
// Wishes go down, facts come up. Both sides tolerate unknown fields and unknown message types (older and newer
// peers).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"
#include "gateway_link/world.h"

namespace fairway::gateway_link {

constexpr int kVersion = 1;

struct Hello {
  static constexpr std::string_view kType = "hello";
  std::string gateway;  // stable name of this gateway
  int version = kVersion;
  std::int64_t have_revision = 0;  // what it serves from its own disk; 0: nothing
};
BOOST_DESCRIBE_STRUCT(Hello, (), (gateway, version, have_revision))

struct WholeWorld {
  static constexpr std::string_view kType = "world";
  World world;
};
BOOST_DESCRIBE_STRUCT(WholeWorld, (), (world))

// The same World-shaped container holds only what was put; `deleted` names the rest by kind and id.
struct ChangeSet {
  static constexpr std::string_view kType = "change";
  std::int64_t revision = 0;
  World put;
  struct Id {
    std::string kind, id;  // kind: network, subnet, router, floating_ip, load_balancer, listener, pool
    bool operator==(const Id&) const = default;
  };
  std::vector<Id> deleted;
  [[nodiscard]] bool empty() const;
};
BOOST_DESCRIBE_STRUCT(ChangeSet::Id, (), (kind, id))
BOOST_DESCRIBE_STRUCT(ChangeSet, (), (revision, put, deleted))

struct Failure {
  std::string kind, id, what;
};
BOOST_DESCRIBE_STRUCT(Failure, (), (kind, id, what))

struct Applied {
  static constexpr std::string_view kType = "applied";
  std::int64_t revision = 0;
  std::vector<Failure> failed;
};
BOOST_DESCRIBE_STRUCT(Applied, (), (revision, failed))

struct MemberHealth {
  std::string pool_id, member_id, status;
  bool operator==(const MemberHealth&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemberHealth, (), (pool_id, member_id, status))

struct Health {
  static constexpr std::string_view kType = "health";
  std::vector<MemberHealth> members;
  bool whole = false;  // true: members not named here are unknown to this gateway
};
BOOST_DESCRIBE_STRUCT(Health, (), (members, whole))

struct ListenerCounters {
  std::string listener_id;
  std::uint64_t bytes_in = 0, bytes_out = 0, active_connections = 0, total_connections = 0, request_errors = 0;
  bool operator==(const ListenerCounters&) const = default;
};
BOOST_DESCRIBE_STRUCT(ListenerCounters, (),
                      (listener_id, bytes_in, bytes_out, active_connections, total_connections, request_errors))

struct Counters {
  static constexpr std::string_view kType = "counters";
  std::string
      epoch;  // changes when the counters begin anew (a new engine process): the cloud adds, so sums never fall
  std::vector<ListenerCounters> listeners;
};
BOOST_DESCRIBE_STRUCT(Counters, (), (epoch, listeners))

using Message = std::variant<Hello, WholeWorld, ChangeSet, Applied, Health, Counters>;

// One line of JSON without the line break (messaging/channel.h). decode's errors: invalid (malformed), unsupported (a
// type we don't know: skip it).
[[nodiscard]] std::string encode(const Message& message);
[[nodiscard]] Result<Message> decode(std::string_view line);

// Applies a change to a world. Pure.
void apply(World& world, const ChangeSet& change);
// What turns `before` into `after`; apply(before, diff(before, after)) == after.
[[nodiscard]] ChangeSet diff(const World& before, const World& after);

}  // namespace fairway::gateway_link
