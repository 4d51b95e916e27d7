#include "cloud/container_infra/credentials.h"

#include <fmt/format.h>

#include "cloud/identity/tokens.h"

namespace fairway::cloud::container_infra {

Task<Result<ClusterCredential>> make_credential(InfraParts parts, Caller caller, std::string project_id,
                                                std::string cluster_id) {
  const bool own = caller.project_id == project_id;
  const auto roles = identity::granted_roles(parts.state(), caller.user_id, project_id,
                                             own ? caller.application_credential_id : std::string());
  auto& random = parts.context.env.random;
  ClusterCredential made{.row = {.id = make_hex_id(random),
                                 .name = fmt::format("cluster {} {}", cluster_id, make_suffix(random, 6)),
                                 .description = "What the cluster's own components log in with; gone with it",
                                 .user_id = caller.user_id,
                                 .project_id = project_id},
                         .secret = make_secret(random, 48)};
  for (const auto& role : roles) {
    if (role.name != "admin") made.row.role_ids.push_back(role.id);
  }
  if (made.row.role_ids.empty()) {
    co_return fail(Errc::denied,
                   fmt::format("User {} has no role on project {} that a cluster's credential could have.",
                               caller.user_name, project_id));
  }
  made.row.secret_hash = co_await parts.passwords.hash(made.secret);
  co_return made;
}

void use_credential(Work& work, Cluster& cluster, const ClusterCredential& fresh) {
  if (!cluster.credential_id.empty()) work.erase<ApplicationCredential>(cluster.credential_id);
  cluster.credential_id = fresh.row.id;
  cluster.credential_secret = fresh.secret;
  work.put(fresh.row);
}

bool credential_works(const State& state, const Cluster& cluster) {
  const auto* credential = state.find<ApplicationCredential>(cluster.credential_id);
  if (credential == nullptr) return false;
  const auto* user = state.find<User>(credential->user_id);
  return user != nullptr && user->enabled &&
         !identity::granted_roles(state, credential->user_id, credential->project_id, credential->id).empty();
}

}  // namespace fairway::cloud::container_infra
