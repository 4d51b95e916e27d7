#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace fairway {
namespace {

TEST(Rfc3339, ReadsFractionsAndOffsets) {
  const WallTime begin{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z
  EXPECT_EQ(parse_rfc3339("2026-01-01T00:00:00Z"), begin);
  EXPECT_EQ(parse_rfc3339("2026-01-01T02:00:00.5+02:00"), begin + std::chrono::milliseconds(500));
  EXPECT_EQ(parse_rfc3339("2025-12-31T23:30:00-00:30"), begin);
}

TEST(Rfc3339, WhatIsNoTimeIsNone) {
  for (const auto* bad : {"", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
                          "2026-01-01T00:00:00.Z", "2026-01-01 00:00:00Z"})
    EXPECT_EQ(parse_rfc3339(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace fairway
