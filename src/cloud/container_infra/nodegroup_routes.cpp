// /v1/clusters/{cluster}/nodegroups
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cloud/container_infra/clusters.h"
#include "cloud/container_infra/fields.h"
#include "cloud/container_infra/labels.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "cloud/container_infra/patch.h"
#include "cloud/container_infra/views.h"
#include "json/described.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::string_view kAll = "/v1/clusters/{cluster}/nodegroups",
                           kOne = "/v1/clusters/{cluster}/nodegroups/{nodegroup}";

Result<http::Response> list_groups(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_since(call.request, kSinceNodeGroups, "nodegroups"));
  FW_TRY(const auto* cluster, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  const auto role = call.request.query.find("role");
  std::vector<Listed> items;
  for (const auto* group : node_groups_of(parts.state(), cluster->id)) {
    if (role && !role->empty() && group->role != *role) continue;
    auto all = show(parts, *cluster, *group, minor_of(call.request));
    json::Object brief;
    for (const auto* key :
         {"uuid", "name", "flavor_id", "node_count", "role", "is_default", "image_id", "status", "stack_id"}) {
      brief.emplace(key, all.at(key));
    }
    items.push_back({group->id, group->created_at, std::move(all), std::move(brief)});
  }
  const auto self = fmt::format("{}/clusters/{}/nodegroups", parts.url(), cluster->id);
  return list_page(call.request, "nodegroups", self, std::move(items));
}

