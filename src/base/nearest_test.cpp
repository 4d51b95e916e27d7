#include "base/nearest.h"

#include <gtest/gtest.h>

namespace fairway {
namespace {

TEST(NearestWord, IsWhatAPersonMayHaveMeant) {
  const std::vector<std::string> known{"status", "explain", "up", "down"};
  EXPECT_EQ(nearest_word("stauts", known), "status");
  EXPECT_EQ(nearest_word("explian", known), "explain");
  EXPECT_EQ(nearest_word("status", known), "status");
  EXPECT_EQ(nearest_word("frobnicate", known), "");
  EXPECT_EQ(nearest_word("xx", known), "") << "a word with no letter in common is not near, however short it is";
  EXPECT_EQ(nearest_word("anything", {}), "");
}

}  // namespace
}  // namespace fairway
