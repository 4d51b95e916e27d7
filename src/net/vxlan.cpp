#include "net/vxlan.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <net/if.h>

#include <cerrno>

#include "net/link_lookup.h"
#include "net/links.h"

namespace fairway::net {
namespace {

using Table = std::map<std::string, std::string>;

std::string to_mac_text(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte one : bytes)
    text += fmt::format("{}{:02x}", text.empty() ? "" : ":", std::to_integer<unsigned>(one));
  return text;
}

std::string to_address_text(const std::vector<std::byte>& bytes) {
  std::array<char, INET_ADDRSTRLEN> text{};
  if (bytes.size() != 4) return {};
  ::inet_ntop(AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

const std::vector<std::byte>& attribute(const NetlinkAnswer& answer, int type) {
  static const std::vector<std::byte> kNone;
  const auto found = answer.attributes.find(type);
  return found == answer.attributes.end() ? kNone : found->second;
}

// What is inside an attribute that nests others.
std::map<int, std::vector<std::byte>> nested(const std::vector<std::byte>& bytes) {
  std::map<int, std::vector<std::byte>> inside;
  std::size_t at = 0;
  while (at + sizeof(rtattr) <= bytes.size()) {
    rtattr one{};
    std::memcpy(&one, bytes.data() + at, sizeof one);
    if (one.rta_len < sizeof one || at + one.rta_len > bytes.size()) break;
    inside[one.rta_type & NLA_TYPE_MASK].assign(bytes.begin() + static_cast<std::ptrdiff_t>(at + sizeof one),
                                                bytes.begin() + static_cast<std::ptrdiff_t>(at + one.rta_len));
    at += RTA_ALIGN(one.rta_len);
  }
  return inside;
}

// Whether what stands there is a VXLAN as wanted; its MAC may be changed in place.
Result<bool> is_as_wanted(const VxlanLink& link, const LinkFacts& facts, const LinkFacts& underlay) {
  NetlinkRequest request(RTM_GETLINK, 0, [&] {
    ifinfomsg header{};
    header.ifi_index = facts.index;
    return header;
  }());
  std::vector<NetlinkAnswer> answers;
  FW_TRY_DO(
      expect(talk(link.ns, std::move(request), sizeof(ifinfomsg), &answers), "look at " + at(link.ns, link.name)));
  if (answers.empty()) return false;
  const auto info = nested(attribute(answers.front(), IFLA_LINKINFO));
  const auto data = info.find(IFLA_INFO_DATA);
  if (data == info.end()) return false;
  NetlinkAnswer vxlan;
  vxlan.attributes = nested(data->second);
  return vxlan.number(IFLA_VXLAN_ID) == link.vni && vxlan.number(IFLA_VXLAN_PORT) == htons(link.port) &&
         static_cast<int>(vxlan.number(IFLA_VXLAN_LINK)) == underlay.index &&
         vxlan.number(IFLA_VXLAN_LEARNING) == 0 && to_address_text(attribute(vxlan, IFLA_VXLAN_LOCAL)) == link.local;
}

Result<> create_vxlan(const VxlanLink& link, const LinkFacts& underlay) {
  const auto doing = fmt::format("make the VXLAN {}", at(link.ns, link.name));
  FW_TRY(const auto local, within(parse_address(link.local), doing));
  FW_TRY(const Mac mac, within(parse_mac(link.mac), doing));
  ifinfomsg header{};
  header.ifi_flags = header.ifi_change = IFF_UP;
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, header);
  request.text(IFLA_IFNAME, link.name);
  request.bytes(IFLA_ADDRESS, mac.data(), mac.size());
  const auto data = [&] {
    request.number(IFLA_VXLAN_ID, link.vni);
    request.number(IFLA_VXLAN_LINK, static_cast<std::uint32_t>(underlay.index));
    request.bytes(IFLA_VXLAN_LOCAL, local.bytes.data(), local.bytes.size());
    const std::uint8_t no = 0;
    request.bytes(IFLA_VXLAN_LEARNING, &no, sizeof no);
    const std::uint16_t port = htons(link.port);
    request.bytes(IFLA_VXLAN_PORT, &port, sizeof port);
  };
  request.nest(IFLA_LINKINFO, [&] {
    request.text(IFLA_INFO_KIND, "vxlan");
    request.nest(IFLA_INFO_DATA, data);
  });
  return expect(talk(link.ns, std::move(request)), doing);
}

ndmsg neighbour_header(unsigned char family, int index) {
  ndmsg header{};
  header.ndm_family = family;
  header.ndm_ifindex = index;
  header.ndm_state = NUD_PERMANENT;
  if (family == AF_BRIDGE) header.ndm_flags = NTF_SELF;
  return header;
}

// ARP: address -> MAC. FDB: MAC -> address. The same message (rtnetlink(7), RTM_NEWNEIGH), read the other way round.
Result<> change_neighbour(const std::string& ns, const LinkFacts& link, unsigned char family, std::uint16_t type,
                          const std::pair<std::string, std::string>& entry) {
  const auto& [address, mac] = family == AF_INET ? entry : std::pair(entry.second, entry.first);
  const auto doing = fmt::format("{} {} = {} on {}", type == RTM_NEWNEIGH ? "set" : "remove", entry.first,
                                 entry.second, at(ns, link.name));
  FW_TRY(const auto raw, within(parse_address(address), doing));
  FW_TRY(const Mac bytes, within(parse_mac(mac), doing));
  const auto flags = static_cast<std::uint16_t>(type == RTM_NEWNEIGH ? NLM_F_CREATE | NLM_F_REPLACE : 0);
  NetlinkRequest request(type, flags, neighbour_header(family, link.index));
  request.bytes(NDA_DST, raw.bytes.data(), raw.bytes.size());
  request.bytes(NDA_LLADDR, bytes.data(), bytes.size());
  return expect(talk(ns, std::move(request)), doing, {ENOENT});
}

Result<Table> list_entries(const std::string& ns, const LinkFacts& link, unsigned char family) {
  std::vector<NetlinkAnswer> answers;
  FW_TRY_DO(
      expect(talk(ns, NetlinkRequest(RTM_GETNEIGH, NLM_F_DUMP, neighbour_header(family, 0)), sizeof(ndmsg), &answers),
             "list the neighbours of " + at(ns, link.name)));
  Table table;
  for (const auto& answer : answers) {
    const auto header = answer.as<ndmsg>();
    if (header.ndm_ifindex != link.index || header.ndm_family != family) continue;
    if ((header.ndm_state & NUD_PERMANENT) == 0) continue;
    const std::string mac = to_mac_text(attribute(answer, NDA_LLADDR));
    const std::string address = to_address_text(attribute(answer, NDA_DST));
    if (mac.empty() || address.empty()) continue;
    table.insert(family == AF_INET ? std::pair(address, mac) : std::pair(mac, address));
  }
  return table;
}

Result<> change_route(const std::string& ns, const LinkFacts& link, std::uint16_t type,
                      const std::pair<std::string, std::string>& route) {
  const auto doing = fmt::format("{} the route {} via {} on {}", type == RTM_NEWROUTE ? "set" : "remove", route.first,
                                 route.second, at(ns, link.name));
  FW_TRY(const auto to, within(parse_address(route.first), doing));
  FW_TRY(const auto via, within(parse_address(route.second), doing));
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_dst_len = static_cast<unsigned char>(to.length);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  header.rtm_flags = RTNH_F_ONLINK;
  const auto flags = static_cast<std::uint16_t>(type == RTM_NEWROUTE ? NLM_F_CREATE | NLM_F_REPLACE : 0);
  NetlinkRequest request(type, flags, header);
  request.bytes(RTA_DST, to.bytes.data(), to.bytes.size());
  request.bytes(RTA_GATEWAY, via.bytes.data(), via.bytes.size());
  request.number(RTA_OIF, static_cast<std::uint32_t>(link.index));
  return expect(talk(ns, std::move(request)), doing, {ESRCH, EEXIST});
}

using Change = std::function<Result<>(const std::pair<std::string, std::string>&)>;

// What is more goes first: an entry may only move from one peer to another when the first is gone.
Result<> make_equal(const Table& now, const Table& wanted, const Change& add, const Change& remove) {
  for (const auto& entry : now) {
    const auto kept = wanted.find(entry.first);
    if (kept == wanted.end() || kept->second != entry.second) FW_TRY_DO(remove(entry));
  }
  for (const auto& entry : wanted) {
    const auto there = now.find(entry.first);
    if (there == now.end() || there->second != entry.second) FW_TRY_DO(add(entry));
  }
  return {};
}

Result<> set_entries(const std::string& ns, const std::string& link, unsigned char family, const Table& wanted) {
  FW_TRY(const auto facts, need_link(ns, link));
  FW_TRY(const Table now, list_entries(ns, facts, family));
  const auto change = [&](std::uint16_t type) {
    return [&, type](const auto& entry) { return change_neighbour(ns, facts, family, type, entry); };
  };
  return make_equal(now, wanted, change(RTM_NEWNEIGH), change(RTM_DELNEIGH));
}

Result<> refresh_vxlan(const VxlanLink& link, const LinkFacts& found) {
  FW_TRY_DO(set_mac(link.ns, found, link.mac));
  return set_up(link.ns, found);
}

}  // namespace

Result<> make_vxlan(const VxlanLink& link) {
  FW_TRY(const auto underlay, need_link(link.ns, link.underlay));
  FW_TRY(const auto found, find_link(link.ns, link.name));
  if (found) {
    FW_TRY(const bool good, is_as_wanted(link, *found, underlay));
    if (good) return refresh_vxlan(link, *found);
    FW_TRY_DO(remove_link(link.ns, link.name));
  }
  return create_vxlan(link, underlay);
}

Result<> set_neighbours(const std::string& ns, const std::string& link, const Table& wanted) {
  return set_entries(ns, link, AF_INET, wanted);
}

Result<> set_forwarding(const std::string& ns, const std::string& link, const Table& wanted) {
  return set_entries(ns, link, AF_BRIDGE, wanted);
}

Result<> set_onlink_routes(const std::string& ns, const std::string& link, const Table& wanted) {
  FW_TRY(const auto facts, need_link(ns, link));
  FW_TRY(const Table now, list_onlink_routes(ns, link));
  const auto change = [&](std::uint16_t type) {
    return [&, type](const auto& route) { return change_route(ns, facts, type, route); };
  };
  return make_equal(now, wanted, change(RTM_NEWROUTE), change(RTM_DELROUTE));
}

Result<Table> list_neighbours(const std::string& ns, const std::string& link) {
  FW_TRY(const auto facts, need_link(ns, link));
  return list_entries(ns, facts, AF_INET);
}

Result<Table> list_forwarding(const std::string& ns, const std::string& link) {
  FW_TRY(const auto facts, need_link(ns, link));
  return list_entries(ns, facts, AF_BRIDGE);
}

Result<Table> list_onlink_routes(const std::string& ns, const std::string& link) {
  FW_TRY(const auto facts, need_link(ns, link));
  rtmsg header{};
  header.rtm_family = AF_INET;
  std::vector<NetlinkAnswer> answers;
  FW_TRY_DO(expect(talk(ns, NetlinkRequest(RTM_GETROUTE, NLM_F_DUMP, header), sizeof(rtmsg), &answers),
                   "list the routes of " + at(ns, link)));
  Table table;
  for (const auto& answer : answers) {
    const auto route = answer.as<rtmsg>();
    const bool ours = route.rtm_table == RT_TABLE_MAIN && route.rtm_protocol == RTPROT_STATIC &&
                      static_cast<int>(answer.number(RTA_OIF)) == facts.index;
    const std::string via = to_address_text(attribute(answer, RTA_GATEWAY));
    if (!ours || via.empty()) continue;
    table[fmt::format("{}/{}", to_address_text(attribute(answer, RTA_DST)), route.rtm_dst_len)] = via;
  }
  return table;
}

Result<> set_mtu(const std::string& ns, const std::string& link, std::uint32_t mtu) {
  FW_TRY(const auto facts, need_link(ns, link));
  return change_link(ns, facts.index, fmt::format("set the MTU of {} to {}", at(ns, link), mtu), 0,
                     [&](NetlinkRequest& request) { request.number(IFLA_MTU, mtu); });
}

}  // namespace fairway::net
