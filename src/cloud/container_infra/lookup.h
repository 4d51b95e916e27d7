// Finding what a request names, by uuid or by name, within what its caller may see; and lists of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/api/caller.h"
#include "cloud/api/routes.h"
#include "cloud/model/state.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {

[[nodiscard]] Scope scope_of(const Caller& caller);

// Errors: not_found ("Cluster x could not be found."), conflict when several bear the name.
[[nodiscard]] Result<const Cluster*> find_cluster(const State& state, const Caller& caller, std::string_view ident);
// Public templates are everybody's to see, but for hidden ones.
[[nodiscard]] Result<const ClusterTemplate*> find_template(const State& state, const Caller& caller,
                                                           std::string_view ident);
[[nodiscard]] bool may_see(const Caller& caller, const ClusterTemplate& cluster_template);
[[nodiscard]] Result<const NodeGroup*> find_node_group(const State& state, const Cluster& cluster,
                                                       std::string_view ident);

// In the order of their creation.
[[nodiscard]] std::vector<const NodeGroup*> node_groups_of(const State& state, std::string_view cluster_id);
[[nodiscard]] const NodeGroup* default_group_of(const State& state, std::string_view cluster_id,
                                                std::string_view role);

// What a caller names by id or name must be there for them. Errors: invalid, in Magnum's words.
[[nodiscard]] Result<> check_external_network(const State& state, const Caller& caller, const std::string& ident);
[[nodiscard]] Result<> check_fixed_network(const State& state, const Caller& caller, const std::string& ident);
[[nodiscard]] Result<> check_fixed_subnet(const State& state, const Caller& caller, const std::string& ident);

// ---- lists

struct Listed {
  std::string id, created_at;  // created_at: as it is stored
  json::Object all;            // every attribute, to sort by
  json::Object shown;          // what is in the answer
};

// {"<collection>":[…],"next":…} as limit, marker, sort_key and sort_dir ask. `self`: the collection's URL. Errors:
// invalid: a limit, direction or key that is none; not_found: the marker.
[[nodiscard]] Result<http::Response> list_page(const http::Request& request, std::string_view collection,
                                               std::string_view self, std::vector<Listed> items);

}  // namespace fairway::cloud::container_infra
