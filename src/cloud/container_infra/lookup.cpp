#include "cloud/container_infra/lookup.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/api/policy.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::size_t kMaxLimit = 1000;

std::unexpected<Error> missing(std::string_view kind, std::string_view ident) {
  return fail(Errc::not_found, fmt::format("{} {} could not be found.", kind, ident));
}

// The one of `candidates`, which bear the name.
template <class T>
Result<const T*> only_one(const std::vector<const T*>& candidates, std::string_view kind, std::string_view ident) {
  if (candidates.empty()) return missing(kind, ident);
  if (candidates.size() == 1) return candidates.front();
  return fail(Errc::conflict,
              fmt::format("Multiple {}s exist with same name. Please use the {} uuid instead.", kind, kind));
}

template <class T, class Sees>
Result<const T*> find_by_ident(const State& state, std::string_view kind, std::string_view ident, Sees sees) {
  if (const auto* object = state.find<T>(ident); object != nullptr && sees(*object)) return object;
  std::vector<const T*> named;
  for (const auto* object : state.table<T>().find_by("name", ident)) {
    if (sees(*object)) named.push_back(object);
  }
  return only_one<T>(named, kind, ident);
}

bool sees_network(const Caller& caller, const Network& network) {
  return scope_for(caller, "network:read_all").sees(network.project_id) || network.shared || network.external;
}

template <class T, class Fits>
Result<> check_named(const State& state, const std::string& ident, std::string_view what, Fits fits) {
  const auto* by_id = state.find<T>(ident);
  std::size_t count = by_id != nullptr && fits(*by_id) ? 1 : 0;
  for (const auto* object : state.table<T>().find_by("name", ident)) {
    if (object != by_id && fits(*object)) ++count;
  }
  if (count == 1) return {};
  if (count == 0) return fail(Errc::invalid, fmt::format("Unable to find {} {}.", what, ident));
  return fail(Errc::conflict, fmt::format("Multiple {}s exist with same name '{}'. Please use the {} ID instead.",
                                          what, ident, what));
}

// ---- lists

Result<std::size_t> limit_of(const http::Request& request) {
  const auto text = request.query.find("limit");
  if (!text || text->empty()) return kMaxLimit;
  const auto limit = parse_int(*text);
  if (!limit) {
    return fail(Errc::invalid, fmt::format("Invalid input for field/attribute limit. Value: '{}'. unable to convert "
                                           "to int",
                                           *text));
  }
  if (*limit <= 0) return fail(Errc::invalid, "Limit must be positive");
  return std::min(kMaxLimit, static_cast<std::size_t>(*limit));
}

Result<bool> descending(const http::Request& request) {
  const auto direction = request.query.find("sort_dir").value_or("asc");
  if (direction == "asc" || direction == "desc") return direction == "desc";
  return fail(Errc::invalid,
              fmt::format("Invalid sort direction: {}. Acceptable values are 'asc' or 'desc'", direction));
}

// Null before anything, numbers as numbers, the rest as text.
bool less(const json::Value& a, const json::Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && !b.is_null();
  if (a.is_number() && b.is_number()) return a.to_number<double>() < b.to_number<double>();
  if (a.is_string() && b.is_string()) return a.get_string() < b.get_string();
  return json::write(a) < json::write(b);
}

Result<> sort_items(const http::Request& request, std::vector<Listed>& items) {
  FW_TRY(const bool down, descending(request));
  const std::string key(request.query.find("sort_key").value_or("id"));
  const bool keyed = !key.empty() && key != "id";
  if (keyed && !items.empty() && !items.front().all.contains(key)) {
    return fail(Errc::invalid, fmt::format("The sort_key value \"{}\" is an invalid field for sorting", key));
  }
  std::ranges::sort(items, [&](const Listed& a, const Listed& b) {
    if (keyed && less(a.all.at(key), b.all.at(key))) return true;
    if (keyed && less(b.all.at(key), a.all.at(key))) return false;
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  });
  if (down) std::ranges::reverse(items);
  return {};
}

