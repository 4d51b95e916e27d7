// VXLAN links (RFC 7348) whose peers are told, not learned: the kernel's tables of who is where, by netlink. In the
// style of net/links.h: level-based, `ns` is a namespace's name, well under a ms each.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"

namespace fairway::net {

struct VxlanLink {
  std::string ns, name;
  std::uint32_t vni = 1;
  std::uint16_t port = 8472;  // UDP
  std::string underlay;       // the link that carries its packets; 50 bytes of its MTU are for the envelope
  std::string local;          // the address on it
  std::string mac;
};

// Up, without learning. One of the same name with other attributes is made anew.
[[nodiscard]] Result<> make_vxlan(const VxlanLink& link);

// Each of these makes the link's whole table what is given: what is missing is added, what differs is changed, what is
// more is removed. Entries are permanent.
//   neighbours: IPv4 address -> MAC (ARP)        forwarding: MAC -> the peer's address on the underlay (FDB)
//   routes: "10.100.2.0/24" -> the next hop, which need not be on a network of the link (onlink)
[[nodiscard]] Result<> set_neighbours(const std::string& ns, const std::string& link,
                                      const std::map<std::string, std::string>& wanted);
[[nodiscard]] Result<> set_forwarding(const std::string& ns, const std::string& link,
                                      const std::map<std::string, std::string>& wanted);
[[nodiscard]] Result<> set_onlink_routes(const std::string& ns, const std::string& link,
                                         const std::map<std::string, std::string>& wanted);

// What stands there now, in the same form.
[[nodiscard]] Result<std::map<std::string, std::string>> list_neighbours(const std::string& ns,
                                                                         const std::string& link);
[[nodiscard]] Result<std::map<std::string, std::string>> list_forwarding(const std::string& ns,
                                                                         const std::string& link);
[[nodiscard]] Result<std::map<std::string, std::string>> list_onlink_routes(const std::string& ns,
                                                                            const std::string& link);

// Bytes; other links than VXLANs too.
[[nodiscard]] Result<> set_mtu(const std::string& ns, const std::string& link, std::uint32_t mtu);

}  // namespace fairway::net
