#include "lab/overlay.h"

#include "net/links.h"
#include "net/vxlan.h"

namespace fairway::lab {

namespace {

// The first address of a node's pod network is its end of the overlay.
std::string overlay_address(const Node& node) { return node.pod_cidr.substr(0, node.pod_cidr.find('/')); }

Result<> connect_node(const Node& node, const std::vector<Node>& nodes) {
  FW_TRY_DO(net::make_vxlan({.ns = node.ns,
                             .name = kOverlayLink,
                             .underlay = "eth0",
                             .local = node.address,
                             .mac = overlay_mac(node.uuid)}));
  FW_TRY_DO(net::add_address(node.ns, kOverlayLink, overlay_address(node) + "/32"));
  const OverlayTables tables = overlay_tables(node, nodes);
  // The way before the traffic: a route comes last.
  FW_TRY_DO(net::set_forwarding(node.ns, kOverlayLink, tables.forwarding));
  FW_TRY_DO(net::set_neighbours(node.ns, kOverlayLink, tables.neighbours));
  return net::set_onlink_routes(node.ns, kOverlayLink, tables.routes);
}

}  // namespace

std::string overlay_mac(const std::string& node_uuid) {
  std::string mac = "ee";  // locally administered, for one station
  std::string digits;
  for (const char c : node_uuid) {
    if (c != '-') digits += c;
  }
  digits.resize(10, '0');
  for (std::size_t at = 0; at < digits.size(); at += 2) mac += ":" + digits.substr(at, 2);
  return mac;
}

OverlayTables overlay_tables(const Node& node, const std::vector<Node>& nodes) {
  OverlayTables tables;
  for (const Node& other : nodes) {
    if (other.gone || other.name == node.name) continue;
    const std::string mac = overlay_mac(other.uuid);
    tables.forwarding[mac] = other.address;
    tables.neighbours[overlay_address(other)] = mac;
    tables.routes[other.pod_cidr] = overlay_address(other);
  }
  return tables;
}

Result<> connect_overlay(const std::vector<Node>& nodes) {
  for (const Node& node : nodes) {
    if (!node.gone) FW_TRY_DO(within(connect_node(node, nodes), "connect node " + node.name + " to the overlay"));
  }
  return {};
}

}  // namespace fairway::lab