std::string next_link(const http::Request& request, std::string_view self, std::size_t limit, std::string_view last) {
  return fmt::format("{}?sort_key={}&sort_dir={}&limit={}&marker={}", self,
                     request.query.find("sort_key").value_or("id"), request.query.find("sort_dir").value_or("asc"),
                     limit, last);
}

}  // namespace

Scope scope_of(const Caller& caller) { return scope_for(caller, "container_infra:read_all"); }

Result<const Cluster*> find_cluster(const State& state, const Caller& caller, std::string_view ident) {
  const auto scope = scope_of(caller);
  return find_by_ident<Cluster>(state, "Cluster", ident,
                                [&](const Cluster& cluster) { return scope.sees(cluster.project_id); });
}

bool may_see(const Caller& caller, const ClusterTemplate& cluster_template) {
  if (scope_of(caller).sees(cluster_template.project_id)) return true;
  return cluster_template.is_public && !cluster_template.hidden;
}

Result<const ClusterTemplate*> find_template(const State& state, const Caller& caller, std::string_view ident) {
  return find_by_ident<ClusterTemplate>(state, "ClusterTemplate", ident,
                                        [&](const ClusterTemplate& one) { return may_see(caller, one); });
}

Result<const NodeGroup*> find_node_group(const State& state, const Cluster& cluster, std::string_view ident) {
  for (const auto* group : node_groups_of(state, cluster.id)) {
    if (group->id == ident || group->name == ident) return group;
  }
  return missing("Nodegroup", ident);
}

std::vector<const NodeGroup*> node_groups_of(const State& state, std::string_view cluster_id) {
  auto groups = state.table<NodeGroup>().find_by("cluster_id", cluster_id);
  std::ranges::sort(groups, {}, [](const NodeGroup* group) {
    // The two that a cluster starts with are made at once: the master first.
    return std::tuple(!group->is_default, group->created_at, group->role, group->id);
  });
  return groups;
}

const NodeGroup* default_group_of(const State& state, std::string_view cluster_id, std::string_view role) {
  for (const auto* group : node_groups_of(state, cluster_id)) {
    if (group->is_default && group->role == role) return group;
  }
  return nullptr;
}

Result<> check_external_network(const State& state, const Caller& caller, const std::string& ident) {
  return check_named<Network>(state, ident, "external network", [&](const Network& network) {
    return network.external && sees_network(caller, network);
  });
}

Result<> check_fixed_network(const State& state, const Caller& caller, const std::string& ident) {
  return check_named<Network>(state, ident, "fixed network",
                              [&](const Network& network) { return sees_network(caller, network); });
}

Result<> check_fixed_subnet(const State& state, const Caller& caller, const std::string& ident) {
  return check_named<Subnet>(state, ident, "fixed subnet", [&](const Subnet& subnet) {
    const auto* network = state.find<Network>(subnet.network_id);
    return network != nullptr && sees_network(caller, *network);
  });
}

Result<http::Response> list_page(const http::Request& request, std::string_view collection, std::string_view self,
                                 std::vector<Listed> items) {
  FW_TRY(const auto limit, limit_of(request));
  FW_TRY_DO(sort_items(request, items));
  auto first = items.begin();
  if (const auto marker = request.query.find("marker"); marker && !marker->empty()) {
    first = std::ranges::find(items, *marker, &Listed::id);
    if (first == items.end()) return missing("Marker", *marker);
    ++first;
  }
  const auto left = static_cast<std::size_t>(items.end() - first);
  json::Array shown;
  std::string last;
  for (std::size_t i = 0; i < std::min(left, limit); ++i, ++first) {
    shown.push_back(std::move(first->shown));
    last = first->id;
  }
  json::Object page;
  if (!shown.empty() && shown.size() == limit) page.emplace("next", next_link(request, self, limit, last));
  page.emplace(collection, std::move(shown));
  return http::Response::json(200, json::write(page));
}

}  // namespace fairway::cloud::container_infra
