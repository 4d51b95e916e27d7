#include "cloud/network/routers.h"

#include <algorithm>

#include <fmt/format.h>

#include "cloud/api/fault.h"

namespace fairway::cloud {
namespace {

std::unexpected<Error> bad_request(std::string_view why) {
  return fault(Errc::invalid, "BadRequest", fmt::format("Bad router request: {}.", why));
}

bool has_floating_ips(const State& state, std::string_view router_id) {
  return state.table<FloatingIp>().count_by("router_id", router_id) != 0;
}

Result<> check_gateway_free(const State& state, const Router& router) {
  if (!has_floating_ips(state, router.id)) return {};
  return fault(Errc::conflict, "RouterExternalGatewayInUseByFloatingIp",
               fmt::format("Gateway cannot be updated for router {}, since a gateway to external network {} is "
                           "required by one or more "
                           "floating IPs.",
                           router.id, router.gateway_network_id));
}

Result<> check_apart(const Subnet& subnet, const Subnet& other) {
  if (other.id == subnet.id) return bad_request(fmt::format("Router already has a port on subnet {}", subnet.id));
  const auto cidr = net::Prefix::parse(subnet.cidr), other_cidr = net::Prefix::parse(other.cidr);
  if (!cidr || !other_cidr || !cidr->overlaps(*other_cidr)) return {};
  return bad_request(fmt::format("Cidr {} of subnet {} overlaps with cidr {} of subnet {}", subnet.cidr, subnet.id,
                                 other.cidr, other.id));
}

// A router cannot tell two subnets with the same addresses apart.
Result<> check_no_overlap(const State& state, const Router& router, const Subnet& subnet) {
  auto ports = interfaces_of(state, router.id);
  if (const auto* gateway = state.find<Port>(router.gateway_port_id)) ports.push_back(gateway);
  for (const auto* port : ports) {
    for (const auto& ip : port->fixed_ips) {
      const auto* other = state.find<Subnet>(ip.subnet_id);
      auto apart = other == nullptr ? Result<>{} : check_apart(subnet, *other);
      if (!apart) return apart;
    }
  }
  return {};
}

RouterInterface describe(const Port& port) {
  return {port.id, port.fixed_ips.empty() ? "" : port.fixed_ips.front().subnet_id, port.network_id, port.project_id};
}

bool on_subnet(const Port& port, std::string_view subnet_id) {
  return std::ranges::any_of(port.fixed_ips, [&](const FixedIp& ip) { return ip.subnet_id == subnet_id; });
}

Result<const Port*> find_interface(const State& state, const Router& router, std::string_view port_id,
                                   std::string_view subnet_id) {
  const auto interfaces = interfaces_of(state, router.id);
  if (!port_id.empty()) {
    const auto at =
        std::ranges::find(interfaces, port_id, [](const Port* port) { return std::string_view(port->id); });
    if (at == interfaces.end()) {
      return fault(Errc::not_found, "RouterInterfaceNotFound",
                   fmt::format("Router {} does not have an interface with id {}", router.id, port_id));
    }
    if (!subnet_id.empty() && !on_subnet(**at, subnet_id)) {
      return fault(Errc::invalid, "SubnetMismatchForPort",
                   fmt::format("Subnet on port {} does not match the requested subnet {}.", port_id, subnet_id));
    }
    return *at;
  }
  const auto at = std::ranges::find_if(interfaces, [&](const Port* port) { return on_subnet(*port, subnet_id); });
  if (at == interfaces.end()) {
    return fault(Errc::not_found, "RouterInterfaceNotFoundForSubnet",
                 fmt::format("Router {} has no interface on subnet {}", router.id, subnet_id));
  }
  return *at;
}

// A floating IP that leads through this router to an address on the interface's subnets.
Result<> check_interface_free(const State& state, const Router& router, const Port& interface) {
  for (const auto* floating_ip : state.table<FloatingIp>().find_by("router_id", router.id)) {
    const auto* target = state.find<Port>(floating_ip->port_id);
    if (target == nullptr) continue;
    for (const auto& ip : target->fixed_ips) {
      if (ip.ip_address != floating_ip->fixed_ip_address || !on_subnet(interface, ip.subnet_id)) continue;
      return fault(Errc::conflict, "RouterInterfaceInUseByFloatingIP",
                   fmt::format("Router interface for subnet {} on router {} cannot be deleted, as it is required by "
                               "one or more floating IPs.",
                               ip.subnet_id, router.id));
    }
  }
  return {};
}

}  // namespace

std::vector<const Port*> interfaces_of(const State& state, std::string_view router_id) {
  auto ports = state.table<Port>().find_by("device_id", router_id);
  std::erase_if(ports, [](const Port* port) { return port->device_owner != kRouterInterface; });
  return ports;
}

Result<> set_gateway(Work& work, Env& env, Router& router, GatewayRequest request) {
  const auto* network = work.find<Network>(request.network_id);
  if (network == nullptr)
    return fault(Errc::not_found, "NetworkNotFound",
                 fmt::format("Network {} could not be found.", request.network_id));
  if (!network->external)
    return bad_request(fmt::format("Network {} is not an external network", request.network_id));
  router.enable_snat = request.enable_snat;
  const bool same = router.gateway_network_id == request.network_id && !request.addresses;
  if (same) return {};
  if (router.gateway_network_id != request.network_id) FW_TRY_DO(clear_gateway(work, env, router));
  if (!router.gateway_port_id.empty()) delete_port(work, env, router.gateway_port_id);
  PortRequest wanted{.project_id = {}, .network_id = request.network_id};
  wanted.device_id = router.id;
  wanted.device_owner = kRouterGateway;
  wanted.addresses = std::move(request.addresses);
  wanted.count_quota = false;
  FW_TRY(const auto port, create_port(work, env, std::move(wanted)));
  router.gateway_network_id = request.network_id;
  router.gateway_port_id = port.id;
  return {};
}

Result<> clear_gateway(Work& work, Env& env, Router& router) {
  if (router.gateway_network_id.empty()) return {};
  FW_TRY_DO(check_gateway_free(work.state(), router));
  delete_port(work, env, router.gateway_port_id);
  router.gateway_network_id.clear();
  router.gateway_port_id.clear();
  return {};
}

Result<RouterInterface> add_interface_of_subnet(Work& work, Env& env, const Router& router,
                                                std::string_view subnet_id) {
  const auto* subnet = work.find<Subnet>(subnet_id);
  if (subnet == nullptr)
    return fault(Errc::not_found, "SubnetNotFound", fmt::format("Subnet {} could not be found.", subnet_id));
  if (!subnet->gateway_ip) return bad_request("Subnet for router interface must have a gateway IP");
  FW_TRY_DO(check_no_overlap(work.state(), router, *subnet));
  PortRequest wanted{.project_id = router.project_id, .network_id = subnet->network_id};
  wanted.device_id = router.id;
  wanted.device_owner = kRouterInterface;
  wanted.addresses = {{AddressRequest{subnet->id, *subnet->gateway_ip}}};
  FW_TRY(const auto port, create_port(work, env, std::move(wanted)));
  return describe(port);
}

Result<RouterInterface> add_interface_of_port(Work& work, Env& env, const Router& router, std::string_view port_id) {
  const auto* found = work.find<Port>(port_id);
  if (found == nullptr)
    return fault(Errc::not_found, "PortNotFound", fmt::format("Port {} could not be found.", port_id));
  if (!found->device_id.empty()) {
    return fault(
        Errc::conflict, "PortInUse",
        fmt::format("Unable to complete operation on port {} for network {}. Port already has an attached device {}.",
                    port_id, found->network_id, found->device_id));
  }
  if (found->fixed_ips.empty()) return bad_request("Router port must have at least one fixed IP");
  for (const auto& ip : found->fixed_ips) {
    if (const auto* subnet = work.find<Subnet>(ip.subnet_id))
      FW_TRY_DO(check_no_overlap(work.state(), router, *subnet));
  }
  auto port = *found;
  port.device_id = router.id;
  port.device_owner = kRouterInterface;
  port.status = "ACTIVE";
  stamp_change(port, env);
  work.put(port);
  return describe(port);
}

Result<RouterInterface> remove_interface(Work& work, Env& env, const Router& router, std::string_view port_id,
                                         std::string_view subnet_id) {
  FW_TRY(const auto* port, find_interface(work.state(), router, port_id, subnet_id));
  FW_TRY_DO(check_interface_free(work.state(), router, *port));
  const auto removed = describe(*port);
  delete_port(work, env, removed.port_id);
  return removed;
}

Result<> delete_router(Work& work, Env& env, const Router& router) {
  if (!interfaces_of(work.state(), router.id).empty()) {
    return fault(Errc::conflict, "RouterInUse", fmt::format("Router {} still has ports", router.id));
  }
  auto gone = router;
  FW_TRY_DO(clear_gateway(work, env, gone));
  work.erase<Router>(router.id);
  return {};
}

}  // namespace fairway::cloud
