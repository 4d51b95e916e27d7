// Versions, extensions, and collections that clients look into although this cloud has nothing there.
#include <array>

#include "cloud/network/network.h"
#include "cloud/network/resource.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

struct Extension {
  std::string_view alias, name, description;
};

constexpr std::array kExtensions{
    Extension{"address-scope", "Address scope", "Address scopes extension."},
    Extension{"agent", "agent", "The agent management extension."},
    Extension{"allowed-address-pairs", "Allowed Address Pairs", "Provides allowed address pairs"},
    Extension{"availability_zone", "Availability Zone", "The availability zone extension."},
    Extension{"binding", "Port Binding", "Expose port bindings of a virtual port to external application"},
    Extension{"default-subnetpools", "Default Subnetpools",
              "Provides ability to mark and use a subnetpool as the default."},
    Extension{"external-net", "Neutron external network", "Adds external network attribute to network resource."},
    Extension{"ext-gw-mode", "Neutron L3 Configurable external gateway mode",
              "Adds enable_snat to the gateway of a router."},
    Extension{"fip-port-details", "Floating IP Port Details Extension",
              "Add port_details attribute to Floating IP resource"},
    Extension{"filter-validation", "Filter parameters validation", "Provides validation on filter parameters."},
    Extension{"lbaas", "LoadBalancing service", "Extension for LoadBalancing service"},
    Extension{"net-mtu", "Network MTU", "Provides MTU attribute for a network resource."},
    Extension{"net-mtu-writable", "Network MTU (writable)",
              "Provides a writable MTU attribute for a network resource."},
    Extension{"network-ip-availability", "Network IP Availability",
              "Provides IP availability data for each network and subnet."},
    Extension{"pagination", "Pagination support", "Extension that indicates that pagination is enabled."},
    Extension{"port-security", "Port Security", "Provides port security"},
    Extension{"project-id", "project_id field enabled", "Extension that indicates that project_id field is enabled."},
    Extension{"provider", "Provider Network", "Expose mapping of virtual networks to physical networks"},
    Extension{"quotas", "Quota management support", "Expose functions for quotas management per project"},
    Extension{"quota_details", "Quota details management support",
              "Expose functions for quotas usage statistics per project"},
    Extension{"revision-if-match", "If-Match constraints based on revision_number",
              "Extension indicating that If-Match based on revision_number is supported."},
    Extension{"router", "Neutron L3 Router",
              "Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external "
              "networks via a NAT gateway."},
    Extension{"security-group", "security-group", "The security groups extension."},
    Extension{"sorting", "Sorting support", "Extension that indicates that sorting is enabled."},
    Extension{"standard-attr-description", "standard-attr-description",
              "Extension to add descriptions to standard attributes"},
    Extension{"standard-attr-revisions", "Resource revision numbers",
              "This extension will display the revision number of neutron resources."},
    Extension{"standard-attr-tag",
              "Tag support for resources with standard attribute: network, subnet, port, router, floatingip, "
              "security_group",
              "Enables to set tag on resources with standard attribute."},
    Extension{
        "standard-attr-timestamp", "Resource timestamps",
        "Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes."},
    Extension{"subnet_allocation", "Subnet Allocation", "Enables allocation of subnets from a subnet pool"},
};

json::Object show_extension(const Extension& extension) {
  return {{"alias", extension.alias},
          {"name", extension.name},
          {"description", extension.description},
          {"updated", "2026-01-01T00:00:00-00:00"},
          {"links", json::Array{}}};
}

// Known to clients, empty here.
struct EmptyCollection {
  std::string_view path, collection;
};
constexpr std::array kEmpty{EmptyCollection{"subnetpools", "subnetpools"},
                            EmptyCollection{"agents", "agents"},
                            EmptyCollection{"qos/policies", "policies"},
                            EmptyCollection{"address-scopes", "address_scopes"},
                            EmptyCollection{"rbac-policies", "rbac_policies"},
                            EmptyCollection{"trunks", "trunks"},
                            EmptyCollection{"address-groups", "address_groups"},
                            EmptyCollection{"service-providers", "service_providers"},
                            EmptyCollection{"flavors", "flavors"}};

