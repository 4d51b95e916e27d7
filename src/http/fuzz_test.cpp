// Strangers' bytes, made up by a fixed seed: every parser that reads them must end, and say the same however they
// arrive.
#include <random>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "http/origin.h"
#include "http/parser.h"
#include "http/router.h"
#include "testing/http.h"

namespace fairway::http {
namespace {

constexpr unsigned seed = 20260;

class Mutator {
 public:
  // One of the seeds with a few bytes changed, dropped, doubled or replaced by something that parsers dislike.
  std::string next() {
    static const std::vector<std::string> seeds{
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v2.0/networks?name=a%20b&x=%zz HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\nAccept: */*\r\n\r\n",
        "POST /v2/lbaas HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n{\"a\": [1]}\n",
        "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;q=\"v\"\r\nabc\r\n0\r\nT: u\r\n\r\n",
        "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        "GET http://h:1/p HTTP/1.0\r\nConnection: keep-alive\r\nX: a\r\n folded\r\n\r\n",
        "DELETE /a%2Fb/c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    std::string text = seeds[below(seeds.size())];
    for (std::size_t i = below(4); i > 0; --i) mutate(text);
    return text;
  }
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  std::string bytes(std::size_t most) {
    std::string text(below(most), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

 private:
  void mutate(std::string& text) {
    static const std::vector<std::string> nasty{"\r\n",
                                                "\n",
                                                "\r",
                                                std::string(1, '\0'),
                                                ":",
                                                " ",
                                                "\t",
                                                "%",
                                                "%2",
                                                "chunked",
                                                "Content-Length: 5\r\n",
                                                "Transfer-Encoding: chunked\r\n",
                                                "ffffffffffffffff",
                                                "-1",
                                                "18446744073709551616",
                                                "HTTP/9.9",
                                                "\xff\xfe",
                                                "0\r\n\r\n",
                                                "Host: y\r\n"};
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(at, nasty[below(nasty.size())]);
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(16)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random_());
    }
  }
  std::mt19937 random_{seed};
};

// What a parser makes of the bytes when they arrive in the given pieces.
std::string outcome(std::string_view bytes, const std::vector<std::size_t>& pieces) {
  RequestParser parser(64 * 1024, 4096);
  std::string input;
  std::size_t sent = 0;
  std::size_t piece = 0;
  while (!parser.done()) {
    const bool header_before = parser.header_done();
    const Parsed parsed = parser.put(input);
    EXPECT_LE(parsed.consumed, input.size());
    input.erase(0, parsed.consumed);
    if (parsed.fault) return fmt::format("{}", parsed.fault->status);
    const bool went_on = parsed.consumed > 0 && !input.empty();
    if (parser.done() || went_on || header_before != parser.header_done()) continue;
    if (sent == bytes.size()) return "400";  // as a server answers what ends too early
    const std::size_t size = std::min(pieces[piece++ % pieces.size()], bytes.size() - sent);
    input += bytes.substr(sent, size);
    sent += size;
  }
  const Request& request = parser.request();
  std::string text = fmt::format("{} {} {} [{}]", request.method, request.target, parser.keep_alive(), request.body);
  for (const auto& [name, value] : request.headers) text += fmt::format(" {}={}", name, value);
  return text;
}

TEST(Fuzz, ARequestMeansTheSameHoweverItsBytesArrive) {
  Mutator mutator;
  int whole = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string bytes = mutator.next();
    const std::string at_once = outcome(bytes, {bytes.size() + 1});
    ASSERT_EQ(outcome(bytes, {1}), at_once) << "byte by byte: " << percent_encode(bytes);
    ASSERT_EQ(outcome(bytes, {1 + mutator.below(9), 1 + mutator.below(40)}), at_once) << percent_encode(bytes);
    whole += at_once.contains(' ') ? 1 : 0;
  }
  EXPECT_GT(whole, 1500) << "the mutations leave too few requests that are good";
}

TEST(Fuzz, AnswersMadeUpByAStrangerEnd) {
  Mutator mutator;
  for (int i = 0; i < 6000; ++i) {
    std::string bytes = mutator.next();
    const auto line_end = std::min(bytes.find('\n'), bytes.size());
    bytes.replace(0, line_end, mutator.below(8) == 0 ? "HTTP/1.1 100 Continue\r" : "HTTP/1.1 200 OK\r");
    ResponseParser parser(1024, 4096, mutator.below(4) == 0);
    for (std::size_t turns = 0; turns < 64 && !bytes.empty() && !parser.done(); ++turns) {
      const Parsed parsed = parser.put(bytes);
      ASSERT_LE(parsed.consumed, bytes.size());
      if (parsed.fault || parsed.consumed == 0) break;
      bytes.erase(0, parsed.consumed);
    }
    (void)parser.end();
    ASSERT_LE(parser.response().body.size(), 4096U);
  }
}

TEST(Fuzz, QueriesAndEscapesOfAnyBytesAreRead) {
  Mutator mutator;
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = mutator.bytes(64);
    ASSERT_EQ(percent_decode(percent_encode(bytes)), bytes);
    ASSERT_LE(percent_decode(bytes).size(), bytes.size());
    const auto query = Query::parse(bytes);
    for (const auto& [key, value] : query) ASSERT_TRUE(query.find(key).has_value());
    (void)parse_origin("http://" + bytes);
  }
}

TEST(Fuzz, AnyPathIsRoutedOrNotFound) {
  Router router;
  for (const char* pattern : {"/a", "/a/{id}", "/a/{id}/b", "/r/{rest...}"}) {
    router.add("GET", pattern, [](Request&) -> Task<Response> { co_return Response::empty(204); });
  }
  Mutator mutator;
  int routed = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string path = mutator.below(2) == 0 ? "/a/" : "/r/";
    for (char c : mutator.bytes(12)) path += mutator.below(3) == 0 ? '/' : c;
    Request request{.path = std::move(path)};
    const int status = fairway::testing::run(router.dispatch(request)).status;
    ASSERT_TRUE(status == 204 || status == 404);
    routed += status == 204 ? 1 : 0;
  }
  EXPECT_GT(routed, 300);
}

Task<int> send_rubbish(std::uint16_t port, Mutator& mutator, int times) {
  int answered = 0;
  for (int i = 0; i < times; ++i) {
    auto peer = co_await fairway::testing::RawPeer::connect(port);
    co_await peer->send(mutator.below(8) == 0 ? mutator.bytes(200) : mutator.next());
    peer->end_output();
    const std::string answer = co_await peer->read_to_end();
    answered += answer.starts_with("HTTP/1.1 ") ? 1 : 0;
    if (!answer.empty() && !answer.starts_with("HTTP/1.1 ")) co_return -1;
  }
  co_return answered;
}

TEST(Fuzz, AServerOutlivesRubbish) {
  fairway::testing::TestEnv test;
  boost::asio::io_context context;
  fairway::testing::FakeHttpServer server(
      context, test.env, [](Request& request) -> Task<Response> { co_return Response::text(200, request.body); });
  Mutator mutator;
  EXPECT_GT(fairway::testing::run_on(context, send_rubbish(server.port(), mutator, 500)), 450);
}

}  // namespace
}  // namespace fairway::http
