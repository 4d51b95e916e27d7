// HTTP for tests: a loop with hand-wound time, a server on a port that the kernel chose, and peers that speak as they
// like.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "http/client.h"
#include "http/server.h"
#include "net/stream.h"
#include "testing/env.h"

namespace fairway::testing {

// A peer that sends bytes as they are, well-formed or not.
class RawPeer {
 public:
  static Task<std::unique_ptr<RawPeer>> connect(std::uint16_t port);
  // Whether all of it went out.
  Task<bool> send(std::string bytes);
  // Reads on until `text` has arrived (or the end), and returns all that was read since the last call.
  Task<std::string> read_until(std::string text);
  Task<std::string> read_to_end();
  void end_output() { stream_->end_output(); }
  void close() { stream_->close(); }

 private:
  explicit RawPeer(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}
  std::unique_ptr<net::Stream> stream_;
};

// A server for a client under test: keeps what it was asked, answers what it was told to. Not a model of any API.
class FakeHttpServer {
 public:
  FakeHttpServer(boost::asio::io_context& context, Env& env, http::Handler handler, http::ServerConfig config = {});

  [[nodiscard]] std::string origin() const { return fmt::format("http://127.0.0.1:{}", server_->port()); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] http::Server& server() { return *server_; }
  // As they came, with their bodies.
  [[nodiscard]] const std::vector<http::Request>& requests() const { return requests_; }

 private:
  Task<http::Response> handle(http::Request& request);
  http::Handler handler_;
  std::vector<http::Request> requests_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace fairway::testing