Result<http::Response> show_group(const InfraParts& parts, const Call& call) {
  FW_TRY_DO(check_since(call.request, kSinceNodeGroups, "nodegroups"));
  FW_TRY(const auto* cluster, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  FW_TRY(const auto* group, find_node_group(parts.state(), *cluster, call.parameter("nodegroup")));
  return http::Response::json(200, json::write(show(parts, *cluster, *group, minor_of(call.request))));
}

std::unexpected<Error> bad(std::string_view attribute, const NodeGroup& group, std::string_view why) {
  return fail(Errc::conflict, fmt::format("{} for {} is invalid ({}).", attribute, group.name, why));
}

Result<> check_counts(const NodeGroup& group) {
  if (group.max_node_count && *group.max_node_count < group.min_node_count) {
    return bad("max_node_count", group,
               fmt::format("min_node_count ({}) should be less or equal to max_node_count ({})", group.min_node_count,
                           *group.max_node_count));
  }
  if (group.max_node_count && group.node_count > *group.max_node_count) {
    return bad("max_node_count", group,
               fmt::format("node_count ({}) should be less or equal to max_node_count ({})", group.node_count,
                           *group.max_node_count));
  }
  if (group.min_node_count > group.node_count) {
    return bad("min_node_count", group,
               fmt::format("min_node_count ({}) should be less or equal to node_count ({})", group.min_node_count,
                           group.node_count));
  }
  return {};
}

// Labels that a kubelet would refuse to set on its own node are refused here.
Result<> check_node_labels(const NodeGroup& group) {
  constexpr std::array<std::string_view, 2> kOwn{"kubelet.kubernetes.io", "node.kubernetes.io"};
  constexpr std::array<std::string_view, 5> kKnown{"kubernetes.io/arch", "kubernetes.io/hostname", "kubernetes.io/os",
                                                   "topology.kubernetes.io/region", "topology.kubernetes.io/zone"};
  for (const auto& [key, value] : group.node_labels) {
    const auto slash = key.find('/');
    const auto prefix = slash == std::string::npos ? std::string() : key.substr(0, slash);
    const bool restricted = prefix == "kubernetes.io" || prefix == "k8s.io" || prefix.ends_with(".kubernetes.io") ||
                            prefix.ends_with(".k8s.io");
    if (!restricted || std::ranges::find(kOwn, prefix) != kOwn.end() ||
        std::ranges::find(kKnown, key) != kKnown.end()) {
      continue;
    }
    return bad("node_labels", group,
               fmt::format("node label '{}' is in a namespace of Kubernetes that a node may not set itself", key));
  }
  return {};
}

Result<> check_group(const NodeGroup& group) {
  FW_TRY_DO(check_counts(group));
  if (group.role == "master" && (!group.node_labels.empty() || !group.node_taints.empty())) {
    return bad("node_labels", group, "they may not be set on master nodegroups");
  }
  if (!group.node_taints.empty()) {
    return bad("node_taints", group,
               "taints of node groups are not offered; taint the nodes themselves with kubectl");
  }
  FW_TRY_DO(check_labels(group.labels));
  return check_node_labels(group);
}

NodeGroup new_group(const json::Object& checked, const Cluster& cluster, const ClusterTemplate& from, Env& env) {
  NodeGroup group;
  group.id = make_uuid(env.random);
  group.cluster_id = cluster.id;
  group.project_id = cluster.project_id;
  group.user_id = cluster.user_id;
  group.name = text_or(checked, "name");
  if (group.name.empty()) group.name = generated_name(env.random, "nodegroup");
  group.role = text_or(checked, "role", "worker");
  group.node_count = integer_or(checked, "node_count", 1);
  group.min_node_count = integer_or(checked, "min_node_count", 0);
  group.max_node_count = optional_integer(checked, "max_node_count");
  group.docker_volume_size = optional_integer(checked, "docker_volume_size");
  group.flavor_id = optional_text(checked, "flavor_id");
  if (!group.flavor_id) group.flavor_id = cluster.flavor_id;
  group.image_id = optional_text(checked, "image_id");
  if (!group.image_id) group.image_id = from.image_id;
  group.labels = is_given(checked, "labels") ? labels_of(checked, "labels") : cluster.labels;
  if (flag_or(checked, "merge_labels", false)) group.labels = merge_labels(cluster.labels, group.labels);
  group.node_labels = labels_of(checked, "node_labels");
  for (const auto& taint : list_or_empty(checked, "node_taints")) {
    auto& texts = group.node_taints.emplace_back();
    for (const auto& item : taint.as_object()) texts.emplace(item.key(), json::write(item.value()));
  }
  begin(env, group, "CREATE");
  return group;
}

Result<NodeGroup> add_group(Work& work, const Call& call, Env& env, const json::Object& checked) {
  FW_TRY(const auto* before, find_cluster(work.state(), call.caller, call.parameter("cluster")));
  const auto* facts = work.find<ClusterFacts>(before->id);
  if (facts == nullptr || facts->api_address.empty()) {
    return fail(Errc::conflict, "Cluster API address is not available yet");
  }
  FW_TRY_DO(check_may_change(*before, "Adding a nodegroup to"));
  const auto* from = work.find<ClusterTemplate>(before->cluster_template_id);
  FW_CHECK(from != nullptr);
  auto group = new_group(checked, *before, *from, env);
  for (const auto* other : node_groups_of(work.state(), before->id)) {
    if (other->name == group.name) {
      return fail(Errc::conflict, fmt::format("A node group with name {} already exists in the cluster {}.",
                                              group.name, before->name));
    }
  }
  if (group.role == "master")
    return fail(Errc::unsupported, "Creating master nodegroups is currently not supported.");
  FW_TRY_DO(check_group(group));
  Cluster cluster = *before;
  begin(env, cluster, "UPDATE");
  work.put(std::move(cluster));
  work.put(group);
  return group;
}

Task<Result<http::Response>> create_group(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceNodeGroups, "nodegroups"));
  const auto minor = minor_of(call.request);
  FW_CO_TRY(const auto checked, read_wsme_object(call.request.body, "nodegroup", node_group_rules()));
  FW_CO_TRY_DO(check_zero_nodes(integer_or(checked, "node_count", 1), minor));
  FW_CO_TRY(const auto made, co_await parts.context.ledger.change<NodeGroup>(
                                 [&](Work& work) { return add_group(work, call, parts.context.env, checked); }));
  const auto* cluster = parts.state().find<Cluster>(made.cluster_id);
  if (cluster == nullptr) co_return fail(Errc::not_found, "The cluster has gone meanwhile.");
  co_return http::Response::json(202, json::write(show(parts, *cluster, made, minor)));
}

Result<> check_steps(const std::vector<PatchStep>& steps) {
  constexpr std::array<std::string_view, 4> kMay{"min_node_count", "max_node_count", "node_labels", "node_taints"};
  for (const auto& step : steps) {
    if (std::ranges::find(kMay, step.attribute) != kMay.end()) continue;
    return fail(Errc::invalid, fmt::format("'/{}' is an internal attribute and can not be updated", step.attribute));
  }
  return {};
}

