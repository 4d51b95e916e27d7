// The server's side of WebSocket (RFC 6455), version 13, without extensions: a handshake and messages.
//
//   Upgrade up{.response = websocket_response(request, "v5.channel.k8s.io")};
//   up.go_on = [](net::Stream& stream, std::string received) -> Task<> {
//     WebSocket socket(stream, std::move(received));
//     … co_await socket.read() … co_await socket.write(…) … co_await socket.close();
//   };
//
// Pings are answered by whoever reads. A message of more than kMaxMessage bytes ends the connection. Threads: the loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "net/stream.h"
#include "runtime/sync.h"

namespace fairway::http {

constexpr std::size_t kMaxMessage = 1U << 20;

// The protocols that a client offers (Sec-WebSocket-Protocol), in its order.
[[nodiscard]] std::vector<std::string> offered_protocols(const Request& request);
// 101 with the accepting key and this protocol; 400 with the reason when the request is no such handshake.
[[nodiscard]] Response websocket_response(const Request& request, std::string_view protocol);
// What a server answers to a client's Sec-WebSocket-Key.
[[nodiscard]] std::string websocket_accept(std::string_view key);

// A frame's head and whole payload, unmasked, from the front of `bytes`, which it is taken from; nothing: more is to come.
// Error: invalid (no frame of a client's, or a too long one).
struct Frame {
  bool last = true;
  std::uint8_t opcode = 0;
  std::string payload;
};
[[nodiscard]] Result<std::optional<Frame>> take_frame(std::string& bytes);
// A server's frame.
[[nodiscard]] std::string make_frame(std::uint8_t opcode, std::string_view payload);

class WebSocket {
 public:
  // `stream` outlives it.
  WebSocket(net::Stream& stream, std::string received) : stream_(stream), input_(std::move(received)) {}

  // The next message, text or binary. Errors: unavailable (the peer has closed, or is gone), invalid (it speaks something
  // else). At most one at a time.
  Task<Result<std::string>> read();
  // A binary message; several may be written at the same time. Error: unavailable.
  Task<Result<>> write(std::string message);
  // Says that it is over. Nothing may be written afterwards.
  Task<> close();

 private:
  Task<Result<>> send(std::uint8_t opcode, std::string payload);
  Task<Result<Frame>> next_frame();
  // Answers a frame that is no part of a message. Errors: unavailable (the peer has closed), invalid (an unknown kind).
  Task<Result<>> heed(Frame frame);
  // The next part of a message; what comes in between is heeded.
  Task<Result<Frame>> next_part();

  net::Stream& stream_;
  std::string input_;
  bool writing_ = false, closed_ = false;
  Notify written_;
};

}  // namespace fairway::http
