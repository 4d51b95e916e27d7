// The pages' own files (assets/), embedded in the program at build time by embed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace fairway::cloud::dashboard {

struct Asset {
  std::string_view name;  // "app.js"
  std::string_view type;  // its media type
  std::string_view etag;  // with its quotes
  std::string_view bytes;
};

[[nodiscard]] std::span<const Asset> assets();

}  // namespace fairway::cloud::dashboard
