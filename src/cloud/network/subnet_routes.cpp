// Subnets.
#include "cloud/network/network.h"
#include "cloud/network/quotas.h"
#include "cloud/network/resource.h"
#include "cloud/network/subnets.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

using enum AttributeType;

std::vector<AttributeRule> rules() {
  return {{.name = "name"},
          {.name = "description"},
          {.name = "network_id", .type = uuid, .put = false, .required = true},
          {.name = "ip_version", .type = integer, .put = false, .required = true, .min = 4, .max = 6},
          {.name = "cidr", .type = prefix, .put = false, .required = true},
          {.name = "gateway_ip", .type = address, .nullable = true},
          {.name = "allocation_pools", .type = object_list},
          {.name = "enable_dhcp", .type = boolean},
          {.name = "dns_nameservers", .type = address_list, .nullable = true},
          {.name = "host_routes", .type = object_list, .nullable = true},
          {.name = "project_id", .put = false},
          {.name = "ipv6_ra_mode", .type = any, .put = false},
          {.name = "ipv6_address_mode", .type = any, .put = false},
          {.name = "subnetpool_id", .type = any, .put = false},
          {.name = "use_default_subnetpool", .type = any, .put = false},
          {.name = "prefixlen", .type = any, .put = false},
          {.name = "segment_id", .type = any},
          {.name = "service_types", .type = any},
          {.name = "dns_publish_fixed_ip", .type = any}};
}

std::unexpected<Error> invalid_input(std::string_view what) {
  return fault(Errc::invalid, "InvalidInput", fmt::format("Invalid input for operation: {}.", what));
}

Result<std::vector<AllocationPool>> pools_of(const json::Value& list) {
  std::vector<AllocationPool> pools;
  for (const auto& item : list.get_array()) {
    const auto start = net::Address::parse(json::string_or(item, "start")),
               end = net::Address::parse(json::string_or(item, "end"));
    if (!start || !end) {
      return fault(Errc::invalid, "HTTPBadRequest",
                   fmt::format("Invalid input for allocation_pools. Reason: {} has no 'start' and 'end' address.",
                               json::write(item)));
    }
    pools.push_back({start->text(), end->text()});
  }
  return pools;
}

Result<> fill_host_routes(Subnet& subnet, const json::Object& body) {
  const auto* list = body.if_contains("host_routes");
  if (list == nullptr) return {};
  subnet.host_routes.clear();
  if (list->is_null()) return {};
  for (const auto& item : list->get_array()) {
    const auto destination = net::Prefix::parse(json::string_or(item, "destination"));
    const auto nexthop = net::Address::parse(json::string_or(item, "nexthop"));
    if (!destination || !nexthop) {
      return fault(
          Errc::invalid, "HTTPBadRequest",
          fmt::format("Invalid input for host_routes. Reason: {} has no 'destination' CIDR and 'nexthop' address.",
                      json::write(item)));
    }
    subnet.host_routes.push_back({destination->text(), nexthop->text()});
  }
  return {};
}

Result<> fill(Subnet& subnet, const json::Object& body) {
  FW_TRY_DO(refuse_set(body, {"ipv6_ra_mode", "ipv6_address_mode", "subnetpool_id", "use_default_subnetpool",
                              "prefixlen", "segment_id", "service_types", "dns_publish_fixed_ip"}));
  subnet.name = text_or(body, "name", subnet.name);
  subnet.description = text_or(body, "description", subnet.description);
  subnet.enable_dhcp = flag_or(body, "enable_dhcp", subnet.enable_dhcp);
  subnet.dns_nameservers = texts_or(body, "dns_nameservers", subnet.dns_nameservers);
  return fill_host_routes(subnet, body);
}

// Null: none. Absent: the default, for a new one.
void fill_gateway(Subnet& subnet, const json::Object& body) {
  const auto* gateway = body.if_contains("gateway_ip");
  if (gateway == nullptr) return;
  subnet.gateway_ip =
      gateway->is_null() ? std::nullopt : std::optional(net::Address::parse(gateway->get_string())->text());
}

