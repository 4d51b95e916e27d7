// Typed messages over a LineChannel: one JSON object a line, {"type": …, "body": {…}}.
//
// A protocol is a std::variant of described structs (json/described.h), each with
//   static constexpr std::string_view kType = "hello";
// Both sides tolerate unknown fields and skip unknown types, so that older and newer peers get along. Threads: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "json/described.h"
#include "messaging/line_channel.h"

namespace fairway::messaging {

// One line of JSON without the line break.
template <class Message>
[[nodiscard]] std::string encode(const Message& message) {
  return std::visit(
      []<class Kind>(const Kind& body) {
        json::Object line;
        line.emplace("type", Kind::kType);
        line.emplace("body", json::encode(body));
        return json::write(line);
      },
      message);
}

namespace detail {

// Tries each alternative of the variant until one bears this type.
template <class Message, std::size_t I = 0>
Result<Message> decode_as(std::string_view type, const json::Value& body) {
  if constexpr (I == std::variant_size_v<Message>) {
    return fail(Errc::unsupported, fmt::format("messages of type '{}' are unknown here", type));
  } else {
    using Kind = std::variant_alternative_t<I, Message>;
    if (type != Kind::kType) return decode_as<Message, I + 1>(type, body);
    FW_TRY(auto message, within(json::decode<Kind>(body), fmt::format("read a '{}' message", type)));
    return Message(std::move(message));
  }
}

}  // namespace detail

// Errors: invalid (malformed), unsupported (a type that we don't know: skip it).
template <class Message>
[[nodiscard]] Result<Message> decode(std::string_view line) {
  FW_TRY(const auto value, within(json::parse(line), "read a message"));
  const auto* body = json::find(value, "body");
  if (body == nullptr) return fail(Errc::invalid, "a message without a body");
  return detail::decode_as<Message>(json::string_or(value, "type"), *body);
}

template <class Message>
class Channel {
 public:
  explicit Channel(std::unique_ptr<LineChannel> lines) : lines_(std::move(lines)) {}
  // As LineChannel's.
  Result<> send(const Message& message) { return lines_->send(encode(message)); }
  void close() { lines_->close(); }
  // The next message of a known type. Errors: unavailable when the peer is gone, invalid.
  Task<Result<Message>> receive() {
    while (true) {
      FW_CO_TRY(const auto line, co_await lines_->receive());
      auto message = decode<Message>(line);
      if (message || message.error().code != Errc::unsupported) co_return message;
    }
  }

 private:
  std::unique_ptr<LineChannel> lines_;
};

// address: "unix:/run/…/gateway.sock". Errors: invalid (no address), unavailable (nobody listens).
template <class Message>
[[nodiscard]] Task<Result<std::unique_ptr<Channel<Message>>>> connect(std::string address) {
  FW_CO_TRY(auto lines, co_await connect_lines(std::move(address)));
  co_return std::make_unique<Channel<Message>>(std::move(lines));
}

// Calls `serve` with each new peer; serve's task owns the channel. Errors: invalid, conflict (somebody else listens).
template <class Message>
[[nodiscard]] Result<std::unique_ptr<Acceptor>> accept(
    boost::asio::io_context& context, Env& env, std::string address,
    std::function<Task<>(std::unique_ptr<Channel<Message>>)> serve) {
  return accept_lines(context, env, std::move(address),
                      [serve = std::move(serve)](std::unique_ptr<LineChannel> lines) -> Task<> {
                        return serve(std::make_unique<Channel<Message>>(std::move(lines)));
                      });
}

}  // namespace fairway::messaging
