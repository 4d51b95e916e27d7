#include "cloud/load_balancer/balancers.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/listeners.h"
#include "cloud/load_balancer/pools.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/load_balancer/vip.h"

namespace fairway::cloud {
namespace {

// Names under which clients may ask for this provider: scripts made for Octavia name its own.
constexpr std::array kProviders{kProvider, std::string_view("octavia"), std::string_view("amphora")};

// ---- the single-call graph: pools first, with names that listeners refer to

bool is_reference(const json::Object& pool) {
  return std::ranges::all_of(pool, [](const auto& attribute) {
    return attribute.key() == "name" || attribute.key() == "admin_state_up" || attribute.key() == "tls_enabled";
  });
}

// The pools at the top and those that stand inside of listeners; and the names that are only referred to.
struct PoolsOfGraph {
  std::vector<json::Object> pools;
  std::vector<std::string> references;
};

Result<PoolsOfGraph> pools_of(const json::Object& request) {
  PoolsOfGraph graph;
  for (const auto& pool : list_or_empty(request, "pools")) graph.pools.push_back(pool.as_object());
  for (const auto& listener : list_or_empty(request, "listeners")) {
    if (!is_given(listener.as_object(), "default_pool")) continue;
    const auto& pool = listener.as_object().at("default_pool").as_object();
    if (text_or(pool, "name").empty()) {
      return validation_failure("Pools must be named when creating a fully populated loadbalancer.");
    }
    if (is_reference(pool)) {
      graph.references.push_back(text_or(pool, "name"));
    } else {
      graph.pools.push_back(pool);
    }
  }
  return graph;
}

Result<> check_names(const PoolsOfGraph& graph) {
  std::set<std::string> names;
  for (const auto& pool : graph.pools) {
    if (!names.insert(text_or(pool, "name")).second) {
      return validation_failure("Pool names must be unique when creating a fully populated loadbalancer.");
    }
  }
  for (const auto& name : graph.references) {
    if (!names.contains(name)) {
      return validation_failure(fmt::format("Pool '{}' was referenced but no full definition was found.", name));
    }
  }
  return {};
}

Result<std::map<std::string, std::string>> add_pools(const Decision& decision, const LoadBalancer& balancer,
                                                     const PoolsOfGraph& graph) {
  std::map<std::string, std::string> ids;
  FW_TRY_DO(check_quota<Pool>(decision.work, balancer.project_id, graph.pools.size()));
  for (const auto& pool : graph.pools) {
    for (const auto name : {"protocol", "lb_algorithm"}) {
      if (is_given(pool, name)) continue;
      return validation_failure(
          fmt::format("Pool definition for '{}' missing required attribute: {}", text_or(pool, "name"), name));
    }
    FW_TRY(ids[text_or(pool, "name")], add_pool(decision, balancer.id, pool));
  }
  return ids;
}

// The id of the pool that a listener of a graph names; empty: none.
Result<std::string> pool_for(const Decision& decision, const json::Object& listener,
                             const std::map<std::string, std::string>& pools) {
  if (!list_or_empty(listener, "l7policies").empty()) return not_supported("L7 policies.");
  if (is_given(listener, "default_pool_id")) return not_found("Pool", text_or(listener, "default_pool_id"));
  if (!is_given(listener, "default_pool")) return std::string();
  const auto& pool_id = pools.at(text_or(listener.at("default_pool").as_object(), "name"));
  FW_TRY_DO(check_protocols(text_or(listener, "protocol"), decision.work.find<Pool>(pool_id)->protocol));
  return pool_id;
}

Result<> add_listeners(const Decision& decision, const LoadBalancer& balancer, const json::Array& listeners,
                       const std::map<std::string, std::string>& pools) {
  FW_TRY_DO(check_quota<Listener>(decision.work, balancer.project_id, listeners.size()));
  for (const auto& item : listeners) {
    const auto& listener = item.as_object();
    FW_TRY(const auto pool_id, pool_for(decision, listener, pools));
    FW_TRY_DO(add_listener(decision, balancer.id, pool_id, listener));
  }
  return {};
}

Result<> add_graph(const Decision& decision, const LoadBalancer& balancer, const json::Object& request) {
  FW_TRY(const auto graph, pools_of(request));
  FW_TRY_DO(check_names(graph));
  FW_TRY(const auto pools, add_pools(decision, balancer, graph));
  return add_listeners(decision, balancer, list_or_empty(request, "listeners"), pools);
}

// ---- options that this provider does not have

Result<> check_options(const json::Object& request) {
  if (is_given(request, "vip_qos_policy_id")) {
    return validation_failure("VIP QoS policy is not allowed in this deployment.");
  }
  if (is_given(request, "flavor_id")) return validation_failure("Invalid flavor_id.");
  if (is_given(request, "availability_zone")) return validation_failure("Invalid availability zone.");
  return {};
}

Result<> check_additional_vips(const LoadBalancer& balancer, const json::Object& request) {
  std::set<std::string> subnets{balancer.vip_subnet_id};
  for (const auto& vip : list_or_empty(request, "additional_vips")) {
    if (!subnets.insert(text_or(vip.as_object(), "subnet_id")).second) {
      return validation_failure("Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.");
    }
  }
  if (subnets.size() > 1) return not_supported("Additional VIPs.");
  return {};
}

Result<std::string> provider_of(const json::Object& request) {
  auto provider = text_or(request, "provider", kProvider);
  if (std::ranges::find(kProviders, provider) != kProviders.end()) return provider;
  return fail(Errc::invalid, fmt::format("Provider '{}' is not enabled.", provider));
}

Result<std::string> project_of(const Decision& decision, const json::Object& request) {
  auto project = text_or(request, "project_id", decision.caller.project_id);
  if (project.empty()) {
    return validation_failure(
        "Missing project ID in request where one is required. An administrator should check the keystone settings in "
        "the Octavia configuration.");
  }
  if (!may_write(decision.caller, project)) return not_allowed();
  return project;
}

}  // namespace

Result<std::string> create_load_balancer(const Decision& decision, const json::Object& request) {
  FW_TRY(const auto project, project_of(decision, request));
  LoadBalancer balancer;
  fill_new(decision, balancer, project, request);
  FW_TRY_DO(give_vip(decision, balancer, request));
  FW_TRY_DO(check_additional_vips(balancer, request));
  FW_TRY_DO(check_options(request));
  FW_TRY(balancer.provider, provider_of(request));
  FW_TRY_DO(check_quota<LoadBalancer>(decision.work, project));
  decision.work.put(balancer);
  FW_TRY_DO(add_graph(decision, balancer, request));
  return balancer.id;
}

Result<std::string> update_load_balancer(const Decision& decision, std::string_view id, const json::Object& request) {
  FW_TRY(const auto* found, find_writable<LoadBalancer>(decision, id));
  LoadBalancer balancer = *found;
  if (is_given(request, "vip_qos_policy_id")) {
    return validation_failure("VIP QoS policy is not allowed in this deployment.");
  }
  FW_TRY_DO(lock_for_update(decision.work, decision.env, balancer.id));
  fill_changed(decision, balancer, request);
  decision.work.put(balancer);
  return balancer.id;
}

Result<> delete_load_balancer(const Decision& decision, std::string_view id, bool cascade) {
  FW_TRY(const auto* found, find_writable<LoadBalancer>(decision, id));
  const auto balancer_id = found->id;
  FW_TRY_DO(lock_for_delete(decision.work, decision.env, balancer_id));
  const bool has_children = !decision.work.table<Listener>().find_by("load_balancer_id", id).empty() ||
                            !decision.work.table<Pool>().find_by("load_balancer_id", id).empty();
  if (!cascade && has_children) {
    return validation_failure(fmt::format("Cannot delete Load Balancer {} - it has children", id));
  }
  return {};
}

Result<> fail_over(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_writable<LoadBalancer>(decision, id));
  return lock_for_failover(decision.work, decision.env, found->id);
}

}  // namespace fairway::cloud
