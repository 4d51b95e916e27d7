#include "cloud/container_infra/adoption.h"

#include <fmt/format.h>

#include "cloud/api/wsme.h"
#include "cloud/container_infra/clusters.h"
#include "cloud/container_infra/credentials.h"
#include "cloud/container_infra/fields.h"
#include "cloud/container_infra/labels.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"

namespace fairway::cloud::container_infra {
namespace {

struct Adoption {
  ClusterTemplate cluster_template;
  Cluster cluster;
  NodeGroup masters, workers;
};

// A name as `cluster create` takes it, and what a driver needs to know of the network.
WsmeRules adoption_rules() {
  static const auto kRules = [] {
    std::vector<WsmeRule> rules;
    for (const WsmeRule& rule : cluster_rules()) {
      if (rule.name == "name" || rule.name == "labels" || rule.name == "create_timeout") rules.push_back(rule);
    }
    for (const auto* name : {"fixed_network", "fixed_subnet"})
      rules.push_back({.name = name, .type = WsmeType::text, .required = true, .min = 1});
    rules.push_back({.name = "external_network_id", .type = WsmeType::text});
    return rules;
  }();
  return kRules;
}

NodeGroup group_of(const Adoption& adoption, std::string_view role, Env& env) {
  NodeGroup group = default_group(adoption.cluster, adoption.cluster_template, role, env);
  group.node_count = 0;  // until its API has been asked
  group.image_id.reset();
  return group;
}

Adoption draft(const Caller& caller, const json::Object& checked, Env& env) {
  Adoption made;
  auto& from = made.cluster_template;
  auto& cluster = made.cluster;
  from.id = make_uuid(env.random);
  cluster.id = make_uuid(env.random);
  cluster.name = text_or(checked, "name");
  if (cluster.name.empty()) cluster.name = generated_name(env.random, "cluster");
  from.name = "adopted-" + cluster.name;
  from.project_id = cluster.project_id = caller.project_id;
  from.user_id = cluster.user_id = caller.user_id;
  from.created_at = stamp_now(env);
  from.image_id = "none";
  from.external_network_id = text_or(checked, "external_network_id");
  from.labels = cluster.labels = labels_of(checked, "labels");
  from.fixed_network = cluster.fixed_network = optional_text(checked, "fixed_network");
  from.fixed_subnet = cluster.fixed_subnet = optional_text(checked, "fixed_subnet");
  cluster.cluster_template_id = from.id;
  cluster.adopted = true;
  cluster.create_timeout = integer_or(checked, "create_timeout", 60);
  cluster.stack_id = make_uuid(env.random);
  cluster.stack_name = make_stack_name(cluster.name, env.random);
  begin(env, cluster, "CREATE");
  made.masters = group_of(made, "master", env);
  made.workers = group_of(made, "worker", env);
  return made;
}

Result<> check_adoption(const State& state, const Caller& caller, const Adoption& wanted) {
  const auto& outside = wanted.cluster_template.external_network_id;
  FW_TRY_DO(check_labels(wanted.cluster.labels));
  if (!outside.empty()) FW_TRY_DO(check_external_network(state, caller, outside));
  FW_TRY_DO(check_fixed_network(state, caller, *wanted.cluster.fixed_network));
  FW_TRY_DO(check_fixed_subnet(state, caller, *wanted.cluster.fixed_subnet));
  return check_quota(state, wanted.cluster.project_id);
}

Task<Result<http::Response>> adopt(InfraParts parts, Call& call) {
  FW_CO_TRY(auto checked, read_wsme_object(call.request.body, "cluster", adoption_rules()));
  FW_CO_TRY(const auto made, co_await adopt_cluster(parts, call.caller, std::move(checked)));
  co_return accepted(made.id);
}

Task<Result<http::Response>> release(InfraParts parts, Call& call) {
  FW_CO_TRY(const auto* found, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  if (!found->adopted)
    co_return fail(
        Errc::unsupported,
        fmt::format("Cluster {} was made here, not adopted: releasing it would delete it with its machines; "
                    "if that is meant, delete it.",
                    found->name));
  const std::string id = found->id;
  FW_CO_TRY_DO(co_await delete_cluster(parts, call.caller, id));
  co_return accepted(id);
}

}  // namespace

Task<Result<Cluster>> adopt_cluster(InfraParts parts, Caller caller, json::Object checked) {
  FW_CO_TRY_DO(check_driver(parts.drivers));
  Adoption wanted = draft(caller, checked, parts.context.env);
  FW_CO_TRY_DO(check_adoption(parts.state(), caller, wanted));
  FW_CO_TRY(auto credential, co_await make_credential(parts, caller, wanted.cluster.project_id, wanted.cluster.id));
  auto done = co_await parts.context.ledger.change<Cluster>([&](Work& work) -> Result<Cluster> {
    FW_TRY_DO(check_adoption(work.state(), caller, wanted));
    use_credential(work, wanted.cluster, credential);
    work.put(wanted.cluster_template);
    work.put(wanted.masters);
    work.put(wanted.workers);
    work.put(wanted.cluster);
    return wanted.cluster;
  });
  co_return done;
}

Result<> check_has_authority(const Cluster& cluster) {
  if (!cluster.adopted) return {};
  return fail(Errc::unsupported,
              fmt::format("Cluster {} is adopted: its certificates are signed by its own authority, which is not "
                          "here; use the kubeconfig that it was adopted with, or ask who runs it.",
                          cluster.name));
}

void add_adoption_routes(Routes& routes, InfraParts parts) {
  routes.add("POST", "/v1/clusters/adopt", "container_infra:write",
             [parts](Call& call) { return adopt(parts, call); });
  routes.add("POST", "/v1/clusters/{cluster}/actions/release", "container_infra:write",
             [parts](Call& call) { return release(parts, call); });
}

}  // namespace fairway::cloud::container_infra
