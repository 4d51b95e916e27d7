// Times as the Kubernetes API writes them: RFC 3339 in UTC, whole seconds (Time) or microseconds (MicroTime). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fairway::kube_api {

[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);
[[nodiscard]] std::string format_time(WallTime time);        // 2026-11-24T03:06:31Z
[[nodiscard]] std::string format_micro_time(WallTime time);  // 2026-11-24T03:06:31.000000Z

// How `kubectl get` shows an age: "0s", "119s", "2m", "3m10s", "5h12m", "3d4h", "400d", "2y35d".
[[nodiscard]] std::string human_duration(Duration age);

}  // namespace fairway::kube_api
