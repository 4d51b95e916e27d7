#include "dataplane/nat/rules.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "net/address.h"

namespace fairway::dataplane::nat {
namespace {

// nftables refuses prefixes that overlap in one set: those inside another are left out.
std::vector<net::Prefix> disjoint(const std::vector<std::string>& cidrs) {
  std::vector<net::Prefix> prefixes;
  for (const auto& cidr : cidrs) {
    if (const auto prefix = net::Prefix::parse(cidr)) prefixes.push_back(*prefix);
  }
  std::ranges::sort(prefixes, {}, &net::Prefix::length);
  std::vector<net::Prefix> kept;
  for (const auto& prefix : prefixes) {
    if (std::ranges::none_of(kept, [&](const net::Prefix& wider) { return wider.contains(prefix.network()); }))
      kept.push_back(prefix);
  }
  return kept;
}

// Address, or prefix where it is more than one: as nft prints it.
std::string range(const net::Prefix& prefix) {
  return prefix.length() == 32 ? prefix.network().text()
                               : fmt::format("{}/{}", prefix.network().text(), prefix.length());
}

std::string address_of(const forwarding::Leg& leg) { return leg.address.substr(0, leg.address.find('/')); }

void add_frontend(Rules& rules, const forwarding::RouterTable& table, const forwarding::Frontend& frontend,
                  std::uint16_t slot) {
  const auto to = fmt::format("{} . {}", frontend.vip_address, slot);
  rules.listeners[fmt::format("{} . {}", frontend.vip_address, frontend.port)] = to;
  for (const auto& pair : table.nat) {
    if (pair.internal == frontend.vip_address)
      rules.listeners[fmt::format("{} . {}", pair.external, frontend.port)] = to;
  }
  if (frontend.settings.allowed_cidrs.empty()) return;
  rules.restricted.insert(std::to_string(slot));
  for (const auto& prefix : disjoint(frontend.settings.allowed_cidrs))
    rules.allowed.insert(fmt::format("{} . {}", slot, range(prefix)));
}

constexpr const char* kSkeleton = R"(
add map ip fairway listeners {{ type ipv4_addr . inet_service : ipv4_addr . inet_service; }}
add map ip fairway floating {{ type ipv4_addr : ipv4_addr; }}
add map ip fairway fixed {{ type ipv4_addr : ipv4_addr; }}
add set ip fairway restricted {{ type inet_service; }}
add set ip fairway allowed {{ type inet_service . ipv4_addr; flags interval; }}
add set ip fairway inside {{ type ipv4_addr; flags interval; }}
add set ip fairway legs_inside {{ type ifname; }}
add set ip fairway legs_outside {{ type ifname; }}
add chain ip fairway guard {{ type filter hook prerouting priority mangle; policy accept; }}
{guard}
add chain ip fairway prerouting {{ type nat hook prerouting priority dstnat; policy accept; }}
add rule ip fairway prerouting dnat ip to ip daddr . tcp dport map @listeners
add rule ip fairway prerouting dnat to ip daddr map @floating
add chain ip fairway output {{ type nat hook output priority -100; policy accept; }}
add rule ip fairway output dnat ip to ip daddr . tcp dport map @listeners
add rule ip fairway output dnat to ip daddr map @floating
add chain ip fairway input {{ type filter hook input priority filter; policy accept; }}
add rule ip fairway input tcp dport 10000-32000 ct state new ct status & dnat != dnat reject with tcp reset
add rule ip fairway input tcp dport @restricted ct state new tcp dport . ip saddr != @allowed drop
add chain ip fairway forward {{ type filter hook forward priority filter; policy accept; }}
{forward}
add chain ip fairway postrouting {{ type nat hook postrouting priority srcnat; policy accept; }}
add rule ip fairway postrouting ct status & dnat == dnat iifname @legs_inside oifname @legs_inside snat to ip saddr map @fixed
add rule ip fairway postrouting ct status & dnat == dnat iifname @legs_inside oifname @legs_inside masquerade
add rule ip fairway postrouting oifname @legs_outside snat to ip saddr map @fixed
{snat}
)";

std::string skeleton(const Rules& rules) {
  if (rules.snat_to.empty())
    return fmt::format(kSkeleton, fmt::arg("guard", ""), fmt::arg("forward", ""), fmt::arg("snat", ""));
  return fmt::format(
      kSkeleton, fmt::arg("guard", "add rule ip fairway guard iifname @legs_outside ip daddr @inside drop"),
      fmt::arg("forward",
               "add rule ip fairway forward ct state established,related accept\n"
               "add rule ip fairway forward iifname @legs_outside ct status & dnat != dnat drop"),
      fmt::arg("snat",
               fmt::format("add rule ip fairway postrouting oifname @legs_outside ip saddr @inside snat to {}",
                           rules.snat_to)));
}

// Elements of a set, or "key : value" of a map.
using Elements = std::set<std::string>;

Elements pairs(const std::map<std::string, std::string>& map) {
  Elements elements;
  for (const auto& [key, value] : map) elements.insert(fmt::format("{} : {}", key, value));
  return elements;
}

Elements keys(const Elements& gone, bool is_map) {
  if (!is_map) return gone;
  Elements only;
  for (const auto& element : gone) only.insert(element.substr(0, element.find(" : ")));
  return only;
}

Elements minus(const Elements& a, const Elements& b) {
  Elements rest;
  std::ranges::set_difference(a, b, std::inserter(rest, rest.end()));
  return rest;
}

void append(std::string& out, std::string_view verb, std::string_view name, const Elements& elements) {
  if (!elements.empty())
    out += fmt::format("{} element ip fairway {} {{ {} }}\n", verb, name, fmt::join(elements, ", "));
}

struct Part {
  std::string_view name;
  Elements before, after;
  bool is_map;
};

std::vector<Part> parts(const Rules& before, const Rules& after) {
  return {{"listeners", pairs(before.listeners), pairs(after.listeners), true},
          {"floating", pairs(before.floating), pairs(after.floating), true},
          {"fixed", pairs(before.fixed), pairs(after.fixed), true},
          {"restricted", before.restricted, after.restricted, false},
          {"allowed", before.allowed, after.allowed, false},
          {"inside", before.inside, after.inside, false},
          {"legs_inside", before.legs_inside, after.legs_inside, false},
          {"legs_outside", before.legs_outside, after.legs_outside, false}};
}

std::string changes(const Rules& before, const Rules& after) {
  std::string gone, come;
  for (const auto& part : parts(before, after)) {
    append(gone, "delete", part.name, keys(minus(part.before, part.after), part.is_map));
    append(come, "add", part.name, minus(part.after, part.before));
  }
  return gone + come;
}

}  // namespace

