// Waiting for what a cloud is making or taking away: looked at often enough that little time is lost after it is done,
// and seldom enough that looking does not slow down the one who makes it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace fairway::controller::neutron {

// Until the next look. `elapsed` since the work began, `look` how long the last look took (never more of the cloud's
// time than half), `expected` how long such work has taken before: until shortly before that there is little to see.
// Without an expectation the waste is about a tenth of the elapsed time, with one about 3 %; at least 5 ms, at most 1
// s. Pure.
[[nodiscard]] Duration next_look(Duration elapsed, Duration look, std::optional<Duration> expected);

// What was learnt of how long each kind of work takes, as a moving average.
class Expectations {
 public:
  [[nodiscard]] std::optional<Duration> of(const std::string& kind) const;
  void learn(const std::string& kind, Duration took);

 private:
  std::map<std::string, Duration> known_;
};

struct Wait {
  std::string what;  // "load balancer 3f…"
  SteadyTime since;  // when the work on it began
  std::optional<Duration> expected;
};

// What it still is ("PENDING_CREATE"), or nothing: there is no more to wait for. Errors: unavailable and timeout are looked
// over; any other is the end.
using Look = std::function<Task<Result<std::optional<std::string>>>()>;

// Looks until there is nothing to wait for. Errors: `look`'s; unavailable after a quarter of an hour.
[[nodiscard]] Task<Result<>> look_until_done(Env& env, Wait wait, Look look);

}  // namespace fairway::controller::neutron
