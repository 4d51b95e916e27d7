// Results in tests: a failed one shows its message.
#pragma once

#include <string>

#include "base/result.h"

namespace fairway::testing {

template <class T>
[[nodiscard]] std::string what(const Result<T>& result) {
  return result ? "" : result.error().what;
}

}  // namespace fairway::testing

#define FW_ASSERT_OK(...) ASSERT_EQ(::fairway::testing::what(__VA_ARGS__), "")
#define FW_EXPECT_OK(...) EXPECT_EQ(::fairway::testing::what(__VA_ARGS__), "")
