// A connected stream of messages, either side. Threads: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway_link/messages.h"
#include "runtime/env.h"

namespace fairway::gateway_link {

class Channel {
 public:
  virtual ~Channel() = default;
  // Queued and sent in order; an error once the peer is gone. A peer that does not read (over 64 MiB queued) is cut
  // off.
  virtual Result<> send(const Message& message) = 0;
  // The next message. Error: unavailable when the peer is gone. Unknown types are skipped.
  virtual Task<Result<Message>> receive() = 0;
  virtual void close() = 0;
};

// address: "unix:/run/…/gateway.sock" (mode 0600).
[[nodiscard]] Task<Result<std::unique_ptr<Channel>>> connect(Env& env, std::string address);

class Acceptor {
 public:
  virtual ~Acceptor() = default;
  virtual void stop() = 0;
};

// Calls `serve` with each new peer; serve's task owns the channel.
[[nodiscard]] Result<std::unique_ptr<Acceptor>> accept(boost::asio::io_context& context, Env& env,
                                                       std::string address,
                                                       std::function<Task<>(std::unique_ptr<Channel>)> serve);

}  // namespace fairway::gateway_link
