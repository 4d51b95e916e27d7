#include "cloud/container_infra/lifecycle.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace fairway::cloud::container_infra {
namespace {

std::int64_t now_unix(const Env& env) {
  return std::chrono::duration_cast<std::chrono::seconds>(env.clock.wall().time_since_epoch()).count();
}

// "UPDATE_IN_PROGRESS" -> "UPDATE"
std::string_view verb_of(std::string_view status) { return status.substr(0, status.find('_')); }

// Magnum has ADOPT_COMPLETE, and neither of the two that could come before it.
std::string ended(std::string_view status, std::string_view outcome, bool adopted) {
  const std::string_view verb = verb_of(status);
  return fmt::format("{}_{}", adopted && verb == "CREATE" && outcome == "COMPLETE" ? "ADOPT" : verb, outcome);
}

void end(Env& env, Cluster& cluster, std::string_view outcome, const std::string& reason) {
  cluster.status = ended(cluster.status, outcome, cluster.adopted);
  cluster.status_reason = reason;
  cluster.deadline_unix = 0;
  cluster.updated_at = stamp_now(env);
}

void end_groups(Work& work, Env& env, const Cluster& cluster, std::string_view outcome, const std::string& reason) {
  for (const auto* before : work.table<NodeGroup>().find_by("cluster_id", cluster.id)) {
    if (outcome == "COMPLETE" && before->deleting && !cluster.deleting) {
      work.erase<NodeGroup>(before->id);
      continue;
    }
    if (!in_progress(before->status) && !(outcome == "COMPLETE" && has_failed(before->status))) continue;
    NodeGroup group = *before;
    group.status = ended(group.status, outcome, cluster.adopted);
    group.status_reason = reason;
    group.updated_at = stamp_now(env);
    if (outcome == "COMPLETE") group.nodes_to_remove.clear();
    work.put(std::move(group));
  }
}

// What the API needs of what was said.
ClusterFacts kept(const cluster_link::Facts& facts) {
  ClusterFacts row{.id = facts.id,
                   .generation = facts.generation,
                   .api_address = facts.api_address,
                   .coe_version = facts.coe_version,
                   .container_version = facts.container_version,
                   .fixed_network = facts.fixed_network,
                   .fixed_subnet = facts.fixed_subnet,
                   .health = facts.health,
                   .health_reason = facts.health_reason};
  for (const auto& group : facts.node_groups) {
    auto& nodes = row.nodes[group.id];
    for (const auto& node : group.nodes) nodes.push_back({node.name, node.uuid, node.address});
  }
  return row;
}

// The status after these facts, or nothing when it stays.
std::string_view outcome_of(const Cluster& cluster, const cluster_link::Facts& facts) {
  // About an older wish: the operation in progress has not been looked at yet.
  if (facts.generation < cluster.generation) return "";
  if (facts.state == "failed" && in_progress(cluster.status)) return "FAILED";
  if (facts.state != "done" || cluster.deleting) return "";
  return in_progress(cluster.status) || has_failed(cluster.status) ? "COMPLETE" : "";
}

// The nodes of an adopted cluster are as many as its API shows.
void count_nodes(Work& work, const cluster_link::Facts& facts) {
  for (const auto& shown : facts.node_groups) {
    const auto* before = work.find<NodeGroup>(shown.id);
    const auto count = static_cast<std::int64_t>(shown.nodes.size());
    if (before == nullptr || before->node_count == count) continue;
    NodeGroup group = *before;
    group.node_count = count;
    work.put(std::move(group));
  }
}

}  // namespace

bool in_progress(std::string_view status) { return status.ends_with("_IN_PROGRESS"); }
bool has_failed(std::string_view status) { return status.ends_with("_FAILED"); }

std::string stamp_now(Env& env) { return to_iso8601(env.clock.wall(), Stamp::micros_z); }

json::Value show_stamp(const std::string& stored) {
  if (stored.empty()) return nullptr;
  return json::Value(stored.substr(0, stored.find_first_of(".Z")) + "+00:00");
}

