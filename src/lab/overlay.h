// The network between the pods of different nodes, as Flannel's vxlan backend makes it (its documentation,
// "Backends"): in each node's namespace a VXLAN link flannel.1 on the node's address, with a permanent ARP entry, a
// forwarding entry and an on-link route for each other node's /24 of the pod network.
//
// All of it lies in the nodes' namespaces, so that clusters with the same pod network and the same private subnet never
// meet.
#pragma once

#include <string>
#include <vector>

#include "lab/hosts.h"

namespace fairway::lab {

constexpr const char* kOverlayLink = "flannel.1";
// 50 bytes of the underlay's 1500 are for the envelope.
constexpr std::uint32_t kPodMtu = 1450;

// The MAC address of a node's end of the overlay: the same for the same node always. Pure.
[[nodiscard]] std::string overlay_mac(const std::string& node_uuid);

// What one node's tables must hold so that it finds the others. Pure.
struct OverlayTables {
  std::map<std::string, std::string> neighbours, forwarding, routes;  // as net/vxlan.h has them
};
[[nodiscard]] OverlayTables overlay_tables(const Node& node, const std::vector<Node>& nodes);

// Makes the whole overlay right for these nodes; those that are `gone` are forgotten. Level-based.
[[nodiscard]] Result<> connect_overlay(const std::vector<Node>& nodes);

}  // namespace fairway::lab
