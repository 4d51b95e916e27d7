#include "http/server.h"

#include <gtest/gtest.h>

#include "runtime/sync.h"
#include "testing/http.h"

namespace fairway::http {
namespace {

using namespace std::chrono_literals;
using fairway::testing::RawPeer;

class ServerTest : public ::testing::Test {
 protected:
  static constexpr auto long_ago = "Thu, 01 Jan 2026 00:00:00 GMT";

  void serve(ServerConfig config = {}, Server::Fault fault = {}) {
    auto made = Server::listen(context_, test_.env, "api", std::move(config),
                               {[this](Request& request) { return router_.dispatch(request); }, std::move(fault)});
    ASSERT_TRUE(made.has_value()) << made.error().what;
    server_ = *std::move(made);
  }

  void SetUp() override {
    router_.add("GET", "/hello", [](Request&) -> Task<Response> { co_return Response::text(200, "hi"); });
    router_.add("POST", "/echo", [](Request& request) -> Task<Response> {
      co_return Response::text(200, fmt::format("{}:{}", request.body.size(), request.body.substr(0, 20)));
    });
    router_.add("GET", "/nothing", [](Request&) -> Task<Response> { co_return Response::empty(204); });
    router_.add("GET", "/split", [](Request&) -> Task<Response> {
      co_return Response{.headers = {{"Location", "a\r\nSet-Cookie: b"}, {"Content-Length", "99"}}, .body = "x"};
    });
  }

  // What a peer that sends `bytes` and then ends its output gets, without the Date.
  std::string talk(std::string bytes) {
    return without_date(fairway::testing::run_on(context_, talk_task(server_->port(), std::move(bytes))));
  }
  static Task<std::string> talk_task(std::uint16_t port, std::string bytes) {
    auto peer = co_await RawPeer::connect(port);
    co_await peer->send(std::move(bytes));
    peer->end_output();
    co_return co_await peer->read_to_end();
  }
  static std::string without_date(std::string text) {
    const std::string line = fmt::format("Date: {}\r\n", long_ago);
    for (auto at = text.find(line); at != std::string::npos; at = text.find(line)) text.erase(at, line.size());
    return text;
  }
  static std::string status_of(std::string_view answer) { return std::string(answer.substr(0, answer.find("\r\n"))); }

