// Links, addresses, routes by netlink (rtnetlink(7)). Every call is level-based: making what is there already as
// wanted does nothing; removing what is gone is no error. `ns` is a namespace's name ("" = our own). They block for
// well under a ms.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace fairway::net {

struct VethEnd {
  std::string ns;
  std::string name;
  std::string mac;  // empty: the kernel's choice
};

[[nodiscard]] Result<> make_bridge(const std::string& ns, const std::string& name);
// Both ends up. When `a` exists already with its peer in place: nothing.
[[nodiscard]] Result<> make_veth(const VethEnd& a, const VethEnd& b);
[[nodiscard]] Result<> attach_to_bridge(const std::string& ns, const std::string& link, const std::string& bridge);
// Removes a bridge into which nothing is plugged any more. Error: conflict (something is).
[[nodiscard]] Result<> remove_bridge(const std::string& ns, const std::string& name);
[[nodiscard]] Result<> remove_link(const std::string& ns, const std::string& name);
[[nodiscard]] Result<std::vector<std::string>> list_links(const std::string& ns);

// address: "10.0.0.1/24".
[[nodiscard]] Result<> add_address(const std::string& ns, const std::string& link, const std::string& address);
[[nodiscard]] Result<> remove_address(const std::string& ns, const std::string& link, const std::string& address);
[[nodiscard]] Result<std::vector<std::string>> list_addresses(const std::string& ns, const std::string& link);

// to: "0.0.0.0/0" is the default route; via empty: on the link.
[[nodiscard]] Result<> set_route(const std::string& ns, const std::string& to, const std::string& via,
                                 const std::string& link);
[[nodiscard]] Result<> remove_route(const std::string& ns, const std::string& to);

// One gratuitous ARP from the namespace, so that neighbours forget an older owner (RFC 5227, section 1.2).
[[nodiscard]] Result<> announce_address(const std::string& ns, const std::string& link, const std::string& address);

// Closes what is kept open for the namespace (a socket keeps it alive after its removal). remove_namespace() does
// this by itself.
void forget_links(const std::string& ns);

}  // namespace fairway::net
