// /v1/bays and /v1/baymodels: clusters and templates under the names of their first years. Gone from 1.11 on.
#include <array>

#include <fmt/format.h>

#include "cloud/container_infra/clusters.h"
#include "cloud/container_infra/fields.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "cloud/container_infra/templates.h"
#include "cloud/container_infra/views.h"

namespace fairway::cloud::container_infra {
namespace {

struct Renamed {
  std::string_view old_name, name;
};
constexpr std::array kBayNames{Renamed{"baymodel_id", "cluster_template_id"},
                               Renamed{"bay_create_timeout", "create_timeout"}, Renamed{"bay_faults", "faults"}};
constexpr std::array<std::string_view, 20> kBayFields{"uuid",
                                                      "name",
                                                      "cluster_template_id",
                                                      "node_count",
                                                      "master_count",
                                                      "create_timeout",
                                                      "stack_id",
                                                      "status",
                                                      "status_reason",
                                                      "discovery_url",
                                                      "api_address",
                                                      "coe_version",
                                                      "container_version",
                                                      "node_addresses",
                                                      "master_addresses",
                                                      "faults",
                                                      "project_id",
                                                      "user_id",
                                                      "created_at",
                                                      "updated_at"};

Result<> check_offered(const http::Request& request) {
  if (minor_of(request) < kWithoutBays) return {};
  return fail(Errc::not_found,
              "The resource could not be found. Since 1.11 bays are clusters and baymodels are "
              "clustertemplates.");
}

std::string_view old_name(std::string_view name) {
  for (const auto& renamed : kBayNames) {
    if (renamed.name == name) return renamed.old_name;
  }
  return name;
}

// From a bay's body to a cluster's.
Result<json::Value> renamed_body(const std::string& text) {
  auto body = json::parse(text);
  if (!body) return fail(Errc::invalid, "Request is not in valid JSON format");
  if (!body->is_object()) return body;
  json::Object object;
  for (const auto& item : body->get_object()) {
    std::string_view key = item.key();
    for (const auto& renamed : kBayNames) {
      if (renamed.old_name == key) key = renamed.name;
    }
    object.insert_or_assign(key, item.value());
  }
  return object;
}

json::Object show_bay(const InfraParts& parts, const Cluster& cluster) {
  const auto shown = show(parts, cluster, kMinMinor);
  json::Object bay;
  for (const auto field : kBayFields) {
    if (const auto* value = shown.if_contains(field)) bay.emplace(old_name(field), *value);
  }
  bay.emplace("links", links_to(parts, "bays/" + cluster.id));
  return bay;
}

json::Object show_baymodel(const InfraParts& parts, const ClusterTemplate& cluster_template) {
  auto shown = show(parts, cluster_template);
  for (const auto* newer : {"hidden", "tags", "driver"}) shown.erase(newer);
  shown["links"] = links_to(parts, "baymodels/" + cluster_template.id);
  return shown;
}

// ---- bays

Result<http::Response> list_bays(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_offered(call.request));
  const auto scope = scope_of(call.caller);
  std::vector<Listed> items;
  for (const auto& [id, row] : parts.state().table<Cluster>().rows()) {
    if (!scope.sees(row.object->project_id)) continue;
    auto shown = show_bay(parts, *row.object);
    items.push_back({id, row.object->created_at, shown, shown});
  }
  return list_page(call.request, "bays", parts.url() + "/bays", std::move(items));
}

Result<http::Response> show_one_bay(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_offered(call.request));
  FW_TRY(const auto* found, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  return http::Response::json(200, json::write(show_bay(parts, *found)));
}

// 1.1 answers with the whole bay, later versions with its id.
http::Response bay_answer(const InfraParts& parts, const Call& call, const Cluster& cluster, int status) {
  if (minor_of(call.request) > kMinMinor) return accepted(cluster.id);
  return http::Response::json(status, json::write(show_bay(parts, cluster)));
}

Task<Result<http::Response>> create_bay(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_offered(call.request));
  FW_CO_TRY(const auto body, renamed_body(call.request.body));
  FW_CO_TRY(auto checked, check_wsme_object(body, "bay", cluster_rules()));
  FW_CO_TRY(const auto made, co_await make_cluster(parts, call.caller, std::move(checked), minor_of(call.request)));
  co_return bay_answer(parts, call, made, 201);
}

