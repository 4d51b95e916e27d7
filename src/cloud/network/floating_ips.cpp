#include "cloud/network/floating_ips.h"

#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/network/ports.h"
#include "cloud/network/quotas.h"

namespace fairway::cloud {
namespace {

std::unexpected<Error> bad_request(std::string_view why) {
  return fault(Errc::invalid, "BadRequest", fmt::format("Bad floatingip request: {}.", why));
}

// The port's address that the floating IP leads to.
Result<FixedIp> target_of(const Port& port, std::string_view fixed_ip_address) {
  for (const auto& ip : port.fixed_ips) {
    const auto address = net::Address::parse(ip.ip_address);
    if (!address || !address->is_v4()) continue;
    if (fixed_ip_address.empty() || ip.ip_address == fixed_ip_address) return ip;
  }
  if (!fixed_ip_address.empty())
    return bad_request(fmt::format("Port {} does not have fixed ip {}", port.id, fixed_ip_address));
  return bad_request(fmt::format("Cannot add floating IP to port {} that has no fixed IPv4 addresses", port.id));
}

// The router that leads from the subnet to the floating IP's network.
Result<std::string> router_between(const State& state, std::string_view subnet_id, const FloatingIp& floating_ip,
                                   std::string_view port_id) {
  auto router = router_towards(state, subnet_id, floating_ip.floating_network_id);
  if (!router.empty()) return router;
  return fault(Errc::not_found, "ExternalGatewayForFloatingIPNotFound",
               fmt::format("External network {} is not reachable from subnet {}.  Therefore, cannot associate Port "
                           "{} with a Floating IP.",
                           floating_ip.floating_network_id, subnet_id, port_id));
}

Result<> check_free(const State& state, const FloatingIp& floating_ip, std::string_view port_id,
                    const std::string& fixed) {
  for (const auto* other : state.table<FloatingIp>().find_by("port_id", port_id)) {
    const bool same = other->id == floating_ip.id || other->fixed_ip_address != fixed ||
                      other->floating_network_id != floating_ip.floating_network_id;
    if (same) continue;
    return fault(Errc::conflict, "FloatingIPPortAlreadyAssociated",
                 fmt::format("Cannot associate floating IP {} ({}) with port {} using fixed IP {}, as that fixed IP "
                             "already has a floating IP "
                             "on external network {}.",
                             floating_ip.floating_ip_address, floating_ip.id, port_id, fixed,
                             floating_ip.floating_network_id));
  }
  return {};
}

Result<> associate(const State& state, FloatingIp& floating_ip, std::string_view port_id,
                   std::string_view fixed_ip_address) {
  const auto* port = state.find<Port>(port_id);
  if (port == nullptr)
    return fault(Errc::not_found, "PortNotFound", fmt::format("Port {} could not be found.", port_id));
  FW_TRY(const auto target, target_of(*port, fixed_ip_address));
  FW_TRY_DO(check_free(state, floating_ip, port_id, target.ip_address));
  FW_TRY(floating_ip.router_id, router_between(state, target.subnet_id, floating_ip, port_id));
  floating_ip.port_id = port_id;
  floating_ip.fixed_ip_address = target.ip_address;
  floating_ip.status = "ACTIVE";
  return {};
}

// The address of the floating IP itself is held by a port of nobody on the external network.
Result<Port> hold_address(Work& work, Env& env, const FloatingIpRequest& request, const std::string& floating_ip_id) {
  PortRequest wanted{.project_id = {}, .network_id = request.floating_network_id};
  wanted.device_id = floating_ip_id;
  wanted.device_owner = kFloatingIpOwner;
  wanted.count_quota = false;
  std::vector<AddressRequest> addresses;
  if (!request.subnet_id.empty() || !request.floating_ip_address.empty()) {
    addresses.push_back({request.subnet_id, request.floating_ip_address});
    wanted.addresses = addresses;
    return create_port(work, env, std::move(wanted));
  }
  // Floating IPs are IPv4: any of the network's subnets that still has one.
  for (const auto* subnet : work.table<Subnet>().find_by("network_id", request.floating_network_id)) {
    if (subnet->ip_version != 4) continue;
    if (const auto free = free_address(work.state(), *subnet)) {
      wanted.addresses = {{AddressRequest{subnet->id, *free}}};
      return create_port(work, env, std::move(wanted));
    }
  }
  return fault(Errc::exhausted, "IpAddressGenerationFailure",
               fmt::format("No more IP addresses available on network {}.", request.floating_network_id));
}

}  // namespace

std::string router_towards(const State& state, std::string_view subnet_id, std::string_view external_network_id) {
  for (const auto* port : state.table<Port>().find_by("subnet_id", subnet_id)) {
    if (port->device_owner != kRouterInterface) continue;
    const auto* router = state.find<Router>(port->device_id);
    if (router != nullptr && router->gateway_network_id == external_network_id) return router->id;
  }
  return "";
}

Result<FloatingIp> create_floating_ip(Work& work, Env& env, FloatingIpRequest request) {
  const auto* network = work.find<Network>(request.floating_network_id);
  if (network == nullptr) {
    return fault(Errc::not_found, "NetworkNotFound",
                 fmt::format("Network {} could not be found.", request.floating_network_id));
  }
  if (!network->external)
    return bad_request(fmt::format("Network {} is not a valid external network", request.floating_network_id));
  if (request.port_id.empty() && !request.fixed_ip_address.empty()) {
    return bad_request("fixed_ip_address cannot be specified without a port_id");
  }
  FW_TRY_DO(check_quota<FloatingIp>(work.state(), request.project_id, "floatingip"));
  FloatingIp floating_ip;
  stamp_new(floating_ip, env);
  FW_TRY(const auto port, hold_address(work, env, request, floating_ip.id));
  floating_ip.project_id = std::move(request.project_id);
  floating_ip.description = std::move(request.description);
  floating_ip.dns_name = std::move(request.dns_name);
  floating_ip.dns_domain = std::move(request.dns_domain);
  floating_ip.tags = std::move(request.tags);
  floating_ip.floating_network_id = request.floating_network_id;
  floating_ip.floating_port_id = port.id;
  floating_ip.floating_subnet_id = port.fixed_ips.front().subnet_id;
  floating_ip.floating_ip_address = port.fixed_ips.front().ip_address;
  if (!request.port_id.empty())
    FW_TRY_DO(associate(work.state(), floating_ip, request.port_id, request.fixed_ip_address));
  work.put(floating_ip);
  return floating_ip;
}

Result<FloatingIp> associate_floating_ip(Work& work, Env& env, std::string_view floating_ip_id,
                                         std::string_view port_id, std::string_view fixed_ip_address) {
  const auto* found = work.find<FloatingIp>(floating_ip_id);
  if (found == nullptr) {
    return fault(Errc::not_found, "FloatingIPNotFound",
                 fmt::format("Floating IP {} could not be found", floating_ip_id));
  }
  auto floating_ip = *found;
  FW_TRY_DO(associate(work.state(), floating_ip, port_id, fixed_ip_address));
  stamp_change(floating_ip, env);
  work.put(floating_ip);
  return floating_ip;
}

void disassociate_floating_ip(Work& work, Env& env, std::string_view floating_ip_id) {
  const auto* found = work.find<FloatingIp>(floating_ip_id);
  if (found == nullptr || found->port_id.empty()) return;
  auto floating_ip = *found;
  floating_ip.port_id.clear();
  floating_ip.fixed_ip_address.clear();
  floating_ip.router_id.clear();
  floating_ip.status = "DOWN";
  stamp_change(floating_ip, env);
  work.put(std::move(floating_ip));
}

void delete_floating_ip(Work& work, Env& env, std::string_view floating_ip_id) {
  const auto* found = work.find<FloatingIp>(floating_ip_id);
  if (found == nullptr) return;
  const auto port_id = found->floating_port_id;
  work.erase<FloatingIp>(std::string(floating_ip_id));
  delete_port(work, env, port_id);
}

}  // namespace fairway::cloud
