#include "http/message.h"

#include <gtest/gtest.h>

namespace fairway::http {
namespace {

TEST(Headers, CompareNamesWithoutCaseAndKeepTheirOrder) {
  Headers headers{{"B", "1"}, {"a", "2"}, {"b", "3"}};
  EXPECT_EQ(headers.find("b"), "1");
  headers.set("B", "4");
  std::string all;
  for (const auto& [name, value] : headers) all += name + "=" + value + " ";
  EXPECT_EQ(all, "a=2 B=4 ");
  EXPECT_EQ(headers.find("c"), std::nullopt);
}

TEST(Query, IsDecodedInOrder) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", ""},
      {"a=1&b=2&a=3", "a=1;b=2;a=3;"},
      {"labelSelector=app%3Dweb%2Ctier+in+(a)", "labelSelector=app=web,tier in (a);"},
      {"watch", "watch=;"},
      {"=x&&a==b&%zz=%4", "=x;a==b;%zz=%4;"},
  };
  for (const auto& [text, told] : table) {
    std::string all;
    for (const auto& [key, value] : Query::parse(text)) all += key + "=" + value + ";";
    EXPECT_EQ(all, told) << text;
  }
  const auto query = Query::parse("a=1&b=2&a=3");
  EXPECT_EQ(query.all("a"), (std::vector<std::string_view>{"1", "3"}));
  EXPECT_EQ(query.find("b"), "2");
}

TEST(RequestDeathTest, AParameterThatTheRouteDoesNotHaveIsABrokenInvariant) {
  const Request request;
  EXPECT_DEATH((void)request.parameter("id"), "path_parameters");
}

}  // namespace
}  // namespace fairway::http
