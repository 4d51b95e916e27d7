// A folder of a test's own, with a name that meets nobody else's; gone when the test is.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"

namespace fairway::testing {

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / ("fairway-test-" + make_suffix(system_random(), 10))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace fairway::testing
