#include "http/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server.h"
#include "testing/http.h"

namespace fairway::http {
namespace {

using ::testing::HasSubstr;

// As a client sends it, with a mask of zeros.
std::string masked(std::string_view head, std::string_view payload) {
  return std::string(head) + std::string(4, '\0') + std::string(payload);
}

TEST(WebSocketFrames, AcceptIsThatOfTheRfc) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455, 1.3
}

TEST(WebSocketFrames, AClientsFrameIsUnmaskedAndTaken) {
  std::string bytes("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58rest", 15);  // RFC 6455, 5.7
  const auto frame = take_frame(bytes);
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->payload, "Hello");
  EXPECT_EQ((*frame)->opcode, 1);
  EXPECT_EQ(bytes, "rest");
}

TEST(WebSocketFrames, OfEveryLengthAreWaitedForAndTaken) {
  for (const std::size_t size : {0U, 125U, 126U, 65535U, 65536U}) {
    std::string bytes = make_frame(2, std::string(size, 'x'));
    const std::size_t head = bytes.size() - size;
    bytes[1] = static_cast<char>(bytes[1] | 0x80);
    bytes.insert(head, 4, '\0');
    std::string part = bytes.substr(0, bytes.size() - 1);
    EXPECT_FALSE(take_frame(part).value()) << size;
    const auto frame = take_frame(bytes);
    ASSERT_TRUE(frame && *frame) << size;
    EXPECT_EQ((*frame)->payload.size(), size);
  }
}

TEST(WebSocketFrames, WhatNoClientMaySendIsRefused) {
  std::string unmasked("\x82\x01x"), extended = masked("\xc2\x81", "x"),
                                     endless = masked("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff", "");
  for (std::string* bytes : {&unmasked, &extended, &endless}) EXPECT_FALSE(take_frame(*bytes));
}

class WebSocketServer : public ::testing::Test {
 protected:
  static Task<> echo(net::Stream& stream, std::string received) {
    WebSocket socket(stream, std::move(received));
    for (;;) {
      const auto message = co_await socket.read();
      if (!message) co_return;
      const auto sent = co_await socket.write("got " + *message);
      if (!sent) co_return;
    }
  }
  static Task<Upgrade> upgrade(Request& request) {
    Upgrade up{.response = websocket_response(request, "chat"), .go_on = {}};
    if (up.response.status == 101) up.go_on = echo;
    co_return up;
  }
  void SetUp() override {
    server_ =
        Server::listen(context_, test_.env, "api", {},
                       {[](Request&) -> Task<Response> { co_return Response::text(200, "plain"); }, {}, upgrade})
            .value();
  }
  static Task<std::string> talk(std::uint16_t port, std::string bytes) {
    auto peer = co_await fairway::testing::RawPeer::connect(port);
    co_await peer->send(std::move(bytes));
    peer->end_output();
    co_return co_await peer->read_to_end();
  }
  std::string ask(std::string bytes) {
    return fairway::testing::run_on(context_, talk(server_->port(), std::move(bytes)));
  }

  fairway::testing::TestEnv test_;
  boost::asio::io_context context_;
  std::unique_ptr<Server> server_;
};

TEST_F(WebSocketServer, TakesMessagesInPiecesAnswersPingsAndCloses) {
  const std::string answer =
      ask("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
          "websocket\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
          masked("\x02\x83", "one") + masked("\x89\x82", "hi") + masked("\x80\x84", " two") + masked("\x88\x80", ""));
  EXPECT_THAT(answer, ::testing::StartsWith("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Protocol: chat\r\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n\x8a\x02hi\x82\x0bgot one two\x88\x02\x03\xe8"));
}

TEST_F(WebSocketServer, ARefusalIsAnAnswerLikeAnyOther) {
  const std::string answer =
      ask("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n"
          "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, ::testing::StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, ::testing::EndsWith("plain"));
}

}  // namespace
}  // namespace fairway::http
