// Networks.
#include "cloud/network/network.h"
#include "cloud/network/quotas.h"
#include "cloud/network/resource.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

using enum AttributeType;

std::vector<AttributeRule> rules() {
  return {{.name = "name"},
          {.name = "description"},
          {.name = "admin_state_up", .type = boolean},
          {.name = "shared", .type = boolean},
          {.name = "router:external", .type = boolean},
          {.name = "port_security_enabled", .type = boolean},
          {.name = "mtu", .type = integer, .min = 68, .max = 65535},
          {.name = "project_id", .put = false},
          {.name = "provider:network_type", .put = false, .nullable = true},
          {.name = "provider:physical_network", .put = false, .nullable = true},
          {.name = "provider:segmentation_id", .type = any, .put = false},
          {.name = "qos_policy_id", .type = any},
          {.name = "dns_domain", .type = any},
          {.name = "vlan_transparent", .type = any, .put = false},
          {.name = "is_default", .type = any},
          {.name = "availability_zone_hints", .type = any, .put = false},
          {.name = "segments", .type = any},
          {.name = "ha", .type = any, .put = false}};
}

// What only an administrator may say about a network.
Result<> check_privileges(const Change& change, const json::Object& body, std::string_view verb) {
  if (allowed(change.caller, "network:admin")) return {};
  for (const auto* key : {"shared", "router:external"}) {
    if (flag_or(body, key, false)) return policy_refuses(fmt::format("{}_network:{}", verb, key));
  }
  for (const auto* key : {"provider:network_type", "provider:physical_network", "provider:segmentation_id"}) {
    if (body.contains(key)) return policy_refuses(fmt::format("{}_network:{}", verb, key));
  }
  return {};
}

Result<> fill(Network& network, const json::Object& body) {
  FW_TRY_DO(refuse_set(body, {"qos_policy_id", "dns_domain", "vlan_transparent", "is_default",
                              "availability_zone_hints", "segments", "ha", "provider:segmentation_id"}));
  network.name = text_or(body, "name", network.name);
  network.description = text_or(body, "description", network.description);
  network.admin_state_up = flag_or(body, "admin_state_up", network.admin_state_up);
  network.shared = flag_or(body, "shared", network.shared);
  network.external = flag_or(body, "router:external", network.external);
  network.port_security_enabled = flag_or(body, "port_security_enabled", network.port_security_enabled);
  network.mtu = json::int_or(body, "mtu", network.mtu);
  return {};
}

// A flat network is the machine's own bridge of that name; any other has a bridge of its own.
Result<> fill_segment(Network& network, const json::Object& body) {
  const auto type = text_or(body, "provider:network_type", ""),
             bridge = text_or(body, "provider:physical_network", "");
  if (!type.empty() && type != "flat" && type != "local") {
    return fault(
        Errc::invalid, "InvalidInput",
        fmt::format("Invalid input for operation: network_type value '{}' not supported; flat and local are.", type));
  }
  if ((type == "flat") != !bridge.empty()) {
    return fault(Errc::invalid, "InvalidInput",
                 "Invalid input for operation: provider:physical_network names the machine's bridge of a flat "
                 "network, and of no other.");
  }
  network.segment = bridge;
  return {};
}

Result<Network> create(Change& change, const json::Object& body) {
  FW_TRY_DO(check_privileges(change, body, "create"));
  Network network;
  stamp_new(network, change.env);
  FW_TRY(network.project_id, project_for(change.caller, body, "create_network:tenant_id"));
  FW_TRY_DO(check_quota<Network>(change.work.state(), network.project_id, "network"));
  FW_TRY_DO(fill(network, body));
  FW_TRY_DO(fill_segment(network, body));
  change.work.put(network);
  return network;
}

bool has_floating_ips(const State& state, const Network& network) {
  return state.table<FloatingIp>().count_by("floating_network_id", network.id) != 0 ||
         state.table<Router>().count_by("gateway_network_id", network.id) != 0;
}

Result<Network> update(Change& change, const Network& before, const json::Object& body) {
  FW_TRY_DO(check_privileges(change, body, "update"));
  auto network = before;
  FW_TRY_DO(fill(network, body));
  if (before.external && !network.external && has_floating_ips(change.work.state(), before)) {
    return fault(
        Errc::conflict, "ExternalNetworkInUse",
        fmt::format(
            "External network {} cannot be updated to be made non-external, since it has existing gateway ports.",
            before.id));
  }
  stamp_change(network, change.env);
  change.work.put(network);
  return network;
}

Result<> remove(Change& change, const Network& network) {
  const auto& state = change.work.state();
  if (state.table<Port>().count_by("network_id", network.id) != 0) {
    return fault(
        Errc::conflict, "NetworkInUse",
        fmt::format(
            "Unable to complete operation on network {}. There are one or more ports still in use on the network.",
            network.id));
  }
  std::vector<std::string> subnets;
  for (const auto* subnet : state.table<Subnet>().find_by("network_id", network.id)) subnets.push_back(subnet->id);
  for (auto& subnet : subnets) change.work.erase<Subnet>(std::move(subnet));
  change.work.erase<Network>(network.id);
  return {};
}

}  // namespace

void add_network_routes(Routes& routes, ApiContext& context) {
  ResourceRoutes<Network>::add(routes, context,
                               {.root = "network",
                                .collection = "networks",
                                .path = "networks",
                                .missing_type = "NetworkNotFound",
                                .missing_text = "Network {} could not be found.",
                                .rules = rules(),
                                .more_filters = {"subnets"},
                                .visible =
                                    [](const State&, const Network& network, const Scope& scope) {
                                      return scope.sees(network.project_id) || network.shared || network.external;
                                    },
                                .create = create,
                                .update = update,
                                .remove = remove});
}

}  // namespace fairway::cloud::network
