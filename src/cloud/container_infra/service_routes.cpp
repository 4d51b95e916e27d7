// /v1/stats, /v1/mservices, /v1/quotas
#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/api/policy.h"
#include "cloud/api/wsme.h"
#include "cloud/container_infra/clusters.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"

namespace fairway::cloud::container_infra {
namespace {

bool is_administrator(const Caller& caller) { return allowed(caller, "container_infra:admin"); }

Result<http::Response> show_stats(const InfraParts& parts, const Call& call) {
  const auto type = to_lower(call.request.query.find("type").value_or("cluster"));
  if (type != "cluster") return fail(Errc::invalid, "Invalid stats type. Allowed values are 'cluster'");
  std::string project(call.request.query.find("project_id").value_or(""));
  if (!is_administrator(call.caller)) {
    if (project.empty()) project = call.caller.project_id;
    if (project != call.caller.project_id) return fail(Errc::denied, "Not authorized.");
  }
  std::int64_t clusters = 0, nodes = 0;
  for (const auto& [id, row] : parts.state().table<Cluster>().rows()) {
    if (!project.empty() && row.object->project_id != project) continue;
    ++clusters;
    for (const auto* group : node_groups_of(parts.state(), id)) nodes += group->node_count;
  }
  return http::Response::json(200, json::write(json::Object{{"clusters", clusters}, {"nodes", nodes}}));
}

// One row: who carries out what this API is asked for.
Result<http::Response> list_services(const InfraParts& parts, const Call&) {
  const auto& drivers = parts.drivers;
  const json::Object service{
      {"id", 1},
      {"host", drivers.name().empty() ? json::Value(nullptr) : json::Value(drivers.name())},
      {"binary", "magnum-conductor"},
      {"state", drivers.connected() ? "up" : "down"},
      {"report_count", drivers.reports()},
      {"disabled", !drivers.configured()},
      {"disabled_reason", drivers.connected() ? json::Value(nullptr) : json::Value(drivers.what_is_missing())},
      {"created_at", nullptr},
      {"updated_at", nullptr}};
  return http::Response::json(200, json::write(json::Object{{"mservices", json::Array{service}}}));
}

// ---- quotas

json::Object show_quota(const ClusterQuota& quota) {
  return {{"project_id", quota.id},
          {"resource", "Cluster"},
          {"hard_limit", quota.hard_limit},
          {"created_at", show_stamp(quota.created_at)},
          {"updated_at", show_stamp(quota.updated_at)}};
}

std::unexpected<Error> no_quota(std::string_view project, std::string_view resource) {
  return fail(Errc::not_found, fmt::format("Quota could not be found: project_id {} resource {}", project, resource));
}

Result<> check_resource(std::string_view resource) {
  if (resource == "Cluster") return {};
  return fail(Errc::invalid,
              fmt::format("Invalid input for field/attribute resource. Value: '{}'. Value should be one of: Cluster",
                          resource));
}

Result<http::Response> list_quotas(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_since(call.request, kSinceQuotas, "quotas"));
  const auto all = to_lower(call.request.query.find("all_tenants").value_or("false"));
  const bool every = is_administrator(call.caller) && (all == "true" || all == "1");
  std::vector<Listed> items;
  for (const auto& [id, row] : parts.state().table<ClusterQuota>().rows()) {
    if (!every && id != call.caller.project_id) continue;
    auto shown = show_quota(*row.object);
    items.push_back({id, row.object->created_at, shown, shown});
  }
  return list_page(call.request, "quotas", parts.url() + "/quotas", std::move(items));
}

Result<http::Response> show_one_quota(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_since(call.request, kSinceQuotas, "quotas"));
  const auto& project = call.parameter("project");
  if (!is_administrator(call.caller) && project != call.caller.project_id)
    return fail(Errc::denied, "Not authorized.");
  const auto* own = parts.state().find<ClusterQuota>(project);
  const ClusterQuota quota = own != nullptr ? *own : ClusterQuota{.id = project, .hard_limit = kDefaultClusters};
  return http::Response::json(200, json::write(show_quota(quota)));
}