Result<NodeGroup> patched(const InfraParts& parts, const Cluster& cluster, const NodeGroup& before,
                          const std::vector<PatchStep>& steps) {
  FW_TRY(const auto document, apply_patch(show(parts, cluster, before, kMaxMinor), steps));
  json::Object mine;
  for (const auto* key : {"min_node_count", "max_node_count", "node_labels", "node_taints"}) {
    mine.emplace(key, document.at(key));
  }
  FW_TRY(const auto checked, check_wsme_object(mine, "nodegroup", node_group_rules()));
  NodeGroup after = before;
  after.min_node_count = integer_or(checked, "min_node_count", 0);
  after.max_node_count = optional_integer(checked, "max_node_count");
  after.node_labels = labels_of(checked, "node_labels");
  if (!list_or_empty(checked, "node_taints").empty()) after.node_taints.emplace_back();
  FW_TRY_DO(check_group(after));
  return after;
}

Result<NodeGroup> change_group(Work& work, const InfraParts& parts, const Call& call,
                               const std::vector<PatchStep>& steps) {
  FW_TRY(const auto* before, find_cluster(work.state(), call.caller, call.parameter("cluster")));
  FW_TRY(const auto* group, find_node_group(work.state(), *before, call.parameter("nodegroup")));
  FW_TRY(auto after, patched(parts, *before, *group, steps));
  auto& env = parts.context.env;
  after.updated_at = stamp_now(env);
  if (after.node_labels != group->node_labels) {
    FW_TRY_DO(check_may_change(*before, "Updating a nodegroup of"));
    Cluster cluster = *before;
    begin(env, cluster, "UPDATE");
    begin(env, after, "UPDATE");
    work.put(std::move(cluster));
  }
  work.put(after);
  return after;
}

Task<Result<http::Response>> update_group(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceNodeGroups, "nodegroups"));
  const auto minor = minor_of(call.request);
  FW_CO_TRY(const auto steps, read_patch(call.request.body));
  FW_CO_TRY_DO(check_steps(steps));
  FW_CO_TRY(const auto done, co_await parts.context.ledger.change<NodeGroup>(
                                 [&](Work& work) { return change_group(work, parts, call, steps); }));
  const auto* cluster = parts.state().find<Cluster>(done.cluster_id);
  if (cluster == nullptr) co_return fail(Errc::not_found, "The cluster has gone meanwhile.");
  co_return http::Response::json(202, json::write(show(parts, *cluster, done, minor)));
}

Result<bool> begin_delete_group(Work& work, const InfraParts& parts, const Call& call) {
  FW_TRY(const auto* before, find_cluster(work.state(), call.caller, call.parameter("cluster")));
  FW_TRY(const auto* group, find_node_group(work.state(), *before, call.parameter("nodegroup")));
  if (group->is_default) return fail(Errc::unsupported, "Deleting a default nodegroup is not supported.");
  FW_TRY_DO(check_may_change(*before, "Deleting a nodegroup of"));
  auto& env = parts.context.env;
  Cluster cluster = *before;
  NodeGroup going = *group;
  begin(env, cluster, "UPDATE");
  begin(env, going, "DELETE");
  going.deleting = true;
  work.put(std::move(going));
  work.put(std::move(cluster));
  return true;
}

Task<Result<http::Response>> delete_group(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceNodeGroups, "nodegroups"));
  FW_CO_TRY_DO(
      co_await parts.context.ledger.change<bool>([&](Work& work) { return begin_delete_group(work, parts, call); }));
  co_return http::Response::empty(204);
}

}  // namespace

void add_node_group_routes(Routes& routes, InfraParts parts) {
  routes.add_plain("GET", kAll, "container_infra:read", [parts](Call& call) { return list_groups(parts, call); });
  routes.add_plain("GET", kOne, "container_infra:read", [parts](Call& call) { return show_group(parts, call); });
  routes.add("POST", kAll, "container_infra:write", [parts](Call& call) { return create_group(parts, call); });
  routes.add("PATCH", kOne, "container_infra:write", [parts](Call& call) { return update_group(parts, call); });
  routes.add("DELETE", kOne, "container_infra:write", [parts](Call& call) { return delete_group(parts, call); });
}

}  // namespace fairway::cloud::container_infra
