// Ports.
#include <algorithm>

#include "cloud/network/floating_ips.h"
#include "cloud/network/network.h"
#include "cloud/network/resource.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

using enum AttributeType;

std::vector<AttributeRule> rules() {
  return {{.name = "name"},
          {.name = "description"},
          {.name = "network_id", .type = uuid, .put = false, .required = true},
          {.name = "admin_state_up", .type = boolean},
          {.name = "mac_address", .type = mac},
          {.name = "fixed_ips", .type = object_list, .nullable = true},
          {.name = "device_id"},
          {.name = "device_owner"},
          {.name = "security_groups", .type = uuid_list, .nullable = true},
          {.name = "allowed_address_pairs", .type = object_list, .nullable = true},
          {.name = "port_security_enabled", .type = boolean},
          {.name = "project_id", .put = false},
          {.name = "binding:host_id", .nullable = true},
          {.name = "binding:vnic_type", .type = choice, .values = {"normal"}},
          {.name = "binding:profile", .type = any},
          {.name = "qos_policy_id", .type = any},
          {.name = "extra_dhcp_opts", .type = any},
          {.name = "dns_name", .type = any},
          {.name = "dns_domain", .type = any},
          {.name = "propagate_uplink_status", .type = any},
          {.name = "numa_affinity_policy", .type = any},
          {.name = "device_profile", .type = any, .put = false},
          {.name = "hints", .type = any}};
}

Result<> refuse_not_offered(const json::Object& body) {
  return refuse_set(body, {"binding:profile", "qos_policy_id", "extra_dhcp_opts", "dns_name", "dns_domain",
                           "propagate_uplink_status", "numa_affinity_policy", "device_profile", "hints"});
}

std::unexpected<Error> bad_input(std::string_view key, std::string_view why) {
  return fault(Errc::invalid, "HTTPBadRequest", fmt::format("Invalid input for {}. Reason: {}.", key, why));
}

// Absent, or null: not said.
Result<std::optional<std::vector<AddressRequest>>> addresses_of(const json::Object& body) {
  const auto* list = body.if_contains("fixed_ips");
  if (list == nullptr || list->is_null()) return std::nullopt;
  std::vector<AddressRequest> wanted;
  for (const auto& item : list->get_array()) {
    AddressRequest request;
    for (const auto& part : item.get_object()) {
      const std::string_view key = part.key();
      if (key != "subnet_id" && key != "ip_address")
        return bad_input("fixed_ips", fmt::format("Invalid input for '{}' in a fixed IP", key));
      if (part.value().is_null()) continue;
      if (!part.value().is_string())
        return bad_input("fixed_ips", fmt::format("'{}' is not a string", json::write(part.value())));
      (key == "subnet_id" ? request.subnet_id : request.ip_address) = part.value().get_string();
    }
    if (!request.ip_address.empty() && !net::Address::parse(request.ip_address)) {
      return bad_input("fixed_ips", fmt::format("'{}' is not a valid IP address", request.ip_address));
    }
    if (!request.subnet_id.empty() && !is_uuid(request.subnet_id)) {
      return bad_input("fixed_ips", fmt::format("'{}' is not a valid UUID", request.subnet_id));
    }
    wanted.push_back(std::move(request));
  }
  return wanted;
}

Result<std::vector<AddressPair>> pairs_of(const json::Object& body, const std::vector<AddressPair>& otherwise) {
  const auto* list = body.if_contains("allowed_address_pairs");
  if (list == nullptr) return otherwise;
  std::vector<AddressPair> pairs;
  if (list->is_null()) return pairs;
  for (const auto& item : list->get_array()) {
    const auto address = json::string_or(item, "ip_address");
    if (!net::Address::parse(address) && !net::Prefix::parse(address)) {
      return bad_input("allowed_address_pairs", fmt::format("'{}' is not a valid IP address or subnet", address));
    }
    pairs.push_back({address, json::string_or(item, "mac_address")});
  }
  return pairs;
}

bool network_visible(const State& state, std::string_view id, const Scope& scope) {
  const auto* network = state.find<Network>(id);
  return network != nullptr && (scope.sees(network->project_id) || network->shared || network->external);
}

// Names of the cloud's own: others could take a router's or a balancer's port for theirs.
Result<> check_owner(const Change& change, const json::Object& body, std::string_view verb) {
  if (text_or(body, "device_owner", "").starts_with("network:") && !allowed(change.caller, "network:admin")) {
    return policy_refuses(fmt::format("{}_port:device_owner", verb));
  }
  return {};
}

Result<std::optional<std::vector<std::string>>> groups_of(const Change& change, const json::Object& body) {
  const auto* list = body.if_contains("security_groups");
  if (list == nullptr) return std::nullopt;
  auto ids = texts_or(body, "security_groups", {});
  for (const auto& id : ids) {
    const auto* group = change.work.find<SecurityGroup>(id);
    if (group != nullptr && change.scope.sees(group->project_id)) continue;
    return fault(Errc::not_found, "SecurityGroupNotFound", fmt::format("Security group {} does not exist", id));
  }
  return ids;
}

