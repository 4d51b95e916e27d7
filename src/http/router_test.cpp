#include "http/router.h"

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway::http {
namespace {

// Answers with the pattern that matched and what it bound.
Handler tell(std::string pattern) {
  return [pattern = std::move(pattern)](Request& request) -> Task<Response> {
    std::string told = pattern;
    for (const auto& [name, value] : request.path_parameters) told += fmt::format(" {}={}", name, value);
    co_return Response::text(200, told);
  };
}

class RouterTest : public ::testing::Test {
 protected:
  void add(std::string_view method, const std::string& pattern) {
    router_.add(method, pattern, tell(fmt::format("{} {}", method, pattern)));
  }
  Response dispatch(std::string method, std::string path) {
    Request request{.method = std::move(method), .path = std::move(path)};
    return fairway::testing::run(router_.dispatch(request));
  }
  Router router_;
};

TEST_F(RouterTest, LiteralSegmentsWinWhateverTheOrderOfAdding) {
  for (const char* pattern :
       {"/files/{rest...}", "/v2/{kind}/status", "/v2/{kind}/{id}", "/v2/pools/{id}", "/v2/pools/new", "/"})
    add("GET", pattern);
  add("PUT", "/v2/pools/{id}");
  const std::vector<std::pair<std::string, std::string>> table{
      {"/v2/pools/new", "GET /v2/pools/new"},
      {"/v2/pools/7", "GET /v2/pools/{id} id=7"},
      {"/v2/pools/7/", "GET /v2/pools/{id} id=7"},
      {"/v2/lists/7", "GET /v2/{kind}/{id} kind=lists id=7"},
      {"/v2/lists/status", "GET /v2/{kind}/status kind=lists"},
      {"/v2/lists/a%2Fb%20c", "GET /v2/{kind}/{id} kind=lists id=a/b c"},
      {"/files/a/b%20c/d", "GET /files/{rest...} rest=a/b c/d"},
      {"/", "GET /"},
      {"", "GET /"},
      {"/v2/pools//", "404 page not found\n"},
      {"/v2//7", "404 page not found\n"},
      {"/files", "404 page not found\n"},
      {"/v2/pools/7/x", "404 page not found\n"},
  };
  for (const auto& [path, told] : table) EXPECT_EQ(dispatch("GET", path).body, told) << path;
}

TEST_F(RouterTest, HeadIsAnsweredByGet) {
  add("GET", "/a");
  add("POST", "/b");
  EXPECT_EQ(dispatch("HEAD", "/a").body, "GET /a");
  EXPECT_EQ(dispatch("HEAD", "/b").status, 405);
}

TEST_F(RouterTest, AnotherMethodIsToldWhichAreAllowed) {
  add("GET", "/a");
  add("PUT", "/a");
  const auto answer = dispatch("PATCH", "/a");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.find("Allow"), "GET, PUT");
  router_.set_wrong_method([](Request&) -> Task<Response> { co_return Response::json(405, "{}"); });
  EXPECT_EQ(dispatch("PATCH", "/a").body, "{}");
  router_.set_not_found([](Request&) -> Task<Response> { co_return Response::json(404, "[]"); });
  EXPECT_EQ(dispatch("PATCH", "/b").body, "[]");
}

using RouterDeathTest = RouterTest;

TEST_F(RouterDeathTest, APatternTwiceForOneMethodIsABrokenInvariant) {
  add("GET", "/a/{id}");
  EXPECT_DEATH(add("GET", "/a/{name}"), "same_pattern");
}

}  // namespace
}  // namespace fairway::http
