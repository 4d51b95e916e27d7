#include "controller/neutron/wait.h"

#include <algorithm>

#include <fmt/format.h>

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

Task<Result<>> look_until_done(Env& env, Wait wait, Look look) {
  constexpr std::chrono::minutes kPatience{15};
  const SteadyTime began = env.clock.steady();
  Duration took{0};
  for (;;) {
    co_await env.timers.sleep(next_look(env.clock.steady() - wait.since, took, wait.expected));
    const SteadyTime asked = env.clock.steady();
    const auto still = co_await look();
    took = env.clock.steady() - asked;
    if (still && !*still) co_return Result<>{};
    if (!still && still.error().code != Errc::unavailable && still.error().code != Errc::timeout)
      co_return std::unexpected(still.error());
    if (env.clock.steady() - began > kPatience) {
      co_return fail(Errc::unavailable, fmt::format("{} is still {} after {} minutes", wait.what,
                                                    still ? **still : still.error().what, kPatience.count()));
    }
  }
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
