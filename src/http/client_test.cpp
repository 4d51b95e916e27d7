#include "http/client.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "http/origin.h"
#include "runtime/sync.h"
#include "testing/http.h"

namespace fairway::http {
namespace {

using namespace std::chrono_literals;
using fairway::testing::FakeHttpServer;
using fairway::testing::run_on;

std::string to_text(const Result<Response>& result) {
  if (result) return fmt::format("{} {}", result->status, result->body);
  return fmt::format("{}: {}", name(result.error().code), result.error().what);
}

class ClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<Client> client(std::string origin, ClientConfig config = {}) {
    config.origin = std::move(origin);
    auto made = make_client(context_, test_.env, std::move(config));
    EXPECT_TRUE(made.has_value()) << made.error().what;
    return *std::move(made);
  }
  std::string send(Client& through, Request request) {
    return to_text(run_on(context_, through.send(std::move(request))));
  }
  void poll() {
    for (int i = 0; i < 20; ++i) {
      context_.restart();
      context_.poll();
    }
  }

  fairway::testing::TestEnv test_;
  boost::asio::io_context context_;
};

Task<Response> echo(Request& request) {
  co_return Response::text(200, fmt::format("{} {} {}", request.method, request.target, request.body));
}

TEST_F(ClientTest, SendsWhatItIsGivenBelowTheOriginsPath) {
  FakeHttpServer server(context_, test_.env, echo);
  const auto through = client(server.origin() + "/load-balancer/");
  EXPECT_EQ(
      send(*through,
           {.method = "POST", .target = "/v2/lbaas?x=1", .headers = {{"X-Auth-Token", "a\r\nB: c"}}, .body = "{}"}),
      "200 POST /load-balancer/v2/lbaas?x=1 {}");
  const auto& got = server.requests().at(0);
  EXPECT_EQ(got.headers.find("Host"), fmt::format("127.0.0.1:{}", server.port()));
  EXPECT_EQ(got.headers.find("X-Auth-Token"), "a  B: c");
  EXPECT_EQ(got.headers.find("User-Agent"), "fairway/" FAIRWAY_VERSION);
  EXPECT_EQ(got.path, "/load-balancer/v2/lbaas");
}

TEST_F(ClientTest, RefusesATargetThatWouldBreakTheMessage) {
  const auto through = client("http://127.0.0.1:1");
  EXPECT_TRUE(send(*through, {.target = "/a b"}).starts_with("invalid: GET http://127.0.0.1:1/a b: a space"));
}

TEST_F(ClientTest, UsesOneConnectionForOneRequestAfterTheOther) {
  FakeHttpServer server(context_, test_.env, echo);
  const auto through = client(server.origin());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(*through, {.target = "/"}), "200 GET / ");
  EXPECT_EQ(server.requests().at(0).peer, server.requests().at(2).peer);
  EXPECT_EQ(send(*through, {.method = "HEAD", .target = "/"}), "200 ");
  EXPECT_EQ(send(*through, {.target = "/again"}), "200 GET /again ");
  EXPECT_EQ(server.requests().at(4).peer, server.requests().at(0).peer);
}

TEST_F(ClientTest, SpeaksOverUnixSockets) {
  const std::string path = fmt::format("{}/fairway-client-test-{}.sock", ::testing::TempDir(), ::getpid());
  FakeHttpServer server(context_, test_.env, echo, {.bind = "unix:" + path});
  const auto through = client("unix:" + path);
  EXPECT_EQ(send(*through, {.target = "/x"}), "200 GET /x ");
  EXPECT_EQ(server.requests().at(0).peer, "unix");
  run_on(context_, server.server().stop(1s));
  EXPECT_NE(::access(path.c_str(), F_OK), 0) << "a stopped server leaves its socket behind";
}

TEST_F(ClientTest, SaysWhoRefusedTheConnection) {
  std::uint16_t port = 0;
  {
    port = FakeHttpServer(context_, test_.env, echo).port();
  }
  poll();
  const auto through = client(fmt::format("http://127.0.0.1:{}", port));
  EXPECT_EQ(
      send(*through, {.target = "/x?secret"}),
      fmt::format("unavailable: GET http://127.0.0.1:{0}/x: connect to 127.0.0.1:{0}: Connection refused", port));
}