void begin(Env& env, Cluster& cluster, std::string_view verb) {
  cluster.status = fmt::format("{}_IN_PROGRESS", verb);
  cluster.status_reason.clear();
  cluster.deadline_unix = cluster.create_timeout == 0 ? 0 : now_unix(env) + cluster.create_timeout * 60;
  if (verb == "CREATE") {
    cluster.created_at = stamp_now(env);
    return;
  }
  ++cluster.generation;
  cluster.updated_at = stamp_now(env);
}

void begin(Env& env, NodeGroup& group, std::string_view verb) {
  group.status = fmt::format("{}_IN_PROGRESS", verb);
  group.status_reason.clear();
  (verb == "CREATE" ? group.created_at : group.updated_at) = stamp_now(env);
}

Result<> check_own(const Cluster& cluster, std::string_view doing) {
  if (!cluster.adopted) return {};
  return fail(Errc::unsupported,
              fmt::format("{} an adopted cluster is not supported: {} is run by somebody else; change it where it is "
                          "run, and what its API shows is followed here.",
                          doing, cluster.name));
}

Result<> check_may_change(const Cluster& cluster, std::string_view doing) {
  FW_TRY_DO(check_own(cluster, doing));
  constexpr std::array<std::string_view, 3> kAllowed{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED"};
  if (std::ranges::find(kAllowed, cluster.status) != kAllowed.end()) return {};
  return fail(Errc::unsupported,
              fmt::format("{} a cluster when status is \"{}\" is not supported.", doing, cluster.status));
}

void take_facts(Work& work, Env& env, const cluster_link::Facts& facts) {
  const auto* before = work.find<Cluster>(facts.id);
  if (before == nullptr) return;
  auto row = kept(facts);
  const auto* known = work.find<ClusterFacts>(facts.id);
  if (known == nullptr || *known != row) work.put(std::move(row));
  Cluster cluster = *before;
  if (cluster.adopted) count_nodes(work, facts);
  if (const auto outcome = outcome_of(cluster, facts); !outcome.empty()) {
    end(env, cluster, outcome, facts.reason);
    end_groups(work, env, cluster, outcome, facts.reason);
    work.put(std::move(cluster));
  } else if (facts.generation >= cluster.generation && in_progress(cluster.status) &&
             cluster.status_reason != facts.reason) {
    cluster.status_reason = facts.reason;  // how far it is
    work.put(std::move(cluster));
  }
}

void take_gone(Work& work, const std::string& id) {
  const auto* cluster = work.find<Cluster>(id);
  if (cluster == nullptr || !cluster->deleting) return;
  std::vector<std::string> groups;
  for (const auto* group : work.table<NodeGroup>().find_by("cluster_id", id)) groups.push_back(group->id);
  for (auto& group : groups) work.erase<NodeGroup>(std::move(group));
  work.erase<ApplicationCredential>(cluster->credential_id);
  work.erase<ClusterFacts>(id);
  // The template of an adoption was made for it.
  const std::string cluster_template = cluster->adopted ? cluster->cluster_template_id : "";
  if (work.table<Cluster>().count_by("cluster_template_id", cluster_template) == 1)
    work.erase<ClusterTemplate>(cluster_template);
  work.erase<Cluster>(id);
}

bool any_overdue(const State& state, const Env& env) {
  return std::ranges::any_of(state.table<Cluster>().rows(), [&](const auto& entry) {
    const auto& cluster = *entry.second.object;
    return cluster.deadline_unix != 0 && cluster.deadline_unix <= now_unix(env) && in_progress(cluster.status);
  });
}

void fail_overdue(Work& work, Env& env, std::string_view why) {
  std::vector<Cluster> overdue;
  for (const auto& [id, row] : work.table<Cluster>().rows()) {
    if (row.object->deadline_unix != 0 && row.object->deadline_unix <= now_unix(env) &&
        in_progress(row.object->status)) {
      overdue.push_back(*row.object);
    }
  }
  for (auto& cluster : overdue) {
    const auto reason =
        fmt::format("Timed out after {} min. The last that was known: {}", cluster.create_timeout,
                    !why.empty() || cluster.status_reason.empty() ? std::string(why) : cluster.status_reason);
    end(env, cluster, "FAILED", reason);
    end_groups(work, env, cluster, "FAILED", reason);
    work.put(std::move(cluster));
  }
}

}  // namespace fairway::cloud::container_infra
