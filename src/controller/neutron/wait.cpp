#include "controller/neutron/wait.h"

#include <algorithm>

namespace fairway::controller::neutron {

Duration next_look(Duration elapsed, Duration look, std::optional<Duration> expected) {
  constexpr Duration kShortest = std::chrono::milliseconds(5);
  constexpr Duration kLongest = std::chrono::seconds(1);
  // The first second is the fast clouds'; a few looks more or less matter little then.
  Duration wait = elapsed < std::chrono::seconds(1) ? elapsed / 5 : elapsed / 10;
  if (expected && elapsed < *expected * 13 / 10) {
    const auto from = *expected * 85 / 100;  // when it becomes interesting
    // Now and then before that, in case the cloud has become faster; a look soon after the beginning costs little.
    wait = elapsed < from ? std::min(from - elapsed, std::max(elapsed, *expected / 4)) : *expected * 3 / 100;
  }
  return std::max({std::min(wait, kLongest), kShortest, std::min(look, kLongest)});
}

std::optional<Duration> Expectations::of(const std::string& kind) const {
  const auto found = known_.find(kind);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Expectations::learn(const std::string& kind, Duration took) {
  const auto [at, is_new] = known_.emplace(kind, took);
  if (!is_new) at->second = (at->second * 7 + took * 3) / 10;
}

}  // namespace fairway::controller::neutron
