// /v1/pods, /v1/services, /v1/rcs: what runs in a cluster, as Magnum offered it in its first year (`magnum pod-create
// --manifest F --bay B`). Gone from 1.11 on, as bays are. No text describes them any more: the requests are those of
// python-magnumclient 1.1.0.
//
//   POST /v1/pods {"bay_uuid": …, "manifest": "…", "manifest_url": null}
//   GET /v1/pods[?bay_ident=B]   GET, DELETE /v1/pods/{name or uid}/{bay}   the same below /v1/services
//   below /v1/rcs the bay stands in ?bay_ident= always
#include <array>

#include <fmt/format.h>

#include "cloud/api/wsme.h"
#include "cloud/container_infra/adoption.h"
#include "cloud/container_infra/kubernetes.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "cloud/container_infra/parts.h"
#include "net/pki.h"

namespace fairway::cloud::container_infra {
namespace {

struct WorkloadNames {
  Workload kind;
  std::string_view collection;  // in paths and lists
  std::string_view shown;       // in sentences
};

Result<> check_offered(const InfraParts& parts, const http::Request& request) {
  if (minor_of(request) >= kWithoutBays) return fail(Errc::not_found, "The resource could not be found.");
  if (parts.kubernetes != nullptr) return {};
  return fail(Errc::unsupported,
              "Clusters' own APIs are not reached from here; use kubectl with what `openstack coe "
              "cluster config` gives.");
}

Result<ClusterEndpoint> endpoint_of(const InfraParts& parts, const Cluster& cluster, const Caller& caller) {
  const auto* facts = parts.state().find<ClusterFacts>(cluster.id);
  if (facts == nullptr || facts->api_address.empty()) {
    return fail(Errc::conflict,
                fmt::format("Cluster API address is not available yet: {} is {}.", cluster.name, cluster.status));
  }
  FW_TRY_DO(check_has_authority(cluster));
  ClusterEndpoint endpoint{.api_address = facts->api_address, .ca_pem = cluster.ca_certificate};
  FW_TRY(auto issued,
         net::issue_certificate({cluster.ca_certificate, cluster.ca_key},
                                {.common_name = caller.user_name.substr(0, 64), .organizations = {"system:masters"}},
                                net::CertificateUse::client, parts.context.env.clock));
  endpoint.certificate_pem = std::move(issued.certificate_pem);
  endpoint.key_pem = std::move(issued.key_pem);
  return endpoint;
}

json::Array images_of(const json::Value& object, std::string_view containers) {
  json::Array images;
  for (const auto& container : json::array_or_empty(object, containers))
    images.emplace_back(json::string_or(container, "image"));
  return images;
}

json::Object show_workload(const InfraParts& parts, const WorkloadNames& names, const std::string& cluster_id,
                           const json::Value& object) {
  const auto uid = json::string_or(object, "metadata.uid");
  json::Object shown{{"uuid", uid},
                     {"name", json::string_or(object, "metadata.name")},
                     {"bay_uuid", cluster_id},
                     {"labels", json::object_or_empty(object, "metadata.labels")}};
  switch (names.kind) {
    case Workload::pod:
      shown.emplace("desc", nullptr);
      shown.emplace("images", images_of(object, "spec.containers"));
      shown.emplace("status", json::string_or(object, "status.phase", "Pending"));
      shown.emplace("host", json::string_or(object, "spec.nodeName"));
      break;
    case Workload::service:
      shown.emplace("selector", json::object_or_empty(object, "spec.selector"));
      shown.emplace("ip", json::string_or(object, "spec.clusterIP"));
      shown.emplace("ports", json::array_or_empty(object, "spec.ports"));
      break;
    case Workload::replication_controller:
      shown.emplace("images", images_of(object, "spec.template.spec.containers"));
      shown.emplace("replicas", json::int_or(object, "spec.replicas"));
      break;
  }
  shown.emplace("created_at", json::string_or(object, "metadata.creationTimestamp"));
  shown.emplace("updated_at", nullptr);
  shown.emplace("links", links_to(parts, fmt::format("{}/{}", names.collection, uid)));
  return shown;
}

struct Found {
  ClusterEndpoint endpoint;
  std::string cluster_id;
  json::Value object;
};

std::string bay_in(const Call& call, bool in_path) {
  return in_path ? call.parameter("cluster") : std::string(call.request.query.find("bay_ident").value_or(""));
}

Task<Result<Found>> find_workload(InfraParts parts, const Call& call, WorkloadNames names, bool in_path) {
  FW_CO_TRY_DO(check_offered(parts, call.request));
  FW_CO_TRY(const auto* cluster, find_cluster(parts.state(), call.caller, bay_in(call, in_path)));
  Found found{.endpoint = {}, .cluster_id = cluster->id, .object = nullptr};
  FW_CO_TRY(found.endpoint, endpoint_of(parts, *cluster, call.caller));
  FW_CO_TRY(const auto all, co_await parts.kubernetes->list(found.endpoint, names.kind));
  const auto& ident = call.parameter("ident");
  std::size_t count = 0;
  for (const auto& object : all) {
    if (json::string_or(object, "metadata.uid") != ident && json::string_or(object, "metadata.name") != ident)
      continue;
    found.object = object;
    ++count;
  }
  if (count == 1) co_return found;
  if (count == 0) co_return fail(Errc::not_found, fmt::format("{} {} could not be found.", names.shown, ident));
  co_return fail(Errc::conflict, fmt::format("Several namespaces have a {} {}; use its uuid.", names.shown, ident));
}

Task<Result<http::Response>> create_workload(InfraParts parts, Call& call, WorkloadNames names) {
  static const std::vector<WsmeRule> kRules{{.name = "bay_uuid", .type = WsmeType::text, .required = true, .min = 1},
                                            {.name = "manifest", .type = WsmeType::text, .min = 1, .max = 1'000'000},
                                            {.name = "manifest_url", .type = WsmeType::text, .max = 4'096}};
  FW_CO_TRY_DO(check_offered(parts, call.request));
  FW_CO_TRY(const auto checked, read_wsme_object(call.request.body, names.shown, kRules));
  if (!text_or(checked, "manifest_url").empty()) {
    co_return fail(Errc::unsupported,
                   "manifest_url is not offered: the cloud fetches nothing from elsewhere; give the "
                   "manifest itself (--manifest).");
  }
  if (!is_given(checked, "manifest")) {
    co_return fail(Errc::invalid, fmt::format("The manifest of the {} is missing; is its file there?", names.shown));
  }
  FW_CO_TRY(const auto* cluster, find_cluster(parts.state(), call.caller, text_or(checked, "bay_uuid")));
  const std::string cluster_id = cluster->id;
  FW_CO_TRY(auto endpoint, endpoint_of(parts, *cluster, call.caller));
  FW_CO_TRY(const auto made,
            co_await parts.kubernetes->create(std::move(endpoint), names.kind, text_or(checked, "manifest")));
  co_return http::Response::json(201, json::write(show_workload(parts, names, cluster_id, made)));
}

// Without a bay: of every cluster that has an API. The client of that time sends none.
Task<Result<http::Response>> list_workloads(InfraParts parts, Call& call, WorkloadNames names) {
  FW_CO_TRY_DO(check_offered(parts, call.request));
  std::vector<std::pair<std::string, ClusterEndpoint>> endpoints;
  if (const auto bay = call.request.query.find("bay_ident"); bay && !bay->empty()) {
    FW_CO_TRY(const auto* cluster, find_cluster(parts.state(), call.caller, *bay));
    FW_CO_TRY(auto endpoint, endpoint_of(parts, *cluster, call.caller));
    endpoints.emplace_back(cluster->id, std::move(endpoint));
  } else {
    for (const auto* cluster : parts.state().table<Cluster>().find_by("project_id", call.caller.project_id)) {
      if (auto endpoint = endpoint_of(parts, *cluster, call.caller))
        endpoints.emplace_back(cluster->id, *std::move(endpoint));
    }
  }
  std::vector<Listed> items;
  for (auto& [cluster_id, endpoint] : endpoints) {
    FW_CO_TRY(const auto all, co_await parts.kubernetes->list(std::move(endpoint), names.kind));
    for (const auto& object : all) {
      auto shown = show_workload(parts, names, cluster_id, object);
      items.push_back({json::string_or(object, "metadata.uid"), json::string_or(object, "metadata.creationTimestamp"),
                       shown, shown});
    }
  }
  co_return list_page(call.request, names.collection, fmt::format("{}/{}", parts.url(), names.collection),
                      std::move(items));
}

Task<Result<http::Response>> show_one(InfraParts parts, Call& call, WorkloadNames names, bool in_path) {
  FW_CO_TRY(const auto found, co_await find_workload(parts, call, names, in_path));
  co_return http::Response::json(200, json::write(show_workload(parts, names, found.cluster_id, found.object)));
}

Task<Result<http::Response>> remove_one(InfraParts parts, Call& call, WorkloadNames names, bool in_path) {
  FW_CO_TRY(auto found, co_await find_workload(parts, call, names, in_path));
  FW_CO_TRY_DO(co_await parts.kubernetes->remove(std::move(found.endpoint), names.kind, std::move(found.object)));
  co_return http::Response::empty(204);
}

}  // namespace

void add_kubernetes_routes(Routes& routes, InfraParts parts) {
  constexpr std::array kWorkloads{WorkloadNames{Workload::pod, "pods", "pod"},
                                  WorkloadNames{Workload::service, "services", "service"},
                                  WorkloadNames{Workload::replication_controller, "rcs", "replication controller"}};
  for (const auto names : kWorkloads) {
    const bool in_path = names.kind != Workload::replication_controller;
    const auto all = fmt::format("/v1/{}", names.collection);
    const auto one = all + (in_path ? "/{ident}/{cluster}" : "/{ident}");
    routes.add("GET", all, "container_infra:read", [=](Call& call) { return list_workloads(parts, call, names); });
    routes.add("POST", all, "container_infra:write", [=](Call& call) { return create_workload(parts, call, names); });
    routes.add("GET", one, "container_infra:read", [=](Call& call) { return show_one(parts, call, names, in_path); });
    routes.add("DELETE", one, "container_infra:write",
               [=](Call& call) { return remove_one(parts, call, names, in_path); });
    routes.add_plain("PATCH", one, "container_infra:write", [names](Call&) -> Result<http::Response> {
      return fail(Errc::unsupported,
                  fmt::format("Changing a {} is not offered here; use kubectl with what `openstack "
                              "coe cluster config` gives.",
                              names.shown));
    });
  }
}

}  // namespace fairway::cloud::container_infra
