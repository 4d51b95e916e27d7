// "Did you mean …?" Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairway {

// The word of `known` that a typing error may have made `word` of: at most two letters (in long words a third of them)
// inserted, removed or changed. Empty: none is near.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace fairway
