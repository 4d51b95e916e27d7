#include "kube_api/controllers/agenda.h"

#include <algorithm>

namespace fairway::kube_api {

void Agenda::add_later(const Key& key, SteadyTime when) {
  const auto [known, added] = later_.try_emplace(key, when);
  if (!added) known->second = std::min(known->second, when);
}

void Agenda::retry(const Key& key, SteadyTime now) {
  constexpr int kMost = 6;  // 64 s
  const auto times = std::min(failures_[key]++, kMost);
  add_later(key, now + std::chrono::seconds(1LL << times));
}

std::vector<Agenda::Key> Agenda::take(SteadyTime now) {
  for (auto at = later_.begin(); at != later_.end();) {
    if (at->second > now) {
      ++at;
      continue;
    }
    due_.insert(at->first);
    at = later_.erase(at);
  }
  std::vector<Key> taken(due_.begin(), due_.end());
  due_.clear();
  return taken;
}

std::optional<Duration> Agenda::wait(SteadyTime now) const {
  if (!due_.empty()) return Duration::zero();
  std::optional<Duration> shortest;
  for (const auto& [key, when] : later_) {
    const auto left = std::max<Duration>(when - now, Duration::zero());
    if (!shortest || left < *shortest) shortest = left;
  }
  return shortest;
}

}  // namespace fairway::kube_api
