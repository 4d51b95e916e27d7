#include "json/described.h"

#include <gtest/gtest.h>

namespace fairway::json {
namespace {

struct Inner {
  std::string name;
  std::uint16_t port = 80;
  bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name, port))

struct Outer {
  std::vector<Inner> items;
  std::optional<std::int64_t> limit;
  std::map<std::string, std::string> labels;
  bool up = true;
  bool operator==(const Outer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (items, limit, labels, up))

TEST(Described, RoundTrip) {
  const Outer value{.items = {{"a", 1}, {"b", 65535}}, .limit = 5, .labels = {{"k", "v"}}, .up = false};
  EXPECT_EQ(decode<Outer>(encode(value)), value);
  EXPECT_EQ(write(encode(Outer{})), R"({"items":[],"limit":null,"labels":{},"up":true})");
}

TEST(Described, AbsentKeysKeepDefaultsAndUnknownOnesAreSkipped) {
  EXPECT_EQ(decode<Outer>(*parse(R"({"later":1,"items":[{"name":"x"}]})")),
            (Outer{.items = {{"x", 80}}, .limit = {}, .labels = {}}));
}

TEST(Described, WrongTypesNameThePath) {
  EXPECT_EQ(decode<Outer>(*parse(R"({"items":[{"name":"x"},{"port":70000}]})")).error().what,
            "items[1].port: not a number in range");
  EXPECT_EQ(decode<Outer>(*parse(R"({"labels":{"a":1}})")).error().what, "labels.a: not a string");
  EXPECT_EQ(decode<Outer>(*parse("[]")).error().what, "document: not an object");
}

}  // namespace
}  // namespace fairway::json
