// Clusters: how far each is, why, and which hosts it has.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/container_infra/views.h"
#include "cloud/dashboard/names.h"
#include "cloud/dashboard/paging.h"
#include "cloud/dashboard/views.h"
#include "cloud/model/container_infra.h"

namespace fairway::cloud::dashboard {
namespace {

constexpr std::size_t kPageSize = 20;

// "CREATE_IN_PROGRESS" with the driver's word on its health.
Condition condition_of(const Cluster& cluster, const ClusterFacts* facts) {
  const auto& status = cluster.status;
  const std::string_view done = status.starts_with("CREATE")   ? cluster.adopted ? "adopted" : "created"
                                : status.starts_with("DELETE") ? cluster.adopted ? "released" : "deleted"
                                                               : "changed";
  if (status.ends_with("_IN_PROGRESS")) return {"pending", fmt::format("being {}", done)};
  if (status.ends_with("_FAILED")) return {"bad", fmt::format("not {}", done)};
  const std::string_view health = facts == nullptr ? std::string_view() : facts->health;
  if (health == "UNHEALTHY") return {"bad", "unhealthy"};
  if (health == "HEALTHY") return {"ok", "healthy"};
  return {"ok", "complete"};
}

struct Group {
  std::int64_t wanted = 0;
  const std::vector<ClusterNode>* nodes = nullptr;  // null: none yet
};

Group look_at(const NodeGroup& group, const ClusterFacts* facts) {
  Group seen{.wanted = group.deleting ? 0 : group.node_count};
  if (facts == nullptr) return seen;
  const auto at = facts->nodes.find(group.id);
  if (at != facts->nodes.end()) seen.nodes = &at->second;
  return seen;
}

json::Object show(const NodeGroup& group, const Group& seen) {
  json::Array nodes;
  if (seen.nodes != nullptr) {
    for (const auto& node : *seen.nodes)
      nodes.push_back(json::Object{{"name", node.name}, {"address", node.address}});
  }
  return {{"id", group.id},        {"name", group.name},     {"role", group.role},
          {"wanted", seen.wanted}, {"status", group.status}, {"nodes", std::move(nodes)}};
}

void add_reasons(const World& world, const Condition& condition, const Cluster& cluster, json::Array& why) {
  const auto reason = container_infra::status_reason(cluster, world.missing_driver);
  if (condition.tone != "ok" && !reason.empty()) why.emplace_back(reason);
  if (condition.text != "unhealthy") return;
  for (const auto& [what, said] : world.state.find<ClusterFacts>(cluster.id)->health_reason) {
    if (said != "ok" && said != "True") why.emplace_back(fmt::format("{}: {}.", what, said));
  }
}

json::Object show(const Look& look, const Cluster& cluster) {
  const auto& state = look.world.state;
  const auto* facts = state.find<ClusterFacts>(cluster.id);
  const auto* cluster_template = state.find<ClusterTemplate>(cluster.cluster_template_id);
  const auto condition = condition_of(cluster, facts);
  json::Array groups, why;
  std::int64_t wanted = 0, there = 0;
  // "master" stands before "worker", and what goes is not waited for.
  auto all = state.table<NodeGroup>().find_by("cluster_id", cluster.id);
  std::ranges::sort(all, {}, [](const NodeGroup* group) { return std::tie(group->role, group->name); });
  for (const auto* group : all) {
    const auto seen = look_at(*group, facts);
    wanted += seen.wanted;
    there += seen.nodes == nullptr ? 0 : static_cast<std::int64_t>(seen.nodes->size());
    groups.push_back(show(*group, seen));
  }
  add_reasons(look.world, condition, cluster, why);
  json::Object shown{{"id", cluster.id},
                     {"name", cluster.name},
                     {"status", cluster.status},
                     {"condition", json::Object{{"tone", condition.tone}, {"text", condition.text}}},
                     {"why", std::move(why)},
                     {"template", cluster_template == nullptr ? "" : cluster_template->name},
                     {"api_address", facts == nullptr ? "" : facts->api_address},
                     {"version", facts == nullptr ? "" : facts->coe_version},
                     {"created_at", cluster.created_at},
                     {"hosts_wanted", wanted},
                     {"hosts", there},
                     {"groups", std::move(groups)}};
  if (scope_for(look.caller, "container_infra:read_all").all)
    shown.emplace("project", project_name(state, cluster.project_id));
  return shown;
}

}  // namespace

Result<json::Object> view_clusters(const Look& look) {
  const auto scope = scope_for(look.caller, "container_infra:read_all");
  std::vector<const Cluster*> all;
  for (const auto& [id, row] : look.world.state.table<Cluster>().rows()) {
    const auto& cluster = *row.object;
    if (scope.sees(cluster.project_id) && matches(look.query, {cluster.name, cluster.id, cluster.status}))
      all.push_back(&cluster);
  }
  std::ranges::sort(all, {}, [](const Cluster* cluster) { return std::tie(cluster->name, cluster->id); });
  const auto page = page_of(all, look.query, kPageSize);
  json::Array items;
  for (const auto* cluster : page.items) items.push_back(show(look, *cluster));
  json::Object shown{{"items", std::move(items)}};
  add_page(shown, page);
  return shown;
}

}  // namespace fairway::cloud::dashboard
