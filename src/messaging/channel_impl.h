// The definitions of messaging/channel.h, and the line that compiles them for one protocol. Included by the one file of
// each protocol that does so, and by no other: describing every message is work for the compiler.
#pragma once

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "json/described.h"
#include "messaging/channel.h"

namespace fairway::messaging {

template <class Message>
std::string encode(const Message& message) {
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

template <class Message>
Result<Message> decode(std::string_view line) {
  FW_TRY(const auto value, within(json::parse(line), "read a message"));
  const auto* body = json::find(value, "body");
  if (body == nullptr) return fail(Errc::invalid, "a message without a body");
  return detail::decode_as<Message>(json::string_or(value, "type"), *body);
}

template <class Message>
Result<> Channel<Message>::send(const Message& message) {
  return lines_->send(encode(message));
}

template <class Message>
Task<Result<Message>> Channel<Message>::receive() {
  while (true) {
    FW_CO_TRY(const auto line, co_await lines_->receive());
    auto message = decode<Message>(line);
    if (message || message.error().code != Errc::unsupported) co_return message;
  }
}

template <class Message>
Task<Result<std::unique_ptr<Channel<Message>>>> connect(std::string address) {
  FW_CO_TRY(auto lines, co_await connect_lines(std::move(address)));
  co_return std::make_unique<Channel<Message>>(std::move(lines));
}

template <class Message>
Result<std::unique_ptr<Acceptor>> accept(boost::asio::io_context& context, Env& env, std::string address,
                                         std::function<Task<>(std::unique_ptr<Channel<Message>>)> serve) {
  return accept_lines(context, env, std::move(address),
                      [serve = std::move(serve)](std::unique_ptr<LineChannel> lines) -> Task<> {
                        return serve(std::make_unique<Channel<Message>>(std::move(lines)));
                      });
}

}  // namespace fairway::messaging

// In namespace fairway::messaging.
#define FAIRWAY_PROTOCOL(Message)                                                         \
  template std::string encode(const Message&);                                            \
  template Result<Message> decode<Message>(std::string_view);                             \
  template class Channel<Message>;                                                        \
  template Task<Result<std::unique_ptr<Channel<Message>>>> connect<Message>(std::string); \
  template Result<std::unique_ptr<Acceptor>> accept<Message>(                             \
      boost::asio::io_context&, Env&, std::string, std::function<Task<>(std::unique_ptr<Channel<Message>>)>);
