// Times as Kubernetes and container runtimes write them (RFC 3339). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace fairway {

// "2026-11-24T03:06:31Z", with a fraction and with an offset such as +02:00 too; nothing when it is no such time.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace fairway
