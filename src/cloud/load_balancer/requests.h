// What each request of the Load Balancing API v2 may hold: one table for each object and method.
#pragma once

#include "cloud/api/wsme.h"

namespace fairway::cloud {

// Everywhere in one body: the tables of a single-call create hold those of its children.
[[nodiscard]] WsmeRules load_balancer_post();
[[nodiscard]] WsmeRules load_balancer_put();
[[nodiscard]] WsmeRules listener_post();
[[nodiscard]] WsmeRules listener_put();
[[nodiscard]] WsmeRules pool_post();
[[nodiscard]] WsmeRules pool_put();
[[nodiscard]] WsmeRules member_post();
[[nodiscard]] WsmeRules member_put();
[[nodiscard]] WsmeRules health_monitor_post();
[[nodiscard]] WsmeRules health_monitor_put();
[[nodiscard]] WsmeRules quota_put();

// What a health monitor may expect: "200", "200, 201" or "200-204".
[[nodiscard]] bool is_expected_codes(std::string_view text);

}  // namespace fairway::cloud
