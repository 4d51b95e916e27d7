#include "net/address.h"

#include <algorithm>
#include <bit>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::net {
namespace {

constexpr std::size_t kV4Offset = 12;

std::size_t first_byte(const Address& address) { return address.is_v4() ? kV4Offset : 0; }

// The mask's byte at `index` of the family's own bytes, for a prefix of `length` bits.
std::uint8_t mask_byte(int length, std::size_t index) {
  const int bits = std::clamp(length - static_cast<int>(index) * 8, 0, 8);
  return static_cast<std::uint8_t>(0xFF00U >> bits);
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  const std::string copy(text);
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes_.data() + kV4Offset) == 1) return address;
  address.v4_ = false;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

Address Address::v4(std::uint32_t host_order) {
  Address address;
  for (std::size_t i = 0; i < 4; ++i) {
    address.bytes_[kV4Offset + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  }
  return address;
}

std::uint32_t Address::to_v4() const {
  FW_CHECK(v4_);
  std::uint32_t number = 0;
  for (std::size_t i = kV4Offset; i < bytes_.size(); ++i) number = number << 8 | bytes_[i];
  return number;
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const int family = v4_ ? AF_INET : AF_INET6;
  FW_CHECK(inet_ntop(family, bytes_.data() + first_byte(*this), buffer.data(), buffer.size()) != nullptr);
  return buffer.data();
}

std::optional<Address> Address::plus(std::uint64_t by) const {
  Address sum = *this;
  for (std::size_t i = bytes_.size(); i > first_byte(*this) && by != 0; --i) {
    const std::uint64_t digit = (by & 0xFF) + bytes_[i - 1];
    sum.bytes_[i - 1] = static_cast<std::uint8_t>(digit);
    by = (by >> 8) + (digit >> 8);
  }
  if (by != 0) return std::nullopt;
  return sum;
}

std::optional<Address> Address::previous() const {
  Address before = *this;
  for (std::size_t i = bytes_.size(); i > first_byte(*this); --i) {
    if (before.bytes_[i - 1]-- != 0) return before;
  }
  return std::nullopt;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = Address::parse(text.substr(0, slash));
  const auto length = parse_int(text.substr(slash + 1));
  if (!address || !length || *length < 0 || *length > (address->is_v4() ? 32 : 128)) return std::nullopt;
  Prefix prefix;
  prefix.address_ = *address;
  prefix.length_ = static_cast<int>(*length);
  return prefix;
}

Address Prefix::network() const {
  Address masked = address_;
  const auto first = first_byte(address_);
  for (std::size_t i = first; i < masked.bytes_.size(); ++i) masked.bytes_[i] &= mask_byte(length_, i - first);
  return masked;
}

Address Prefix::last() const {
  Address filled = address_;
  const auto first = first_byte(address_);
  for (std::size_t i = first; i < filled.bytes_.size(); ++i) {
    filled.bytes_[i] |= static_cast<std::uint8_t>(~mask_byte(length_, i - first));
  }
  return filled;
}

bool Prefix::contains(const Address& address) const {
  return address.is_v4() == is_v4() && network() <= address && address <= last();
}

bool Prefix::overlaps(const Prefix& other) const { return contains(other.network()) || other.contains(network()); }

std::string Prefix::text() const { return fmt::format("{}/{}", network().text(), length_); }

}  // namespace fairway::net
