#include "cloud/identity/catalog.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "cloud/identity/passwords.h"

namespace fairway::cloud::identity {
namespace {

struct Service {
  std::string_view type, name, description, path;
};

constexpr std::array kServices{
    Service{"identity", "keystone", "Who is who, and who may what", "/identity"},
    Service{"network", "neutron", "Networks, routers, floating IPs; LBaaS v1", "/network"},
    Service{"load-balancer", "octavia", "Load balancers", "/load-balancer"},
    Service{"container-infra", "magnum", "Clusters", "/container-infra/v1"},
    // The name under which Magnum's first clients look for it.
    Service{"container", "magnum", "Clusters, for older clients", "/container-infra/v1"},
};
constexpr std::array<std::string_view, 3> kInterfaces{"public", "internal", "admin"};

// The same on every machine and after every start, as the catalogue itself is.
std::string stable_id(std::string_view what) {
  const auto digest = hmac_sha256("fairway catalogue", what);
  std::string id;
  for (const char c : std::string_view(digest).substr(0, 16))
    id += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return id;
}

std::string service_id(const Service& service) { return stable_id(service.type); }
std::string endpoint_id(const Service& service, std::string_view interface) {
  return stable_id(fmt::format("{}/{}", service.type, interface));
}

json::Object endpoint(const Service& service, std::string_view interface, std::string_view public_url) {
  return {{"id", endpoint_id(service, interface)},
          {"interface", interface},
          {"region", kRegion},
          {"region_id", kRegion},
          {"url", fmt::format("{}{}", public_url, service.path)}};
}

}  // namespace

json::Array catalog(std::string_view public_url) {
  json::Array list;
  for (const auto& service : kServices) {
    json::Array endpoint_list;
    for (const auto interface : kInterfaces) endpoint_list.push_back(endpoint(service, interface, public_url));
    list.push_back(json::Object{{"id", service_id(service)},
                                {"type", service.type},
                                {"name", service.name},
                                {"endpoints", std::move(endpoint_list)}});
  }
  return list;
}

json::Array services(std::string_view url) {
  json::Array list;
  for (const auto& service : kServices) {
    const auto id = service_id(service);
    list.push_back(json::Object{{"id", id},
                                {"type", service.type},
                                {"name", service.name},
                                {"description", service.description},
                                {"enabled", true},
                                {"links", json::Object{{"self", fmt::format("{}/services/{}", url, id)}}}});
  }
  return list;
}

json::Array endpoints(std::string_view public_url, std::string_view url) {
  json::Array list;
  for (const auto& service : kServices) {
    for (const auto interface : kInterfaces) {
      auto shown = endpoint(service, interface, public_url);
      shown.emplace("service_id", service_id(service));
      shown.emplace("enabled", true);
      shown.emplace("links",
                    json::Object{{"self", fmt::format("{}/endpoints/{}", url, endpoint_id(service, interface))}});
      list.push_back(std::move(shown));
    }
  }
  return list;
}

json::Array regions(std::string_view url) {
  return {json::Object{{"id", kRegion},
                       {"description", ""},
                       {"parent_region_id", nullptr},
                       {"links", json::Object{{"self", fmt::format("{}/regions/{}", url, kRegion)}}}}};
}

}  // namespace fairway::cloud::identity
