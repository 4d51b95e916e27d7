#include "json/value.h"

#include <gtest/gtest.h>

namespace fairway::json {
namespace {

TEST(Json, ParseErrorsNameLineAndColumn) {
  const auto bad = parse("{\n  \"a\": 1,\n  b\n}");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::invalid);
  EXPECT_THAT(bad.error().what, testing::HasSubstr("line 3, column 3"));
  EXPECT_FALSE(parse("{} x"));
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("[[[1]]]", 2));
}

TEST(Json, KeysKeepTheirOrder) {
  EXPECT_EQ(write(*parse(R"({"z":1,"a":[true,null]})")), R"({"z":1,"a":[true,null]})");
}

TEST(Json, LookupsFallBackOnAbsentAndOnWrongTypes) {
  const auto value = *parse(R"({"a":{"b":"x","n":7,"t":true,"l":[1]}})");
  EXPECT_EQ(string_or(value, "a.b"), "x");
  EXPECT_EQ(string_or(value, "a.n", "?"), "?");
  EXPECT_EQ(int_or(value, "a.n"), 7);
  EXPECT_EQ(int_or(value, "a.b", -1), -1);
  EXPECT_TRUE(bool_or(value, "a.t"));
  EXPECT_EQ(array_or_empty(value, "a.l").size(), 1U);
  EXPECT_TRUE(object_or_empty(value, "a.l").empty());
  EXPECT_EQ(find(value, "a.b.c"), nullptr);
}

TEST(Json, PrettyIsStable) {
  EXPECT_EQ(write_pretty(*parse(R"({"a":[],"b":{"c":[1,"x"]}})")),
            "{\n  \"a\": [],\n  \"b\": {\n    \"c\": [\n      1,\n      \"x\"\n    ]\n  }\n}\n");
}

}  // namespace
}  // namespace fairway::json