Result<Subnet> create(Change& change, const json::Object& body) {
  const auto& state = change.work.state();
  Subnet subnet;
  stamp_new(subnet, change.env);
  subnet.network_id = text_or(body, "network_id", "");
  const auto* network = state.find<Network>(subnet.network_id);
  if (network == nullptr || !(change.scope.sees(network->project_id) || network->shared)) {
    return fault(Errc::not_found, "NetworkNotFound",
                 fmt::format("Network {} could not be found.", subnet.network_id));
  }
  if (!change.scope.sees(network->project_id)) return policy_refuses("create_subnet");
  FW_TRY(subnet.project_id, project_for(change.caller, body, "create_subnet:tenant_id"));
  FW_TRY_DO(check_quota<Subnet>(state, subnet.project_id, "subnet"));
  const auto cidr = net::Prefix::parse(text_or(body, "cidr", ""));
  subnet.cidr = cidr->text();
  subnet.ip_version = static_cast<int>(json::int_or(body, "ip_version", 4));
  if (subnet.ip_version != (cidr->is_v4() ? 4 : 6)) {
    return invalid_input(
        fmt::format("Input value(s) ip_version {} and cidr {} do not match", subnet.ip_version, subnet.cidr));
  }
  FW_TRY_DO(fill(subnet, body));
  subnet.gateway_ip = default_gateway(*cidr);
  fill_gateway(subnet, body);
  subnet.allocation_pools = default_pools(*cidr, subnet.gateway_ip);
  if (const auto* pools = body.if_contains("allocation_pools")) {
    FW_TRY(subnet.allocation_pools, pools_of(*pools));
  }
  // A gateway that nobody asked for gives way to pools that somebody did.
  FW_TRY_DO(check_pools(subnet));
  FW_TRY_DO(check_overlap(state, subnet));
  change.work.put(subnet);
  return subnet;
}

const Port* router_port_at(const State& state, const Subnet& subnet, const std::string& address) {
  for (const auto* port : state.table<Port>().find_by("subnet_address", subnet.id + "/" + address)) {
    if (port->device_owner == kRouterInterface) return port;
  }
  return nullptr;
}

Result<Subnet> update(Change& change, const Subnet& before, const json::Object& body) {
  auto subnet = before;
  FW_TRY_DO(fill(subnet, body));
  fill_gateway(subnet, body);
  if (subnet.gateway_ip != before.gateway_ip && before.gateway_ip) {
    if (const auto* port = router_port_at(change.work.state(), before, *before.gateway_ip)) {
      return fault(Errc::conflict, "GatewayIpInUse",
                   fmt::format("Current gateway ip {} already in use by port {}. Unable to update.",
                               *before.gateway_ip, port->id));
    }
  }
  if (const auto* pools = body.if_contains("allocation_pools")) {
    FW_TRY(subnet.allocation_pools, pools_of(*pools));
  }
  FW_TRY_DO(check_pools(subnet));
  stamp_change(subnet, change.env);
  change.work.put(subnet);
  return subnet;
}

Result<> remove(Change& change, const Subnet& subnet) {
  if (change.work.table<Port>().count_by("subnet_id", subnet.id) != 0) {
    return fault(
        Errc::conflict, "SubnetInUse",
        fmt::format(
            "Unable to complete operation on subnet {}: One or more ports have an IP allocation from this subnet.",
            subnet.id));
  }
  change.work.erase<Subnet>(subnet.id);
  return {};
}

bool visible(const State& state, const Subnet& subnet, const Scope& scope) {
  if (scope.sees(subnet.project_id)) return true;
  const auto* network = state.find<Network>(subnet.network_id);
  return network != nullptr && network->shared;
}

}  // namespace

void add_subnet_routes(Routes& routes, ApiContext& context) {
  ResourceRoutes<Subnet>::add(routes, context,
                              {.root = "subnet",
                               .collection = "subnets",
                               .path = "subnets",
                               .missing_type = "SubnetNotFound",
                               .missing_text = "Subnet {} could not be found.",
                               .rules = rules(),
                               .visible = visible,
                               .create = create,
                               .update = update,
                               .remove = remove});
}

}  // namespace fairway::cloud::network
