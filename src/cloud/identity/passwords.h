// Passwords and secrets of people and application credentials: scrypt (RFC 7914) by OpenSSL, on a thread of its own.
//
// A right password is remembered for this process (as a keyed hash, never the password), so that the second login
// takes microseconds; a wrong one always pays the full price. Threads: the loop's. Comparisons take constant time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/clock.h"
#include "runtime/task.h"
#include "runtime/worker.h"

namespace fairway::cloud::identity {

struct ScryptCost {
  std::uint64_t n = 1U << 14U;  // 16 MiB and about 40 ms
  std::uint64_t r = 8, p = 1;
};

class Passwords {
 public:
  explicit Passwords(Random& random, ScryptCost cost = {});

  // "scrypt$16384$8$1$<salt>$<key>", base64.
  Task<std::string> hash(std::string password);

  // False for a wrong password, and for an empty or malformed `stored` after the time that a right one would have
  // taken: the caller passes "" for an unknown user, and the answer's time says nothing.
  Task<bool> verify(std::string stored, std::string password);

 private:
  [[nodiscard]] std::string fingerprint(std::string_view stored, std::string_view password) const;
  void remember(const std::string& fingerprint);

  Random& random_;
  ScryptCost cost_;
  std::string key_;    // of the fingerprints; of this process only
  std::string decoy_;  // what an unknown user's password is checked against
  std::unordered_set<std::string> right_;
  std::deque<std::string> order_;  // eldest first
  Worker worker_{"passwords"};
};

// Equal, in a time that depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace fairway::cloud::identity
