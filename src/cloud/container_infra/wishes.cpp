#include "cloud/container_infra/wishes.h"

#include "base/result.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/identity/catalog.h"

namespace fairway::cloud::container_infra {
namespace {

cluster_link::NodeGroupWish wish_of(const NodeGroup& group) {
  return {.id = group.id,
          .name = group.name,
          .role = group.role == "master" ? "master" : "worker",
          .node_count = group.node_count,
          .nodes_to_remove = group.nodes_to_remove,
          .labels = group.node_labels};
}

cluster_link::CredentialWish credential_of(const State& state, const Cluster& cluster, std::string_view auth_url) {
  cluster_link::CredentialWish wish{.auth_url = std::string(auth_url),
                                    .region = std::string(identity::kRegion),
                                    .id = cluster.credential_id,
                                    .secret = cluster.credential_secret};
  const auto* credential = state.find<ApplicationCredential>(cluster.credential_id);
  const auto* user = credential == nullptr ? nullptr : state.find<User>(credential->user_id);
  const auto* project = state.find<Project>(cluster.project_id);
  if (user != nullptr) wish.user_name = user->name;
  if (project != nullptr) wish.project_name = project->name;
  return wish;
}

}  // namespace

cluster_link::ClusterWish wish_of(const State& state, const Cluster& cluster, std::string_view auth_url) {
  const auto* cluster_template = state.find<ClusterTemplate>(cluster.cluster_template_id);
  FW_CHECK(cluster_template != nullptr);  // a template with clusters cannot be deleted
  cluster_link::ClusterWish wish{.id = cluster.id,
                                 .name = cluster.name,
                                 .stack_name = cluster.stack_name,
                                 .project_id = cluster.project_id,
                                 .generation = cluster.generation,
                                 .deleting = cluster.deleting,
                                 .adopted = cluster.adopted,
                                 .external_network = cluster_template->external_network_id,
                                 .fixed_network = cluster.fixed_network.value_or(""),
                                 .fixed_subnet = cluster.fixed_subnet.value_or(""),
                                 .dns_nameserver = cluster_template->dns_nameserver.value_or(""),
                                 .tls_disabled = cluster_template->tls_disabled,
                                 .master_lb_enabled = cluster.master_lb_enabled,
                                 .floating_ip_enabled = cluster.floating_ip_enabled,
                                 .apiserver_port = cluster_template->apiserver_port.value_or(0),
                                 .labels = cluster.labels,
                                 .node_groups = {},
                                 .ca_certificate = cluster.ca_certificate,
                                 .ca_key = cluster.ca_key,
                                 .credential = credential_of(state, cluster, auth_url)};
  for (const auto* group : node_groups_of(state, cluster.id)) {
    if (group->deleting) continue;
    wish.node_groups.push_back(wish_of(*group));
    // Its nodes are a fact there.
    if (cluster.adopted) wish.node_groups.back().node_count = 0;
  }
  return wish;
}

std::vector<cluster_link::ClusterWish> all_wishes(const State& state, std::string_view auth_url) {
  std::vector<cluster_link::ClusterWish> wishes;
  for (const auto& [id, row] : state.table<Cluster>().rows()) wishes.push_back(wish_of(state, *row.object, auth_url));
  return wishes;
}

}  // namespace fairway::cloud::container_infra
