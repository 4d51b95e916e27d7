#include "lab/exec_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

http::Request asked(const std::string& query, const std::string& protocol, const std::string& upgrade = "websocket") {
  http::Request request;
  request.query = http::Query::parse(query);
  request.headers.set("Upgrade", upgrade);
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Sec-WebSocket-Version", "13");
  request.headers.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  if (!protocol.empty()) request.headers.set("Sec-WebSocket-Protocol", protocol);
  return request;
}

TEST(Exec, RequestIsThatOfTheQuery) {
  const auto request =
      read_exec_request(http::Query::parse("command=sh&command=-c&command=echo%20a&input=1&output=1&tty=1"));
  EXPECT_THAT(request.command, ElementsAre("sh", "-c", "echo a"));
  EXPECT_TRUE(request.in && request.out && !request.err && request.terminal);
}

TEST(Exec, TheEndIsToldAsAStatus) {
  EXPECT_EQ(exec_status(0), R"({"metadata":{},"status":"Success"})");
  EXPECT_EQ(
      exec_status(3),
      R"({"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3",)"
      R"("reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}})");
}

TEST(Exec, TakesTheNewestProtocolThatIsOffered) {
  const auto both = open_exec(asked("command=ls&output=1", "v4.channel.k8s.io, v5.channel.k8s.io"), {});
  EXPECT_EQ(both.response.status, 101);
  EXPECT_EQ(both.response.headers.find("Sec-WebSocket-Protocol"), "v5.channel.k8s.io");
  EXPECT_TRUE(both.go_on);
  const auto old = open_exec(asked("command=ls&output=1", "v4.channel.k8s.io"), {});
  EXPECT_EQ(old.response.headers.find("Sec-WebSocket-Protocol"), "v4.channel.k8s.io");
}

TEST(Exec, WhatItDoesNotSpeakIsRefusedInWords) {
  const auto spdy = open_exec(asked("command=ls", "", "SPDY/3.1"), {});
  EXPECT_EQ(spdy.response.status, 400);
  EXPECT_FALSE(spdy.go_on);
  EXPECT_THAT(spdy.response.body, HasSubstr("asked for SPDY: take kubectl 1.31 or newer"));
  EXPECT_THAT(open_exec(asked("command=ls", "base64.channel.k8s.io"), {}).response.body,
              HasSubstr("none of the protocols [base64.channel.k8s.io]"));
  EXPECT_THAT(open_exec(asked("output=1", "v5.channel.k8s.io"), {}).response.body, HasSubstr("at least one command"));
}

}  // namespace
}  // namespace fairway::lab
