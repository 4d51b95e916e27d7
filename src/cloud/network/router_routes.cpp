// Routers, their gateways and interfaces.
#include "cloud/network/network.h"
#include "cloud/network/quotas.h"
#include "cloud/network/resource.h"
#include "cloud/network/routers.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

using enum AttributeType;

std::vector<AttributeRule> rules() {
  return {{.name = "name"},
          {.name = "description"},
          {.name = "admin_state_up", .type = boolean},
          {.name = "external_gateway_info", .type = object, .nullable = true},
          {.name = "routes", .type = object_list, .post = false, .nullable = true},
          {.name = "project_id", .put = false},
          {.name = "distributed", .type = any},
          {.name = "ha", .type = any},
          {.name = "flavor_id", .type = any, .put = false},
          {.name = "availability_zone_hints", .type = any, .put = false},
          {.name = "enable_ndp_proxy", .type = any}};
}

std::unexpected<Error> bad_info(std::string_view why) {
  return fault(Errc::invalid, "HTTPBadRequest",
               fmt::format("Invalid input for external_gateway_info. Reason: {}.", why));
}

Result<std::vector<AddressRequest>> external_addresses(const json::Value& list) {
  std::vector<AddressRequest> wanted;
  if (!list.is_array()) return bad_info("'external_fixed_ips' is not a list");
  for (const auto& item : list.get_array()) {
    AddressRequest request{json::string_or(item, "subnet_id"), json::string_or(item, "ip_address")};
    if (!request.ip_address.empty() && !net::Address::parse(request.ip_address)) {
      return bad_info(fmt::format("'{}' is not a valid IP address", request.ip_address));
    }
    wanted.push_back(std::move(request));
  }
  return wanted;
}

// Null or {}: no gateway.
Result<std::optional<GatewayRequest>> gateway_of(const Change& change, const json::Value& info,
                                                 std::string_view verb) {
  const auto* object = info.if_object();
  if (object == nullptr || object->empty()) return std::nullopt;
  GatewayRequest request;
  for (const auto& item : *object) {
    const std::string_view key = item.key();
    const auto& value = item.value();
    if (key != "network_id" && !allowed(change.caller, "network:admin")) {
      return policy_refuses(fmt::format("{}_router:external_gateway_info:{}", verb, key));
    }
    if (key == "network_id" && value.is_string()) {
      request.network_id = value.get_string();
    } else if (key == "enable_snat" && value.is_bool()) {
      request.enable_snat = value.get_bool();
    } else if (key == "external_fixed_ips") {
      FW_TRY(request.addresses, external_addresses(value));
    } else {
      return bad_info(fmt::format("'{}': {} is not what it takes", key, json::write(value)));
    }
  }
  if (!is_uuid(request.network_id)) return bad_info("'network_id' must be a UUID");
  return request;
}

Result<> fill_gateway(Change& change, Router& router, const json::Object& body, std::string_view verb) {
  const auto* info = body.if_contains("external_gateway_info");
  if (info == nullptr) return {};
  FW_TRY(auto request, gateway_of(change, *info, verb));
  if (!request) return clear_gateway(change.work, change.env, router);
  return set_gateway(change.work, change.env, router, *std::move(request));
}

Result<> fill(Router& router, const json::Object& body) {
  FW_TRY_DO(
      refuse_set(body, {"routes", "distributed", "ha", "flavor_id", "availability_zone_hints", "enable_ndp_proxy"}));
  router.name = text_or(body, "name", router.name);
  router.description = text_or(body, "description", router.description);
  router.admin_state_up = flag_or(body, "admin_state_up", router.admin_state_up);
  return {};
}

Result<Router> create(Change& change, const json::Object& body) {
  Router router;
  stamp_new(router, change.env);
  FW_TRY(router.project_id, project_for(change.caller, body, "create_router:tenant_id"));
  FW_TRY_DO(check_quota<Router>(change.work.state(), router.project_id, "router"));
  FW_TRY_DO(fill(router, body));
  FW_TRY_DO(fill_gateway(change, router, body, "create"));
  change.work.put(router);
  return router;
}

Result<Router> update(Change& change, const Router& before, const json::Object& body) {
  auto router = before;
  FW_TRY_DO(fill(router, body));
  FW_TRY_DO(fill_gateway(change, router, body, "update"));
  stamp_change(router, change.env);
  change.work.put(router);
  return router;
}

// ---- interfaces

struct InterfaceRequest {
  std::string subnet_id, port_id;
};

std::unexpected<Error> bad_request(std::string_view why) {
  return fault(Errc::invalid, "BadRequest", fmt::format("Bad router request: {}.", why));
}

