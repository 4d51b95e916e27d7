#include "testing/golden.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fairway::testing {

std::string source_dir() { return FAIRWAY_SOURCE_DIR; }

std::optional<std::string> golden_mismatch(const std::string& path, std::string_view got) {
  const auto full = source_dir() + "/" + path;
  if (std::getenv("FAIRWAY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(full) << got;
    return "rewrote " + path + "; read the difference, then run again without FAIRWAY_UPDATE_GOLDEN";
  }
  std::ifstream file(full);
  if (!file) return path + " is missing; FAIRWAY_UPDATE_GOLDEN=1 creates it";
  std::stringstream want;
  want << file.rdbuf();
  if (want.str() == got) return std::nullopt;
  return path + " differs:\n--- want\n" + want.str() + "--- got\n" + std::string(got);
}

}  // namespace fairway::testing
