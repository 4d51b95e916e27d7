#include "controller/neutron/subnets.h"

#include "base/strings.h"

namespace fairway::controller::neutron {
namespace {

using openstack::Service;

// How many nodes are asked for before it is given up.
constexpr int kMostNodes = 3;

// "openstack://region/ID", or the bare id.
std::string server_id(const std::string& provider_id) {
  const auto slash = provider_id.rfind('/');
  return slash == std::string::npos ? provider_id : provider_id.substr(slash + 1);
}

std::string subnet_of(const json::Array& ports, std::string_view address) {
  for (const auto& port : ports) {
    for (const auto& ip : json::array_or_empty(port, "fixed_ips")) {
      if (json::string_or(ip, "ip_address") == address) return json::string_or(ip, "subnet_id");
    }
  }
  return {};
}

}  // namespace

Task<Result<std::string>> subnet_of_nodes(Calls& calls, std::vector<Node> nodes) {
  int asked = 0;
  for (const auto& node : nodes) {
    const auto address = node.member_address(false);
    if (node.provider_id.empty() || address.empty() || ++asked > kMostNodes) continue;
    const auto path = "/v2.0/ports?device_id=" + percent_encode(server_id(node.provider_id));
    FW_CO_TRY(const auto ports,
              within(co_await calls.list(Service::network, path, "ports"), "find the subnet of node " + node.name));
    if (auto subnet = subnet_of(ports, address); !subnet.empty()) co_return subnet;
  }
  co_return std::string();
}

Task<Result<std::string>> subnet_of_network(Calls& calls, std::string network_id) {
  FW_CO_TRY(const auto subnets,
            within(co_await calls.list(Service::network, "/v2.0/subnets?network_id=" + percent_encode(network_id),
                                       "subnets"),
                   "find the subnet of network " + network_id));
  for (const auto& subnet : subnets) {
    if (json::int_or(subnet, "ip_version") == 4) co_return json::string_or(subnet, "id");
  }
  co_return fail(
      Errc::not_found,
      fmt::format("network {} has no IPv4 subnet that this project may see; configure subnet-id", network_id));
}

}  // namespace fairway::controller::neutron
