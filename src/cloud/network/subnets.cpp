#include "cloud/network/subnets.h"

#include <fmt/format.h>

#include "cloud/api/fault.h"

namespace fairway::cloud {
namespace {

using net::Address;
using net::Prefix;

struct Span {
  Address start, end;
  [[nodiscard]] bool contains(const Address& address) const { return start <= address && address <= end; }
};

// Addresses that hosts may have: without the network's own and, for IPv4, the broadcast address.
Span hosts_of(const Prefix& cidr) {
  Span span{cidr.network(), cidr.last()};
  const int bits = cidr.is_v4() ? 32 : 128;
  if (cidr.length() >= bits - 1) return span;
  span.start = *cidr.network().plus(1);
  if (cidr.is_v4()) span.end = *cidr.last().previous();
  return span;
}

std::string shown(const AllocationPool& pool) { return fmt::format("{}-{}", pool.start, pool.end); }

Result<Span> span_of(const AllocationPool& pool, const Prefix& cidr) {
  const auto start = Address::parse(pool.start), end = Address::parse(pool.end);
  if (!start || !end || start->is_v4() != cidr.is_v4() || end->is_v4() != cidr.is_v4() || *end < *start) {
    return fault(Errc::invalid, "InvalidAllocationPool",
                 fmt::format("The allocation pool {} is not valid.", shown(pool)));
  }
  const auto hosts = hosts_of(cidr);
  if (!hosts.contains(*start) || !hosts.contains(*end)) {
    return fault(Errc::invalid, "OutOfBoundsAllocationPool",
                 fmt::format("The allocation pool {} spans beyond the subnet cidr {}.", shown(pool), cidr.text()));
  }
  return Span{*start, *end};
}

std::unexpected<Error> invalid_input(std::string_view what) {
  return fault(Errc::invalid, "InvalidInput", fmt::format("Invalid input for operation: {}.", what));
}

}  // namespace

std::string default_gateway(const Prefix& cidr) { return hosts_of(cidr).start.text(); }

std::vector<AllocationPool> default_pools(const Prefix& cidr, const std::optional<std::string>& gateway_ip) {
  const auto hosts = hosts_of(cidr);
  const auto gateway = gateway_ip ? Address::parse(*gateway_ip) : std::nullopt;
  if (!gateway || !hosts.contains(*gateway)) return {{hosts.start.text(), hosts.end.text()}};
  std::vector<AllocationPool> pools;
  if (*gateway > hosts.start) pools.push_back({hosts.start.text(), gateway->previous()->text()});
  if (*gateway < hosts.end) pools.push_back({gateway->plus(1)->text(), hosts.end.text()});
  return pools;
}

Result<> check_pools(const Subnet& subnet) {
  const auto cidr = Prefix::parse(subnet.cidr);
  FW_CHECK(cidr.has_value());
  const auto gateway = subnet.gateway_ip ? Address::parse(*subnet.gateway_ip) : std::nullopt;
  if (subnet.gateway_ip && (!gateway || !hosts_of(*cidr).contains(*gateway)))
    return invalid_input("Gateway is not valid on subnet");
  std::vector<Span> spans;
  for (const auto& pool : subnet.allocation_pools) {
    FW_TRY(const auto span, span_of(pool, *cidr));
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (span.end < spans[i].start || spans[i].end < span.start) continue;
      return fault(Errc::conflict, "OverlappingAllocationPools",
                   fmt::format("Found overlapping allocation pools: {} {} for subnet {}.",
                               shown(subnet.allocation_pools[i]), shown(pool), subnet.cidr));
    }
    if (gateway && span.contains(*gateway)) {
      return fault(Errc::conflict, "GatewayConflictWithAllocationPools",
                   fmt::format("Gateway ip {} conflicts with allocation pool {}.", *subnet.gateway_ip, shown(pool)));
    }
    spans.push_back(span);
  }
  return {};
}

Result<> check_overlap(const State& state, const Subnet& subnet) {
  const auto cidr = Prefix::parse(subnet.cidr);
  for (const auto* other : state.table<Subnet>().find_by("network_id", subnet.network_id)) {
    const auto other_cidr = Prefix::parse(other->cidr);
    if (other->id == subnet.id || !cidr || !other_cidr || !cidr->overlaps(*other_cidr)) continue;
    return invalid_input(fmt::format("Requested subnet with cidr: {} for network: {} overlaps with another subnet",
                                     subnet.cidr, subnet.network_id));
  }
  return {};
}

}  // namespace fairway::cloud
