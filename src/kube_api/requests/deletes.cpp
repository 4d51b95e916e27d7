#include "kube_api/requests/deletes.h"

#include <algorithm>

#include <fmt/format.h>

#include "kube_api/object/decode.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/plans/garbage.h"
#include "kube_api/requests/presentation.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

ApiResult<> check_preconditions(const Kind& kind, const DeleteOptions& options, const json::Object& object) {
  auto named = kind.resource();
  named.plural = named.kind;  // these texts name the kind
  if (!options.uid.empty() && options.uid != uid_of(object)) {
    return refuse(conflict(named, name_of(object),
                           fmt::format("the UID in the precondition ({}) does not match the UID in record ({}). The "
                                       "object might have been deleted and then recreated",
                                       options.uid, uid_of(object))));
  }
  const auto version = text_at(object, {"metadata", "resourceVersion"});
  if (!options.resource_version.empty() && options.resource_version != version) {
    return refuse(conflict(named, name_of(object),
                           fmt::format("the ResourceVersion in the precondition ({}) does not match the "
                                       "ResourceVersion in record ({}). The object might have been modified",
                                       options.resource_version, version)));
  }
  return {};
}

// How long a pod may take to end. Nothing runs where no node has it, and what has ended needs no time.
std::int64_t pod_grace(const DeleteOptions& options, const json::Object& pod) {
  const auto phase = text_at(pod, {"status", "phase"});
  if (text_at(pod, {"spec", "nodeName"}).empty() || phase == "Failed" || phase == "Succeeded") return 0;
  const auto own = int_at(pod, {"spec", "terminationGracePeriodSeconds"}, 30);
  auto grace = options.grace_period.value_or(own);
  if (grace < 0) grace = 1;
  // A second delete may only shorten it.
  if (being_deleted(pod)) grace = std::min(grace, int_at(pod, {"metadata", "deletionGracePeriodSeconds"}));
  return grace;
}

// The finalizers with which an object waits for its dependents, or for their being left behind.
json::Object with_propagation(const json::Object& object, const std::string& policy) {
  if (policy.empty()) return object;
  auto changed = without_finalizer(without_finalizer(object, kForeground), kOrphan);
  auto& finalizers = changed["metadata"].as_object()["finalizers"].as_array();
  if (policy == "Foreground") finalizers.push_back(json::Value(kForeground));
  if (policy == "Orphan") finalizers.push_back(json::Value(kOrphan));
  if (finalizers.empty()) child(changed, "metadata").erase("finalizers");
  return changed;
}

// What stands between this object and its end: an object that stays for now, or nothing.
std::optional<json::Object> lingering(const Api& api, const Kind& kind, const DeleteOptions& options,
                                      const json::Object& present) {
  const auto object = with_propagation(present, options.propagation);
  const auto grace = kind.storage == "pods" ? pod_grace(options, object) : 0;
  const bool held = !list_at(object, {"metadata", "finalizers"}).empty() ||
                    (kind.storage == "namespaces" && !list_at(object, {"spec", "finalizers"}).empty());
  if (grace == 0 && !held) return std::nullopt;
  auto now = object;
  auto& metadata = child(now, "metadata");
  const bool sooner = being_deleted(object) && grace < int_at(object, {"metadata", "deletionGracePeriodSeconds"});
  if (!being_deleted(object) || sooner) {
    metadata["deletionTimestamp"] = format_time(api.env.clock.wall() + std::chrono::seconds(grace));
    metadata["deletionGracePeriodSeconds"] = grace;
    if (kind.generation) metadata["generation"] = int_at(object, {"metadata", "generation"}) + 1;
  }
  if (kind.storage == "namespaces") {
    child(now, "status")["phase"] = "Terminating";
    metadata.erase("deletionGracePeriodSeconds");
  }
  return now;
}

json::Value deleted_status(const Kind& kind, const json::Object& object) {
  json::Object details{{"name", name_of(object)}};
  if (!kind.group.empty()) details["group"] = kind.group;
  details["kind"] = kind.plural;
  details["uid"] = uid_of(object);
  return json::Object{{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{}},
                      {"status", "Success"},
                      {"details", std::move(details)}};
}

bool answers_with_object(const Kind& kind) {
  constexpr std::array kKinds{"pods", "services", "serviceaccounts", "namespaces"};
  return std::ranges::find(kKinds, kind.storage) != kKinds.end();
}

ApiResult<> check_protected(const Kind& kind, const ObjectRef& ref) {
  constexpr std::array kForever{"default", "kube-system", "kube-public"};
  if (kind.storage != "namespaces" || std::ranges::find(kForever, ref.name) == kForever.end()) return {};
  return refuse(forbidden(kind.resource(), ref.name, "this namespace may not be deleted"));
}

ApiResult<DeleteOptions> check_propagation(DeleteOptions options, FieldErrors errors = {}) {
  const auto& policy = options.propagation;
  if (!policy.empty() && policy != "Background" && policy != "Foreground" && policy != "Orphan")
    errors.not_supported("propagationPolicy", json::Value(policy), {"Foreground", "Background", "Orphan", "nil"});
  if (errors.empty()) return options;
  return refuse(invalid({"meta.k8s.io", "", "DeleteOptions"}, "", errors));
}

