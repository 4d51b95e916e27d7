#include "dataplane/ping/packet.h"

#include <array>
#include <string_view>

namespace fairway::dataplane::ping {
namespace {

constexpr std::uint8_t kEchoReply = 0, kEchoRequest = 8;
constexpr std::size_t kHeader = 8, kLeastIpHeader = 20;
constexpr std::string_view kPayload = "fairway health monitor";

// RFC 1071. Of a message that holds its own checksum it is 0 when nothing was damaged.
std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] << 8U : bytes[i];
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t get(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

}  // namespace

std::vector<std::uint8_t> to_request(const Echo& echo) {
  std::vector<std::uint8_t> bytes(kHeader);
  bytes[0] = kEchoRequest;
  put(bytes, 4, echo.id);
  put(bytes, 6, echo.sequence);
  bytes.insert(bytes.end(), kPayload.begin(), kPayload.end());
  put(bytes, 2, checksum(bytes));
  return bytes;
}

std::optional<Echo> parse_reply(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < kLeastIpHeader) return std::nullopt;
  const std::size_t ip_header = (datagram[0] & 0x0fU) * std::size_t{4};
  if (ip_header < kLeastIpHeader || datagram.size() < ip_header + kHeader) return std::nullopt;
  const auto message = datagram.subspan(ip_header);
  if (message[0] != kEchoReply || message[1] != 0 || checksum(message) != 0) return std::nullopt;
  return Echo{get(message, 4), get(message, 6)};
}

}  // namespace fairway::dataplane::ping
