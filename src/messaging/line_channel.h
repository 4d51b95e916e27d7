// A connected stream of text lines over a unix socket, either side. What the lines mean is its users' business
// (messaging/channel.h). Threads: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/env.h"

namespace fairway::messaging {

class LineChannel {
 public:
  virtual ~LineChannel() = default;
  // Queued and sent in order, with a line break that the line itself must not hold; an error once the peer is gone. A
  // peer that does not read (over 64 MiB queued) is cut off.
  virtual Result<> send(std::string_view line) = 0;
  // The next line. Error: unavailable when the peer is gone.
  virtual Task<Result<std::string>> receive() = 0;
  virtual void close() = 0;
};

// address: "unix:/run/…/gateway.sock".
[[nodiscard]] Task<Result<std::unique_ptr<LineChannel>>> connect_lines(std::string address);

class Acceptor {
 public:
  virtual ~Acceptor() = default;
  virtual void stop() = 0;
};

// Makes the socket (mode 0600) and calls `serve` with each new peer; serve's task owns the channel.
[[nodiscard]] Result<std::unique_ptr<Acceptor>> accept_lines(
    boost::asio::io_context& context, Env& env, std::string address,
    std::function<Task<>(std::unique_ptr<LineChannel>)> serve);

}  // namespace fairway::messaging
