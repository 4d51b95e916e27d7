// Network namespaces for a test: random names that meet nobody else's, gone when the test is, failed or not.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "base/clock.h"
#include "net/namespace.h"

namespace fairway::testing {

class Namespaces {
 public:
  // "fwt" and five random characters: short enough for links named after it.
  Namespaces() : prefix_("fwt" + make_suffix(system_random(), 5)) {}
  ~Namespaces() {
    for (const auto& name : net::list_namespaces(prefix_)) (void)net::remove_namespace(name);
  }
  Namespaces(const Namespaces&) = delete;
  Namespaces& operator=(const Namespaces&) = delete;

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  // Makes one; its whole name.
  [[nodiscard]] std::string make(const std::string& suffix) {
    auto name = prefix_ + "-" + suffix;
    if (auto made = net::make_namespace(name); !made) throw std::runtime_error(made.error().what);
    return name;
  }

 private:
  std::string prefix_;
};

// A variable of the environment: how a test talks to a second process of itself. Empty when it is not set.
[[nodiscard]] inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace fairway::testing

// At the top of a test (or SetUp) that changes the network.
#define FW_SKIP_UNLESS_ROOT() \
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: makes network namespaces"