// A server of bytes: each connection gets the next of `answers`, once a request's header is there, and is closed
// then.
class ByteServer {
 public:
  ByteServer(boost::asio::io_context& context, std::vector<std::string> answers)
      : acceptor_(context, {boost::asio::ip::address_v4::loopback(), 0}), answers_(std::move(answers)) {
    boost::asio::co_spawn(context, serve(), boost::asio::detached);
  }
  [[nodiscard]] std::string origin() { return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port()); }
  [[nodiscard]] int accepted() const { return accepted_; }

 private:
  Task<> serve() {
    for (const auto& answer : answers_) {
      auto socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
      ++accepted_;
      std::array<char, 4096> bytes{};
      std::string got;
      while (!got.contains("\r\n\r\n"))
        got.append(bytes.data(),
                   co_await socket.async_read_some(boost::asio::buffer(bytes), boost::asio::use_awaitable));
      co_await socket.async_send(boost::asio::buffer(answer), boost::asio::use_awaitable);
    }
  }
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::string> answers_;
  int accepted_ = 0;
};

constexpr auto keep = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct BadAnswer {
  std::string bytes;
  std::string told;
};

TEST_F(ClientTest, AnAnswerThatIsNoneIsAnError) {
  const std::vector<BadAnswer> table{
      {"", "unavailable: GET {}/: read the answer: closed before the whole header"},
      {"HTTP/1.1 200", "unavailable: GET {}/: read the answer: closed before the whole header"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
       "unavailable: GET {}/: read the answer: closed before the whole body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
       "unavailable: GET {}/: read the answer: closed before the whole body"},
      {"SSH-2.0-OpenSSH\r\n", "unavailable: GET {}/: the answer is not HTTP: bad version"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
       "too_large: GET {}/: the answer's body has more than 64 bytes"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "200 until the end"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", "201 x"},
  };
  for (const auto& [bytes, told] : table) {
    ByteServer server(context_, {bytes});
    const auto through = client(server.origin(), {.max_body_bytes = 64});
    EXPECT_EQ(send(*through, {.target = "/"}), fmt::format(fmt::runtime(told), server.origin())) << bytes;
  }
}

TEST_F(ClientTest, APooledConnectionThatDiedMeanwhileIsReplaced) {
  ByteServer server(context_, {keep, keep});
  const auto through = client(server.origin());
  EXPECT_EQ(send(*through, {.target = "/"}), "200 ok");
  poll();
  EXPECT_EQ(send(*through, {.method = "POST", .target = "/"}), "200 ok");
  EXPECT_EQ(server.accepted(), 2);
}

// Answers the first request of each connection and hangs up in the middle of the second.
Task<> answer_once_then_hang_up(boost::asio::ip::tcp::acceptor& acceptor, int connections, int& seen) {
  for (int i = 0; i < connections; ++i) {
    auto socket = co_await acceptor.async_accept(boost::asio::use_awaitable);
    std::array<char, 4096> bytes{};
    co_await socket.async_read_some(boost::asio::buffer(bytes), boost::asio::use_awaitable);
    ++seen;
    co_await socket.async_send(boost::asio::buffer(std::string_view(keep)), boost::asio::use_awaitable);
    co_await socket.async_read_some(boost::asio::buffer(bytes), boost::asio::use_awaitable);
    ++seen;
  }
}

TEST_F(ClientTest, ADeadPooledConnectionIsTriedAgainOnceIfTheMethodAllows) {
  boost::asio::ip::tcp::acceptor acceptor(context_, {boost::asio::ip::address_v4::loopback(), 0});
  int seen = 0;
  boost::asio::co_spawn(context_, answer_once_then_hang_up(acceptor, 2, seen), boost::asio::detached);
  const auto through = client(fmt::format("http://127.0.0.1:{}", acceptor.local_endpoint().port()));
  EXPECT_EQ(send(*through, {.target = "/"}), "200 ok");
  EXPECT_EQ(send(*through, {.target = "/"}), "200 ok");  // hung up on, sent again on a connection of its own
  EXPECT_EQ(seen, 3);
  const auto told = send(*through, {.method = "POST", .target = "/"});
  EXPECT_TRUE(told.starts_with("unavailable: POST ") && told.contains("(maybe_sent")) << told;
}

Task<std::string> time_out(fairway::testing::TestEnv& test, Client& through, Request request, Duration after) {
  boost::asio::co_spawn(
      co_await boost::asio::this_coro::executor,
      [](fairway::testing::TestEnv& of, Duration by) -> Task<> {
        for (int i = 0; i < 50; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
        of.timers.advance(by);
      }(test, after),
      boost::asio::detached);
  co_return to_text(co_await through.send(std::move(request)));
}

TEST_F(ClientTest, AnAnswerThatDoesNotComeInTimeIsATimeout) {
  Notify never;
  FakeHttpServer server(context_, test_.env, [&](Request&) -> Task<Response> {
    co_await never.wait();
    co_return Response::empty(200);
  });
  const auto through = client(server.origin(), {.request_timeout = 5s});
  EXPECT_EQ(
      run_on(context_, time_out(test_, *through, {.method = "POST", .target = "/slow"}, 5s)),
      "timeout: POST " + server.origin() + "/slow: no answer in time (maybe_sent: the server may have done it)");
}

// Takes the connection, and neither reads nor answers.
Task<> accept_and_forget(boost::asio::ip::tcp::acceptor& acceptor, Notify& over) {
  auto socket = co_await acceptor.async_accept(boost::asio::use_awaitable);
  co_await over.wait();
}

TEST_F(ClientTest, ARequestThatNobodyReadsIsATimeout) {
  boost::asio::ip::tcp::acceptor acceptor(context_, {boost::asio::ip::address_v4::loopback(), 0});
  Notify over;
  boost::asio::co_spawn(context_, accept_and_forget(acceptor, over), boost::asio::detached);
  const auto origin = fmt::format("http://127.0.0.1:{}", acceptor.local_endpoint().port());
  const auto through = client(origin, {.request_timeout = 5s});
  // More than the kernel takes for a peer that does not read.
  Request request{.method = "POST", .target = "/slow", .body = std::string(32UL << 20U, 'x')};
  EXPECT_EQ(run_on(context_, time_out(test_, *through, std::move(request), 5s)),
            "timeout: POST " + origin + "/slow: no answer in time (maybe_sent: the server may have done it)");
}

Task<std::string> read_pieces(Client& through, Notify& more) {
  auto body = co_await through.open({.target = "/watch"});
  if (!body) co_return body.error().what;
  std::string told = fmt::format("{} ", (*body)->status());
  while (true) {
    auto piece = co_await (*body)->read_some(60s);
    if (!piece) co_return told + piece.error().what;
    if (piece->empty()) co_return told + "end";
    told += "[" + *piece + "]";
    more.notify_all();
  }
}

TEST_F(ClientTest, AStreamedAnswerArrivesPieceByPiece) {
  Notify more;
  FakeHttpServer server(context_, test_.env, [&](Request&) -> Task<Response> {
    Response response;
    response.stream = [&](BodyWriter& writer) -> Task<> {
      (void)co_await writer.write("one");
      co_await more.wait();
      (void)co_await writer.write("two");
    };
    co_return response;
  });
  const auto through = client(server.origin());
  EXPECT_EQ(run_on(context_, read_pieces(*through, more)), "200 [one][two]end");
  EXPECT_EQ(run_on(context_, read_pieces(*through, more)), "200 [one][two]end");
  EXPECT_EQ(server.requests().at(0).peer, server.requests().at(1).peer)
      << "a stream read to its end leaves a usable connection";
}

struct OriginCase {
  std::string text;
  std::string told;  // host port prefix host-header, or the error
};

TEST(Origin, IsReadFromItsText) {
  const std::vector<OriginCase> table{
      {"http://127.0.0.1:9876", "plain 127.0.0.1 9876 '' 127.0.0.1:9876"},
      {"https://cloud.example/identity/", "tls cloud.example 443 '/identity' cloud.example"},
      {"http://[::1]:80/a/b", "plain ::1 80 '/a/b' [::1]:80"},
      {"unix:/run/x.sock", "plain unix:/run/x.sock 0 '' localhost"},
      {"ftp://x", "its scheme is neither http nor https"},
      {"http://", "the host is missing"},
      {"http://x:0", "its port is not a number from 1 to 65535"},
      {"http://x:70000", "its port is not a number from 1 to 65535"},
      {"http://[::1", "a bracket is not closed"},
      {"http://[::1]x", "its port is not a number from 1 to 65535"},
      {"http://u:p@x", "it holds a user name"},
      {"http://x/?a", "it holds a query or a fragment"},
      {"unix:", "the socket's path is missing"},
  };
  for (const auto& [text, told] : table) {
    const auto origin = parse_origin(text);
    if (origin) {
      EXPECT_EQ(fmt::format("{} {} {} '{}' {}", origin->tls ? "tls" : "plain", origin->host, origin->port,
                            origin->prefix, origin->host_header),
                told)
          << text;
    } else {
      EXPECT_TRUE(origin.error().what.starts_with(fmt::format("'{}' is no origin: {};", text, told)))
          << origin.error().what;
    }
  }
}

}  // namespace
}  // namespace fairway::http
