#include "net/links.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/veth.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>

#include "base/strings.h"
#include "net/link_lookup.h"
#include "net/namespace.h"

namespace fairway::net {
namespace {

Result<Descriptor> open_namespace(const std::string& ns) {
  const std::string path = ns.empty() ? "/proc/thread-self/ns/net" : "/run/netns/" + ns;
  if (!ns.empty() && !namespace_exists(ns))
    return fail(Errc::not_found, fmt::format("network namespace {}: there is none of this name", ns));
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return fail_errno("open " + path, errno);
  return fd;
}

Result<> create_veth(const VethEnd& a, const VethEnd& b) {
  FW_TRY(const Descriptor peer_namespace, open_namespace(b.ns));
  ifinfomsg header{};
  header.ifi_flags = header.ifi_change = IFF_UP;
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, header);
  request.text(IFLA_IFNAME, a.name);
  if (!a.mac.empty()) {
    FW_TRY(const Mac mac, parse_mac(a.mac));
    request.bytes(IFLA_ADDRESS, mac.data(), mac.size());
  }
  std::optional<Mac> peer_mac;
  if (!b.mac.empty()) {
    FW_TRY(peer_mac, parse_mac(b.mac));
  }
  const auto peer = [&] {
    request.raw(ifinfomsg{});  // down: an end can't come up before it has its peer
    request.text(IFLA_IFNAME, b.name);
    request.number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(peer_namespace.get()));
    if (peer_mac) request.bytes(IFLA_ADDRESS, peer_mac->data(), peer_mac->size());
  };
  request.nest(IFLA_LINKINFO, [&] {
    request.text(IFLA_INFO_KIND, "veth");
    request.nest(IFLA_INFO_DATA, [&] { request.nest(VETH_INFO_PEER, peer); });
  });
  return expect(talk(a.ns, std::move(request)), fmt::format("make veth {} - {}", at(a.ns, a.name), at(b.ns, b.name)));
}

Result<> keep_veth(const VethEnd& a, const LinkFacts& here, const VethEnd& b, const LinkFacts& there) {
  FW_TRY_DO(set_mac(a.ns, here, a.mac));
  FW_TRY_DO(set_mac(b.ns, there, b.mac));
  FW_TRY_DO(set_up(a.ns, here));
  return set_up(b.ns, there);
}

NetlinkRequest address_request(std::uint16_t type, std::uint16_t flags, const RawAddress& raw, int index) {
  ifaddrmsg header{};
  header.ifa_family = raw.family;
  header.ifa_prefixlen = static_cast<unsigned char>(raw.length);
  header.ifa_index = static_cast<unsigned>(index);
  if (raw.family == AF_INET6) header.ifa_flags = IFA_F_NODAD;
  NetlinkRequest request(type, flags, header);
  request.bytes(IFA_LOCAL, raw.bytes.data(), raw.bytes.size());
  request.bytes(IFA_ADDRESS, raw.bytes.data(), raw.bytes.size());
  return request;
}

// What is sent, in Ethernet's order (RFC 826).
struct [[gnu::packed]] ArpFrame {
  Mac to, from;
  std::uint16_t ether_type = htons(ETH_P_ARP);
  std::uint16_t hardware = htons(ARPHRD_ETHER), protocol = htons(ETH_P_IP);
  std::uint8_t hardware_size = 6, protocol_size = 4;
  std::uint16_t operation = htons(ARPOP_REQUEST);
  Mac sender;
  std::array<std::uint8_t, 4> sender_address;
  Mac target{};
  std::array<std::uint8_t, 4> target_address;
};

