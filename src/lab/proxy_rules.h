// The rules of one node for cluster IPs, node ports and external addresses, and the commands that lead from one set
// of rules to the next. Pure; the kernel is in proxy.cpp.
//
// All of it is one nftables table. A connection's first packet is looked up in a map (address, protocol, port), which
// leads to the Service's chain, which chooses an endpoint, whose chain rewrites the destination:
//
//   services / node-ports --> x/… (from outside) --> s/… (all endpoints) or l/… (this node's) --> e/… dnat
//
// Session affinity is a set of clients for each endpoint, filled by the packets themselves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/service_ports.h"

namespace fairway::lab {

// Which addresses are pods': of this node, of all nodes.
struct NodeNetwork {
  std::string pod_cidr, cluster_cidr;
};

struct Ruleset {
  std::map<std::string, std::string> sets;                             // name -> its definition
  std::map<std::string, std::vector<std::string>> chains;              // name -> rules
  std::map<std::string, std::map<std::string, std::string>> elements;  // map or set -> key -> value ("" in a set)
  bool operator==(const Ruleset&) const = default;
};

[[nodiscard]] Ruleset proxy_rules(const std::vector<ServicePort>& ports);

// For nft(8), as one transaction. Without `now` the table is made anew, whatever was there.
[[nodiscard]] std::string proxy_commands(const NodeNetwork& node, const Ruleset* now, const Ruleset& wanted);

}  // namespace fairway::lab
