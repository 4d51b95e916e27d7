// Floating IPs, as pure functions on one decision's Work.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud {

struct FloatingIpRequest {
  std::string project_id, floating_network_id;
  std::string subnet_id = {}, floating_ip_address = {};  // empty: chosen
  std::string port_id = {}, fixed_ip_address = {};       // empty: not associated yet
  std::string description = {}, dns_name = {}, dns_domain = {};
  std::vector<std::string> tags = {};
};

// Errors: BadRequest (not an external network), IpAddressGenerationFailure, IpAddressAlreadyAllocated, OverQuota, and
// those of associate_floating_ip.
[[nodiscard]] Result<FloatingIp> create_floating_ip(Work& work, Env& env, FloatingIpRequest request);

// `fixed_ip_address` empty: the port's first IPv4 address. Errors: PortNotFound, ExternalGatewayForFloatingIPNotFound
// (404), FloatingIPPortAlreadyAssociated (409), BadRequest.
[[nodiscard]] Result<FloatingIp> associate_floating_ip(Work& work, Env& env, std::string_view floating_ip_id,
                                                       std::string_view port_id,
                                                       std::string_view fixed_ip_address = "");

// The router that leads from the subnet to the external network, over which its ports can have floating IPs. Empty:
// none.
[[nodiscard]] std::string router_towards(const State& state, std::string_view subnet_id,
                                         std::string_view external_network_id);

// Of one that is not associated: nothing.
void disassociate_floating_ip(Work& work, Env& env, std::string_view floating_ip_id);

// With its address. Of an absent one: nothing.
void delete_floating_ip(Work& work, Env& env, std::string_view floating_ip_id);

}  // namespace fairway::cloud
