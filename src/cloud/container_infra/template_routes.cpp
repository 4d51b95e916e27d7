// /v1/clustertemplates
#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/container_infra/fields.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/patch.h"
#include "cloud/container_infra/templates.h"
#include "cloud/container_infra/views.h"
#include "json/described.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::string_view kAll = "/v1/clustertemplates", kOne = "/v1/clustertemplates/{template}";

Result<http::Response> list_templates(const InfraParts& parts, const Call& call) {
  std::vector<Listed> items;
  for (const auto& [id, row] : parts.state().table<ClusterTemplate>().rows()) {
    if (!may_see(call.caller, *row.object)) continue;
    auto shown = show(parts, *row.object);
    items.push_back({id, row.object->created_at, shown, shown});
  }
  return list_page(call.request, "clustertemplates", parts.url() + "/clustertemplates", std::move(items));
}

Result<http::Response> show_template(const InfraParts& parts, const Call& call) {
  FW_TRY(const auto* found, find_template(parts.state(), call.caller, call.parameter("template")));
  return http::Response::json(200, json::write(show(parts, *found)));
}

Task<Result<http::Response>> create_template(InfraParts parts, Call& call) {
  FW_CO_TRY(const auto checked, read_wsme_object(call.request.body, "cluster_template", template_rules()));
  FW_CO_TRY(const auto made, co_await make_template(parts, call.caller, checked));
  auto response = http::Response::json(201, json::write(show(parts, made)));
  response.headers.set("Location", fmt::format("{}/clustertemplates/{}", parts.url(), made.id));
  co_return response;
}

// A template that clusters were made from may be published, hidden and renamed, nothing else.
Result<> check_unreferenced(const Work& work, const ClusterTemplate& before, const ClusterTemplate& after) {
  if (work.table<Cluster>().count_by("cluster_template_id", before.id) == 0) return {};
  ClusterTemplate same = after;
  same.is_public = before.is_public;
  same.hidden = before.hidden;
  same.name = before.name;
  if (json::encode(same) == json::encode(before)) return {};
  return fail(Errc::invalid, fmt::format("ClusterTemplate {} is referenced by one or multiple clusters.", before.id));
}

Result<ClusterTemplate> patched(const ClusterTemplate& before, const InfraParts& parts,
                                const std::vector<PatchStep>& steps) {
  FW_TRY(auto document, apply_patch(show(parts, before), steps));
  json::Object mine;
  for (const auto& rule : template_rules()) {
    if (const auto* value = document.if_contains(rule.name)) mine.emplace(rule.name, *value);
  }
  FW_TRY(const auto checked, check_wsme_object(mine, "cluster_template", template_rules()));
  ClusterTemplate base;
  const InfraAttributes& identity = before;
  static_cast<InfraAttributes&>(base) = identity;
  return fill_template(std::move(base), checked);
}

Result<> check_steps(const std::vector<PatchStep>& steps) {
  for (const auto& step : steps) {
    const auto& name = step.attribute;
    for (const auto* internal : {"uuid", "created_at", "updated_at", "links", "project_id", "user_id"}) {
      if (name == internal)
        return fail(Errc::invalid, fmt::format("'/{}' is an internal attribute and can not be updated", name));
    }
    if (step.op != PatchStep::Op::remove || !step.key.empty()) continue;
    for (const auto* fixed : {"coe", "image_id", "external_network_id", "network_driver", "tls_disabled", "public",
                              "server_type", "registry_enabled", "cluster_distro", "hidden", "name"}) {
      if (name == fixed)
        return fail(Errc::invalid, fmt::format("'/{}' is a mandatory attribute and can not be removed", name));
    }
  }
  return {};
}

Task<Result<http::Response>> update_one(InfraParts parts, Call& call) {
  FW_CO_TRY(const auto done, co_await change_template(parts, call));
  co_return http::Response::json(200, json::write(show(parts, done)));
}