// Which namespace a name stands for now: a name can be taken down and made again.
ino_t identify(const std::string& ns) {
  struct stat facts{};
  const std::string path = ns.empty() ? "/proc/self/ns/net" : "/run/netns/" + ns;
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

// Packet sockets stay open, one for each namespace: closing one waits for the kernel's RCU (10 to 20 ms), here and
// again in each child that is forked meanwhile. Each keeps its namespace alive, which is why remove_namespace() says
// forget_links().
class PacketSockets {
 public:
  // Valid until the namespace is forgotten.
  Result<int> get(const std::string& ns) {
    const std::lock_guard lock(mutex_);
    auto& kept = kept_[ns];
    const auto identity = identify(ns);
    if (kept.socket.get() >= 0 && kept.identity == identity) return kept.socket.get();
    FW_TRY_DO(in_namespace(ns, [&]() -> Result<> {
      kept.socket = Descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
      return kept.socket.get() < 0 ? fail_errno("open a packet socket", errno) : Result<>{};
    }));
    kept.identity = identity;
    return kept.socket.get();
  }
  void forget(const std::string& ns) {
    const std::lock_guard lock(mutex_);
    kept_.erase(ns);
  }

 private:
  struct Kept {
    Descriptor socket;
    ino_t identity = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

PacketSockets& packet_sockets() {
  static PacketSockets all;
  return all;
}

Result<> send_gratuitous_arp(const std::string& ns, const LinkFacts& link, const RawAddress& raw) {
  FW_TRY(const int socket, packet_sockets().get(ns));
  ArpFrame frame{};
  frame.to.fill(0xff);
  std::memcpy(frame.from.data(), link.mac.data(), std::min(link.mac.size(), frame.from.size()));
  frame.sender = frame.from;
  std::memcpy(frame.sender_address.data(), raw.bytes.data(), 4);
  frame.target_address = frame.sender_address;
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = link.index;
  to.sll_halen = 6;
  std::memcpy(to.sll_addr, frame.to.data(), 6);
  if (::sendto(socket, &frame, sizeof frame, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) {
    return fail_errno("send", errno);
  }
  return {};
}

// The same for IPv6: an unsolicited neighbour advertisement to all nodes (RFC 4861, section 7.2.6).
Result<> send_neighbour_advertisement(const LinkFacts& link, const RawAddress& raw) {
  const Descriptor socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
  if (socket.get() < 0) return fail_errno("open an ICMPv6 socket", errno);
  const int hops = 255;
  if (::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) != 0)
    return fail_errno("set hop limit", errno);
  struct [[gnu::packed]] {
    nd_neighbor_advert advert;
    std::uint8_t option = ND_OPT_TARGET_LINKADDR, option_length = 1;
    Mac mac{};
  } packet{};
  packet.advert.nd_na_type = ND_NEIGHBOR_ADVERT;
  packet.advert.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
  std::memcpy(&packet.advert.nd_na_target, raw.bytes.data(), 16);
  std::memcpy(packet.mac.data(), link.mac.data(), std::min<std::size_t>(link.mac.size(), 6));
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_scope_id = static_cast<std::uint32_t>(link.index);
  ::inet_pton(AF_INET6, "ff02::1", &to.sin6_addr);
  if (::sendto(socket.get(), &packet, sizeof packet, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) {
    return fail_errno("send", errno);
  }
  return {};
}

}  // namespace

Result<> set_link_up(const std::string& ns, const std::string& link) {
  FW_TRY(const auto facts, need_link(ns, link));
  return set_up(ns, facts);
}

Result<> make_bridge(const std::string& ns, const std::string& name) {
  FW_TRY(auto found, find_link(ns, name));
  if (found) return set_up(ns, *found);
  ifinfomsg header{};
  header.ifi_flags = header.ifi_change = IFF_UP;
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, header);
  request.text(IFLA_IFNAME, name);
  request.nest(IFLA_LINKINFO, [&] { request.text(IFLA_INFO_KIND, "bridge"); });
  return expect(talk(ns, std::move(request)), "make bridge " + at(ns, name), {EEXIST});
}

Result<> make_veth(const VethEnd& a, const VethEnd& b) {
  FW_TRY_DO(check_name(a.name));
  FW_TRY_DO(check_name(b.name));
  FW_TRY(auto here, find_link(a.ns, a.name));
  FW_TRY(auto there, find_link(b.ns, b.name));
  if (here && there && here->peer == there->index && there->peer == here->index)
    return keep_veth(a, *here, b, *there);
  // Half of an older pair stands in the way: its other half was lost with a namespace.
  if (here) FW_TRY_DO(remove_link(a.ns, a.name));
  if (there) FW_TRY_DO(remove_link(b.ns, b.name));
  FW_TRY_DO(create_veth(a, b));
  return set_link_up(b.ns, b.name);
}

Result<> attach_to_bridge(const std::string& ns, const std::string& link, const std::string& bridge) {
  FW_TRY(const auto port, need_link(ns, link));
  FW_TRY(const auto master, need_link(ns, bridge));
  if (port.master == master.index) return {};
  return change_link(
      ns, port.index, fmt::format("plug {} into {}", at(ns, link), bridge), 0,
      [&](NetlinkRequest& request) { request.number(IFLA_MASTER, static_cast<std::uint32_t>(master.index)); });
}

Result<> remove_bridge(const std::string& ns, const std::string& name) {
  FW_TRY(const auto found, find_link(ns, name));
  if (!found) return {};
  std::vector<NetlinkAnswer> answers;
  FW_TRY_DO(expect(talk(ns, NetlinkRequest(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}), sizeof(ifinfomsg), &answers),
                   "list links of " + ns));
  for (const auto& answer : answers) {
    if (static_cast<int>(answer.number(IFLA_MASTER)) == found->index)
      return fail(Errc::conflict,
                  fmt::format("bridge {}: {} is plugged into it", at(ns, name), answer.text(IFLA_IFNAME)));
  }
  return remove_link(ns, name);
}

Result<> remove_link(const std::string& ns, const std::string& name) {
  FW_TRY(auto found, find_link(ns, name));
  if (!found) return {};
  ifinfomsg header{};
  header.ifi_index = found->index;
  return expect(talk(ns, NetlinkRequest(RTM_DELLINK, 0, header)), "remove link " + at(ns, name), {ENODEV});
}

Result<std::vector<std::string>> list_links(const std::string& ns) {
  std::vector<NetlinkAnswer> answers;
  FW_TRY_DO(expect(talk(ns, NetlinkRequest(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}), sizeof(ifinfomsg), &answers),
                   "list links of " + ns));
  std::vector<std::string> names;
  names.reserve(answers.size());
  for (const auto& answer : answers) names.push_back(answer.text(IFLA_IFNAME));
  return names;
}

