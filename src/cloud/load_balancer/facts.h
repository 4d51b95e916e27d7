// What gateways report: the health of members, what is in force, counters. Facts are never stored with wishes, so a
// flapping member never conflicts with a user's change.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cloud/model/state.h"

namespace fairway::cloud {

struct Statistics {
  std::uint64_t bytes_in = 0, bytes_out = 0, active_connections = 0, total_connections = 0, request_errors = 0;
  Statistics& operator+=(const Statistics& other);
  bool operator==(const Statistics&) const = default;
};

class Facts {
 public:
  virtual ~Facts() = default;
  // A gateway that lives (or was seen a moment ago) has this load balancer in force.
  [[nodiscard]] virtual bool serves(const std::string& load_balancer_id) const = 0;
  // As reported: ONLINE, ERROR, NO_MONITOR, OFFLINE, DRAINING; empty: nothing is known.
  [[nodiscard]] virtual std::string_view member_status(const std::string& member_id) const = 0;
  // What gateways say against an object; empty: nothing.
  [[nodiscard]] virtual std::string_view complaint(std::string_view kind, const std::string& id) const = 0;
  [[nodiscard]] virtual Statistics statistics(const std::string& listener_id) const = 0;
};

// operating_status, from the wish and the facts. Pure.
[[nodiscard]] std::string operating_status(const State& state, const Facts& facts, const LoadBalancer& balancer);
[[nodiscard]] std::string operating_status(const State& state, const Facts& facts, const Listener& listener);
[[nodiscard]] std::string operating_status(const State& state, const Facts& facts, const Pool& pool);
[[nodiscard]] std::string operating_status(const State& state, const Facts& facts, const Member& member);
[[nodiscard]] std::string operating_status(const HealthMonitor& monitor);

// The sum over a load balancer's listeners.
[[nodiscard]] Statistics statistics_of(const State& state, const Facts& facts, const LoadBalancer& balancer);

}  // namespace fairway::cloud
