#include "cloud/network/ports.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/network/floating_ips.h"
#include "cloud/network/quotas.h"
#include "cloud/network/security_groups.h"

namespace fairway::cloud {
namespace {

using net::Address;
using net::Prefix;

std::unexpected<Error> no_address_left(std::string_view network_id) {
  return fault(Errc::exhausted, "IpAddressGenerationFailure",
               fmt::format("No more IP addresses available on network {}.", network_id));
}

std::set<Address> used_addresses(const State& state, const Subnet& subnet) {
  std::set<Address> used;
  for (const auto* port : state.table<Port>().find_by("subnet_id", subnet.id)) {
    for (const auto& ip : port->fixed_ips) {
      if (const auto address = ip.subnet_id == subnet.id ? Address::parse(ip.ip_address) : std::nullopt)
        used.insert(*address);
    }
  }
  return used;
}

// The lowest address of [start, end] that is not used. Skips runs of used ones without testing each against the set
// twice.
std::optional<Address> lowest_free(const Address& start, const Address& end, const std::set<Address>& used) {
  auto candidate = start;
  for (auto at = used.lower_bound(start); at != used.end() && *at == candidate; ++at) {
    const auto next = candidate.plus(1);
    if (!next || *next > end) return std::nullopt;
    candidate = *next;
  }
  return candidate <= end ? std::optional(candidate) : std::nullopt;
}

std::optional<Address> lowest_free(const State& state, const Subnet& subnet, const std::set<Address>& taken_besides) {
  auto used = used_addresses(state, subnet);
  used.insert(taken_besides.begin(), taken_besides.end());
  if (const auto gateway = subnet.gateway_ip ? Address::parse(*subnet.gateway_ip) : std::nullopt)
    used.insert(*gateway);
  std::optional<Address> lowest;
  for (const auto& pool : subnet.allocation_pools) {
    const auto start = Address::parse(pool.start), end = Address::parse(pool.end);
    const auto free = start && end ? lowest_free(*start, *end, used) : std::nullopt;
    if (free && (!lowest || *free < *lowest)) lowest = free;
  }
  return lowest;
}

// The subnets that ports get addresses of, eldest first.
std::vector<const Subnet*> subnets_of(const State& state, std::string_view network_id) {
  auto subnets = state.table<Subnet>().find_by("network_id", network_id);
  std::ranges::sort(subnets, {}, [](const Subnet* subnet) { return std::pair(subnet->created_at, subnet->id); });
  return subnets;
}

// Collects one port's addresses.
class Allocation {
 public:
  Allocation(const State& state, std::string_view network_id) : state_(state), network_id_(network_id) {}

  Result<> one_of_each_version() {
    for (const int version : {4, 6}) {
      bool any = false, found = false;
      for (const auto* subnet : subnets_of(state_, network_id_)) {
        if (subnet->ip_version != version || found) continue;
        any = true;
        found = take_free(*subnet);
      }
      if (any && !found) return no_address_left(network_id_);
    }
    return {};
  }

  Result<> add(const AddressRequest& request) {
    if (request.ip_address.empty() && request.subnet_id.empty()) return any_subnet();
    FW_TRY(const auto* subnet, subnet_for(request));
    if (!request.ip_address.empty()) return take(*subnet, request.ip_address);
    if (take_free(*subnet)) return {};
    return no_address_left(network_id_);
  }

  std::vector<FixedIp> done() && { return std::move(ips_); }

 private:
  Result<> any_subnet() {
    for (const auto* subnet : subnets_of(state_, network_id_)) {
      if (take_free(*subnet)) return {};
    }
    return no_address_left(network_id_);
  }