  fairway::testing::TestEnv test_;
  boost::asio::io_context context_;
  Router router_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  serve();
  EXPECT_EQ(
      talk("GET /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi"
      "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_F(ServerTest, HeadHasTheHeaderOfGetAndNoBody) {
  serve();
  EXPECT_EQ(
      talk("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 2\r\n\r\n");
}

TEST_F(ServerTest, AHandlersHeadersCannotBreakTheMessage) {
  serve();
  EXPECT_EQ(talk("GET /split HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nLocation: a  Set-Cookie: b\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
}

struct Malformed {
  std::string name;
  std::string bytes;
  std::string status;
};

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST_F(ServerTest, WhatIsMalformedOrTooLargeIsRefused) {
  serve({.max_header_bytes = 1024, .max_body_bytes = 100});
  const std::string get = "GET /hello HTTP/1.1\r\nHost: x\r\n";
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  const std::vector<Malformed> table{
      {"garbage", "\x16\x03\x01\x02garbage\r\n\r\n", "400 Bad Request"},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 Bad Request"},
      {"no host", "GET /hello HTTP/1.1\r\n\r\n", "400 Bad Request"},
      {"two hosts", get + "Host: y\r\n\r\n", "400 Bad Request"},
      {"target without a slash", "GET hello HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
      {"truncated in the header", "GET /hello HTTP/1.1\r\nHo", "400 Bad Request"},
      {"truncated in the body", post + "Content-Length: 10\r\n\r\nhalf", "400 Bad Request"},
      {"space before a colon", get + "A : b\r\n\r\n", "400 Bad Request"},
      {"lengths that differ", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "400 Bad Request"},
      {"length that is no number", post + "Content-Length: -1\r\n\r\n", "400 Bad Request"},
      {"length and chunks", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400 Bad Request"},
      {"chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
       "400 Bad Request"},
      {"a coding unknown", post + "Transfer-Encoding: gzip\r\n\r\n", "400 Bad Request"},
      {"a coding before chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
      {"chunk size that is no number", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", "400 Bad Request"},
      {"a long target", "GET /" + std::string(2000, 'a') + " HTTP/1.1\r\n", "431 Request Header Fields Too Large"},
      {"a long header", get + "A: " + std::string(2000, 'a') + "\r\n\r\n", "431 Request Header Fields Too Large"},
      {"many headers", get + repeat("A: b\r\n", 300) + "\r\n", "431 Request Header Fields Too Large"},
      {"an announced large body", post + "Content-Length: 101\r\n\r\n", "413 Request Entity Too Large"},
      {"an immense body", post + "Content-Length: 99999999999999999999\r\n\r\n", "400 Bad Request"},
      {"a large chunked body", post + "Transfer-Encoding: chunked\r\n\r\n" + repeat("a\r\n0123456789\r\n", 11),
       "413 Request Entity Too Large"},
      {"a large chunk announced", post + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n",
       "413 Request Entity Too Large"},
  };
  for (const auto& [name, bytes, status] : table) EXPECT_EQ(status_of(talk(bytes)), "HTTP/1.1 " + status) << name;
}

TEST_F(ServerTest, BodiesArriveWhole) {
  serve();
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  EXPECT_TRUE(talk(post + "Content-Length: 5\r\n\r\nhello").ends_with("\r\n\r\n5:hello"));
  EXPECT_TRUE(talk(post + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n")
                  .ends_with("\r\n\r\n5:abcde"));
  EXPECT_TRUE(talk(post + "Content-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'z')).contains("1000000:zzz"));
}

Task<std::string> send_too_much(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  const bool sent = co_await peer->send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n" +
                                        std::string(8'000'000, 'z'));
  peer->end_output();
  const std::string answer = co_await peer->read_to_end();
  co_return (sent ? "all sent, " : "cut off, ") + answer;
}

TEST_F(ServerTest, APeerThatKeepsSendingIsNotCutOffBeforeItReadsTheRefusal) {
  serve({.max_body_bytes = 100});
  const auto told = fairway::testing::run_on(context_, send_too_much(server_->port()));
  EXPECT_TRUE(told.starts_with("all sent, HTTP/1.1 413 ")) << told;
}

TEST_F(ServerTest, FaultsTakeTheShapeOfTheApi) {
  serve({}, [](int status, std::string_view what) {
    return Response::json(status, fmt::format("{{\"{}\":\"{}\"}}", status, what));
  });
  const auto answer = talk("GET /hello HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("{\"400\":\"missing required Host header\"}")) << answer;
}

Task<std::string> expect_continue(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
  std::string told = co_await peer->read_until("\r\n\r\n");
  co_await peer->send("ok");
  told += co_await peer->read_to_end();
  co_return told;
}

TEST_F(ServerTest, SaysContinueToAPeerThatWaitsForIt) {
  serve();
  const auto answer = fairway::testing::run_on(context_, expect_continue(server_->port()));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("2:ok"));
}

TEST_F(ServerTest, RefusesABodyThatIsTooLargeBeforeItIsSent) {
  serve({.max_body_bytes = 1});
  const auto answer = fairway::testing::run_on(context_, expect_continue(server_->port()));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
}

// Sends the beginning, lets `wait` pass and reads what comes then.
Task<std::string> stall(fairway::testing::TestEnv& test, std::uint16_t port, std::string begin, Duration wait) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send(std::move(begin));
  for (int i = 0; i < 50; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
  test.timers.advance(wait);
  co_return co_await peer->read_to_end();
}

TEST_F(ServerTest, ThePatienceWithASlowPeerEnds) {
  serve({.header_timeout = 10s, .body_timeout = 30s, .idle_timeout = 75s});
  const auto stalled = [&](std::string begin, Duration wait) {
    return fairway::testing::run_on(context_, stall(test_, server_->port(), std::move(begin), wait));
  };
  EXPECT_EQ(stalled("", 75s), "");
  EXPECT_EQ(status_of(stalled("GET /he", 10s)), "HTTP/1.1 408 Request Timeout");
  EXPECT_EQ(status_of(stalled("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", 30s)),
            "HTTP/1.1 408 Request Timeout");
}

// Sends half a body, and winds the clock while the server reads it piece by piece.
Task<std::string> outlast(fairway::testing::TestEnv& test, std::uint16_t port, Duration wait) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" +
                      std::string(1'000'000, 'z'));
  for (int i = 0; i < 20; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
  test.timers.advance(wait);
  co_return co_await peer->read_until("\r\n");
}

TEST_F(ServerTest, ThePatienceEndsThoughThereIsAlwaysSomethingToRead) {
  serve({.body_timeout = 30s});
  EXPECT_EQ(status_of(fairway::testing::run_on(context_, outlast(test_, server_->port(), 30s))),
            "HTTP/1.1 408 Request Timeout");
}

// A stream that writes "tick" and then waits until it is told to end; how it ended is kept in `told`.
struct Ticker {
  Notify changed;
  std::string told;

  Handler handler() {
    return [this](Request&) -> Task<Response> {
      Response response{.headers = {{"Content-Type", "text/plain"}}};
      response.stream = [this](BodyWriter& writer) { return tick(writer); };
      co_return response;
    };
  }
  Task<> tick(BodyWriter& writer) {
    writer.on_closed([this] { changed.notify_all(); });
    (void)co_await writer.write("tick");
    (void)co_await writer.write("");
    if (!writer.closed()) co_await changed.wait();
    told += writer.closed() ? "closed " : "asked to end ";
    const auto after = co_await writer.write("tock");
    told += after ? "written" : "refused";
  }
};

Task<std::string> read_and_leave(std::uint16_t port, Ticker& ticker) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send("GET /ticks HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string got = co_await peer->read_until("tick\r\n");
  peer->close();
  while (ticker.told.empty()) co_await boost::asio::post(boost::asio::use_awaitable);
  co_return got;
}

TEST_F(ServerTest, AStreamLearnsThatItsPeerIsGoneThoughNothingIsWritten) {
  Ticker ticker;
  router_.add("GET", "/ticks", ticker.handler());
  serve();
  const auto got = without_date(fairway::testing::run_on(context_, read_and_leave(server_->port(), ticker)));
  EXPECT_EQ(got, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntick\r\n");
  EXPECT_EQ(ticker.told, "closed refused");
}

Task<std::string> stream_then_ask_again(std::uint16_t port, Ticker& ticker) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send("GET /ticks HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string got = co_await peer->read_until("tick\r\n");
  co_await peer->send(
      "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");  // while it is being streamed to
  for (int i = 0; i < 20; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
  ticker.changed.notify_all();
  got += co_await peer->read_to_end();
  co_return got;
}

TEST_F(ServerTest, AfterAStreamTheConnectionServesOn) {
  Ticker ticker;
  router_.add("GET", "/ticks", ticker.handler());
  serve();
  const auto got = fairway::testing::run_on(context_, stream_then_ask_again(server_->port(), ticker));
  EXPECT_TRUE(got.contains("4\r\ntick\r\n4\r\ntock\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n")) << got;
  EXPECT_TRUE(got.ends_with("hi"));
  EXPECT_EQ(ticker.told, "asked to end written");
}

TEST_F(ServerTest, APeerOfHttp10GetsAStreamWithoutChunks) {
  Ticker ticker;
  router_.add("GET", "/ticks", ticker.handler());
  serve();
  EXPECT_TRUE(talk("GET /ticks HTTP/1.0\r\n\r\n").ends_with("Connection: close\r\n\r\ntick"));
}

Task<std::string> stop_while(Server& server, std::uint16_t port, std::string begin, std::string until) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send(std::move(begin));
  std::string got;
  if (!until.empty()) got = co_await peer->read_until(until);
  for (int i = 0; i < 50; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
  co_await server.stop(5s);
  got += co_await peer->read_to_end();
  co_return got;
}

Task<std::unique_ptr<RawPeer>> send_to(std::uint16_t port, std::string bytes) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer->send(std::move(bytes));
  co_return peer;
}

// Its owner may go with it, whatever has just been read.
TEST_F(ServerTest, OneThatIsGoneCallsNobodyAnyMore) {
  bool gone = false;
  int late = 0;
  router_.add("GET", "/owner", [&](Request&) -> Task<Response> {
    late += gone ? 1 : 0;
    co_return Response::empty(204);
  });
  for (int steps = 0; steps < 20; ++steps) {
    serve();
    gone = false;
    const auto peer =
        fairway::testing::run_on(context_, send_to(server_->port(), "GET /owner HTTP/1.1\r\nHost: x\r\n\r\n"));
    context_.restart();
    for (int i = 0; i < steps; ++i) context_.poll_one();
    server_.reset();
    gone = true;
    for (int i = 0; i < 20; ++i) context_.poll();
    ASSERT_EQ(late, 0) << "after " << steps << " steps";
  }
}

TEST_F(ServerTest, StopEndsIdleConnectionsAtOnce) {
  serve();
  EXPECT_EQ(fairway::testing::run_on(context_, stop_while(*server_, server_->port(), "", "")), "");
}

TEST_F(ServerTest, StopEndsStreamsInOrder) {
  Ticker ticker;
  router_.add("GET", "/ticks", ticker.handler());
  serve();
  const auto got = fairway::testing::run_on(
      context_, stop_while(*server_, server_->port(), "GET /ticks HTTP/1.1\r\nHost: x\r\n\r\n", "tick\r\n"));
  EXPECT_TRUE(got.ends_with("4\r\ntick\r\n0\r\n\r\n")) << got;
  EXPECT_EQ(ticker.told, "closed refused");
}

TEST_F(ServerTest, StopLetsARequestInFlightEnd) {
  Notify go;
  router_.add("GET", "/slow", [&go](Request&) -> Task<Response> {
    co_await go.wait();
    co_return Response::text(200, "late");
  });
  serve();
  boost::asio::steady_timer soon(context_, 20ms);
  soon.async_wait([&](const auto&) { go.notify_all(); });
  const auto got = fairway::testing::run_on(
      context_, stop_while(*server_, server_->port(), "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", ""));
  EXPECT_TRUE(got.contains("Connection: close\r\n")) << got;
  EXPECT_TRUE(got.ends_with("late"));
}

TEST_F(ServerTest, CountsWhatItAnswered) {
  serve();
  (void)talk("GET /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /missing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto text = test_.metrics.to_prometheus();
  EXPECT_TRUE(text.contains("fairway_http_requests_total{code=\"2xx\",server=\"api\"} 1\n")) << text;
  EXPECT_TRUE(text.contains("fairway_http_requests_total{code=\"4xx\",server=\"api\"} 1\n"));
  EXPECT_TRUE(text.contains("fairway_http_request_duration_seconds_count{server=\"api\"} 2\n"));
}

Task<Response> nobody(Request&) { co_return Response::empty(204); }

TEST_F(ServerTest, AnAddressInUseIsAnErrorThatNamesIt) {
  serve();
  const auto second = Server::listen(context_, test_.env, "other", {.port = server_->port()}, nobody);
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(second.error().what.ends_with("choose another port, or end who has this one"));
  EXPECT_TRUE(second.error().what.starts_with(fmt::format("serve other on 127.0.0.1:{}: listen: ", server_->port())))
      << second.error().what;
}

}  // namespace
}  // namespace fairway::http
