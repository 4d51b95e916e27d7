#include "cloud/dashboard/session.h"

#include <gtest/gtest.h>

namespace fairway::cloud::dashboard {
namespace {

http::Request request_with(http::Headers headers, std::string body = "{}") {
  http::Request request;
  request.method = "POST";
  request.headers = std::move(headers);
  request.body = std::move(body);
  return request;
}

TEST(Session, CookiesOfTwoCloudsOnOneMachineHaveTwoNames) {
  EXPECT_EQ(cookie_rules("http://127.0.0.1:35357").name, "fairway_session_35357");
  EXPECT_EQ(cookie_rules("http://[::1]:80").name, "fairway_session_80");
  EXPECT_EQ(cookie_rules("http://[::1]").name, "fairway_session");
  EXPECT_EQ(cookie_rules("https://cloud.example").name, "__Secure-fairway_session");
}

TEST(Session, TheCookieCannotBeReadByScriptsNorSentByOtherSites) {
  const auto plain = begin_session(cookie_rules("http://127.0.0.1:1"), "fw1.a.b", std::chrono::hours(1));
  EXPECT_EQ(plain, "fairway_session_1=fw1.a.b; Max-Age=3600; Path=/dashboard; HttpOnly; SameSite=Strict");
  const auto secure = begin_session(cookie_rules("https://c"), "t", std::chrono::seconds(5));
  EXPECT_TRUE(secure.ends_with("; HttpOnly; SameSite=Strict; Secure")) << secure;
  EXPECT_TRUE(end_session(cookie_rules("http://c")).starts_with("fairway_session=; Max-Age=0; Path=/dashboard"));
}

TEST(Session, TheTokenIsFoundAmongOtherCookies) {
  const auto rules = cookie_rules("http://c");
  EXPECT_EQ(session_token(request_with({{"Cookie", "a=1; fairway_session=fw1.x.y==; b=2"}}), rules), "fw1.x.y==");
  EXPECT_EQ(
      session_token(request_with({{"cookie", "x_fairway_session=no"}, {"Cookie", "fairway_session=yes"}}), rules),
      "yes");
  EXPECT_EQ(session_token(request_with({{"Cookie", "fairway_session_1=other"}}), rules), "");
  EXPECT_EQ(session_token(request_with({}), rules), "");
}

struct OriginCase {
  const char* what;
  http::Headers headers;
  bool passes;
};

TEST(Session, ChangesFromOtherSitesPagesAreRefused) {
  const std::pair<std::string, std::string> host{"Host", "127.0.0.1:35357"}, json{"Content-Type", "application/json"};
  const std::vector<OriginCase> cases{
      {"our own page", {host, json, {"Origin", "http://127.0.0.1:35357"}, {"Sec-Fetch-Site", "same-origin"}}, true},
      {"our own page behind a proxy that ends TLS", {host, json, {"Origin", "https://127.0.0.1:35357"}}, true},
      {"a program", {host, json}, true},
      {"another site", {host, json, {"Origin", "http://evil.example"}}, false},
      {"another port", {host, json, {"Origin", "http://127.0.0.1:8080"}}, false},
      {"a page without an origin", {host, json, {"Origin", "null"}}, false},
      {"a site of the same domain", {host, json, {"Sec-Fetch-Site", "same-site"}}, false},
      {"a form", {host, {"Content-Type", "application/x-www-form-urlencoded"}}, false},
      {"a form that hides JSON", {host, {"Content-Type", "text/plain"}}, false},
      {"no type", {host}, false},
      {"a type with a parameter", {host, {"Content-Type", "application/json; charset=utf-8"}}, true},
  };
  for (const auto& each : cases)
    EXPECT_EQ(check_origin(request_with(each.headers)).has_value(), each.passes) << each.what;
}

TEST(Session, AChangeCarriesTheMarkOfItsOwnSession) {
  const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
  EXPECT_TRUE(check_csrf(request_with({json, {"X-Fairway-Csrf", csrf_text("mine")}}), "mine"));
  for (const auto& given :
       {std::string(), csrf_text("another's"), csrf_text("mine").substr(1), csrf_text("mine") + "0"}) {
    const auto checked = check_csrf(request_with({json, {"X-Fairway-Csrf", given}}), "mine");
    ASSERT_FALSE(checked) << given;
    EXPECT_EQ(checked.error().code, Errc::denied);
  }
  EXPECT_FALSE(
      check_csrf(request_with({json, {"X-Fairway-Csrf", csrf_text("mine")}, {"Origin", "http://evil"}}), "mine"));
  EXPECT_FALSE(csrf_text("mine").contains("mine"));
}

TEST(Session, EveryAnswerSaysWhatThePageMayDo) {
  auto response = http::Response::text(200, "");
  add_security_headers(response, false);
  const auto policy = response.headers.find("Content-Security-Policy").value_or("");
  EXPECT_TRUE(policy.contains("default-src 'none'"));
  EXPECT_TRUE(policy.contains("script-src 'self';"));
  EXPECT_TRUE(policy.contains("frame-ancestors 'none'"));
  EXPECT_FALSE(policy.contains("unsafe"));
  EXPECT_EQ(response.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
  EXPECT_FALSE(response.headers.find("Strict-Transport-Security"));
  auto secure = http::Response::text(200, "");
  add_security_headers(secure, true);
  EXPECT_TRUE(secure.headers.find("Strict-Transport-Security"));
}

}  // namespace
}  // namespace fairway::cloud::dashboard
