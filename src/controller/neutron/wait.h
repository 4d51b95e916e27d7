// How often a load balancer is looked at while it is being made: often enough that little time is lost after it is
// done, and seldom enough that looking does not slow down the one who makes it. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"

namespace fairway::controller::neutron {

// Until the next look. `elapsed` since the work began, `look` how long the last look took (never more of the cloud's
// time than half), `expected` how long such work has taken before: until shortly before that there is little to see.
// Without an expectation the waste is about a tenth of the elapsed time, with one about 3 %; at least 5 ms, at most 1
// s.
[[nodiscard]] Duration next_look(Duration elapsed, Duration look, std::optional<Duration> expected);

// What was learnt of how long each kind of work takes, as a moving average.
class Expectations {
 public:
  [[nodiscard]] std::optional<Duration> of(const std::string& kind) const;
  void learn(const std::string& kind, Duration took);

 private:
  std::map<std::string, Duration> known_;
};

}  // namespace fairway::controller::neutron
