#include "cloud/load_balancer/counters.h"

#include <algorithm>

namespace fairway::cloud {
namespace {

constexpr std::size_t kFigures = 4;

std::vector<std::uint64_t> figures_of(const gateway_link::ListenerCounters& counters) {
  return {counters.bytes_in, counters.bytes_out, counters.total_connections, counters.request_errors};
}

void add(std::vector<std::uint64_t>& sum, const std::vector<std::uint64_t>& more) {
  sum.resize(kFigures);
  for (std::size_t i = 0; i < std::min(kFigures, more.size()); ++i) sum[i] += more[i];
}

GatewayCount& count_of(ListenerCounters& row, const std::string& gateway) {
  const auto at = std::ranges::find(row.gateways, gateway, &GatewayCount::gateway);
  if (at != row.gateways.end()) return *at;
  return row.gateways.emplace_back(GatewayCount{.gateway = gateway, .epoch = {}, .ended = {}, .seen = {}});
}

// A figure that fell within an epoch began anew without saying so: what was seen before is kept as ended.
bool began_anew(const GatewayCount& count, const std::string& epoch, const std::vector<std::uint64_t>& now) {
  if (count.epoch != epoch) return true;
  for (std::size_t i = 0; i < std::min(count.seen.size(), now.size()); ++i) {
    if (now[i] < count.seen[i]) return true;
  }
  return false;
}

}  // namespace

CounterBook::CounterBook(const State& state) {
  for (const auto& [id, row] : state.table<ListenerCounters>().rows()) counts_[id].row = *row.object;
}

void CounterBook::note(const std::string& gateway, const gateway_link::Counters& counters) {
  for (const auto& listener : counters.listeners) {
    auto& count = counts_[listener.listener_id];
    count.row.id = listener.listener_id;
    count.active[gateway] = listener.active_connections;
    auto& run = count_of(count.row, gateway);
    auto now = figures_of(listener);
    if (run.epoch == counters.epoch && run.seen == now) continue;
    if (began_anew(run, counters.epoch, now)) add(run.ended, run.seen);
    run.epoch = counters.epoch;
    run.seen = std::move(now);
    changed_.insert(listener.listener_id);
  }
}

void CounterBook::gateway_gone(const std::string& gateway) {
  for (auto& [id, count] : counts_) count.active.erase(gateway);
}

void CounterBook::forget(const std::string& listener_id) {
  counts_.erase(listener_id);
  changed_.erase(listener_id);
}

Statistics CounterBook::of(const std::string& listener_id) const {
  const auto at = counts_.find(listener_id);
  if (at == counts_.end()) return {};
  std::vector<std::uint64_t> sum(kFigures);
  for (const auto& run : at->second.row.gateways) {
    add(sum, run.ended);
    add(sum, run.seen);
  }
  Statistics shown{.bytes_in = sum[0],
                   .bytes_out = sum[1],
                   .active_connections = 0,
                   .total_connections = sum[2],
                   .request_errors = sum[3]};
  for (const auto& [gateway, active] : at->second.active) shown.active_connections += active;
  return shown;
}

std::vector<ListenerCounters> CounterBook::take_changed() {
  std::vector<ListenerCounters> rows;
  rows.reserve(changed_.size());
  for (const auto& id : changed_) rows.push_back(counts_.at(id).row);
  changed_.clear();
  return rows;
}

}  // namespace fairway::cloud
