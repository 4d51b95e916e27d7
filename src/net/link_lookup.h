// What links.cpp and vxlan.cpp have in common: finding a link by name, and texts as netlink wants them. Inner part of
// net/: nobody else includes it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "net/rtnetlink.h"

namespace fairway::net {

using Mac = std::array<std::uint8_t, 6>;

struct LinkFacts {
  int index = 0;
  int peer = 0;    // the other end of a veth, by its index in its own namespace
  int master = 0;  // the bridge it is plugged into
  bool up = false;
  std::string name;
  std::vector<std::byte> mac;
};

// An address in network order with its family and prefix length.
struct RawAddress {
  unsigned char family = AF_INET;
  int length = 0;
  std::vector<std::uint8_t> bytes;
  [[nodiscard]] int full_length() const { return family == AF_INET ? 32 : 128; }
};

[[nodiscard]] std::string at(const std::string& ns, const std::string& link);
[[nodiscard]] Result<RawAddress> parse_address(std::string_view text);
[[nodiscard]] Result<Mac> parse_mac(const std::string& text);
[[nodiscard]] Result<> check_name(const std::string& name);

// Nothing when there is no such link.
[[nodiscard]] Result<std::optional<LinkFacts>> find_link(const std::string& ns, const std::string& name);
[[nodiscard]] Result<LinkFacts> need_link(const std::string& ns, const std::string& name);
[[nodiscard]] Result<> change_link(const std::string& ns, int index, std::string_view doing, unsigned flags,
                                   const std::function<void(NetlinkRequest&)>& fill);
[[nodiscard]] Result<> set_up(const std::string& ns, const LinkFacts& link);
[[nodiscard]] Result<> set_mac(const std::string& ns, const LinkFacts& link, const std::string& text);

}  // namespace fairway::net
