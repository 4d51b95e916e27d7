// A byte stream on the loop: TCP, Unix, or TLS over either. What http/ and the gateway's link are built on.
//
// Contract: at most one read and one write at a time, which may overlap. Destroying a stream closes it; a stream must
// outlive its pending operations, so end them first with cancel() or close(). Threads: the loop's only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

#include "base/result.h"
#include "runtime/task.h"

namespace fairway::net {

using Socket = boost::asio::generic::stream_protocol::socket;  // TCP and Unix alike

struct Moved {
  std::size_t bytes = 0;
  boost::system::error_code error;  // boost::asio::error::eof at the end, however the peer ended it
};

// Who the peer proved to be by its certificate; empty without one.
struct PeerIdentity {
  std::string common_name;
  std::vector<std::string> organizations;
};

class Stream {
 public:
  virtual ~Stream() = default;
  // Before anything else, once. Error: unavailable (the peer hung up, or its certificate is not good); nothing to do
  // for a plain stream.
  virtual Task<Result<>> handshake() = 0;
  virtual Task<Moved> read_some(boost::asio::mutable_buffer into) = 0;
  // All of both pieces, or an error.
  virtual Task<boost::system::error_code> write(std::string_view first, std::string_view second = {}) = 0;
  // What is pending ends with operation_aborted; the stream stays open.
  virtual void cancel() = 0;
  // The peer reads the end; what it still sends can be read.
  virtual void end_output() = 0;
  virtual void close() = 0;
  // Open, and with nothing to read: what a pooled connection must be to be used again.
  [[nodiscard]] virtual bool idle() const = 0;
  [[nodiscard]] virtual const PeerIdentity& identity() const = 0;
};

// Sets TCP_NODELAY where the socket has it.
[[nodiscard]] std::unique_ptr<Stream> plain_stream(Socket socket);

// One connect() under way: cancel() ends it with a timeout error. At most one connect() for each.
class Connecting {
 public:
  void cancel();
  [[nodiscard]] bool cancelled() const { return cancelled_; }

 private:
  friend Task<Result<Socket>> connect(Connecting& attempt, std::string host, std::uint16_t port);
  friend Task<Result<Socket>> connect_one(Connecting& attempt,
                                          boost::asio::generic::stream_protocol::endpoint endpoint, std::string name);
  std::function<void()> cancel_step_;
  bool cancelled_ = false;
};

// `host` is an address, a name (resolved; each of its addresses is tried in turn), or "unix:/path" with any port.
// Errors: unavailable, invalid (a path too long), timeout (cancelled). `attempt` must outlive the call.
Task<Result<Socket>> connect(Connecting& attempt, std::string host, std::uint16_t port);

// "127.0.0.1:40312", or "unix".
[[nodiscard]] std::string peer_name(const Socket& socket);

}  // namespace fairway::net
