// /v1/clusters and their actions
#include <fmt/format.h>

#include "cloud/container_infra/clusters.h"
#include "cloud/container_infra/fields.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "cloud/container_infra/views.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::string_view kAll = "/v1/clusters", kOne = "/v1/clusters/{cluster}";

Result<http::Response> list_clusters(const InfraParts& parts, const Call& call, bool detail) {
  std::vector<Listed> items;
  const auto scope = scope_of(call.caller);
  for (const auto& [id, row] : parts.state().table<Cluster>().rows()) {
    if (!scope.sees(row.object->project_id)) continue;
    auto all = show(parts, *row.object, minor_of(call.request));
    auto shown = detail ? all : show_briefly(all);
    items.push_back({id, row.object->created_at, std::move(all), std::move(shown)});
  }
  const auto self = fmt::format("{}/clusters{}", parts.url(), detail ? "/detail" : "");
  return list_page(call.request, "clusters", self, std::move(items));
}

Result<http::Response> show_cluster(const InfraParts& parts, const Call& call) {
  FW_TRY(const auto* found, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  return http::Response::json(200, json::write(show(parts, *found, minor_of(call.request))));
}

Task<Result<http::Response>> create_cluster(InfraParts parts, Call& call) {
  FW_CO_TRY(auto checked, read_wsme_object(call.request.body, "cluster", cluster_rules()));
  auto made = co_await make_cluster(parts, call.caller, std::move(checked), minor_of(call.request));
  if (!made) {
    auto error = std::move(made).error();
    // Until 1.9 an unknown template is a fault of the request.
    if (error.code == Errc::not_found && minor_of(call.request) < kSinceZeroNodes) error.code = Errc::invalid;
    co_return std::unexpected(std::move(error));
  }
  co_return accepted(made->id);
}

Task<Result<http::Response>> delete_one(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(co_await delete_cluster(parts, call.caller, call.parameter("cluster")));
  co_return http::Response::empty(204);
}

Task<Result<http::Response>> update_cluster(InfraParts parts, Call& call) {
  FW_CO_TRY(const auto wanted, read_cluster_update(call.request.body));
  FW_CO_TRY_DO(check_zero_nodes(wanted.node_count, minor_of(call.request)));
  FW_CO_TRY(const auto done, co_await resize_cluster(parts, call.caller, call.parameter("cluster"), wanted));
  co_return accepted(done.id);
}

Task<Result<http::Response>> resize(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceResize, "resize"));
  const WsmeRules rules = resize_rules();
  FW_CO_TRY(const auto checked, read_wsme_object(call.request.body, "cluster_resize_req", rules));
  const Resize wanted{.node_count = checked.at("node_count").as_int64(),
                      .node_group = text_or(checked, "nodegroup"),
                      .nodes_first = texts_or_empty(checked, "nodes_to_remove")};
  FW_CO_TRY_DO(check_zero_nodes(wanted.node_count, minor_of(call.request)));
  FW_CO_TRY(const auto done, co_await resize_cluster(parts, call.caller, call.parameter("cluster"), wanted));
  co_return accepted(done.id);
}

Result<http::Response> upgrade(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_since(call.request, kSinceUpgrade, "upgrade"));
  FW_TRY(const auto* found, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  FW_TRY_DO(check_own(*found, "Upgrading"));
  return fail(Errc::unsupported,
              "Upgrading is not supported by this driver: a cluster runs what Fairway itself is; make a new cluster "
              "with the other template and delete this one.");
}

}  // namespace

void add_cluster_routes(Routes& routes, InfraParts parts) {
  routes.add_plain("GET", kAll, "container_infra:read",
                   [parts](Call& call) { return list_clusters(parts, call, false); });
  routes.add_plain("GET", "/v1/clusters/detail", "container_infra:read",
                   [parts](Call& call) { return list_clusters(parts, call, true); });
  routes.add("POST", kAll, "container_infra:write", [parts](Call& call) { return create_cluster(parts, call); });
  routes.add_plain("GET", kOne, "container_infra:read", [parts](Call& call) { return show_cluster(parts, call); });
  routes.add("PATCH", kOne, "container_infra:write", [parts](Call& call) { return update_cluster(parts, call); });
  routes.add("DELETE", kOne, "container_infra:write", [parts](Call& call) { return delete_one(parts, call); });
  routes.add("POST", "/v1/clusters/{cluster}/actions/resize", "container_infra:write",
             [parts](Call& call) { return resize(parts, call); });
  routes.add_plain("POST", "/v1/clusters/{cluster}/actions/upgrade", "container_infra:write",
                   [parts](Call& call) { return upgrade(parts, call); });
}

}  // namespace fairway::cloud::container_infra
