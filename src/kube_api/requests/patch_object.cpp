// PATCH: the change is computed on the kind's own form of the object as it stands, then takes the way of a replace.
#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/json_reader.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/patch.h"
#include "kube_api/requests/presentation.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

enum class PatchKind { json, merge, strategic };

ApiResult<PatchKind> patch_kind(std::string_view content_type) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  if (type == "application/json-patch+json") return PatchKind::json;
  if (type == "application/merge-patch+json") return PatchKind::merge;
  if (type == "application/strategic-merge-patch+json") return PatchKind::strategic;
  constexpr std::string_view kSupported =
      "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";
  if (type == "application/apply-patch+yaml") {
    return refuse(bad_request(
        fmt::format("this API server does not offer server-side apply: use client-side apply (kubectl apply "
                    "without --server-side) or one of the patch types {}",
                    kSupported)));
  }
  return refuse(unsupported_media_type(fmt::format(
      "the body of the request was in an unknown format - accepted media types include: {}", kSupported)));
}

struct Patch {
  Call call;
  PatchKind kind = PatchKind::merge;
  json::Value body;
  std::vector<std::string> strict;  // what was wrong with the patch's own text
};

// What a strategic patch says of a value that does not fit, from what a decoder says.
std::string conversion_error(const std::string& text) {
  if (text.starts_with("illegal base64")) return "error decoding from json: " + text;
  constexpr std::string_view kFrom = "cannot unmarshal ", kTo = " of type ";
  const auto from = text.find(kFrom), to = text.rfind(kTo);
  if (from == std::string::npos || to == std::string::npos || text.find("IntOrString") != std::string::npos)
    return text;
  const auto word = text.substr(from + kFrom.size(), text.find(' ', from + kFrom.size()) - from - kFrom.size());
  const auto wanted = text.substr(to + kTo.size());
  const std::string given = word == "number" ? "int64" : word == "array" ? "slice" : word == "object" ? "map" : word;
  if (wanted.starts_with("[]")) return fmt::format("cannot restore slice from {}", given);
  if (wanted.starts_with("map[")) return fmt::format("cannot restore map from {}", given);
  if (wanted == "string") return given == "int64" ? "cannot convert int64 to string" : "unrecognized type: string";
  if (wanted.starts_with("v1.")) return fmt::format("cannot restore struct from: {}", given);
  return fmt::format("unrecognized type: {}", wanted);
}

// An object that a patch made and that is none of its kind: the patch is what is wrong.
ApiError wrong_patch(const Patch& patch, const ApiError& error, const json::Value& made) {
  const auto marker = fmt::format("cannot be handled as a {}: ", patch.call.target.kind->kind);
  const auto at = error.message.find(marker);
  if (error.code != 400 || at == std::string::npos) return error;
  auto why = error.message.substr(at + marker.size());
  const bool strategic = patch.kind == PatchKind::strategic;
  if (strategic) why = conversion_error(why);
  FieldErrors errors;
  errors.invalid("patch", json::Value(strategic ? go_value(patch.body) : json::write(made)), why);
  return invalid({"", "", ""}, "", errors);
}

ApiResult<Incoming> patched(const Patch& patch, const json::Object& before) {
  const auto& kind = *patch.call.target.kind;
  json::Value object = in_own_form(kind, before);
  switch (patch.kind) {
    case PatchKind::json: {
      if (auto done = apply_json_patch(object, patch.body); !done) return refuse(done.error());
      break;
    }
    case PatchKind::merge:
      apply_merge_patch(object, patch.body);
      break;
    case PatchKind::strategic: {
      auto done =
          apply_strategic_patch(object.get_object(), patch.body.get_object(), Schema::builtin().type(kind.type));
      if (!done) return refuse(done.error());
      // What kind it is was settled by the address.
      object.get_object()["kind"] = kind.kind;
      object.get_object()["apiVersion"] = kind.api_version();
      break;
    }
  }
  if (!object.is_object()) return refuse(bad_request("the patch does not leave an object"));
  // Without a version nobody there knows what the rest means: not even the name.
  if (text_at(object.get_object(), {"apiVersion"}).empty()) {
    auto error = no_name(patch.call);
    for (const auto& member : object.get_object()) {
      const std::string_view key = member.key();
      if (patch.call.field_validation == FieldValidation::warn && key != "kind" && key != "apiVersion")
        error.warnings.push_back(fmt::format("unknown field {}", in_quotes(key)));
    }
    std::ranges::sort(error.warnings);
    return refuse(std::move(error));
  }
  auto incoming = decode_incoming(patch.call, object, patch.strict);
  if (!incoming) return refuse(wrong_patch(patch, incoming.error(), object));
  const auto said = name_of(incoming->object);
  if (said.empty()) return refuse(no_name(patch.call));
  const auto ns = namespace_of(incoming->object);
  if (!ns.empty() && ns != patch.call.target.ns) {
    return refuse(
        bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  }
  if (said != patch.call.target.name) {
    return refuse(bad_request(fmt::format("the name of the object ({}) does not match the name on the URL ({})", said,
                                          patch.call.target.name)));
  }
  return incoming;
}

}  // namespace

ApiResult<ReadPatch> read_patch(Call call, const std::string& body, const std::string& content_type) {
  auto how = patch_kind(content_type);
  if (!how) return refuse(how.error());
  const std::string_view said = *how == PatchKind::strategic ? "" : "error decoding patch: ";
  auto read = read_json(body);
  if (!read) return refuse(bad_request(fmt::format("{}{}", said, read.error().what)));
  Patch patch{std::move(call), *how, std::move(read->value), {}};
  for (const auto& name : read->duplicates)
    patch.strict.push_back(fmt::format("duplicate field {}", in_quotes(name)));
  if (patch.kind == PatchKind::json) {
    if (auto right = check_json_patch(patch.body, patch.strict); !right) return refuse(right.error());
  } else if (patch.body.is_null()) {
    if (patch.kind == PatchKind::merge) return refuse(bad_request("Invalid JSON Patch"));
    patch.body = json::Object{};
  } else if (!patch.body.is_object()) {
    return refuse(bad_request(fmt::format(
        "{}json: cannot unmarshal {} into Go value of type map[string]interface {{}}", said, json_type(patch.body))));
  }
  const bool pinned = patch.body.is_object() && json::find(patch.body, "metadata.resourceVersion") != nullptr;
  return ReadPatch{[patch = std::move(patch)](const json::Object& before) { return patched(patch, before); }, pinned};
}

Task<ApiResult<Written>> patch_object(Api& api, Call call, std::string body, std::string content_type) {
  const auto* kind = call.target.kind;
  const ObjectRef ref{kind->storage, call.target.ns, call.target.name};
  UpdateOptions options{call.dry_run, call.target.subresource == "status", false};
  auto patch = read_patch(std::move(call), body, content_type);
  if (!patch) co_return refuse(patch.error());
  options.pinned = patch->pinned;
  auto warnings = std::make_shared<std::vector<std::string>>();
  Change change = [apply = std::move(patch->apply), warnings](const json::Object& before) -> ApiResult<json::Object> {
    auto incoming = apply(before);
    if (!incoming) return refuse(incoming.error());
    *warnings = std::move(incoming->warnings);
    return std::move(incoming->object);
  };
  auto written = co_await update_object(api, *kind, ref, std::move(change), options);
  co_return with_warnings(std::move(written), *warnings);
}

}  // namespace fairway::kube_api
