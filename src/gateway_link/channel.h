// A connected stream of messages between a cloud and a gateway, either side: messaging/channel.h with the messages of
// this link. Threads: the loop's.
#pragma once

#include "gateway_link/messages.h"
#include "messaging/channel.h"

namespace fairway::gateway_link {

using Channel = messaging::Channel<Message>;
using Acceptor = messaging::Acceptor;

// address: "unix:/run/…/gateway.sock". Errors: invalid (no address), unavailable (nobody listens).
[[nodiscard]] inline Task<Result<std::unique_ptr<Channel>>> connect(std::string address) {
  return messaging::connect<Message>(std::move(address));
}

// Calls `serve` with each new peer; serve's task owns the channel. Errors: invalid, conflict (somebody else listens).
[[nodiscard]] inline Result<std::unique_ptr<Acceptor>> accept(boost::asio::io_context& context, Env& env,
                                                              std::string address,
                                                              std::function<Task<>(std::unique_ptr<Channel>)> serve) {
  return messaging::accept<Message>(context, env, std::move(address), std::move(serve));
}

}  // namespace fairway::gateway_link
