// Typed messages over a LineChannel: one JSON object a line, {"type": …, "body": {…}}.
//
// A protocol is a std::variant of described structs (json/described.h), each with
//   static constexpr std::string_view kType = "hello";
// Both sides tolerate unknown fields and skip unknown types, so that older and newer peers get along. Threads: the
// loop's. The definitions are in messaging/channel_impl.h and are compiled once for each protocol.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "messaging/line_channel.h"

namespace fairway::messaging {

// One line of JSON without the line break.
template <class Message>
[[nodiscard]] std::string encode(const Message& message);

// Errors: invalid (malformed), unsupported (a type that we don't know: skip it).
template <class Message>
[[nodiscard]] Result<Message> decode(std::string_view line);

template <class Message>
class Channel {
 public:
  explicit Channel(std::unique_ptr<LineChannel> lines) : lines_(std::move(lines)) {}
  // As LineChannel's.
  Result<> send(const Message& message);
  void close() { lines_->close(); }
  // The next message of a known type. Errors: unavailable when the peer is gone, invalid.
  Task<Result<Message>> receive();

 private:
  std::unique_ptr<LineChannel> lines_;
};

// address: "unix:/run/…/gateway.sock". Errors: invalid (no address), unavailable (nobody listens).
template <class Message>
[[nodiscard]] Task<Result<std::unique_ptr<Channel<Message>>>> connect(std::string address);

// Calls `serve` with each new peer; serve's task owns the channel. Errors: invalid, conflict (somebody else listens).
template <class Message>
[[nodiscard]] Result<std::unique_ptr<Acceptor>> accept(
    boost::asio::io_context& context, Env& env, std::string address,
    std::function<Task<>(std::unique_ptr<Channel<Message>>)> serve);

}  // namespace fairway::messaging
