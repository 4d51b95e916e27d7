#include "cloud/container_infra/clusters.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/container_infra/credentials.h"
#include "cloud/container_infra/fields.h"
#include "cloud/container_infra/labels.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "cloud/container_infra/patch.h"
#include "net/pki.h"

namespace fairway::cloud::container_infra {
namespace {

struct NewCluster {
  Cluster cluster;
  NodeGroup masters, workers;
};

std::optional<std::string> or_template(const json::Object& checked, std::string_view key,
                                       const std::optional<std::string>& of_template) {
  auto own = optional_text(checked, key);
  return own && !own->empty() ? own : of_template;
}

Labels effective_labels(const json::Object& checked, const ClusterTemplate& from) {
  auto own = labels_of(checked, "labels");
  if (own.empty()) return from.labels;
  return flag_or(checked, "merge_labels", false) ? merge_labels(from.labels, own) : own;
}

NewCluster draft(const Caller& caller, const json::Object& checked, const ClusterTemplate& from, Env& env) {
  NewCluster made;
  auto& cluster = made.cluster;
  cluster.id = make_uuid(env.random);
  cluster.project_id = caller.project_id;
  cluster.user_id = caller.user_id;
  cluster.name = text_or(checked, "name");
  if (cluster.name.empty()) cluster.name = generated_name(env.random, "cluster");
  cluster.cluster_template_id = from.id;
  cluster.keypair = or_template(checked, "keypair", from.keypair_id);
  cluster.flavor_id = or_template(checked, "flavor_id", from.flavor_id);
  cluster.master_flavor_id = or_template(checked, "master_flavor_id", from.master_flavor_id);
  cluster.fixed_network = or_template(checked, "fixed_network", from.fixed_network);
  cluster.fixed_subnet = or_template(checked, "fixed_subnet", from.fixed_subnet);
  cluster.discovery_url = optional_text(checked, "discovery_url");
  const auto volume = optional_integer(checked, "docker_volume_size");
  cluster.docker_volume_size = volume ? volume : from.docker_volume_size;
  cluster.create_timeout = integer_or(checked, "create_timeout", 60);
  cluster.labels = effective_labels(checked, from);
  cluster.floating_ip_enabled = flag_or(checked, "floating_ip_enabled", from.floating_ip_enabled);
  cluster.master_lb_enabled = flag_or(checked, "master_lb_enabled", from.master_lb_enabled);
  cluster.stack_id = make_uuid(env.random);
  cluster.stack_name = make_stack_name(cluster.name, env.random);
  begin(env, cluster, "CREATE");
  made.masters = default_group(cluster, from, "master", env);
  made.workers = default_group(cluster, from, "worker", env);
  made.masters.node_count = integer_or(checked, "master_count", 1);
  made.workers.node_count = integer_or(checked, "node_count", 1);
  return made;
}

Result<> check_cluster(const State& state, const Caller& caller, const NewCluster& wanted) {
  if (wanted.masters.node_count != 1) {
    return fail(Errc::invalid, fmt::format("master_count {} is not offered: clusters here have one master.",
                                           wanted.masters.node_count));
  }
  FW_TRY_DO(check_labels(wanted.cluster.labels));
  if (wanted.cluster.fixed_network) FW_TRY_DO(check_fixed_network(state, caller, *wanted.cluster.fixed_network));
  if (wanted.cluster.fixed_subnet) FW_TRY_DO(check_fixed_subnet(state, caller, *wanted.cluster.fixed_subnet));
  return check_quota(state, wanted.cluster.project_id);
}

}  // namespace

std::string make_stack_name(const std::string& name, Random& random) {
  std::string stack;
  for (const char c : to_lower(name)) stack += c == '_' || c == '.' ? '-' : c;
  return fmt::format("{}-{}", stack.substr(0, 40), make_suffix(random, 12));
}

NodeGroup default_group(const Cluster& cluster, const ClusterTemplate& from, std::string_view role, Env& env) {
  NodeGroup group;
  group.id = make_uuid(env.random);
  group.project_id = cluster.project_id;
  group.user_id = cluster.user_id;
  group.name = fmt::format("default-{}", role);
  group.cluster_id = cluster.id;
  group.role = role;
  group.flavor_id = role == "master" ? cluster.master_flavor_id : cluster.flavor_id;
  group.image_id = from.image_id;
  group.docker_volume_size = cluster.docker_volume_size;
  group.labels = cluster.labels;
  group.is_default = true;
  begin(env, group, "CREATE");
  return group;
}

Result<> check_quota(const State& state, const std::string& project_id) {
  const auto* quota = state.find<ClusterQuota>(project_id);
  const auto limit = quota == nullptr ? kDefaultClusters : quota->hard_limit;
  if (std::cmp_less(state.table<Cluster>().count_by("project_id", project_id), limit)) return {};
  return fault(Errc::exhausted, "",
               fmt::format("Resource limit exceeded: You have reached the maximum clusters per project, {}. You may "
                           "delete a cluster to make room for a new one.",
                           limit));
}

Result<> check_driver(const Drivers& drivers) {
  if (drivers.configured()) return {};
  return fail(Errc::unsupported, "Clusters cannot be made: " + drivers.what_is_missing() + ".");
}

Result<> check_zero_nodes(std::int64_t node_count, std::int64_t minor) {
  if (node_count > 0 || minor >= kSinceZeroNodes) return {};
  return fail(Errc::unsupported, "Resizing a nodegroup to zero is not supported in the provided microversion.");
}

Task<Result<Cluster>> make_cluster(InfraParts parts, Caller caller, json::Object checked, std::int64_t minor) {
  FW_CO_TRY_DO(check_driver(parts.drivers));
  FW_CO_TRY_DO(check_zero_nodes(integer_or(checked, "node_count", 1), minor));
  auto& env = parts.context.env;
  NewCluster wanted;
  {
    FW_CO_TRY(const auto* from, find_template(parts.state(), caller, text_or(checked, "cluster_template_id")));
    wanted = draft(caller, checked, *from, env);
  }
  FW_CO_TRY_DO(check_cluster(parts.state(), caller, wanted));
  auto& cluster = wanted.cluster;
  // The name of an authority is at most 64 characters long.
  FW_CO_TRY(auto authority, net::make_certificate_authority(cluster.name.substr(0, 64), env.clock));
  cluster.ca_certificate = std::move(authority.certificate_pem);
  cluster.ca_key = std::move(authority.key_pem);
  FW_CO_TRY(auto credential, co_await make_credential(parts, caller, cluster.project_id, cluster.id));
  auto made = co_await parts.context.ledger.change<Cluster>([&](Work& work) -> Result<Cluster> {
    // Much can have happened since: what was asked of the state is asked again.
    FW_TRY_DO(find_template(work.state(), caller, cluster.cluster_template_id));
    FW_TRY_DO(check_cluster(work.state(), caller, wanted));
    use_credential(work, cluster, credential);
    work.put(wanted.masters);
    work.put(wanted.workers);
    work.put(cluster);
    return cluster;
  });
  co_return made;
}

namespace {

// The cluster and its groups are there until the driver has cleared away what they stand for.
void begin_delete(Work& work, Env& env, Cluster cluster) {
  for (const auto* group : node_groups_of(work.state(), cluster.id)) {
    NodeGroup going = *group;
    begin(env, going, "DELETE");
    work.put(std::move(going));
  }
  begin(env, cluster, "DELETE");
  cluster.deleting = true;
  work.put(std::move(cluster));
}

}  // namespace

Task<Result<>> delete_cluster(InfraParts parts, Caller caller, std::string ident) {
  auto& env = parts.context.env;
  FW_CO_TRY(const auto* found, find_cluster(parts.state(), caller, ident));
  // Without a credential that works nothing could be cleared away: the deleting user's takes its place.
  std::optional<ClusterCredential> fresh;
  if (!credential_works(parts.state(), *found)) {
    const auto project = found->project_id, id = found->id;
    if (auto made = co_await make_credential(parts, caller, project, id)) fresh = *std::move(made);
  }
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    FW_TRY(const auto* before, find_cluster(work.state(), caller, ident));
    if (before->deleting && in_progress(before->status)) return true;
    Cluster cluster = *before;
    if (fresh) use_credential(work, cluster, *fresh);
    begin_delete(work, env, std::move(cluster));
    return true;
  }));
  co_return Result<>{};
}

