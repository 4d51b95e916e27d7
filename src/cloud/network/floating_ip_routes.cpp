// Floating IPs.
#include "cloud/network/floating_ips.h"
#include "cloud/network/network.h"
#include "cloud/network/resource.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

using enum AttributeType;

std::vector<AttributeRule> rules() {
  return {{.name = "floating_network_id", .type = uuid, .put = false, .required = true},
          {.name = "subnet_id", .type = uuid, .put = false, .nullable = true},
          {.name = "floating_ip_address", .type = address, .put = false, .nullable = true},
          {.name = "port_id", .type = uuid, .nullable = true},
          {.name = "fixed_ip_address", .type = address, .nullable = true},
          {.name = "description"},
          {.name = "dns_name"},
          {.name = "dns_domain"},
          {.name = "project_id", .put = false},
          {.name = "qos_policy_id", .type = any},
          {.name = "distributed", .type = any}};
}

// A port of another project is not there.
Result<> check_port(const Change& change, std::string_view port_id) {
  if (port_id.empty()) return {};
  const auto* port = change.work.find<Port>(port_id);
  if (port != nullptr && change.scope.sees(port->project_id)) return {};
  return fault(Errc::not_found, "PortNotFound", fmt::format("Port {} could not be found.", port_id));
}

Result<FloatingIp> create(Change& change, const json::Object& body) {
  FW_TRY_DO(refuse_set(body, {"qos_policy_id", "distributed"}));
  FloatingIpRequest request;
  FW_TRY(request.project_id, project_for(change.caller, body, "create_floatingip:tenant_id"));
  request.floating_network_id = text_or(body, "floating_network_id", "");
  const auto* network = change.work.find<Network>(request.floating_network_id);
  const bool seen =
      network != nullptr && (network->external || network->shared || change.scope.sees(network->project_id));
  if (!seen)
    return fault(Errc::not_found, "NetworkNotFound",
                 fmt::format("Network {} could not be found.", request.floating_network_id));
  request.subnet_id = text_or(body, "subnet_id", "");
  request.floating_ip_address = text_or(body, "floating_ip_address", "");
  request.port_id = text_or(body, "port_id", "");
  request.fixed_ip_address = text_or(body, "fixed_ip_address", "");
  request.description = text_or(body, "description", "");
  request.dns_name = text_or(body, "dns_name", "");
  request.dns_domain = text_or(body, "dns_domain", "");
  FW_TRY_DO(check_port(change, request.port_id));
  return create_floating_ip(change.work, change.env, std::move(request));
}

Result<> reassociate(Change& change, const FloatingIp& before, const json::Object& body) {
  const auto* port = body.if_contains("port_id");
  const auto fixed = text_or(body, "fixed_ip_address", "");
  if (port == nullptr) {
    if (fixed.empty()) return {};
    if (before.port_id.empty()) {
      return fault(Errc::invalid, "BadRequest",
                   "Bad floatingip request: fixed_ip_address cannot be specified without a port_id.");
    }
    FW_TRY_DO(associate_floating_ip(change.work, change.env, before.id, before.port_id, fixed));
    return {};
  }
  if (port->is_null()) {
    if (!fixed.empty()) {
      return fault(Errc::invalid, "BadRequest",
                   "Bad floatingip request: fixed_ip_address cannot be specified without a port_id.");
    }
    disassociate_floating_ip(change.work, change.env, before.id);
    return {};
  }
  FW_TRY_DO(check_port(change, port->get_string()));
  FW_TRY_DO(associate_floating_ip(change.work, change.env, before.id, port->get_string(), fixed));
  return {};
}

Result<FloatingIp> update(Change& change, const FloatingIp& before, const json::Object& body) {
  FW_TRY_DO(refuse_set(body, {"qos_policy_id", "distributed"}));
  const auto id = before.id;
  // An empty body is the old way of saying: let go of the port.
  if (body.empty()) {
    disassociate_floating_ip(change.work, change.env, id);
  } else {
    FW_TRY_DO(reassociate(change, before, body));
  }
  auto floating_ip = *change.work.find<FloatingIp>(id);
  const auto unchanged = floating_ip.revision_number == before.revision_number;
  floating_ip.description = text_or(body, "description", floating_ip.description);
  floating_ip.dns_name = text_or(body, "dns_name", floating_ip.dns_name);
  floating_ip.dns_domain = text_or(body, "dns_domain", floating_ip.dns_domain);
  if (unchanged) stamp_change(floating_ip, change.env);
  change.work.put(floating_ip);
  return floating_ip;
}

}  // namespace

void add_floating_ip_routes(Routes& routes, ApiContext& context) {
  ResourceRoutes<FloatingIp>::add(routes, context,
                                  {.root = "floatingip",
                                   .collection = "floatingips",
                                   .path = "floatingips",
                                   .missing_type = "FloatingIPNotFound",
                                   .missing_text = "Floating IP {} could not be found",
                                   .rules = rules(),
                                   .more_filters = {"router_id"},
                                   .visible = [](const State&, const FloatingIp& floating_ip,
                                                 const Scope& scope) { return scope.sees(floating_ip.project_id); },
                                   .create = create,
                                   .update = update,
                                   .remove =
                                       [](Change& change, const FloatingIp& floating_ip) {
                                         delete_floating_ip(change.work, change.env, floating_ip.id);
                                         return Result<>{};
                                       },
                                   .answered_in_force = true});
}

}  // namespace fairway::cloud::network
