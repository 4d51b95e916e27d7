// What clients look for around the objects: versions, providers, and the resources of which there are none.
#include <array>

#include <fmt/format.h>

#include "cloud/load_balancer/handlers.h"
#include "json/value.h"

namespace fairway::cloud {
namespace {

// ---- versions: the minor says which features a client may use

struct Version {
  std::string_view id, updated;
};

constexpr std::array kVersions{
    Version{"v2.0", "2016-12-11T00:00:00Z"},  Version{"v2.1", "2018-04-20T00:00:00Z"},
    Version{"v2.2", "2018-07-31T00:00:00Z"},  Version{"v2.3", "2018-12-18T00:00:00Z"},
    Version{"v2.4", "2018-12-19T00:00:00Z"},  Version{"v2.5", "2019-01-21T00:00:00Z"},
    Version{"v2.6", "2019-01-25T00:00:00Z"},  Version{"v2.7", "2018-01-25T12:00:00Z"},
    Version{"v2.8", "2019-02-12T00:00:00Z"},  Version{"v2.9", "2019-03-04T00:00:00Z"},
    Version{"v2.10", "2019-03-05T00:00:00Z"}, Version{"v2.11", "2019-06-24T00:00:00Z"},
    Version{"v2.12", "2019-09-11T00:00:00Z"}, Version{"v2.13", "2019-09-13T00:00:00Z"},
    Version{"v2.14", "2019-11-10T00:00:00Z"}, Version{"v2.15", "2020-03-10T00:00:00Z"},
    Version{"v2.16", "2020-03-15T00:00:00Z"}, Version{"v2.17", "2020-04-29T00:00:00Z"},
    Version{"v2.18", "2020-04-29T01:00:00Z"}, Version{"v2.19", "2020-05-12T00:00:00Z"},
    Version{"v2.20", "2020-08-02T00:00:00Z"}, Version{"v2.21", "2020-09-03T00:00:00Z"},
    Version{"v2.22", "2020-09-04T00:00:00Z"}, Version{"v2.23", "2020-09-07T00:00:00Z"},
    Version{"v2.24", "2020-10-15T00:00:00Z"}, Version{"v2.25", "2021-10-02T00:00:00Z"},
    Version{"v2.26", "2022-08-29T00:00:00Z"},
};

http::Response versions(const ApiContext& context) {
  const auto href = context.public_url + "/load-balancer/v2";
  json::Array list;
  for (const auto& version : kVersions) {
    list.push_back(json::Object{{"id", version.id},
                                {"status", version.id == kVersions.back().id ? "CURRENT" : "SUPPORTED"},
                                {"updated", version.updated},
                                {"links", json::Array{json::Object{{"href", href}, {"rel", "self"}}}}});
  }
  return http::Response::json(200, json::write(json::Object{{"versions", std::move(list)}}));
}

void add_discovery(LbRoutes& routes) {
  auto& context = routes.context();
  routes.add_open("", [&context](Call&) -> Result<http::Response> { return versions(context); });
  routes.add_open("/healthcheck", [](Call&) -> Result<http::Response> { return http::Response::text(200, "OK"); });
  for (const auto* path : {"/v2", "/v2.0", "/v2/lbaas", "/v2.0/lbaas"}) {
    routes.add_at_root("GET", path, "load_balancer:read",
                       [](Call&) -> Result<http::Response> { return http::Response::json(200, "\"v2\""); });
  }
}

// ---- providers

struct ProviderName {
  std::string_view name, description;
};

constexpr std::array kProviders{
    ProviderName{kProvider, "Fairway's own gateways."},
    ProviderName{"octavia", "Alias of fairway."},
    ProviderName{"amphora", "Alias of fairway."},
};

Result<http::Response> list_providers(const ApiContext& context, const Call& call) {
  std::vector<ListItem> items;
  items.reserve(kProviders.size());
  for (const auto& provider : kProviders) {
    items.push_back({json::Object{{"name", provider.name}, {"description", provider.description}}});
  }
  FW_TRY(auto page, list_page(call.request,
                              {.api = Api::octavia, .collection = "providers", .attributes = {"name", "description"}},
                              std::move(items), context.public_url + call.request.path));
  page.erase("providers_links");  // alone among the collections
  return http::Response::json(200, json::write(page));
}

PlainHandler capabilities(std::string_view root) {
  return [root](Call& call) -> Result<http::Response> {
    const auto& name = call.parameter("provider");
    if (std::ranges::find(kProviders, name, &ProviderName::name) == kProviders.end()) {
      return fail(Errc::invalid, fmt::format("Provider '{}' is not enabled.", name));
    }
    return rooted(200, root, json::Array{});
  };
}

void add_providers(LbRoutes& routes) {
  auto& context = routes.context();
  routes.add_plain("GET", "/providers", "load_balancer:read",
                   [&context](Call& call) { return list_providers(context, call); });
  for (const std::string_view root : {"flavor_capabilities", "availability_zone_capabilities"}) {
    routes.add_plain("GET", fmt::format("/providers/{{provider}}/{}", root), "load_balancer:admin",
                     capabilities(root));
  }
}

// ---- resources of which there are none: lists are empty, one of them is not found, making one is refused

struct Absent {
  std::string_view path, collection, links, title, title_on_delete;
  std::string_view read, write;  // actions
  std::string_view refusal;
  bool at_root = false;  // below /v2/octavia instead of beside the other collections
};

constexpr std::string_view kRead = "load_balancer:read", kWrite = "load_balancer:write",
                           kAdmin = "load_balancer:admin";

constexpr std::array kAbsent{
    Absent{"l7policies", "l7policies", "", "L7 Policy", "L7 Policy", kRead, kWrite, "L7 policies."},
    Absent{"flavors", "flavors", "", "Flavor", "Flavor", kRead, kAdmin, "Flavors."},
    Absent{"flavorprofiles", "flavorprofiles", "flavorprofile_links", "Flavor Profile", "Flavor profile", kAdmin,
           kAdmin, "Flavor profiles."},
    Absent{"availabilityzones", "availability_zones", "", "Availability Zone", "Availability Zone", kRead, kAdmin,
           "Availability zones."},
    Absent{"availabilityzoneprofiles", "availability_zone_profiles", "availability_zone_profile_links",
           "Availability Zone Profile", "Availability Zone Profile", kAdmin, kAdmin, "Availability zone profiles."},
    Absent{"amphorae", "amphorae", "", "Amphora", "Amphora", kAdmin, kAdmin, "Amphorae.", true},
};

struct Method {
  std::string_view name, suffix, action;
};

void add_method(LbRoutes& routes, const Absent& absent, const Method& method, const PlainHandler& handler) {
  const auto path = fmt::format("/{}{}", absent.path, method.suffix);
  if (!absent.at_root) return routes.add_plain(method.name, path, method.action, handler);
  for (const auto* root : {"/v2/octavia", "/v2.0/octavia"})
    routes.add_at_root(method.name, root + path, method.action, handler);
}

void add_absent(LbRoutes& routes, const Absent& absent) {
  auto& context = routes.context();
  const auto missing = [](std::string_view title) -> PlainHandler {
    return [title](Call& call) -> Result<http::Response> { return not_found(title, call.parameter("id")); };
  };
  add_method(routes, absent, {"GET", "", absent.read}, [&context, &absent](Call& call) -> Result<http::Response> {
    const ListRules rules{.api = Api::octavia,
                          .collection = absent.collection,
                          .links = absent.links,
                          .attributes = {"id", "name", "description", "enabled", "project_id", "listener_id",
                                         "loadbalancer_id", "provider_name"}};
    return listed(context, call, rules, {});
  });
  add_method(routes, absent, {"GET", "/{id}", absent.read}, missing(absent.title));
  add_method(routes, absent, {"PUT", "/{id}", absent.write}, missing(absent.title));
  add_method(routes, absent, {"DELETE", "/{id}", absent.write}, missing(absent.title_on_delete));
  if (absent.at_root) return;
  add_method(routes, absent, {"POST", "", absent.write},
             [&absent](Call&) -> Result<http::Response> { return not_supported(absent.refusal); });
}

void add_l7_rules(LbRoutes& routes) {
  const PlainHandler missing = [](Call& call) -> Result<http::Response> {
    return unknown_parent("L7Policy", call.parameter("policy"));
  };
  for (const auto* method : {"GET", "POST"}) {
    routes.add_plain(method, "/l7policies/{policy}/rules", kRead, missing);
  }
  for (const auto* method : {"GET", "PUT", "DELETE"}) {
    routes.add_plain(method, "/l7policies/{policy}/rules/{id}", kRead, missing);
  }
}

// Octavia's body for a path that it does not know.
Result<http::Response> no_such_path(Call& /*call*/) {
  return http::Response::json(404, R"({"code": 404, "title": "Not Found", "description": ""})");
}

}  // namespace

void add_catalogue_routes(LbRoutes& routes) {
  add_discovery(routes);
  add_providers(routes);
  for (const auto& absent : kAbsent) add_absent(routes, absent);
  add_l7_rules(routes);
  for (const auto* method : {"GET", "POST", "PUT", "DELETE"}) {
    routes.add_at_root(method, "/{rest...}", kRead, no_such_path);
  }
}

}  // namespace fairway::cloud