// A body may leave out what it is, but not be something else.
ApiResult<> check_is_delete_options(const json::Object& given) {
  const auto kind = text_at(given, {"kind"}), said = text_at(given, {"apiVersion"});
  if (kind.empty() || kind == "DeleteOptions") return {};
  const auto version = said.empty() ? std::string_view("meta.k8s.io/v1") : said;
  return refuse(
      bad_request(fmt::format("no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
                              in_quotes(kind), in_quotes(version))));
}

}  // namespace

ApiResult<DeleteOptions> read_delete_options(const Call& call, const std::string& body,
                                             const std::string& content_type) {
  if (body.empty()) return check_propagation({call.grace_period, "", "", call.dry_run, call.propagation});
  // With a body the address says nothing more.
  DeleteOptions options;
  auto value = read_body(body, content_type, "DeleteOptions");
  if (!value) {
    // What it should have been goes without saying here.
    const auto at = value.error().message.find("couldn't get version/kind"), end = value.error().message.rfind(" (");
    if (at != std::string::npos && end != std::string::npos)
      value.error().message = value.error().message.substr(at, end - at);
    return refuse(value.error());
  }
  if (auto right = check_is_delete_options(value->as_object()); !right) return refuse(right.error());
  std::vector<std::string> unknown;
  if (auto decoded = decode_object(*value, Schema::builtin().type("meta.DeleteOptions"), unknown); !decoded)
    return refuse(bad_request(decoded.error().what));
  FieldErrors errors;
  const auto& given = value->get_object();
  if (given.contains("gracePeriodSeconds")) options.grace_period = int_at(given, {"gracePeriodSeconds"});
  options.uid = text_at(given, {"preconditions", "uid"});
  options.resource_version = text_at(given, {"preconditions", "resourceVersion"});
  const auto& dry = list_at(given, {"dryRun"});
  options.dry_run = !dry.empty();
  if (std::ranges::any_of(dry, [](const auto& entry) { return entry != "All"; }))
    errors.not_supported("dryRun", dry, {"All"});
  if (given.contains("propagationPolicy")) options.propagation = text_at(given, {"propagationPolicy"});
  // The older way to say it.
  if (const auto* orphan = at(given, {"orphanDependents"}); orphan != nullptr && !orphan->is_null()) {
    if (!options.propagation.empty()) {
      errors.invalid("propagationPolicy", json::Value(options.propagation),
                     "orphanDependents and deletionPropagation cannot be both set");
    } else {
      options.propagation = *orphan == true ? "Orphan" : "Background";
    }
  }
  return check_propagation(options, errors);
}

Task<ApiResult<Written>> delete_object(Api& api, const Kind& kind, ObjectRef ref, DeleteOptions options) {
  if (auto allowed = check_protected(kind, ref); !allowed) co_return refuse(allowed.error());
  for (int attempt = 1;; ++attempt) {
    const auto* found = api.objects.find(ref);
    if (found == nullptr) co_return refuse(not_found(kind.resource(), ref.name));
    const Stored present = *found;
    if (auto holds = check_preconditions(kind, options, *present.object); !holds) co_return refuse(holds.error());
    auto stays = lingering(api, kind, options, *present.object);
    Written written{200, present.object, nullptr, {}};
    if (!stays && !answers_with_object(kind)) written.status = deleted_status(kind, *present.object);
    if (stays && *stays == *present.object) co_return written;
    if (stays) written.object = std::make_shared<const json::Object>(*stays);
    if (options.dry_run) co_return written;
    std::vector<ObjectWrite> writes;
    writes.push_back({ref, stays ? std::make_shared<json::Object>(*stays) : nullptr, present.revision});
    auto revision = co_await api.objects.write(std::move(writes));
    if (revision) {
      auto answer = *written.object;
      child(answer, "metadata")["resourceVersion"] = std::to_string(*revision);
      written.object = std::make_shared<const json::Object>(std::move(answer));
      co_return written;
    }
    if (revision.error().code != Errc::conflict) co_return refuse(store_error(revision.error()));
    if (attempt == 10) co_return refuse(modified(kind.resource(), ref.name));
  }
}

Task<ApiResult<json::Value>> delete_collection(Api& api, Call call, DeleteOptions options) {
  const auto& kind = *call.target.kind;
  std::vector<Stored> deleted;
  for (const auto& item : api.objects.list(kind.storage, call.target.ns)) {
    if (!call.labels.matches(map_at(*item.object, {"metadata", "labels"})) ||
        !call.fields.matches(kind, *item.object))
      continue;
    const ObjectRef ref{kind.storage, std::string(namespace_of(*item.object)), std::string(name_of(*item.object))};
    auto written = co_await delete_object(api, kind, ref, options);
    if (!written && written.error().code != 404) co_return refuse(written.error());
    deleted.push_back(item);
  }
  co_return present_list(call, deleted, {std::to_string(api.objects.revision()), "", 0}, api.env.clock.wall());
}

}  // namespace fairway::kube_api
