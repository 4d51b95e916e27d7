// What a row of answers and silences says of a member's health, as a health monitor counts them: `rise` answers in a
// row bring it up (max_retries), `fall` silences in a row take it down (max_retries_down), and the very first decides
// at once, as HAProxy's checks have it. Pure. Source: Octavia API, health monitor attributes.
#pragma once

#include <string>

namespace fairway::dataplane::ping {

struct Limits {
  int rise = 1, fall = 3;  // at least 1
  bool operator==(const Limits&) const = default;
};

enum class Health { pending, up, down };  // pending: not one answer or silence yet

struct Standing {
  Health health = Health::pending;
  int against = 0;  // in a row that contradict `health`
  bool operator==(const Standing&) const = default;
};

[[nodiscard]] Standing after(const Standing& before, bool answered, const Limits& limits);

// "pending", "up", "down": as haproxy/service.h has them.
[[nodiscard]] std::string to_word(Health health);

}  // namespace fairway::dataplane::ping
