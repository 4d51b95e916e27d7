// Where a client connects, from "http://host:port/prefix", "https://…" or "unix:/path". Pure. Internal to http/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fairway::http {

struct Origin {
  bool tls = false;
  std::string host;  // without brackets; or "unix:/path"
  std::uint16_t port = 0;
  std::string prefix;       // "" or "/identity", never with a slash at its end
  std::string host_header;  // "10.0.0.1:9696"; the port only where it is not the scheme's own
  std::string name;         // for people: the origin with its prefix
  bool operator==(const Origin&) const = default;
};

// Error: invalid, with the text and what is wrong with it.
[[nodiscard]] Result<Origin> parse_origin(std::string_view text);

}  // namespace fairway::http
