// Ports and addresses, as pure functions on one decision's Work: for the network API itself, and for those who make
// ports in the same transaction (a load balancer's VIP).
//
// Errors are Neutron's own, types and texts (cloud/api/fault.h): IpAddressGenerationFailure and
// IpAddressAlreadyAllocated (409), InvalidIpForNetwork (400), NetworkNotFound, SubnetNotFound, PortNotFound (404),
// OverQuota (409), …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/model/ledger.h"
#include "net/address.h"
#include "runtime/env.h"

namespace fairway::cloud {

// What is wanted of one address: any on the network (both empty), any of the subnet, or this very one (with or
// without saying whose subnet it is).
struct AddressRequest {
  std::string subnet_id, ip_address;
};

struct PortRequest {
  std::string project_id, network_id;
  std::string name = {}, description = {};
  std::string device_id = {}, device_owner = {}, host_id = {};
  std::string mac_address = {};  // empty: made
  // Absent: one address of each IP version that the network has subnets of. Empty: none.
  std::optional<std::vector<AddressRequest>> addresses = {};
  std::optional<std::vector<std::string>> security_groups = {};  // absent: the project's default group
  std::vector<AddressPair> allowed_address_pairs = {};
  bool admin_state_up = true, port_security_enabled = true;
  std::vector<std::string> tags = {};
  bool count_quota = true;  // false for ports that the cloud makes for itself
};

[[nodiscard]] Result<Port> create_port(Work& work, Env& env, PortRequest request);

// A floating IP on it is disassociated. Of an absent port: nothing.
void delete_port(Work& work, Env& env, std::string_view port_id);

// Picks addresses for a port on `network_id`, without writing anything.
[[nodiscard]] Result<std::vector<FixedIp>> allocate_addresses(
    const State& state, std::string_view network_id, const std::optional<std::vector<AddressRequest>>& wanted);

// The lowest free address of the subnet's pools. Error: IpAddressGenerationFailure.
[[nodiscard]] Result<std::string> free_address(const State& state, const Subnet& subnet);
[[nodiscard]] bool address_in_use(const State& state, std::string_view subnet_id, std::string_view address);

// The subnet of the network that contains the address, if there is one.
[[nodiscard]] const Subnet* subnet_containing(const State& state, std::string_view network_id,
                                              const net::Address& address);

// The router that has an interface on the subnet: the one that answers at its gateway address, if several do. Empty:
// none.
[[nodiscard]] std::string find_router_of_subnet(const State& state, std::string_view subnet_id);

// Device owners that mean something.
inline constexpr std::string_view kRouterInterface = "network:router_interface";
inline constexpr std::string_view kRouterGateway = "network:router_gateway";
inline constexpr std::string_view kFloatingIpOwner = "network:floatingip";

// Stamps a new object: id, times, revision 1... and a change: updated_at, the next revision.
void stamp_new(StandardAttributes& object, Env& env);
void stamp_change(StandardAttributes& object, Env& env);

}  // namespace fairway::cloud
