#include "lab/sandbox.h"

#include <algorithm>

#include "lab/overlay.h"
#include "net/links.h"
#include "net/namespace.h"
#include "net/vxlan.h"

namespace fairway::lab {

Sandbox sandbox_for(const std::string& prefix, const std::string& uid, const std::string& address) {
  const std::string ns = net::Fabric(prefix).pod_namespace(uid);
  return {ns, "pod" + ns.substr(ns.rfind('-') + 1), address};
}

Result<> make_sandbox(const Node& node, const Sandbox& sandbox) {
  FW_TRY_DO(net::make_namespace(sandbox.ns));
  FW_TRY_DO(net::make_veth({node.ns, sandbox.link, ""}, {sandbox.ns, "eth0", ""}));
  FW_TRY_DO(net::set_mtu(node.ns, sandbox.link, kPodMtu));
  FW_TRY_DO(net::set_mtu(sandbox.ns, "eth0", kPodMtu));
  FW_TRY_DO(net::set_route(node.ns, sandbox.address + "/32", "", sandbox.link));
  FW_TRY_DO(net::add_address(sandbox.ns, "eth0", sandbox.address + "/32"));
  FW_TRY_DO(net::set_route(sandbox.ns, node.pod_gateway + "/32", "", "eth0"));
  return net::set_route(sandbox.ns, "0.0.0.0/0", node.pod_gateway, "eth0");
}

Result<> remove_sandbox(const Node& node, const Sandbox& sandbox) {
  FW_TRY_DO(net::remove_link(node.ns, sandbox.link));
  return net::remove_namespace(sandbox.ns);
}

std::optional<std::string> free_pod_address(const std::string& pod_cidr, const std::vector<std::string>& taken) {
  const net::Address base = net::Prefix::parse(pod_cidr).value().network();
  // The first is the node's own, the last the broadcast address.
  for (std::uint64_t host = 2; host < 255; ++host) {
    const std::string address = base.plus(host).value().text();
    if (std::ranges::find(taken, address) == taken.end()) return address;
  }
  return std::nullopt;
}

}  // namespace fairway::lab