Result<> add_address(const std::string& ns, const std::string& link, const std::string& address) {
  const auto doing = fmt::format("add {} to {}", address, at(ns, link));
  FW_TRY(const auto raw, within(parse_address(address), doing));
  FW_TRY(const auto facts, within(need_link(ns, link), doing));
  return expect(talk(ns, address_request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, raw, facts.index)), doing, {EEXIST});
}

Result<> remove_address(const std::string& ns, const std::string& link, const std::string& address) {
  const auto doing = fmt::format("remove {} from {}", address, at(ns, link));
  FW_TRY(const auto raw, within(parse_address(address), doing));
  FW_TRY(const auto facts, find_link(ns, link));
  if (!facts) return {};
  return expect(talk(ns, address_request(RTM_DELADDR, 0, raw, facts->index)), doing, {EADDRNOTAVAIL, ENODEV});
}

Result<std::vector<std::string>> list_addresses(const std::string& ns, const std::string& link) {
  FW_TRY(const auto facts, need_link(ns, link));
  std::vector<NetlinkAnswer> answers;
  FW_TRY_DO(expect(talk(ns, NetlinkRequest(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}), sizeof(ifaddrmsg), &answers),
                   "list addresses of " + at(ns, link)));
  std::vector<std::string> addresses;
  for (const auto& answer : answers) {
    const auto header = answer.as<ifaddrmsg>();
    if (static_cast<int>(header.ifa_index) != facts.index) continue;
    const auto found = answer.attributes.find(header.ifa_family == AF_INET ? IFA_LOCAL : IFA_ADDRESS);
    if (found == answer.attributes.end()) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(header.ifa_family, found->second.data(), text.data(), text.size());
    addresses.push_back(fmt::format("{}/{}", text.data(), header.ifa_prefixlen));
  }
  return addresses;
}

Result<> set_route(const std::string& ns, const std::string& to, const std::string& via, const std::string& link) {
  const auto doing = fmt::format("set route {} via {}", to, via.empty() ? at(ns, link) : via);
  FW_TRY(const auto raw, within(parse_address(to), doing));
  rtmsg header{};
  header.rtm_family = raw.family;
  header.rtm_dst_len = static_cast<unsigned char>(raw.length);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = via.empty() && raw.family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  NetlinkRequest request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, header);
  if (raw.length > 0) request.bytes(RTA_DST, raw.bytes.data(), raw.bytes.size());
  if (!via.empty()) {
    FW_TRY(const auto next, within(parse_address(via), doing));
    request.bytes(RTA_GATEWAY, next.bytes.data(), next.bytes.size());
  }
  if (!link.empty()) {
    FW_TRY(const auto facts, within(need_link(ns, link), doing));
    request.number(RTA_OIF, static_cast<std::uint32_t>(facts.index));
  }
  return expect(talk(ns, std::move(request)), doing, {EEXIST});
}

Result<> remove_route(const std::string& ns, const std::string& to) {
  const auto doing = fmt::format("remove route {} of {}", to, ns);
  FW_TRY(const auto raw, within(parse_address(to), doing));
  rtmsg header{};
  header.rtm_family = raw.family;
  header.rtm_dst_len = static_cast<unsigned char>(raw.length);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_scope = RT_SCOPE_NOWHERE;
  NetlinkRequest request(RTM_DELROUTE, 0, header);
  if (raw.length > 0) request.bytes(RTA_DST, raw.bytes.data(), raw.bytes.size());
  return expect(talk(ns, std::move(request)), doing, {ESRCH});
}

Result<> announce_address(const std::string& ns, const std::string& link, const std::string& address) {
  const auto doing = fmt::format("announce {} on {}", address, at(ns, link));
  FW_TRY(const auto raw, within(parse_address(address), doing));
  FW_TRY(const auto facts, within(need_link(ns, link), doing));
  if (raw.family == AF_INET) return within(send_gratuitous_arp(ns, facts, raw), doing);
  return within(in_namespace(ns, [&] { return send_neighbour_advertisement(facts, raw); }), doing);
}

void forget_links(const std::string& ns) { packet_sockets().forget(ns); }

}  // namespace fairway::net
