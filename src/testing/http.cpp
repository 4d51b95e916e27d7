#include "testing/http.h"

#include <stdexcept>

namespace fairway::testing {

Task<std::unique_ptr<RawPeer>> RawPeer::connect(std::uint16_t port) {
  net::Connecting attempt;
  auto socket = co_await net::connect(attempt, "127.0.0.1", port);
  if (!socket) throw std::runtime_error(socket.error().what);
  co_return std::unique_ptr<RawPeer>(new RawPeer(net::plain_stream(*std::move(socket))));  // private constructor
}

Task<bool> RawPeer::send(std::string bytes) {
  const auto error = co_await stream_->write(bytes);
  co_return !error;
}

Task<std::string> RawPeer::read_until(std::string text) {
  std::string got;
  std::array<char, 4096> piece{};
  while (!got.contains(text)) {
    const net::Moved moved = co_await stream_->read_some(boost::asio::buffer(piece));
    got.append(piece.data(), moved.bytes);
    if (moved.error) break;
  }
  co_return got;
}

Task<std::string> RawPeer::read_to_end() {
  std::string got;
  std::array<char, 4096> piece{};
  while (true) {
    const net::Moved moved = co_await stream_->read_some(boost::asio::buffer(piece));
    got.append(piece.data(), moved.bytes);
    if (moved.error) co_return got;
  }
}

FakeHttpServer::FakeHttpServer(boost::asio::io_context& context, Env& env, http::Handler handler,
                               http::ServerConfig config)
    : handler_(std::move(handler)) {
  auto made = http::Server::listen(context, env, "fake", std::move(config),
                                   [this](http::Request& request) { return handle(request); });
  if (!made) throw std::runtime_error(made.error().what);
  server_ = *std::move(made);
}

Task<http::Response> FakeHttpServer::handle(http::Request& request) {
  requests_.push_back(request);
  co_return co_await handler_(request);
}

}  // namespace fairway::testing
