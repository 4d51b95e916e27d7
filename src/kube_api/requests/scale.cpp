#include "kube_api/requests/scale.h"

#include <fmt/format.h>

#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/presentation.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

using MakeScale = std::function<ApiResult<Incoming>(const json::Object& before)>;

ApiResult<> check_name(const json::Object& scale, const std::string& name) {
  const auto said = name_of(scale);
  if (said == name) return {};
  return refuse(
      bad_request(fmt::format("the name of the object ({}) does not match the name on the URL ({})", said, name)));
}

// The object with the replicas that the new Scale wants.
ApiResult<json::Object> rescaled(const Kind& kind, const json::Object& before, const json::Object& scale) {
  const auto replicas = int_at(scale, {"spec", "replicas"});
  if (replicas < 0) {
    FieldErrors errors;
    errors.invalid("spec.replicas", replicas, "must be greater than or equal to 0");
    return refuse(invalid({"autoscaling", "scales", "Scale"}, name_of(before), errors));
  }
  const auto uid = uid_of(scale), present = uid_of(before);
  if (!uid.empty() && uid != present) {
    return refuse(
        conflict({kind.group, kind.plural + "/scale", kind.kind}, name_of(before),
                 fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid, present)));
  }
  auto now = before;
  child(now, "spec")["replicas"] = replicas;
  copy_member(child(now, "metadata"), map_at(scale, {"metadata"}), "resourceVersion");
  return now;
}

ApiResult<MakeScale> read_change(const Call& call, const std::string& body, const std::string& content_type,
                                 bool& pinned) {
  if (call.verb == Verb::patch) {
    auto patch = read_patch(call, body, content_type);
    if (!patch) return refuse(patch.error());
    pinned = patch->pinned;
    return std::move(patch->apply);
  }
  std::vector<std::string> strict;
  auto value = read_body(body, content_type, "Scale", &strict);
  if (!value) return refuse(value.error());
  auto incoming = decode_incoming(call, *std::move(value), std::move(strict));
  if (!incoming) return refuse(incoming.error());
  if (auto right = check_name(incoming->object, call.target.name); !right) return refuse(right.error());
  pinned = !text_at(incoming->object, {"metadata", "resourceVersion"}).empty();
  return [given = *std::move(incoming)](const json::Object&) -> ApiResult<Incoming> { return given; };
}

}  // namespace

json::Object scale_of(const json::Object& object) {
  json::Object metadata;
  for (const auto* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    copy_member(metadata, map_at(object, {"metadata"}), key);
  json::Object spec, status{{"replicas", int_at(object, {"status", "replicas"})}};
  if (const auto wanted = int_at(object, {"spec", "replicas"}); wanted != 0) spec["replicas"] = wanted;
  const auto selector = LabelSelector::from_object(map_at(object, {"spec", "selector"})).text();
  if (!selector.empty()) status["selector"] = selector;
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata", std::move(metadata)},
          {"spec", std::move(spec)},
          {"status", std::move(status)}};
}

Call as_scale(Call call) {
  call.target.kind = &scale_kind();
  return call;
}

ApiResult<json::Value> get_scale(const Api& api, const Call& call) {
  const auto* found = api.objects.find({call.target.kind->storage, call.target.ns, call.target.name});
  if (found == nullptr) return refuse(not_found(call.target.kind->resource(), call.target.name));
  return present_one(as_scale(call), scale_of(*found->object), api.env.clock.wall());
}

Task<ApiResult<Written>> change_scale(Api& api, Call call, std::string body, std::string content_type) {
  const auto& kind = *call.target.kind;
  const ObjectRef ref{kind.storage, call.target.ns, call.target.name};
  UpdateOptions options{call.dry_run, false, false};
  auto make = read_change(as_scale(std::move(call)), body, content_type, options.pinned);
  if (!make) co_return refuse(make.error());
  auto warnings = std::make_shared<std::vector<std::string>>();
  Change change = [make = *std::move(make), &kind, warnings](const json::Object& before) -> ApiResult<json::Object> {
    auto scale = make(scale_of(before));
    if (!scale) return refuse(scale.error());
    *warnings = std::move(scale->warnings);
    return rescaled(kind, before, scale->object);
  };
  auto written = co_await update_object(api, kind, ref, std::move(change), options);
  if (!written) co_return with_warnings(refuse(written.error()), *warnings);
  written->warnings = *warnings;
  written->object = std::make_shared<const json::Object>(scale_of(*written->object));
  co_return written;
}

}  // namespace fairway::kube_api