  Result<const Subnet*> subnet_for(const AddressRequest& request) {
    if (!request.subnet_id.empty()) {
      const auto* subnet = state_.find<Subnet>(request.subnet_id);
      if (subnet == nullptr)
        return fault(Errc::not_found, "SubnetNotFound",
                     fmt::format("Subnet {} could not be found.", request.subnet_id));
      if (subnet->network_id == network_id_) return subnet;
      return fault(Errc::invalid, "InvalidInput",
                   fmt::format("Invalid input for operation: Failed to create port on network {}, because fixed_ips "
                               "included invalid subnet {}.",
                               network_id_, request.subnet_id));
    }
    const auto address = Address::parse(request.ip_address);
    const auto* subnet = address ? subnet_containing(state_, network_id_, *address) : nullptr;
    if (subnet != nullptr) return subnet;
    return fault(Errc::invalid, "InvalidIpForNetwork",
                 fmt::format("IP address {} is not a valid IP for any of the subnets on the specified network.",
                             request.ip_address));
  }

  Result<> take(const Subnet& subnet, const std::string& text) {
    const auto address = Address::parse(text);
    const auto prefix = Prefix::parse(subnet.cidr);
    const bool edge = prefix && prefix->is_v4() && prefix->length() < 31 && address &&
                      (*address == prefix->network() || *address == prefix->last());
    if (!address || !prefix || !prefix->contains(*address) || edge) {
      return fault(Errc::invalid, "InvalidIpForSubnet",
                   fmt::format("IP address {} is not a valid IP for the specified subnet.", text));
    }
    if (address_in_use(state_, subnet.id, address->text()) || taken_.contains(*address)) {
      return fault(Errc::conflict, "IpAddressAlreadyAllocated",
                   fmt::format("IP address {} already allocated in subnet {}", address->text(), subnet.id));
    }
    keep(subnet, *address);
    return {};
  }

  bool take_free(const Subnet& subnet) {
    const auto address = lowest_free(state_, subnet, taken_);
    if (address) keep(subnet, *address);
    return address.has_value();
  }

  void keep(const Subnet& subnet, const Address& address) {
    taken_.insert(address);
    ips_.push_back({subnet.id, address.text()});
  }

