// Routers: the gateway to an external network, and interfaces on subnets. Pure functions on one decision's Work.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/model/ledger.h"
#include "cloud/network/ports.h"
#include "runtime/env.h"

namespace fairway::cloud {

struct GatewayRequest {
  std::string network_id;
  bool enable_snat = true;
  std::optional<std::vector<AddressRequest>> addresses = {};
};

// Gives the router a port on the external network, instead of the one that it has. The router is not put.
// Errors: BadRequest (not external), NetworkNotFound, RouterExternalGatewayInUseByFloatingIp (409), address errors.
[[nodiscard]] Result<> set_gateway(Work& work, Env& env, Router& router, GatewayRequest request);
// Without a gateway: nothing. Error: RouterExternalGatewayInUseByFloatingIp.
[[nodiscard]] Result<> clear_gateway(Work& work, Env& env, Router& router);

// What was attached or detached.
struct RouterInterface {
  std::string port_id, subnet_id, network_id, project_id;
};

// By the subnet (at its gateway address) or by a port that nobody uses. Errors: SubnetNotFound, PortNotFound,
// PortInUse, BadRequest (no gateway address, overlaps with another interface, attached already).
[[nodiscard]] Result<RouterInterface> add_interface_of_subnet(Work& work, Env& env, const Router& router,
                                                              std::string_view subnet_id);
[[nodiscard]] Result<RouterInterface> add_interface_of_port(Work& work, Env& env, const Router& router,
                                                            std::string_view port_id);

// `port_id` or `subnet_id` may be empty. Errors: RouterInterfaceNotFound, RouterInterfaceNotFoundForSubnet,
// RouterInterfaceInUseByFloatingIP (409).
[[nodiscard]] Result<RouterInterface> remove_interface(Work& work, Env& env, const Router& router,
                                                       std::string_view port_id, std::string_view subnet_id);

// Errors: RouterInUse.
[[nodiscard]] Result<> delete_router(Work& work, Env& env, const Router& router);

[[nodiscard]] std::vector<const Port*> interfaces_of(const State& state, std::string_view router_id);

}  // namespace fairway::cloud
