// Lists of strings in what APIs answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace fairway::controller {

// The strings at `path`; what is none is left out.
[[nodiscard]] inline std::vector<std::string> texts_in(const json::Value& object, std::string_view path) {
  std::vector<std::string> all;
  for (const auto& item : json::array_or_empty(object, path)) {
    if (item.is_string()) all.emplace_back(item.get_string());
  }
  return all;
}

}  // namespace fairway::controller
