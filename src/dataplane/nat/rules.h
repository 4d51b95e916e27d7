// A router's nftables, as values and as text. Pure.
//
// All that changes often stands in sets and maps, so that a change is one small transaction that touches no rule:
//
//   listeners     VIP (or floating IP) . port : VIP . slot's port       where HAProxy listens for it
//   floating      floating IP : fixed address                           and `fixed` the other way round
//                 (of a VIP only in `fixed`: the router itself answers for its floating IP, and a translated
//                 connection to another port would be let through to HAProxy's slots)
//   restricted    slots' ports with allowed_cidrs, `allowed` slot's port . source
//   inside        prefixes of the internal legs
//   legs_inside, legs_outside   interface names
//
// Isolation: what comes from outside reaches a floating IP and nothing else (as long as the router does SNAT; without
// SNAT its prefixes are meant to be routed). Sources outside allowed_cidrs are dropped, as a security group would;
// connections that exist stay. Connections of a floating IP that is taken away or led elsewhere stay as they are in
// the kernel's table; of one that is taken away they end when the other side's neighbour entry does, since nobody
// answers for it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "forwarding/table.h"

namespace fairway::dataplane::nat {

struct Rules {
  std::map<std::string, std::string> listeners;  // "10.0.0.5 . 80" -> "10.0.0.5 . 10000"
  std::map<std::string, std::string> floating, fixed;
  std::set<std::string> restricted, allowed, inside, legs_inside, legs_outside;
  std::string snat_to;  // the external leg's address; empty: no SNAT
  bool operator==(const Rules&) const = default;
};

// `slots`: where HAProxy listens, by listener. Listeners without one, or without a pool, are refused by the kernel
// (RST).
[[nodiscard]] Rules to_rules(const forwarding::RouterTable& table, const std::map<std::string, std::uint16_t>& slots);

// The whole table, replacing what is there, as one transaction.
[[nodiscard]] std::string to_nft(const Rules& rules);
// From `before` to `after` as one transaction; empty when there is nothing to do.
[[nodiscard]] std::string to_nft(const Rules& before, const Rules& after);

// The interface of a leg in its router's namespace.
[[nodiscard]] std::string leg_name(const forwarding::Leg& leg);

// Outgoing connections take their ports above those where HAProxy listens.
constexpr const char* kLocalPorts = "33000 65000";

}  // namespace fairway::dataplane::nat