struct QuotaRequest {
  std::string project, resource;
  std::int64_t hard_limit = 1;
};

Result<QuotaRequest> read_quota(const http::Request& request) {
  static const std::vector<WsmeRule> kRules{
      {.name = "project_id", .type = WsmeType::text, .min = 1},
      {.name = "resource", .type = WsmeType::choice, .values = {"Cluster"}},
      {.name = "hard_limit", .type = WsmeType::integer, .min = 0, .max = 1'000'000}};
  FW_TRY(const auto checked, read_wsme_object(request.body, "quota", kRules));
  return QuotaRequest{text_or(checked, "project_id"), text_or(checked, "resource", "Cluster"),
                      integer_or(checked, "hard_limit", 1)};
}

Task<Result<http::Response>> create_quota(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceQuotas, "quotas"));
  FW_CO_TRY(const auto wanted, read_quota(call.request));
  FW_CO_TRY(const auto made,
            co_await parts.context.ledger.change<ClusterQuota>([&](Work& work) -> Result<ClusterQuota> {
              if (work.find<Project>(wanted.project) == nullptr)
                return fail(Errc::not_found, fmt::format("The project {} could not be found.", wanted.project));
              if (work.find<ClusterQuota>(wanted.project) != nullptr) {
                return fail(Errc::conflict,
                            fmt::format("Quota for project {} already exists for resource Cluster.", wanted.project));
              }
              ClusterQuota quota{
                  .id = wanted.project, .hard_limit = wanted.hard_limit, .created_at = stamp_now(parts.context.env)};
              work.put(quota);
              return quota;
            }));
  co_return http::Response::json(201, json::write(show_quota(made)));
}

Task<Result<http::Response>> update_quota(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceQuotas, "quotas"));
  FW_CO_TRY_DO(check_resource(call.parameter("resource")));
  FW_CO_TRY(const auto wanted, read_quota(call.request));
  FW_CO_TRY(const auto done,
            co_await parts.context.ledger.change<ClusterQuota>([&](Work& work) -> Result<ClusterQuota> {
              const auto* before = work.find<ClusterQuota>(call.parameter("project"));
              if (before == nullptr) return no_quota(call.parameter("project"), call.parameter("resource"));
              ClusterQuota quota = *before;
              quota.hard_limit = wanted.hard_limit;
              quota.updated_at = stamp_now(parts.context.env);
              work.put(quota);
              return quota;
            }));
  co_return http::Response::json(202, json::write(show_quota(done)));
}

Task<Result<http::Response>> delete_quota(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceQuotas, "quotas"));
  FW_CO_TRY_DO(check_resource(call.parameter("resource")));
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    if (work.find<ClusterQuota>(call.parameter("project")) == nullptr)
      return no_quota(call.parameter("project"), call.parameter("resource"));
    work.erase<ClusterQuota>(call.parameter("project"));
    return true;
  }));
  co_return http::Response::empty(204);
}

}  // namespace

void add_service_routes(Routes& routes, InfraParts parts) {
  constexpr std::string_view kQuotas = "/v1/quotas", kQuota = "/v1/quotas/{project}/{resource}";
  routes.add_plain("GET", "/v1/stats", "container_infra:read",
                   [parts](Call& call) { return show_stats(parts, call); });
  routes.add_plain("GET", "/v1/mservices", "container_infra:admin",
                   [parts](Call& call) { return list_services(parts, call); });
  routes.add_plain("GET", kQuotas, "container_infra:read", [parts](Call& call) { return list_quotas(parts, call); });
  routes.add_plain("GET", kQuota, "container_infra:read",
                   [parts](Call& call) { return show_one_quota(parts, call); });
  routes.add("POST", kQuotas, "container_infra:admin", [parts](Call& call) { return create_quota(parts, call); });
  routes.add("PATCH", kQuota, "container_infra:admin", [parts](Call& call) { return update_quota(parts, call); });
  routes.add("DELETE", kQuota, "container_infra:admin", [parts](Call& call) { return delete_quota(parts, call); });
}

}  // namespace fairway::cloud::container_infra
