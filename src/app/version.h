#pragma once

#include <string_view>

namespace fairway::app {

inline constexpr std::string_view kVersion = FAIRWAY_VERSION;

}  // namespace fairway::app