std::string leg_name(const forwarding::Leg& leg) {
  std::string text = leg.external ? "ext" : "int";
  for (const char c : leg.port_id.empty() ? leg.network_id : leg.port_id) {
    if (c != '-' && text.size() < 14) text += c;
  }
  return text;
}

Rules to_rules(const forwarding::RouterTable& table, const std::map<std::string, std::uint16_t>& slots) {
  Rules rules;
  for (const auto& leg : table.legs) {
    (leg.external ? rules.legs_outside : rules.legs_inside).insert(leg_name(leg));
    if (leg.external && table.snat) rules.snat_to = address_of(leg);
  }
  std::vector<std::string> inside;
  for (const auto& leg : table.legs) {
    if (!leg.external) inside.push_back(leg.address);
  }
  for (const auto& prefix : disjoint(inside)) rules.inside.insert(range(prefix));
  for (const auto& pair : table.nat) {
    rules.floating[pair.external] = pair.internal;
    rules.fixed[pair.internal] = pair.external;
  }
  for (const auto& frontend : table.frontends) {
    const auto slot = slots.find(frontend.listener_id);
    if (slot != slots.end() && !frontend.pool_id.empty()) add_frontend(rules, table, frontend, slot->second);
  }
  return rules;
}

std::string to_nft(const Rules& rules) {
  Rules empty;
  return "add table ip fairway\ndelete table ip fairway\nadd table ip fairway" + skeleton(rules) +
         changes(empty, rules);
}

std::string to_nft(const Rules& before, const Rules& after) {
  if (before == after) return {};
  if (before.snat_to != after.snat_to) return to_nft(after);  // rules change, not only elements
  return changes(before, after);
}

}  // namespace fairway::dataplane::nat
