#include <array>

#include "cloud/api/policy.h"
#include "cloud/load_balancer/handlers.h"
#include "cloud/load_balancer/requests.h"
#include "json/value.h"

namespace fairway::cloud {
namespace {

struct Limit {
  std::string_view name, other_name;  // Octavia has two spellings of some
  std::optional<std::int64_t> LoadBalancerQuota::* value;
};

constexpr std::array kLimits{
    Limit{"load_balancer", "loadbalancer", &LoadBalancerQuota::load_balancer},
    Limit{"listener", "", &LoadBalancerQuota::listener},
    Limit{"member", "", &LoadBalancerQuota::member},
    Limit{"pool", "", &LoadBalancerQuota::pool},
    Limit{"health_monitor", "healthmonitor", &LoadBalancerQuota::health_monitor},
    Limit{"l7policy", "", &LoadBalancerQuota::l7policy},
    Limit{"l7rule", "", &LoadBalancerQuota::l7rule},
};

json::Object show(const LoadBalancerQuota& quota) {
  json::Object object;
  for (const auto& limit : kLimits) object.emplace(limit.name, (quota.*limit.value).value_or(-1));
  return object;
}

// In the list, with both spellings and null for what is not set.
json::Object show_in_list(const LoadBalancerQuota& quota) {
  json::Object object{{"project_id", quota.id}};
  for (const auto& limit : kLimits) {
    const auto& value = quota.*limit.value;
    const auto shown_value = value ? json::Value(*value) : json::Value(nullptr);
    if (!limit.other_name.empty()) object.emplace(limit.other_name, shown_value);
    object.emplace(limit.name, shown_value);
  }
  object.emplace("tenant_id", quota.id);
  return object;
}

LoadBalancerQuota quota_of(const State& state, std::string_view project_id) {
  const auto* quota = state.find<LoadBalancerQuota>(project_id);
  return quota == nullptr ? LoadBalancerQuota{.id = std::string(project_id)} : *quota;
}

// Clients name a project by its id, and some by its name.
std::string project_of(const State& state, const Call& call) {
  const auto& given = call.parameter("project");
  if (state.find<Project>(given) != nullptr) return given;
  if (given == call.caller.project_name) return call.caller.project_id;
  for (const auto& [id, row] : state.table<Project>().rows()) {
    if (row.object->name == given) return id;
  }
  return given;
}

bool may_read_quota(const Caller& caller, std::string_view project_id) {
  return caller.project_id == project_id || allowed(caller, "load_balancer:write_quota") ||
         allowed(caller, "load_balancer:read_all");
}

Result<http::Response> get(const Handlers& handlers, const Call& call) {
  const auto project_id = project_of(handlers.context.ledger.state(), call);
  if (!may_read_quota(call.caller, project_id)) return not_allowed();
  return rooted(200, "quota", show(quota_of(handlers.context.ledger.state(), project_id)));
}

Result<http::Response> list(const Handlers& handlers, const Call& call) {
  std::vector<ListItem> items;
  for (const auto& [id, row] : handlers.context.ledger.state().table<LoadBalancerQuota>().rows()) {
    if (may_read_quota(call.caller, id)) items.push_back({show_in_list(*row.object), json::Object{{"id", id}}});
  }
  const ListRules rules{.api = Api::octavia, .collection = "quotas", .attributes = {"project_id", "id"}};
  return listed(handlers.context, call, rules, std::move(items));
}

void fill(LoadBalancerQuota& quota, const json::Object& request) {
  for (const auto& limit : kLimits) {
    for (const auto name : {limit.name, limit.other_name}) {
      if (name.empty() || !request.contains(name)) continue;
      (quota.*limit.value).reset();  // null: the default again
      if (is_given(request, name)) quota.*limit.value = integer_or(request, name, -1);
    }
  }
}

Task<Result<http::Response>> put(const Handlers& handlers, Call& call) {
  FW_CO_TRY(const auto request, read_wsme(call.request.body, "quotas", "quota", quota_put()));
  auto made = co_await handlers.context.ledger.change<json::Object>([&](Work& work) -> Result<json::Object> {
    auto quota = quota_of(work.state(), project_of(work.state(), call));
    fill(quota, request);
    work.put(quota);
    return show(quota);
  });
  if (!made) co_return std::unexpected(std::move(made).error());
  co_return rooted(202, "quota", *std::move(made));
}

Task<Result<http::Response>> reset(const Handlers& handlers, Call& call) {
  return handlers.remove(call, 202, [&call](const Decision& decision) -> Result<> {
    decision.work.erase<LoadBalancerQuota>(project_of(decision.work.state(), call));
    return {};
  });
}

}  // namespace

void add_quota_routes(LbRoutes& routes) {
  const Handlers handlers{routes.context(), routes.gateways()};
  const auto defaults = [](Call&) -> Result<http::Response> {
    return rooted(200, "quota", show(LoadBalancerQuota{}));
  };
  routes.add_plain("GET", "/quotas", "load_balancer:read_quota",
                   [handlers](Call& call) { return list(handlers, call); });
  routes.add_plain("GET", "/quotas/defaults", "load_balancer:read_quota", defaults);
  routes.add_plain("GET", "/quotas/{project}/default", "load_balancer:read_quota", defaults);
  routes.add_plain("GET", "/quotas/{project}", "load_balancer:read_quota",
                   [handlers](Call& call) { return get(handlers, call); });
  routes.add("PUT", "/quotas/{project}", "load_balancer:write_quota",
             [handlers](Call& call) { return put(handlers, call); });
  routes.add("DELETE", "/quotas/{project}", "load_balancer:write_quota",
             [handlers](Call& call) { return reset(handlers, call); });
}

}  // namespace fairway::cloud
