// Quotas: read by their project, written by administrators.
#include "cloud/network/network.h"
#include "cloud/network/quotas.h"
#include "cloud/network/resource.h"
#include "json/value.h"

namespace fairway::cloud::network {
namespace {

std::vector<AttributeRule> rules() {
  std::vector<AttributeRule> rules;
  for (const auto& [name, limit] : default_quotas()) {
    rules.push_back({.name = name, .type = AttributeType::integer, .min = -1, .max = 2'147'483'647});
  }
  rules.push_back({.name = "project_id"});
  return rules;
}

json::Object show_quota(const State& state, const std::string& project) {
  json::Object shown;
  for (const auto& [name, limit] : default_quotas()) shown.emplace(name, quota_of(state, project, name));
  return shown;
}

http::Response quota_answer(json::Object quota) {
  return http::Response::json(200, json::write(json::Object{{"quota", std::move(quota)}}));
}

Result<> check_reader(const Call& call, std::string_view rule) {
  if (call.parameter("id") == call.caller.project_id || allowed(call.caller, "network:admin")) return {};
  return policy_refuses(rule);
}

std::int64_t used(const State& state, std::string_view project, std::string_view resource) {
  const auto count = [&]<class T>(std::type_identity<T>) {
    return static_cast<std::int64_t>(state.table<T>().count_by("project_id", project));
  };
  if (resource == "network") return count(std::type_identity<Network>{});
  if (resource == "subnet") return count(std::type_identity<Subnet>{});
  if (resource == "port") return count(std::type_identity<Port>{});
  if (resource == "router") return count(std::type_identity<Router>{});
  if (resource == "floatingip") return count(std::type_identity<FloatingIp>{});
  if (resource == "security_group") return count(std::type_identity<SecurityGroup>{});
  if (resource == "pool") return count(std::type_identity<Pool>{});
  if (resource == "member") return count(std::type_identity<Member>{});
  if (resource == "vip") return count(std::type_identity<Listener>{});
  if (resource == "health_monitor") return count(std::type_identity<HealthMonitor>{});
  if (resource != "security_group_rule") return 0;
  std::int64_t rules = 0;
  for (const auto* group : state.table<SecurityGroup>().find_by("project_id", project))
    rules += static_cast<std::int64_t>(group->rules.size());
  return rules;
}

Result<http::Response> show_details(const State& state, const Call& call) {
  FW_TRY_DO(check_reader(call, "get_quota"));
  const auto& project = call.parameter("id");
  json::Object details;
  for (const auto& [name, limit] : default_quotas()) {
    details.emplace(
        name, json::Object{
                  {"limit", quota_of(state, project, name)}, {"used", used(state, project, name)}, {"reserved", 0}});
  }
  return quota_answer(std::move(details));
}

Result<http::Response> list_quotas(const ApiContext& context) {
  json::Array list;
  for (const auto& [id, row] : context.ledger.state().table<NetworkQuota>().rows()) {
    auto shown = show_quota(context.ledger.state(), id);
    shown.emplace("tenant_id", id);
    shown.emplace("project_id", id);
    list.push_back(std::move(shown));
  }
  return http::Response::json(200, json::write(json::Object{{"quotas", std::move(list)}}));
}

Task<Result<http::Response>> update_quota(ApiContext& context, Call& call) {
  FW_CO_TRY(const auto body, read_neutron_body(call.request, "quota", rules(), BodyMethod::put));
  const auto& project = call.parameter("id");
  auto done = co_await context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    const auto* found = work.find<NetworkQuota>(project);
    NetworkQuota quota = found == nullptr ? NetworkQuota{project, {}} : *found;
    for (const auto& item : body) {
      if (item.value().is_int64()) quota.limits[std::string(item.key())] = item.value().get_int64();
    }
    work.put(std::move(quota));
    return true;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return quota_answer(show_quota(context.ledger.state(), project));
}

Task<Result<http::Response>> reset_quota(ApiContext& context, Call& call) {
  const auto& project = call.parameter("id");
  auto done = co_await context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    if (work.find<NetworkQuota>(project) == nullptr) {
      return fault(Errc::not_found, "TenantQuotaNotFound",
                   fmt::format("Quota for tenant {} could not be found.", project));
    }
    work.erase<NetworkQuota>(project);
    return true;
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return http::Response::empty(204);
}

}  // namespace

void add_quota_routes(Routes& routes, ApiContext& context) {
  routes.add_plain("GET", "/v2.0/quotas", "network:admin", [&context](Call&) { return list_quotas(context); });
  routes.add_plain("GET", "/v2.0/quotas/{id}", "network:read", [&context](Call& call) -> Result<http::Response> {
    FW_TRY_DO(check_reader(call, "get_quota"));
    return quota_answer(show_quota(context.ledger.state(), call.parameter("id")));
  });
  routes.add_plain("GET", "/v2.0/quotas/{id}/default", "network:read", [](Call& call) -> Result<http::Response> {
    FW_TRY_DO(check_reader(call, "get_quota"));
    json::Object shown;
    for (const auto& [name, limit] : default_quotas()) shown.emplace(name, limit);
    return quota_answer(std::move(shown));
  });
  routes.add_plain("GET", "/v2.0/quotas/{id}/details", "network:read",
                   [&context](Call& call) { return show_details(context.ledger.state(), call); });
  routes.add("PUT", "/v2.0/quotas/{id}", "network:admin",
             [&context](Call& call) { return update_quota(context, call); });
  routes.add("DELETE", "/v2.0/quotas/{id}", "network:admin",
             [&context](Call& call) { return reset_quota(context, call); });
}

}  // namespace fairway::cloud::network
