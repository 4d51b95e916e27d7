#include "cloud/load_balancer/vip.h"

#include <algorithm>

#include <fmt/format.h>

#include "cloud/api/wsme.h"
#include "cloud/network/ports.h"
#include "net/address.h"

namespace fairway::cloud {
namespace {

constexpr std::string_view kVipOwner = "Octavia";

bool is_usable(const Decision& decision, const Network& network) {
  return decision.caller.is_admin || network.shared || network.external ||
         network.project_id == decision.caller.project_id;
}

const Network* find_usable_network(const Decision& decision, std::string_view id) {
  const auto* network = decision.work.find<Network>(id);
  return network != nullptr && is_usable(decision, *network) ? network : nullptr;
}

Result<std::string> subnet_for(const Decision& decision, const std::string& network_id, const std::string& address) {
  const auto& state = decision.work.state();
  if (!address.empty()) {
    const auto* subnet = subnet_containing(state, network_id, *net::Address::parse(address));
    if (subnet != nullptr) return subnet->id;
    return validation_failure("Supplied network does not contain a subnet for VIP address specified.");
  }
  const auto subnets = decision.work.table<Subnet>().find_by("network_id", network_id);
  if (subnets.empty()) return validation_failure("Supplied network does not contain a subnet.");
  const Subnet* chosen = nullptr;
  for (const auto* subnet : subnets) {
    if (!free_address(state, *subnet)) continue;
    if (chosen == nullptr || (chosen->ip_version != 4 && subnet->ip_version == 4)) chosen = subnet;
  }
  if (chosen == nullptr) {
    return validation_failure("Subnet(s) in the supplied network do not contain enough available IPs.");
  }
  return chosen->id;
}

// ---- the user's own port

Result<FixedIp> address_on(const Port& port, const std::string& subnet_id, const std::string& address) {
  if (!subnet_id.empty()) {
    const auto at = std::ranges::find(port.fixed_ips, subnet_id, &FixedIp::subnet_id);
    if (at != port.fixed_ips.end()) return *at;
    return validation_failure("No VIP address found on the specified VIP port within the specified subnet.");
  }
  if (!address.empty()) {
    const auto wanted = net::Address::parse(address);
    const auto at = std::ranges::find_if(
        port.fixed_ips, [&](const FixedIp& ip) { return net::Address::parse(ip.ip_address) == wanted; });
    if (at != port.fixed_ips.end()) return *at;
    return validation_failure("Specified VIP address not found on the specified VIP port.");
  }
  if (port.fixed_ips.size() == 1) return port.fixed_ips.front();
  return validation_failure(
      "VIP port's subnet could not be determined. Please specify either a VIP subnet or address.");
}

Result<> take_port(const Decision& decision, LoadBalancer& balancer, const json::Object& request) {
  const auto id = text_or(request, "vip_port_id");
  const auto* found = decision.work.find<Port>(id);
  if (found == nullptr || (!decision.caller.is_admin && found->project_id != decision.caller.project_id)) {
    return unknown_subresource("Port", id);
  }
  Port port = *found;
  if (!port.device_id.empty()) {
    return validation_failure(fmt::format("Port {} is already used by device {} ", id, port.device_id));
  }
  const auto subnet_id = text_or(request, "vip_subnet_id");
  if (!subnet_id.empty() && find_usable_subnet(decision, subnet_id) == nullptr) {
    return unknown_subresource("Subnet", subnet_id);
  }
  FW_TRY(const auto ip, address_on(port, subnet_id, text_or(request, "vip_address")));
  balancer.vip_port_id = port.id;
  balancer.vip_network_id = port.network_id;
  balancer.vip_subnet_id = ip.subnet_id;
  balancer.vip_address = ip.ip_address;
  balancer.owns_vip_port = false;
  port.device_id = "lb-" + balancer.id;
  port.device_owner = kVipOwner;
  stamp_change(port, decision.env);
  decision.work.put(std::move(port));
  return {};
}

// ---- our own

Result<> make_port(const Decision& decision, LoadBalancer& balancer, const std::string& address) {
  auto port = create_port(decision.work, decision.env,
                          {.project_id = balancer.project_id,
                           .network_id = balancer.vip_network_id,
                           .name = "octavia-lb-" + balancer.id,
                           .device_id = "lb-" + balancer.id,
                           .device_owner = std::string(kVipOwner),
                           .addresses = std::vector{AddressRequest{balancer.vip_subnet_id, address}},
                           .security_groups = std::vector<std::string>{}});
  if (!port) {
    // Neutron's word for the address reaches the client, as with Octavia; a full pool or quota there is 409, not 403.
    auto error = std::move(port).error();
    error.type.clear();
    if (error.code == Errc::exhausted) error.code = Errc::conflict;
    return std::unexpected(std::move(error));
  }
  balancer.vip_port_id = port->id;
  balancer.vip_address = port->fixed_ips.front().ip_address;
  balancer.owns_vip_port = true;
  return {};
}

}  // namespace

const Subnet* find_usable_subnet(const Decision& decision, std::string_view subnet_id) {
  const auto* subnet = decision.work.find<Subnet>(subnet_id);
  return subnet != nullptr && find_usable_network(decision, subnet->network_id) != nullptr ? subnet : nullptr;
}

Result<> give_vip(const Decision& decision, LoadBalancer& balancer, const json::Object& request) {
  if (is_given(request, "vip_port_id")) return take_port(decision, balancer, request);
  balancer.vip_network_id = text_or(request, "vip_network_id");
  balancer.vip_subnet_id = text_or(request, "vip_subnet_id");
  if (balancer.vip_network_id.empty() && balancer.vip_subnet_id.empty()) {
    return validation_failure("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.");
  }
  const auto address = text_or(request, "vip_address");
  if (!balancer.vip_network_id.empty() && find_usable_network(decision, balancer.vip_network_id) == nullptr) {
    return unknown_subresource("Network", balancer.vip_network_id);
  }
  if (balancer.vip_subnet_id.empty()) {
    FW_TRY(balancer.vip_subnet_id, subnet_for(decision, balancer.vip_network_id, address));
  }
  const auto* subnet = find_usable_subnet(decision, balancer.vip_subnet_id);
  if (subnet == nullptr || (!balancer.vip_network_id.empty() && subnet->network_id != balancer.vip_network_id)) {
    return unknown_subresource("Subnet", balancer.vip_subnet_id);
  }
  balancer.vip_network_id = subnet->network_id;
  return make_port(decision, balancer, address);
}

}  // namespace fairway::cloud