  const State& state_;
  std::string network_id_;
  std::vector<FixedIp> ips_;
  std::set<Address> taken_;
};

bool mac_in_use(const State& state, std::string_view network_id, std::string_view mac) {
  return std::ranges::any_of(state.table<Port>().find_by("network_id", network_id),
                             [&](const Port* port) { return port->mac_address == mac; });
}

std::string free_mac(const State& state, std::string_view network_id, Random& random) {
  std::string mac;
  do {
    std::array<std::uint8_t, 3> tail{};
    random.fill(std::as_writable_bytes(std::span(tail)));
    mac = fmt::format("fa:16:3e:{:02x}:{:02x}:{:02x}", tail[0], tail[1], tail[2]);
  } while (mac_in_use(state, network_id, mac));
  return mac;
}

Result<std::string> choose_mac(const State& state, const PortRequest& request, Random& random) {
  if (request.mac_address.empty()) return free_mac(state, request.network_id, random);
  if (!mac_in_use(state, request.network_id, request.mac_address)) return request.mac_address;
  return fault(Errc::conflict, "MacAddressInUse",
               fmt::format("Unable to complete operation for network {}. The mac address {} is in use.",
                           request.network_id, request.mac_address));
}

Result<std::vector<std::string>> choose_groups(Work& work, Env& env, const PortRequest& request) {
  const bool service =
      request.device_owner.starts_with("network:") || request.project_id.empty() || !request.port_security_enabled;
  if (!request.security_groups) {
    if (service) return std::vector<std::string>{};
    return std::vector{ensure_default_group(work, env, request.project_id).id};
  }
  for (const auto& id : *request.security_groups) {
    if (work.find<SecurityGroup>(id) != nullptr) continue;
    return fault(Errc::not_found, "SecurityGroupNotFound", fmt::format("Security group {} does not exist", id));
  }
  return *request.security_groups;
}

}  // namespace

void stamp_new(StandardAttributes& object, Env& env) {
  object.id = make_uuid(env.random);
  object.created_at = to_iso8601(env.clock.wall(), Stamp::seconds_z);
  object.updated_at = object.created_at;
  object.revision_number = 0;
}

void stamp_change(StandardAttributes& object, Env& env) {
  object.updated_at = to_iso8601(env.clock.wall(), Stamp::seconds_z);
  ++object.revision_number;
}

const Subnet* subnet_containing(const State& state, std::string_view network_id, const net::Address& address) {
  for (const auto* subnet : state.table<Subnet>().find_by("network_id", network_id)) {
    const auto prefix = Prefix::parse(subnet->cidr);
    if (prefix && prefix->contains(address)) return subnet;
  }
  return nullptr;
}

bool address_in_use(const State& state, std::string_view subnet_id, std::string_view address) {
  return !state.table<Port>().find_by("subnet_address", fmt::format("{}/{}", subnet_id, address)).empty();
}

Result<std::string> free_address(const State& state, const Subnet& subnet) {
  const auto address = lowest_free(state, subnet, {});
  if (!address) return no_address_left(subnet.network_id);
  return address->text();
}

namespace {

Result<> add_all(Allocation& allocation, const std::vector<AddressRequest>& requests, bool named) {
  for (const auto& request : requests) {
    if (request.ip_address.empty() != named) FW_TRY_DO(allocation.add(request));
  }
  return {};
}

}  // namespace

Result<std::vector<FixedIp>> allocate_addresses(const State& state, std::string_view network_id,
                                                const std::optional<std::vector<AddressRequest>>& wanted) {
  Allocation allocation(state, network_id);
  if (!wanted) FW_TRY_DO(allocation.one_of_each_version());
  const auto requests = wanted.value_or(std::vector<AddressRequest>{});
  // Those that name an address first, so that none of them is given to one that takes any.
  FW_TRY_DO(add_all(allocation, requests, true));
  FW_TRY_DO(add_all(allocation, requests, false));
  return std::move(allocation).done();
}

Result<Port> create_port(Work& work, Env& env, PortRequest request) {
  if (work.find<Network>(request.network_id) == nullptr) {
    return fault(Errc::not_found, "NetworkNotFound",
                 fmt::format("Network {} could not be found.", request.network_id));
  }
  if (request.count_quota) FW_TRY_DO(check_quota<Port>(work.state(), request.project_id, "port"));
  Port port;
  FW_TRY(port.mac_address, choose_mac(work.state(), request, env.random));
  FW_TRY(port.fixed_ips, allocate_addresses(work.state(), request.network_id, request.addresses));
  FW_TRY(port.security_groups, choose_groups(work, env, request));
  stamp_new(port, env);
  port.project_id = std::move(request.project_id);
  port.network_id = std::move(request.network_id);
  port.name = std::move(request.name);
  port.description = std::move(request.description);
  port.device_id = std::move(request.device_id);
  port.device_owner = std::move(request.device_owner);
  port.host_id = std::move(request.host_id);
  port.allowed_address_pairs = std::move(request.allowed_address_pairs);
  port.admin_state_up = request.admin_state_up;
  port.port_security_enabled = request.port_security_enabled;
  port.tags = std::move(request.tags);
  // Whose device is known is plugged in by whoever carries the packets; an unclaimed port is down.
  port.status = port.device_id.empty() ? "DOWN" : "ACTIVE";
  work.put(port);
  return port;
}

void delete_port(Work& work, Env& env, std::string_view port_id) {
  std::vector<std::string> associated;
  for (const auto* floating_ip : work.table<FloatingIp>().find_by("port_id", port_id))
    associated.push_back(floating_ip->id);
  for (const auto& id : associated) disassociate_floating_ip(work, env, id);
  work.erase<Port>(std::string(port_id));
}

std::string find_router_of_subnet(const State& state, std::string_view subnet_id) {
  const auto* subnet = state.find<Subnet>(subnet_id);
  std::string router;
  for (const auto* port : state.table<Port>().find_by("subnet_id", subnet_id)) {
    if (port->device_owner != kRouterInterface) continue;
    const bool gateway = subnet != nullptr && std::ranges::any_of(port->fixed_ips, [&](const FixedIp& ip) {
                           return ip.subnet_id == subnet_id && ip.ip_address == subnet->gateway_ip.value_or("");
                         });
    if (gateway) return port->device_id;
    if (router.empty()) router = port->device_id;
  }
  return router;
}

}  // namespace fairway::cloud
