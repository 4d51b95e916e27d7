#include "cloud/container_infra/api.h"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "cloud/container_infra/microversion.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::string_view kPrefix = "/container-infra";

json::Object link(std::string_view rel, std::string href) { return {{"href", std::move(href)}, {"rel", rel}}; }

json::Object root(const InfraParts& parts) {
  const json::Object version{{"id", "v1"},
                             {"status", "CURRENT"},
                             {"max_version", fmt::format("1.{}", kMaxMinor)},
                             {"min_version", fmt::format("1.{}", kMinMinor)},
                             {"links", json::Array{link("self", parts.url() + "/")}}};
  return {{"name", "OpenStack Magnum API"},
          {"description", "Clusters, as Magnum's API v1 offers them; served by Fairway."},
          {"versions", json::Array{version}}};
}

json::Object version_one(const InfraParts& parts) {
  json::Object shown{{"id", "v1"},
                     {"media_types", json::Array{json::Object{{"base", "application/json"},
                                                              {"type", "application/vnd.openstack.magnum.v1+json"}}}},
                     {"links", json::Array{link("self", parts.url() + "/")}}};
  for (const std::string_view resource : {"clustertemplates", "clusters", "quotas", "certificates", "mservices",
                                          "stats", "credentials", "clusters/{cluster_id}/nodegroups"}) {
    const auto name = resource.substr(resource.find_last_of('/') + 1);
    shown.emplace(name, json::Array{link("self", fmt::format("{}/{}/", parts.url(), resource)),
                                    link("bookmark", fmt::format("{}/{}/", parts.root_url(), resource))});
  }
  return shown;
}

http::Response unknown(const InfraParts& parts, const http::Request& request, int status) {
  if (!parts.context.tokens.verify(request.headers.find("X-Auth-Token").value_or("")))
    return unauthenticated_response(parts.context.identity_url());
  auto response = to_response(Api::magnum,
                              Error{Errc::not_found, status == 404 ? "The resource could not be found."
                                                                   : "The method is not allowed for this resource."});
  response.status = status;
  return response;
}

// Everything below the prefix: the version is checked first, and shown in every answer.
class VersionedApi {
 public:
  explicit VersionedApi(InfraParts parts) {
    Routes routes(inner_, parts.context, Api::magnum, std::string(kPrefix));
    const auto open = [](json::Object (*shown)(const InfraParts&), InfraParts with) -> CallHandler {
      return [shown, with](Call&) -> Task<Result<http::Response>> {
        co_return http::Response::json(200, json::write(shown(with)));
      };
    };
    routes.add_open("GET", "", open(root, parts));
    routes.add_open("GET", "/v1", open(version_one, parts));
    add_template_routes(routes, parts);
    add_cluster_routes(routes, parts);
    add_adoption_routes(routes, parts);
    add_node_group_routes(routes, parts);
    add_certificate_routes(routes, parts);
    add_service_routes(routes, parts);
    add_bay_routes(routes, parts);
    add_kubernetes_routes(routes, parts);
    inner_.set_not_found(
        [parts](http::Request& request) -> Task<http::Response> { co_return unknown(parts, request, 404); });
    inner_.set_wrong_method(
        [parts](http::Request& request) -> Task<http::Response> { co_return unknown(parts, request, 405); });
  }

  static Task<http::Response> serve(std::shared_ptr<const VersionedApi> self, http::Request& request) {
    const auto minor = requested_minor(request);
    if (!minor) {
      auto refused = minor.error().type == kUnsupportedVersion ? unsupported_version_response(minor.error())
                                                               : to_response(Api::magnum, minor.error());
      show_versions(refused, kMinMinor);
      co_return refused;
    }
    auto response = co_await self->inner_.dispatch(request);
    show_versions(response, *minor);
    co_return response;
  }

 private:
  http::Router inner_;
};

}  // namespace

http::Response accepted(const std::string& uuid) {
  return http::Response::json(202, json::write(json::Object{{"uuid", uuid}}));
}

json::Array links_to(const InfraParts& parts, std::string_view path) {
  return {link("self", fmt::format("{}/{}", parts.url(), path)),
          link("bookmark", fmt::format("{}/{}", parts.root_url(), path))};
}

void add_routes(http::Router& router, InfraParts parts) {
  const auto api = std::make_shared<const VersionedApi>(parts);
  const auto serve = [api](http::Request& request) { return VersionedApi::serve(api, request); };
  for (const auto* method : {"GET", "POST", "PATCH", "PUT", "DELETE"}) {
    for (const auto* pattern : {"", "/{rest...}"}) router.add(method, std::string(kPrefix) + pattern, serve);
  }
}

}  // namespace fairway::cloud::container_infra
