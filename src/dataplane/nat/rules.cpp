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

// Floating IPs by what they lead to.
using Outside = std::multimap<std::string, std::string>;

void add_frontend(Rules& rules, const Outside& outside, const forwarding::Frontend& frontend, std::uint16_t slot) {
  const auto to = fmt::format("{} . {}", frontend.vip_address, slot);
  rules.listeners[fmt::format("{} . {}", frontend.vip_address, frontend.port)] = to;
  const auto [first, last] = outside.equal_range(frontend.vip_address);
  for (auto at = first; at != last; ++at) rules.listeners[fmt::format("{} . {}", at->second, frontend.port)] = to;
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

std::string element(const std::string& value) { return value; }
std::string element(const std::pair<const std::string, std::string>& pair) {
  return fmt::format("{} : {}", pair.first, pair.second);
}
std::string key(const std::string& value) { return value; }
std::string key(const std::pair<const std::string, std::string>& pair) { return pair.first; }

void append(std::string& out, std::string_view verb, std::string_view name,
            const std::vector<std::string>& elements) {
  if (!elements.empty())
    out += fmt::format("{} element ip fairway {} {{ {} }}\n", verb, name, fmt::join(elements, ", "));
}

struct Texts {
  std::string gone, come;

  // Both are in order: one walk finds what differs. An element whose value changes goes and comes.
  template <class Elements>
  void add(std::string_view name, const Elements& before, const Elements& after) {
    std::vector<std::string> less, more;
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
      const bool only_before = b == after.end() || (a != before.end() && *a < *b);
      const bool only_after = !only_before && (a == before.end() || *b < *a);
      if (only_before) less.push_back(key(*a));
      if (only_after) more.push_back(element(*b));
      if (!only_after) ++a;
      if (!only_before) ++b;
    }
    append(gone, "delete", name, less);
    append(come, "add", name, more);
  }
};

std::string changes(const Rules& before, const Rules& after) {
  Texts texts;
  texts.add("listeners", before.listeners, after.listeners);
  texts.add("floating", before.floating, after.floating);
  texts.add("fixed", before.fixed, after.fixed);
  texts.add("restricted", before.restricted, after.restricted);
  texts.add("allowed", before.allowed, after.allowed);
  texts.add("inside", before.inside, after.inside);
  texts.add("legs_inside", before.legs_inside, after.legs_inside);
  texts.add("legs_outside", before.legs_outside, after.legs_outside);
  return texts.gone + texts.come;
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
  std::set<std::string> vips;
  for (const auto& vip : table.vips) vips.insert(vip.address);
  for (const auto& pair : table.nat) {
    if (!vips.contains(pair.internal)) rules.floating[pair.external] = pair.internal;
    rules.fixed[pair.internal] = pair.external;
  }
  Outside outside;
  for (const auto& pair : table.nat) outside.emplace(pair.internal, pair.external);
  for (const auto& frontend : table.frontends) {
    const auto slot = slots.find(frontend.listener_id);
    if (slot != slots.end() && !frontend.pool_id.empty()) add_frontend(rules, outside, frontend, slot->second);
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
