// ICMP echo messages as bytes (RFC 792). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace fairway::dataplane::ping {

struct Echo {
  std::uint16_t id = 0, sequence = 0;
  bool operator==(const Echo&) const = default;
};

// A request, checksum included; without an IP header.
[[nodiscard]] std::vector<std::uint8_t> to_request(const Echo& echo);

// Of a datagram that a raw socket received, IPv4 header first; nothing when it is no intact echo reply.
[[nodiscard]] std::optional<Echo> parse_reply(std::span<const std::uint8_t> datagram);

}  // namespace fairway::dataplane::ping