Result<Port> create(Change& change, const json::Object& body) {
  FW_TRY_DO(refuse_not_offered(body));
  FW_TRY_DO(check_owner(change, body, "create"));
  PortRequest request;
  request.network_id = text_or(body, "network_id", "");
  if (!network_visible(change.work.state(), request.network_id, change.scope)) {
    return fault(Errc::not_found, "NetworkNotFound",
                 fmt::format("Network {} could not be found.", request.network_id));
  }
  FW_TRY(request.project_id, project_for(change.caller, body, "create_port:tenant_id"));
  request.name = text_or(body, "name", "");
  request.description = text_or(body, "description", "");
  request.device_id = text_or(body, "device_id", "");
  request.device_owner = text_or(body, "device_owner", "");
  request.host_id = text_or(body, "binding:host_id", "");
  request.mac_address = text_or(body, "mac_address", "");
  request.admin_state_up = flag_or(body, "admin_state_up", true);
  request.port_security_enabled = flag_or(body, "port_security_enabled", true);
  FW_TRY(request.addresses, addresses_of(body));
  FW_TRY(request.allowed_address_pairs, pairs_of(body, {}));
  FW_TRY(request.security_groups, groups_of(change, body));
  return create_port(change.work, change.env, std::move(request));
}

bool names(const AddressRequest& request, const FixedIp& ip) {
  if (request.ip_address.empty()) return !request.subnet_id.empty() && request.subnet_id == ip.subnet_id;
  const auto wanted = net::Address::parse(request.ip_address), present = net::Address::parse(ip.ip_address);
  return wanted == present && (request.subnet_id.empty() || request.subnet_id == ip.subnet_id);
}

// Addresses that the port has already stay; the others are allocated as for a new port.
Result<std::vector<FixedIp>> readdress(const State& state, const Port& port,
                                       const std::vector<AddressRequest>& wanted) {
  std::vector<FixedIp> kept, left = port.fixed_ips;
  std::vector<AddressRequest> fresh;
  for (const auto& request : wanted) {
    const auto at = std::ranges::find_if(left, [&](const FixedIp& ip) { return names(request, ip); });
    if (at == left.end()) {
      fresh.push_back(request);
    } else {
      kept.push_back(*at);
      left.erase(at);
    }
  }
  FW_TRY(const auto allocated, allocate_addresses(state, port.network_id, fresh));
  kept.insert(kept.end(), allocated.begin(), allocated.end());
  return kept;
}

// What led to an address that the port no longer has leads nowhere.
void release_lost(Change& change, const Port& port) {
  std::vector<std::string> lost;
  for (const auto* floating_ip : change.work.table<FloatingIp>().find_by("port_id", port.id)) {
    const auto still = [&](const FixedIp& ip) { return ip.ip_address == floating_ip->fixed_ip_address; };
    if (std::ranges::none_of(port.fixed_ips, still)) lost.push_back(floating_ip->id);
  }
  for (const auto& id : lost) disassociate_floating_ip(change.work, change.env, id);
}

Result<> fill(Change& change, Port& port, const json::Object& body) {
  port.name = text_or(body, "name", port.name);
  port.description = text_or(body, "description", port.description);
  port.device_id = text_or(body, "device_id", port.device_id);
  port.device_owner = text_or(body, "device_owner", port.device_owner);
  port.admin_state_up = flag_or(body, "admin_state_up", port.admin_state_up);
  port.port_security_enabled = flag_or(body, "port_security_enabled", port.port_security_enabled);
  if (const auto* host = body.if_contains("binding:host_id"))
    port.host_id = host->is_null() ? "" : std::string(host->get_string());
  FW_TRY(port.allowed_address_pairs, pairs_of(body, port.allowed_address_pairs));
  FW_TRY(auto groups, groups_of(change, body));
  if (groups) port.security_groups = *std::move(groups);
  FW_TRY(const auto addresses, addresses_of(body));
  if (addresses) {
    FW_TRY(port.fixed_ips, readdress(change.work.state(), port, *addresses));
  }
  port.status = port.device_id.empty() ? "DOWN" : "ACTIVE";
  return {};
}

Result<Port> update(Change& change, const Port& before, const json::Object& body) {
  FW_TRY_DO(refuse_not_offered(body));
  FW_TRY_DO(check_owner(change, body, "update"));
  const auto mac_address = text_or(body, "mac_address", before.mac_address);
  if (mac_address != before.mac_address) {
    return fault(Errc::unsupported, "NotImplementedError",
                 "A port's MAC address cannot be changed; make a new port with it.");
  }
  auto port = before;
  FW_TRY_DO(fill(change, port, body));
  stamp_change(port, change.env);
  change.work.put(port);
  release_lost(change, port);
  return port;
}

Result<> remove(Change& change, const Port& port) {
  for (const auto owner : {kRouterInterface, kRouterGateway, kFloatingIpOwner}) {
    if (port.device_owner != owner) continue;
    return fault(
        Errc::conflict, "ServicePortInUse",
        fmt::format("Port {} cannot be deleted directly via the port API: has device owner {}.", port.id, owner));
  }
  delete_port(change.work, change.env, port.id);
  return {};
}

}  // namespace

void add_port_routes(Routes& routes, ApiContext& context) {
  ResourceRoutes<Port>::add(routes, context,
                            {.root = "port",
                             .collection = "ports",
                             .path = "ports",
                             .missing_type = "PortNotFound",
                             .missing_text = "Port {} could not be found.",
                             .rules = rules(),
                             .visible =
                                 [](const State& state, const Port& port, const Scope& scope) {
                                   if (scope.sees(port.project_id)) return true;
                                   // The owner of a network sees who is on it.
                                   const auto* network = state.find<Network>(port.network_id);
                                   return network != nullptr && scope.sees(network->project_id);
                                 },
                             .create = create,
                             .update = update,
                             .remove = remove});
}

}  // namespace fairway::cloud::network