Task<Result<http::Response>> update_bay(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_offered(call.request));
  FW_CO_TRY(const auto wanted, read_cluster_update(call.request.body));
  FW_CO_TRY_DO(check_zero_nodes(wanted.node_count, minor_of(call.request)));
  FW_CO_TRY(const auto done, co_await resize_cluster(parts, call.caller, call.parameter("cluster"), wanted));
  co_return bay_answer(parts, call, done, 200);
}

Task<Result<http::Response>> delete_bay(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_offered(call.request));
  FW_CO_TRY_DO(co_await delete_cluster(parts, call.caller, call.parameter("cluster")));
  co_return http::Response::empty(204);
}

// ---- baymodels

Result<http::Response> list_baymodels(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_offered(call.request));
  std::vector<Listed> items;
  for (const auto& [id, row] : parts.state().table<ClusterTemplate>().rows()) {
    if (!may_see(call.caller, *row.object)) continue;
    auto shown = show_baymodel(parts, *row.object);
    items.push_back({id, row.object->created_at, shown, shown});
  }
  return list_page(call.request, "baymodels", parts.url() + "/baymodels", std::move(items));
}

Result<http::Response> show_one_baymodel(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_offered(call.request));
  FW_TRY(const auto* found, find_template(parts.state(), call.caller, call.parameter("template")));
  return http::Response::json(200, json::write(show_baymodel(parts, *found)));
}

Task<Result<http::Response>> create_baymodel(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_offered(call.request));
  auto body = json::parse(call.request.body);
  if (!body) co_return fail(Errc::invalid, "Request is not in valid JSON format");
  // Hosts here take no keys: the client of that time sends one all the same.
  if (body->is_object()) body->get_object().erase("ssh_authorized_key");
  FW_CO_TRY(auto checked, check_wsme_object(*body, "baymodel", template_rules()));
  FW_CO_TRY(const auto made, co_await make_template(parts, call.caller, std::move(checked)));
  auto response = http::Response::json(201, json::write(show_baymodel(parts, made)));
  response.headers.set("Location", fmt::format("{}/baymodels/{}", parts.url(), made.id));
  co_return response;
}

Task<Result<http::Response>> update_baymodel(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_offered(call.request));
  FW_CO_TRY(const auto done, co_await change_template(parts, call));
  co_return http::Response::json(200, json::write(show_baymodel(parts, done)));
}

Task<Result<http::Response>> delete_baymodel(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_offered(call.request));
  FW_CO_TRY_DO(co_await delete_template(parts, call));
  co_return http::Response::empty(204);
}

}  // namespace

void add_bay_routes(Routes& routes, InfraParts parts) {
  constexpr std::string_view kBays = "/v1/bays", kBay = "/v1/bays/{cluster}";
  constexpr std::string_view kModels = "/v1/baymodels", kModel = "/v1/baymodels/{template}";
  for (const auto* all : {"/v1/bays", "/v1/bays/detail"})
    routes.add_plain("GET", all, "container_infra:read", [parts](Call& call) { return list_bays(parts, call); });
  for (const auto* all : {"/v1/baymodels", "/v1/baymodels/detail"})
    routes.add_plain("GET", all, "container_infra:read", [parts](Call& call) { return list_baymodels(parts, call); });
  routes.add("POST", kBays, "container_infra:write", [parts](Call& call) { return create_bay(parts, call); });
  routes.add_plain("GET", kBay, "container_infra:read", [parts](Call& call) { return show_one_bay(parts, call); });
  routes.add("PATCH", kBay, "container_infra:write", [parts](Call& call) { return update_bay(parts, call); });
  routes.add("DELETE", kBay, "container_infra:write", [parts](Call& call) { return delete_bay(parts, call); });
  routes.add("POST", kModels, "container_infra:write", [parts](Call& call) { return create_baymodel(parts, call); });
  routes.add_plain("GET", kModel, "container_infra:read",
                   [parts](Call& call) { return show_one_baymodel(parts, call); });
  routes.add("PATCH", kModel, "container_infra:write", [parts](Call& call) { return update_baymodel(parts, call); });
  routes.add("DELETE", kModel, "container_infra:write", [parts](Call& call) { return delete_baymodel(parts, call); });
}

}  // namespace fairway::cloud::container_infra
