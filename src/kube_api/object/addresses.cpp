#include "kube_api/object/addresses.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::kube_api {
namespace {

// "010.0.0.1" -> "10.0.0.1": what old clients wrote and no parser of today takes.
std::string without_leading_zeros(std::string_view text) {
  if (is_ipv6(text)) return std::string(text);
  std::vector<std::string> parts;
  for (auto part : split(text, '.')) {
    while (part.size() > 1 && part[0] == '0') part.remove_prefix(1);
    parts.emplace_back(part);
  }
  return join(parts, ".");
}

bool mapped(const net::Address& address) {
  if (address.is_v4()) return false;
  const auto& bytes = address.bytes();
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) && bytes[10] == 0xff &&
         bytes[11] == 0xff;
}

bool starts(const net::Address& address, std::string_view prefix) {
  return net::Prefix::parse(prefix)->contains(address);
}

}  // namespace

void check_ip(FieldErrors& errors, const std::string& field, std::string_view value,
              const std::vector<std::string>& old) {
  if (std::ranges::find(old, value) != old.end()) return;
  const auto address = net::Address::parse(value);
  if (!address) {
    const bool zeros = net::Address::parse(without_leading_zeros(value)).has_value();
    errors.invalid(
        field, json::Value(value),
        zeros ? "must not have leading 0s" : "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  } else if (mapped(*address)) {
    errors.invalid(field, json::Value(value), "must not be an IPv4-mapped IPv6 address");
  }
}

void check_cidr(FieldErrors& errors, const std::string& field, std::string_view value,
                const std::vector<std::string>& old) {
  if (std::ranges::find(old, value) != old.end()) return;
  const auto prefix = net::Prefix::parse(value);
  if (!prefix) {
    const auto slash = value.find('/');
    auto plain = std::string(value);
    if (slash != std::string_view::npos) {
      auto length = value.substr(slash + 1);
      while (length.size() > 1 && length[0] == '0') length.remove_prefix(1);
      plain = fmt::format("{}/{}", without_leading_zeros(value.substr(0, slash)), length);
    }
    errors.invalid(field, json::Value(value),
                   net::Prefix::parse(plain) ? "must not have leading 0s in IP or prefix length"
                                             : "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  } else if (mapped(prefix->address())) {
    errors.invalid(field, json::Value(value), "must not have an IPv4-mapped IPv6 address");
  } else if (prefix->address() != prefix->network()) {
    errors.invalid(field, json::Value(value), "must not have bits set beyond the prefix length");
  }
}

void check_endpoint_ip(FieldErrors& errors, const std::string& field, std::string_view value) {
  const auto address = net::Address::parse(value);
  if (!address) {
    errors.invalid(field, json::Value(value), "must be a valid IP address");
    return;
  }
  const bool v4 = address->is_v4();
  if (starts(*address, v4 ? "0.0.0.0/32" : "::/128")) {
    errors.invalid(field, json::Value(value), fmt::format("may not be unspecified ({})", value));
  }
  if (starts(*address, v4 ? "127.0.0.0/8" : "::1/128")) {
    errors.invalid(field, json::Value(value), "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  }
  if (starts(*address, v4 ? "169.254.0.0/16" : "fe80::/10")) {
    errors.invalid(field, json::Value(value), "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (starts(*address, v4 ? "224.0.0.0/24" : "ff02::/16")) {
    errors.invalid(field, json::Value(value),
                   "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

std::vector<std::string> ip_warnings(const std::string& field, std::string_view value) {
  const auto address = net::Address::parse(value);
  if (!address || address->is_v4() || address->text() == value) return {};
  return {fmt::format("{}: IPv6 address {} should be in RFC 5952 canonical format ({})", field, in_quotes(value),
                      in_quotes(address->text()))};
}

std::vector<std::string> cidr_warnings(const std::string& field, std::string_view value) {
  const auto prefix = net::Prefix::parse(value);
  if (!prefix || prefix->is_v4() || prefix->text() == value) return {};
  return {fmt::format("{}: IPv6 CIDR value {} should be in RFC 5952 canonical format ({})", field, in_quotes(value),
                      in_quotes(prefix->text()))};
}

}  // namespace fairway::kube_api
