#include "net/stream.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairway::net {
namespace {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::system::error_code;

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
    error_code ignored;  // a Unix socket has no such option; a closed one shows at the first read
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
  }

  Task<Result<>> handshake() override { co_return Result<>{}; }

  Task<Moved> read_some(boost::asio::mutable_buffer into) override {
    Moved moved;
    moved.bytes = co_await socket_.async_read_some(into, redirect_error(use_awaitable, moved.error));
    co_return moved;
  }

  // Most answers fit the socket's buffer: written at once, without a turn of the loop.
  Task<error_code> write(std::string_view first, std::string_view second) override {
    while (!first.empty() || !second.empty()) {
      const std::array pieces{boost::asio::buffer(first), boost::asio::buffer(second)};
      error_code error;
      std::size_t done = socket_.write_some(pieces, error);
      if (error == boost::asio::error::would_block) {
        error.clear();
        co_await socket_.async_wait(Socket::wait_write, redirect_error(use_awaitable, error));
      }
      if (error) co_return error;
      const std::size_t of_first = std::min(done, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(done - of_first);
    }
    co_return error_code{};
  }

  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void end_output() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  [[nodiscard]] bool idle() const override {
    if (!socket_.is_open()) return false;
    char byte = 0;
    const auto got = ::recv(const_cast<Socket&>(socket_).native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  [[nodiscard]] const PeerIdentity& identity() const override { return identity_; }

 private:
  Socket socket_;
  PeerIdentity identity_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) { return std::make_unique<PlainStream>(std::move(socket)); }

void Connecting::cancel() {
  cancelled_ = true;
  if (cancel_step_) cancel_step_();
}

Task<Result<Socket>> connect_one(Connecting& attempt, boost::asio::generic::stream_protocol::endpoint endpoint,
                                 std::string name) {
  Socket socket(co_await boost::asio::this_coro::executor);
  error_code error;
  attempt.cancel_step_ = [&socket, &error] { socket.cancel(error); };
  co_await socket.async_connect(endpoint, redirect_error(use_awaitable, error));
  attempt.cancel_step_ = nullptr;
  if (attempt.cancelled_) co_return fail(Errc::timeout, "connect to " + name + ": no answer in time");
  if (error) co_return fail(Errc::unavailable, "connect to " + name + ": " + error.message());
  co_return std::move(socket);
}

Task<Result<Socket>> connect(Connecting& attempt, std::string host, std::uint16_t port) {
  using boost::asio::ip::tcp;
  if (host.starts_with("unix:")) {
    if (host.size() - 5 > 107) {
      co_return fail(Errc::invalid, "connect to " + host + ": a socket's path has at most 107 bytes");
    }
    co_return co_await connect_one(attempt, boost::asio::local::stream_protocol::endpoint(host.substr(5)), host);
  }
  error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (!error) co_return co_await connect_one(attempt, tcp::endpoint(address, port), fmt::format("{}:{}", host, port));

  tcp::resolver resolver(co_await boost::asio::this_coro::executor);
  error.clear();
  attempt.cancel_step_ = [&resolver] { resolver.cancel(); };
  const auto found =
      co_await resolver.async_resolve(host, std::to_string(port), redirect_error(use_awaitable, error));
  attempt.cancel_step_ = nullptr;
  if (attempt.cancelled_) co_return fail(Errc::timeout, "resolve " + host + ": no answer in time");
  if (error) co_return fail(Errc::unavailable, "resolve " + host + ": " + error.message());
  Result<Socket> last = fail(Errc::unavailable, "resolve " + host + ": no address");
  for (const auto& entry : found) {
    const auto name = fmt::format("{} ({}:{})", host, entry.endpoint().address().to_string(), port);
    last = co_await connect_one(attempt, entry.endpoint(), name);
    if (last || attempt.cancelled_) break;
  }
  co_return last;
}

std::string peer_name(const Socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error || endpoint.protocol().family() == AF_UNIX) return "unix";
  boost::asio::ip::tcp::endpoint peer;
  if (endpoint.size() > peer.capacity()) return "unix";
  std::memcpy(peer.data(), endpoint.data(), endpoint.size());
  const auto text = peer.address().to_string();
  return peer.address().is_v6() ? fmt::format("[{}]:{}", text, peer.port()) : fmt::format("{}:{}", text, peer.port());
}

}  // namespace fairway::net