Result<InterfaceRequest> read_interface(const http::Request& request) {
  const auto body = read_json_body(request);
  if (!body) return fault(Errc::invalid, "MalformedRequestBody", "Malformed request body: cannot understand JSON.");
  const auto* object = body->if_object();
  if (object == nullptr) return bad_request("Either subnet_id or port_id must be specified");
  InterfaceRequest wanted;
  for (const auto& item : *object) {
    const std::string_view key = item.key();
    if (key != "subnet_id" && key != "port_id")
      return bad_request(fmt::format("Unrecognized attribute(s) '{}'", key));
    if (!item.value().is_string() || !is_uuid(item.value().get_string())) {
      return bad_request(fmt::format("'{}' is not a valid UUID", json::write(item.value())));
    }
    (key == "subnet_id" ? wanted.subnet_id : wanted.port_id) = item.value().get_string();
  }
  if (wanted.subnet_id.empty() && wanted.port_id.empty())
    return bad_request("Either subnet_id or port_id must be specified");
  return wanted;
}

Result<const Router*> find_router(const State& state, const Call& call, const Scope& scope) {
  const auto& id = call.parameter("id");
  const auto* router = state.find<Router>(id);
  if (router != nullptr && scope.sees(router->project_id)) return router;
  return fault(Errc::not_found, "RouterNotFound", fmt::format("Router {} could not be found", id));
}

// One's own, or of a shared network.
Result<> check_visible(const State& state, const InterfaceRequest& wanted, const Scope& scope) {
  if (!wanted.subnet_id.empty()) {
    const auto* subnet = state.find<Subnet>(wanted.subnet_id);
    const auto* network = subnet == nullptr ? nullptr : state.find<Network>(subnet->network_id);
    if (network == nullptr || !(scope.sees(subnet->project_id) || network->shared)) {
      return fault(Errc::not_found, "SubnetNotFound", fmt::format("Subnet {} could not be found.", wanted.subnet_id));
    }
  }
  if (!wanted.port_id.empty()) {
    const auto* port = state.find<Port>(wanted.port_id);
    if (port == nullptr || !scope.sees(port->project_id)) {
      return fault(Errc::not_found, "PortNotFound", fmt::format("Port {} could not be found.", wanted.port_id));
    }
  }
  return {};
}

Result<RouterInterface> attach(Work& work, Env& env, const Call& call, const InterfaceRequest& wanted) {
  const auto scope = scope_for(call.caller, "network:read_all");
  FW_TRY(const auto* router, find_router(work.state(), call, scope));
  if (!wanted.subnet_id.empty() && !wanted.port_id.empty())
    return bad_request("Cannot specify both subnet-id and port-id");
  FW_TRY_DO(check_visible(work.state(), wanted, scope));
  if (!wanted.port_id.empty()) return add_interface_of_port(work, env, *router, wanted.port_id);
  return add_interface_of_subnet(work, env, *router, wanted.subnet_id);
}

Result<RouterInterface> detach(Work& work, Env& env, const Call& call, const InterfaceRequest& wanted) {
  FW_TRY(const auto* router, find_router(work.state(), call, scope_for(call.caller, "network:read_all")));
  return remove_interface(work, env, *router, wanted.port_id, wanted.subnet_id);
}

using Decision = Result<RouterInterface> (*)(Work&, Env&, const Call&, const InterfaceRequest&);

Task<Result<http::Response>> change_interface(ApiContext& context, Call& call, Decision decide) {
  FW_CO_TRY(const auto wanted, read_interface(call.request));
  auto done = co_await context.ledger.change<RouterInterface>([&](Work& work) -> Result<RouterInterface> {
    FW_TRY(auto result, decide(work, context.env, call, wanted));
    if (const auto* found = work.find<Router>(call.parameter("id"))) {
      auto router = *found;
      stamp_change(router, context.env);
      work.put(std::move(router));
    }
    return result;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  const json::Object body{{"id", call.parameter("id")},
                          {"tenant_id", done->project_id},
                          {"project_id", done->project_id},
                          {"port_id", done->port_id},
                          {"network_id", done->network_id},
                          {"subnet_id", done->subnet_id},
                          {"subnet_ids", json::Array{done->subnet_id}},
                          {"tags", json::Array{}}};
  co_return http::Response::json(200, json::write(body));
}

}  // namespace

void add_router_routes(Routes& routes, ApiContext& context) {
  ResourceRoutes<Router>::add(
      routes, context,
      {.root = "router",
       .collection = "routers",
       .path = "routers",
       .missing_type = "RouterNotFound",
       .missing_text = "Router {} could not be found",
       .rules = rules(),
       .visible = [](const State&, const Router& router,
                     const Scope& scope) { return scope.sees(router.project_id); },
       .create = create,
       .update = update,
       .remove = [](Change& change,
                    const Router& router) { return delete_router(change.work, change.env, router); }});
  routes.add("PUT", "/v2.0/routers/{id}/add_router_interface", "network:write",
             [&context](Call& call) { return change_interface(context, call, attach); });
  routes.add("PUT", "/v2.0/routers/{id}/remove_router_interface", "network:write",
             [&context](Call& call) { return change_interface(context, call, detach); });
}

}  // namespace fairway::cloud::network
