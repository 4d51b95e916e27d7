// Golden files: what was rendered is compared with a file in the tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairway::testing {

// The root of the source tree that this test was built from.
[[nodiscard]] std::string source_dir();

// Empty when `got` is what the file (path from the source root) holds, else what a person should read.
// FAIRWAY_UPDATE_GOLDEN=1 rewrites the file and still fails, so that no run blesses itself.
[[nodiscard]] std::optional<std::string> golden_mismatch(const std::string& path, std::string_view got);

}  // namespace fairway::testing
