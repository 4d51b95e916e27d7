// How often somebody may try to log in: a few times in a row, then only as fast as the allowance fills up again.
//
// One allowance for each pair of peer and user, so that nobody can lock another out, and a wider one for each peer,
// whatever names it tries. An attempt costs at once, also while its password is being checked; a right one is given
// back. Bounded in memory: the fullest allowances are forgotten first. Threads: the loop's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fairway::cloud::dashboard {

class LoginLimiter {
 public:
  explicit LoginLimiter(const Clock& clock) : clock_(clock) {}

  // Nothing: go on. Else how long to wait before the next attempt can count.
  [[nodiscard]] std::optional<Duration> begin(std::string_view peer, std::string_view user);
  void succeeded(std::string_view peer, std::string_view user);
  [[nodiscard]] std::size_t known() const { return known_.size(); }

 private:
  struct Rule {
    double most;      // attempts in a row
    Duration refill;  // one more after so long
  };
  struct Allowance {
    double left;
    SteadyTime at;
  };
  Allowance& allowance(const std::string& key, const Rule& rule);
  void forget_full();

  const Clock& clock_;
  std::map<std::string, Allowance> known_;
};

}  // namespace fairway::cloud::dashboard
