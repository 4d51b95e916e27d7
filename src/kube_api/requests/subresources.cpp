#include "kube_api/requests/subresources.h"

#include <fmt/format.h>

#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

ApiResult<json::Object> read_object(const std::string& body, const std::string& content_type, std::string_view kind) {
  auto value = read_body(body, content_type, kind);
  if (!value) return refuse(value.error());
  if (!value->is_object()) return refuse(bad_request("the body is not an object"));
  return std::move(value->get_object());
}

void set_condition(json::Object& status, std::string_view type, json::Object condition) {
  auto& conditions = status["conditions"];
  if (!conditions.is_array()) conditions.emplace_array();
  for (auto& present : conditions.get_array()) {
    if (text_in(present, "type") != type) continue;
    present = std::move(condition);
    return;
  }
  conditions.get_array().push_back(std::move(condition));
}

}  // namespace

Task<ApiResult<Written>> assign_pod(Api& api, std::string ns, std::string pod, std::string node, bool dry_run) {
  const auto* kind = find_kind("", "v1", "pods");
  const ObjectRef ref{"pods", ns, pod};
  for (int attempt = 1;; ++attempt) {
    const auto* found = api.objects.find(ref);
    if (found == nullptr) co_return refuse(not_found(kind->resource(), pod));
    const Stored present = *found;
    const auto old = text_at(*present.object, {"spec", "nodeName"});
    if (being_deleted(*present.object)) {
      co_return refuse(conflict({"", "pods/binding", "Pod"}, pod,
                                fmt::format("pod {} is being deleted, cannot be assigned to a host", pod)));
    }
    if (!old.empty()) {
      co_return refuse(conflict({"", "pods/binding", "Pod"}, pod,
                                fmt::format("pod {} is already assigned to node {}", pod, in_quotes(old))));
    }
    auto now = *present.object;
    child(now, "spec")["nodeName"] = node;
    set_condition(child(now, "status"), "PodScheduled",
                  {{"type", "PodScheduled"},
                   {"status", "True"},
                   {"lastProbeTime", nullptr},
                   {"lastTransitionTime", format_time(api.env.clock.wall())}});
    Written written{201,
                    nullptr,
                    json::Object{{"kind", "Status"},
                                 {"apiVersion", "v1"},
                                 {"metadata", json::Object{}},
                                 {"status", "Success"},
                                 {"code", 201}},
                    {}};
    if (dry_run) co_return written;
    std::vector<ObjectWrite> writes;
    writes.push_back({ref, std::make_shared<json::Object>(std::move(now)), present.revision});
    auto revision = co_await api.objects.write(std::move(writes));
    if (revision) co_return written;
    if (revision.error().code != Errc::conflict || attempt == 5) co_return refuse(store_error(revision.error()));
  }
}

Task<ApiResult<Written>> bind_pod(Api& api, Call call, std::string body, std::string content_type) {
  auto binding = read_object(body, content_type, "Binding");
  if (!binding) co_return refuse(binding.error());
  const auto kind = text_at(*binding, {"target", "kind"});
  const std::string node(text_at(*binding, {"target", "name"}));
  FieldErrors errors;
  if (!kind.empty() && kind != "Node") errors.not_supported("target.kind", json::Value(kind), {"Node", "<empty>"});
  if (node.empty()) errors.required("target.name");
  if (!errors.empty()) co_return refuse(invalid({"", "bindings", "Binding"}, call.target.name, errors));
  auto written = co_await assign_pod(api, call.target.ns, call.target.name, node, call.dry_run);
  co_return written;
}

Task<ApiResult<Written>> evict_pod(Api& api, Call call, std::string body) {
  DeleteOptions options{std::nullopt, "", "", call.dry_run, ""};
  auto eviction = read_object(body, "application/json", "Eviction");
  if (!eviction) co_return refuse(eviction.error());
  if (const auto* grace = at(*eviction, {"deleteOptions", "gracePeriodSeconds"});
      grace != nullptr && grace->is_int64())
    options.grace_period = grace->get_int64();
  options.uid = text_at(*eviction, {"deleteOptions", "preconditions", "uid"});
  auto written = co_await delete_object(api, *call.target.kind, {"pods", call.target.ns, call.target.name}, options);
  if (!written) co_return refuse(written.error());
  written->code = 201;
  written->status = json::Object{
      {"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::Object{}}, {"status", "Success"}, {"code", 201}};
  co_return written;
}

Task<ApiResult<Written>> finalize_namespace(Api& api, Call call, std::string body, std::string content_type) {
  auto given = read_object(body, content_type, "Namespace");
  if (!given) co_return refuse(given.error());
  const auto finalizers = list_at(*given, {"spec", "finalizers"});
  Change change = [finalizers](const json::Object& before) -> ApiResult<json::Object> {
    auto now = before;
    child(now, "spec")["finalizers"] = finalizers;
    return now;
  };
  auto written = co_await update_object(api, *call.target.kind, {"namespaces", "", call.target.name},
                                        std::move(change), {call.dry_run, false, false, true});
  co_return written;
}

}  // namespace fairway::kube_api