Task<Result<http::Response>> delete_one(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(co_await delete_template(parts, call));
  co_return http::Response::empty(204);
}

}  // namespace

Result<> check_may_publish(const Caller& caller) {
  if (allowed(caller, "container_infra:admin")) return {};
  return fail(Errc::denied, "Not authorized to set public or hidden flag for cluster template.");
}

Result<const ClusterTemplate*> find_own_template(const State& state, const Call& call) {
  FW_TRY(const auto* found, find_template(state, call.caller, call.parameter("template")));
  if (scope_of(call.caller).sees(found->project_id)) return found;
  return fail(Errc::denied, "Policy doesn't allow clustertemplate:update to be performed.");
}

Task<Result<ClusterTemplate>> make_template(InfraParts parts, Caller caller, json::Object checked) {
  ClusterTemplate base;
  base.network_driver = "flannel";
  base.cluster_distro = "fairway";
  FW_CO_TRY(auto wanted, fill_template(std::move(base), checked));
  if (wanted.is_public || wanted.hidden) FW_CO_TRY_DO(check_may_publish(caller));
  auto& env = parts.context.env;
  if (wanted.name.empty()) wanted.name = generated_name(env.random, "template");
  wanted.id = make_uuid(env.random);
  wanted.project_id = caller.project_id;
  wanted.user_id = caller.user_id;
  wanted.created_at = stamp_now(env);
  auto made = co_await parts.context.ledger.change<ClusterTemplate>([&](Work& work) -> Result<ClusterTemplate> {
    FW_TRY_DO(check_template(work.state(), caller, wanted));
    work.put(wanted);
    return wanted;
  });
  co_return made;
}

Task<Result<ClusterTemplate>> change_template(InfraParts parts, Call& call) {
  FW_CO_TRY(const auto steps, read_patch(call.request.body));
  FW_CO_TRY_DO(check_steps(steps));
  auto done = co_await parts.context.ledger.change<ClusterTemplate>([&](Work& work) -> Result<ClusterTemplate> {
    FW_TRY(const auto* before, find_own_template(work.state(), call));
    FW_TRY(auto after, patched(*before, parts, steps));
    FW_TRY_DO(check_template(work.state(), call.caller, after));
    if (after.is_public != before->is_public || after.hidden != before->hidden)
      FW_TRY_DO(check_may_publish(call.caller));
    FW_TRY_DO(check_unreferenced(work, *before, after));
    after.updated_at = stamp_now(parts.context.env);
    work.put(after);
    return after;
  });
  co_return done;
}

namespace {

Result<bool> erase_template(Work& work, const Call& call) {
  FW_TRY(const auto* found, find_own_template(work.state(), call));
  if (work.table<Cluster>().count_by("cluster_template_id", found->id) != 0)
    return fail(Errc::invalid,
                fmt::format("ClusterTemplate {} is referenced by one or multiple clusters.", found->id));
  work.erase<ClusterTemplate>(found->id);
  return true;
}

}  // namespace

Task<Result<>> delete_template(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) { return erase_template(work, call); }));
  co_return Result<>{};
}

void add_template_routes(Routes& routes, InfraParts parts) {
  for (const auto* all : {"/v1/clustertemplates", "/v1/clustertemplates/detail"}) {
    routes.add_plain("GET", all, "container_infra:read", [parts](Call& call) { return list_templates(parts, call); });
  }
  routes.add("POST", kAll, "container_infra:write", [parts](Call& call) { return create_template(parts, call); });
  routes.add_plain("GET", kOne, "container_infra:read", [parts](Call& call) { return show_template(parts, call); });
  routes.add("PATCH", kOne, "container_infra:write", [parts](Call& call) { return update_one(parts, call); });
  routes.add("DELETE", kOne, "container_infra:write", [parts](Call& call) { return delete_one(parts, call); });
}

}  // namespace fairway::cloud::container_infra