constexpr std::array kResources{
    "networks", "subnets",   "ports", "routers", "floatingips", "security-groups", "security-group-rules",
    "quotas",   "extensions"};

http::Response versions(const ApiContext& context) {
  const json::Array links{json::Object{{"rel", "self"}, {"href", context.public_url + "/network/v2.0/"}}};
  const json::Object version{{"id", "v2.0"}, {"status", "CURRENT"}, {"links", links}};
  return http::Response::json(200, json::write(json::Object{{"versions", json::Array{version}}}));
}

http::Response resources(const ApiContext& context) {
  json::Array list;
  for (const std::string_view name : kResources) {
    std::string collection(name);
    std::ranges::replace(collection, '-', '_');
    const json::Array links{
        json::Object{{"rel", "self"}, {"href", fmt::format("{}/network/v2.0/{}", context.public_url, name)}}};
    list.push_back(json::Object{
        {"name", collection.substr(0, collection.size() - 1)}, {"collection", collection}, {"links", links}});
  }
  return http::Response::json(200, json::write(json::Object{{"resources", std::move(list)}}));
}

Result<http::Response> show_extension_named(const Call& call) {
  const auto& alias = call.parameter("alias");
  const auto at = std::ranges::find(kExtensions, alias, &Extension::alias);
  if (at == kExtensions.end()) {
    return fault(Errc::not_found, "ExtensionNotFound", fmt::format("Extension with alias {} does not exist", alias));
  }
  return http::Response::json(200, json::write(json::Object{{"extension", show_extension(*at)}}));
}

json::Array availability_zones() {
  json::Array zones;
  for (const auto* resource : {"network", "router"}) {
    zones.push_back(json::Object{{"name", "nova"}, {"resource", resource}, {"state", "available"}});
  }
  return zones;
}

}  // namespace

void add_routes(http::Router& router, ApiContext& context) {
  Routes routes(router, context, Api::neutron, "/network");
  add_discovery_routes(routes, context);
  add_network_routes(routes, context);
  add_subnet_routes(routes, context);
  add_port_routes(routes, context);
  add_router_routes(routes, context);
  add_floating_ip_routes(routes, context);
  add_security_group_routes(routes, context);
  add_quota_routes(routes, context);
}

void add_discovery_routes(Routes& routes, ApiContext& context) {
  routes.add_open("GET", "", [&context](Call&) -> Task<Result<http::Response>> { co_return versions(context); });
  routes.add_plain("GET", "/v2.0", "network:read",
                   [&context](Call&) -> Result<http::Response> { return resources(context); });
  routes.add_plain("GET", "/v2.0/extensions", "network:read", [](Call&) -> Result<http::Response> {
    json::Array list;
    for (const auto& extension : kExtensions) list.push_back(show_extension(extension));
    return http::Response::json(200, json::write(json::Object{{"extensions", std::move(list)}}));
  });
  routes.add_plain("GET", "/v2.0/extensions/{alias}", "network:read",
                   [](Call& call) { return show_extension_named(call); });
  routes.add_plain("GET", "/v2.0/availability_zones", "network:read", [](Call&) -> Result<http::Response> {
    return http::Response::json(200, json::write(json::Object{{"availability_zones", availability_zones()}}));
  });
  for (const auto& empty : kEmpty) {
    routes.add_plain("GET", fmt::format("/v2.0/{}", empty.path), "network:read",
                     [empty](Call&) -> Result<http::Response> {
                       json::Object body;
                       body.emplace(empty.collection, json::Array{});
                       return http::Response::json(200, json::write(body));
                     });
  }
}

}  // namespace fairway::cloud::network