namespace {

Result<> check_bounds(const NodeGroup& group, std::int64_t node_count) {
  if (node_count >= group.min_node_count && node_count <= group.max_node_count.value_or(node_count)) return {};
  return fail(
      Errc::invalid,
      fmt::format("Resizing {} outside the allowed range: min_node_count = {}, max_node_count = {}", group.name,
                  group.min_node_count, group.max_node_count ? std::to_string(*group.max_node_count) : "None"));
}

Result<NodeGroup> resized(const State& state, const Cluster& cluster, const Resize& wanted) {
  const auto* found = default_group_of(state, cluster.id, "worker");
  if (!wanted.node_group.empty()) {
    FW_TRY(const auto* named, find_node_group(state, cluster, wanted.node_group));
    found = named;
  }
  FW_CHECK(found != nullptr);
  if (found->role == "master") {
    return fail(Errc::unsupported, "Resizing the master nodegroup is not supported by this driver.");
  }
  FW_TRY_DO(check_bounds(*found, wanted.node_count));
  NodeGroup group = *found;
  group.node_count = wanted.node_count;
  group.nodes_to_remove = wanted.nodes_first;
  return group;
}

}  // namespace

Task<Result<Cluster>> resize_cluster(InfraParts parts, Caller caller, std::string ident, Resize wanted) {
  auto& env = parts.context.env;
  auto done = co_await parts.context.ledger.change<Cluster>([&](Work& work) -> Result<Cluster> {
    FW_TRY(const auto* before, find_cluster(work.state(), caller, ident));
    FW_TRY_DO(check_may_change(*before, "Resizing"));
    FW_TRY(auto group, resized(work.state(), *before, wanted));
    Cluster cluster = *before;
    begin(env, cluster, "UPDATE");
    begin(env, group, "UPDATE");
    work.put(std::move(group));
    work.put(cluster);
    return cluster;
  });
  co_return done;
}

// Only the number of nodes can be changed; health is what the driver sees.
Result<Resize> read_cluster_update(std::string_view body) {
  FW_TRY(const auto steps, read_patch(body));
  std::optional<Resize> wanted;
  for (const auto& step : steps) {
    if (step.attribute != "node_count" || !step.key.empty()) {
      return fail(Errc::invalid, fmt::format("cannot change cluster property(ies) {}.", step.attribute));
    }
    // A removed count is the default.
    const json::Object given{{"node_count", step.op == PatchStep::Op::remove ? json::Value(1) : step.value}};
    const WsmeRule rule{.name = "node_count", .type = WsmeType::integer, .min = 0, .max = 10'000};
    FW_TRY(const auto checked, check_wsme_object(given, "cluster", {&rule, 1}));
    wanted = Resize{.node_count = checked.at("node_count").as_int64(), .node_group = {}, .nodes_first = {}};
  }
  if (!wanted) return fail(Errc::invalid, "The patch is empty; it may replace /node_count.");
  return *std::move(wanted);
}

}  // namespace fairway::cloud::container_infra
