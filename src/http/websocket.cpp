#include "http/websocket.h"

#include <openssl/evp.h>

#include "base/strings.h"

namespace fairway::http {

namespace {

enum Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

constexpr std::uint16_t kNormalEnd = 1000;
constexpr std::size_t kReadSize = 16 * 1024;

bool has_token(const Request& request, std::string_view header, std::string_view token) {
  const auto value = request.headers.find(header);
  if (!value) return false;
  const std::string lower = to_lower(*value);
  for (const std::string_view one : split(lower, ',')) {
    if (trim(one) == token) return true;
  }
  return false;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

void append_big_endian(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

std::vector<std::string> offered_protocols(const Request& request) {
  std::vector<std::string> offered;
  for (const auto& [name, value] : request.headers) {
    if (to_lower(name) != "sec-websocket-protocol") continue;
    for (const std::string_view one : split(value, ',')) offered.emplace_back(trim(one));
  }
  return offered;
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  FW_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  return base64_encode(std::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

Response websocket_response(const Request& request, std::string_view protocol) {
  const auto key = request.headers.find("Sec-WebSocket-Key");
  const bool good = request.method == "GET" && has_token(request, "Upgrade", "websocket") &&
                    has_token(request, "Connection", "upgrade") && key && !key->empty() &&
                    request.headers.find("Sec-WebSocket-Version").value_or("") == "13";
  if (!good) return Response::text(400, "this is no handshake of WebSocket, version 13\n");
  Response response = Response::empty(101);
  response.headers.set("Upgrade", "websocket");
  response.headers.set("Sec-WebSocket-Accept", websocket_accept(*key));
  if (!protocol.empty()) response.headers.set("Sec-WebSocket-Protocol", std::string(protocol));
  return response;
}

Result<std::optional<Frame>> take_frame(std::string& bytes) {
  if (bytes.size() < 2) return std::optional<Frame>();
  const auto first = static_cast<std::uint8_t>(bytes[0]), second = static_cast<std::uint8_t>(bytes[1]);
  if ((first & 0x70) != 0) return fail(Errc::invalid, "a frame uses an extension that was not agreed on");
  if ((second & 0x80) == 0) return fail(Errc::invalid, "a client's frame is not masked");
  std::uint64_t length = second & 0x7f;
  std::size_t head = 2;
  if (length >= 126) {
    const std::size_t more = length == 126 ? 2 : 8;
    if (bytes.size() < head + more) return std::optional<Frame>();
    length = big_endian(std::string_view(bytes).substr(head, more));
    head += more;
  }
  if (length > kMaxMessage) return fail(Errc::invalid, "a frame is longer than is taken");
  if (bytes.size() < head + 4 + length) return std::optional<Frame>();
  Frame frame{.last = (first & 0x80) != 0, .opcode = static_cast<std::uint8_t>(first & 0x0f), .payload = {}};
  const std::string mask = bytes.substr(head, 4);
  frame.payload = bytes.substr(head + 4, length);
  for (std::size_t i = 0; i < frame.payload.size(); ++i)
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
  bytes.erase(0, head + 4 + length);
  return frame;
}

std::string make_frame(std::uint8_t opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    frame += static_cast<char>(126);
    append_big_endian(frame, payload.size(), 2);
  } else {
    frame += static_cast<char>(127);
    append_big_endian(frame, payload.size(), 8);
  }
  return frame += payload;
}

Task<Result<Frame>> WebSocket::next_frame() {
  for (;;) {
    FW_CO_TRY(auto frame, take_frame(input_));
    if (frame) co_return *std::move(frame);
    const std::size_t before = input_.size();
    input_.resize(before + kReadSize);
    const net::Moved moved = co_await stream_.read_some(boost::asio::buffer(input_.data() + before, kReadSize));
    input_.resize(before + moved.bytes);
    if (moved.error) co_return fail(Errc::unavailable, "the peer is gone: " + moved.error.message());
  }
}

Task<Result<>> WebSocket::heed(Frame frame) {
  if (frame.opcode == Opcode::pong) co_return Result<>{};
  if (frame.opcode == Opcode::ping) co_return co_await send(Opcode::pong, std::move(frame.payload));
  if (frame.opcode != Opcode::closing) co_return fail(Errc::invalid, "a frame has an unknown kind");
  co_await close();
  co_return fail(Errc::unavailable, "the peer has closed");
}

Task<Result<Frame>> WebSocket::next_part() {
  for (;;) {
    FW_CO_TRY(Frame frame, co_await next_frame());
    if (frame.opcode <= Opcode::binary) co_return frame;
    FW_CO_TRY_DO(co_await heed(std::move(frame)));
  }
}

Task<Result<std::string>> WebSocket::read() {
  std::string message;
  for (;;) {
    FW_CO_TRY(const Frame part, co_await next_part());
    message += part.payload;
    if (message.size() > kMaxMessage) co_return fail(Errc::invalid, "a message is longer than is taken");
    if (part.last) co_return message;
  }
}

Task<Result<>> WebSocket::send(std::uint8_t opcode, std::string payload) {
  while (writing_) co_await written_.wait();
  if (closed_) co_return fail(Errc::unavailable, "the connection was closed");
  writing_ = true;
  closed_ = opcode == Opcode::closing;
  const auto error = co_await stream_.write(make_frame(opcode, payload));
  writing_ = false;
  written_.notify_all();
  if (error) co_return fail(Errc::unavailable, "the peer is gone: " + error.message());
  co_return Result<>{};
}

Task<Result<>> WebSocket::write(std::string message) { co_return co_await send(Opcode::binary, std::move(message)); }

Task<> WebSocket::close() {
  std::string code;
  append_big_endian(code, kNormalEnd, 2);
  (void)co_await send(Opcode::closing, std::move(code));
}

}  // namespace fairway::http
