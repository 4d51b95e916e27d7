#include "http/origin.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::http {
namespace {

constexpr std::string_view unix_prefix = "unix:";

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(
      Errc::invalid,
      fmt::format("'{}' is no origin: {}; give http://host:port, https://host:port or unix:/path", text, why));
}

}  // namespace

Result<Origin> parse_origin(std::string_view text) {
  Origin origin;
  origin.name = text;
  while (origin.name.ends_with('/')) origin.name.pop_back();
  if (text.starts_with(unix_prefix)) {
    if (text.size() == unix_prefix.size()) return refuse(text, "the socket's path is missing");
    origin.host = text;
    origin.host_header = "localhost";
    return origin;
  }
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    origin.tls = true;
  } else if (!rest.starts_with("http://")) {
    return refuse(text, "its scheme is neither http nor https");
  }
  rest.remove_prefix(rest.find("//") + 2);
  if (rest.contains('@')) return refuse(text, "it holds a user name");
  if (rest.find_first_of("?#") != std::string_view::npos) return refuse(text, "it holds a query or a fragment");
  const auto slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  origin.prefix = rest.substr(slash);
  while (origin.prefix.ends_with('/')) origin.prefix.pop_back();

  origin.port = origin.tls ? 443 : 80;
  const bool bracketed = authority.starts_with('[');
  const auto host_end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos) return refuse(text, "a bracket is not closed");
  origin.host = authority.substr(bracketed ? 1 : 0, bracketed ? host_end - 1 : host_end);
  if (origin.host.empty()) return refuse(text, "the host is missing");
  origin.host_header = authority;
  authority.remove_prefix(bracketed ? host_end + 1 : host_end);
  if (authority.empty()) return origin;
  const auto port = authority.starts_with(':') ? parse_int(authority.substr(1)) : std::nullopt;
  if (!port || *port < 1 || *port > 65535) return refuse(text, "its port is not a number from 1 to 65535");
  origin.port = static_cast<std::uint16_t>(*port);
  return origin;
}

}  // namespace fairway::http
