// Times as Keystone writes them ("2026-01-01T00:00:00.000000Z"), to and from microseconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fairway::cloud::identity {

[[nodiscard]] std::int64_t stamp_us(WallTime time);
[[nodiscard]] std::string to_stamp(std::int64_t us);
// ISO 8601 with or without a fraction and Z, always UTC; nothing for what is no time.
[[nodiscard]] std::optional<std::int64_t> from_stamp(std::string_view text);

}  // namespace fairway::cloud::identity
