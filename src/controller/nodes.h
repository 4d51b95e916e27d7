// Which nodes may be members, and by which address. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "json/value.h"

namespace fairway::controller {

struct Node {
  std::string name;
  std::string provider_id;
  // By KEP-3458 (stable node set) readiness does not count: the health of members is the load balancer's to judge.
  bool eligible = true;
  std::map<std::string, std::string, std::less<>> labels;
  std::vector<std::pair<std::string, std::string>> addresses;  // type, address

  // First InternalIP of the family, else first ExternalIP; empty when it has none (yet).
  [[nodiscard]] std::string member_address(bool ipv6) const;
  friend bool operator==(const Node&, const Node&) = default;
};

[[nodiscard]] Node read_node(const json::Value& object);

// "zone=a, disk" -> all must match; a key without a value asks for its presence.
using NodeSelector = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] NodeSelector parse_node_selector(std::string_view text);
[[nodiscard]] bool selects(const NodeSelector& selector, const Node& node);

// Nodes with an endpoint that is ready, from a Service's EndpointSlices.
[[nodiscard]] std::set<std::string> nodes_with_ready_endpoints(const std::vector<const json::Value*>& slices);

}  // namespace fairway::controller
