#include "base/nearest.h"

#include <algorithm>
#include <numeric>

namespace fairway {
namespace {

// Letters to insert, remove or change to get from one word to the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  const auto from_word = [word](const std::string& other) { return distance(word, other); };
  const auto found = std::ranges::min_element(known, {}, from_word);
  if (found == known.end()) return "";
  const auto away = from_word(*found);
  return away <= std::max<std::size_t>(2, word.size() / 3) && away < word.size() ? *found : "";
}

}  // namespace fairway
