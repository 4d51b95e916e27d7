#include "cloud/load_balancer/facts.h"

#include <algorithm>

#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud {
namespace {

constexpr std::string_view kOnline = "ONLINE", kOffline = "OFFLINE", kDegraded = "DEGRADED", kDown = "ERROR",
                           kNoMonitor = "NO_MONITOR", kDraining = "DRAINING";

// A monitor that is being deleted still counts until it is gone.
bool has_monitor(const Pool* pool) { return pool != nullptr && !pool->health_monitor_ids.empty(); }

bool is_served(const Facts& facts, const std::string& load_balancer_id) {
  return !load_balancer_id.empty() && facts.serves(load_balancer_id);
}

// The worst of a pool's members: all that should be up are down, some are, or none.
std::string_view worst_of_members(const State& state, const Facts& facts, const Pool& pool) {
  int up = 0, down = 0;
  for (const auto* member : state.table<Member>().find_by("pool_id", pool.id)) {
    if (!member->admin_state_up) continue;
    ++(facts.member_status(member->id) == kDown ? down : up);
  }
  if (down == 0) return kOnline;
  return up == 0 ? kDown : kDegraded;
}

int severity(std::string_view status) { return status == kDown ? 2 : status == kDegraded ? 1 : 0; }

}  // namespace

Statistics& Statistics::operator+=(const Statistics& other) {
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  active_connections += other.active_connections;
  total_connections += other.total_connections;
  request_errors += other.request_errors;
  return *this;
}

std::string operating_status(const State& state, const Facts& facts, const Member& member) {
  const auto* pool = state.find<Pool>(member.pool_id);
  const bool served = pool != nullptr && is_served(facts, pool->load_balancer_id);
  if (served && !member.admin_state_up) return std::string(kOffline);
  const auto reported = served ? facts.member_status(member.id) : std::string_view();
  if (!reported.empty()) return std::string(reported);
  if (has_monitor(pool)) return std::string(kOffline);
  if (served && member.weight == 0 && member.provisioning_status == kActive) return std::string(kDraining);
  return std::string(kNoMonitor);
}

std::string operating_status(const State& state, const Facts& facts, const Pool& pool) {
  if (!pool.admin_state_up || !is_served(facts, pool.load_balancer_id)) return std::string(kOffline);
  if (state.table<Listener>().find_by("default_pool_id", pool.id).empty()) return std::string(kOffline);
  if (!facts.complaint(Pool::kKind, pool.id).empty()) return std::string(kDown);
  return std::string(worst_of_members(state, facts, pool));
}

std::string operating_status(const State& /*state*/, const Facts& facts, const Listener& listener) {
  if (!listener.admin_state_up || listener.provisioning_status == kPendingCreate ||
      !is_served(facts, listener.load_balancer_id)) {
    return std::string(kOffline);
  }
  if (!facts.complaint(Listener::kKind, listener.id).empty()) return std::string(kDown);
  const auto limit = listener.connection_limit;
  const bool full = limit > 0 && std::cmp_greater_equal(facts.statistics(listener.id).active_connections, limit);
  return std::string(full ? kDegraded : kOnline);
}

std::string operating_status(const State& state, const Facts& facts, const LoadBalancer& balancer) {
  if (!balancer.admin_state_up || !is_served(facts, balancer.id)) return std::string(kOffline);
  std::string worst(kOnline);
  const auto take = [&](const std::string& status) {
    if (severity(status) > severity(worst)) worst = status;
  };
  for (const auto* listener : state.table<Listener>().find_by("load_balancer_id", balancer.id)) {
    take(operating_status(state, facts, *listener));
  }
  for (const auto* pool : state.table<Pool>().find_by("load_balancer_id", balancer.id)) {
    take(operating_status(state, facts, *pool));
  }
  return worst;
}

std::string operating_status(const HealthMonitor& monitor) {
  const bool in_force = monitor.provisioning_status != kPendingCreate && monitor.provisioning_status != kError;
  return std::string(in_force && monitor.admin_state_up ? kOnline : kOffline);
}

Statistics statistics_of(const State& state, const Facts& facts, const LoadBalancer& balancer) {
  Statistics sum;
  for (const auto* listener : state.table<Listener>().find_by("load_balancer_id", balancer.id)) {
    sum += facts.statistics(listener->id);
  }
  return sum;
}

}  // namespace fairway::cloud
