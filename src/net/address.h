// IPv4 and IPv6 addresses and prefixes as values. Pure; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fairway::net {

class Address {
 public:
  Address() = default;
  // Dotted quad (no leading zeros, as inet_pton has it) or RFC 4291 text.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);
  [[nodiscard]] static Address v4(std::uint32_t host_order);
  [[nodiscard]] bool is_v4() const { return v4_; }
  [[nodiscard]] std::uint32_t to_v4() const;  // host order; a broken invariant for IPv6
  [[nodiscard]] std::string text() const;
  // The address `by` further on, or nothing past the end of the family.
  [[nodiscard]] std::optional<Address> plus(std::uint64_t by) const;
  // The address just before, or nothing before the first.
  [[nodiscard]] std::optional<Address> previous() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  friend class Prefix;
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4: the last four
};

class Prefix {
 public:
  Prefix() = default;
  // "10.0.0.0/24"; host bits are kept in address() and cleared in network(). A bare address is refused.
  [[nodiscard]] static std::optional<Prefix> parse(std::string_view text);
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] int length() const { return length_; }
  [[nodiscard]] bool is_v4() const { return address_.is_v4(); }
  [[nodiscard]] Address network() const;
  [[nodiscard]] Address last() const;  // the broadcast address of an IPv4 prefix
  [[nodiscard]] bool contains(const Address& address) const;
  [[nodiscard]] bool overlaps(const Prefix& other) const;
  [[nodiscard]] std::string text() const;  // host bits cleared: "10.0.0.0/24"
  friend bool operator==(const Prefix&, const Prefix&) = default;

 private:
  Address address_;
  int length_ = 0;
};

}  // namespace fairway::net
