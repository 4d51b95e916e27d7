// From a request's body to an object of the wanted kind, and every way in which that can fail.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/decode.h"
#include "kube_api/object/json_reader.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/kube_protobuf.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

// The texts that Go prints when neither kind nor version can be read.
constexpr std::string_view kNoVersionKind =
    "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";

std::string_view version_part(std::string_view api_version) {
  return api_version.substr(api_version.find('/') == std::string_view::npos ? 0 : api_version.find('/') + 1);
}

ApiError no_kind_registered(std::string_view kind, std::string_view api_version, const Kind& wanted) {
  return bad_request(
      fmt::format("{} in version {} cannot be handled as a {}: no kind {} is registered for version {} in scheme "
                  "\"pkg/runtime/scheme.go:111\"",
                  kind, in_quotes(version_part(api_version)), wanted.kind, in_quotes(kind), in_quotes(api_version)));
}

// The beginning of a body, so that its sender knows it again.
std::string summary(std::string_view body) {
  constexpr std::size_t kMax = 30;
  if (body.empty()) return "<empty>";
  const std::string_view more = body.size() > kMax ? " ..." : "";
  const auto start = body.substr(0, kMax);
  if (body[0] == '{') return fmt::format("{}{}", start, more);
  std::string hex;
  for (const char c : start) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex + std::string(more);
}

// Forms that the real server still knows of, though it no longer serves them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kOlderForms{
    {{"extensions/v1beta1", "Deployment"},
     {"extensions/v1beta1", "ReplicaSet"},
     {"apps/v1beta1", "Deployment"},
     {"apps/v1beta2", "Deployment"},
     {"apps/v1beta2", "ReplicaSet"}}};

bool is_known(std::string_view api_version, std::string_view name) {
  const auto same = [&](const auto& form) { return form.first == api_version && form.second == name; };
  constexpr std::array kOfNoResource{"List", "Status", "Binding"};
  if (api_version == "v1" && std::ranges::find(kOfNoResource, name) != kOfNoResource.end()) return true;
  return std::ranges::any_of(kOlderForms, same) || std::ranges::any_of(all_kinds(), [&](const Kind& kind) {
           return (kind.kind == name || kind.kind + "List" == name) && kind.api_version() == api_version;
         });
}

// What a kind's group is called inside the real server: the first word of discovery.k8s.io.
std::string internal_group(const Kind& kind) {
  return kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.'));
}

// What the body says it is must be what the address asks for.
ApiResult<> check_type(const json::Object& object, const Kind& wanted) {
  const auto kind = text_at(object, {"kind"});
  const auto version = text_at(object, {"apiVersion"});
  const auto said_kind = kind.empty() ? std::string_view(wanted.kind) : kind;
  const auto said_version = version.empty() ? wanted.api_version() : std::string(version);
  if (said_kind == wanted.kind && said_version == wanted.api_version()) return {};
  if (!is_known(said_version, said_kind)) return refuse(no_kind_registered(said_kind, said_version, wanted));
  if (said_kind != wanted.kind) {
    return refuse(bad_request(
        fmt::format("{} in version {} cannot be handled as a {}: converting ({}.{}) to ({}.{}): unknown conversion",
                    said_kind, in_quotes(version_part(said_version)), wanted.kind, version_part(said_version),
                    said_kind, internal_group(stored_kind(wanted.storage)), wanted.kind)));
  }
  return refuse(
      bad_request(fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                              said_version, wanted.api_version())));
}

// Whether kind and version can be read at all.
Result<> check_typed(const json::Value& value) {
  const auto* object = value.if_object();
  if (object == nullptr)
    return fail(Errc::invalid,
                fmt::format("json: cannot unmarshal {} into Go value of type {}", json_type(value), kNoVersionKind));
  for (const auto* key : {"apiVersion", "kind"}) {
    const auto* member = object->if_contains(key);
    if (member == nullptr || member->is_string() || member->is_null()) continue;
    return fail(Errc::invalid, fmt::format("json: cannot unmarshal {} into Go struct field .{} of type string",
                                           json_type(*member), key));
  }
  return {};
}

std::string list_of(const std::vector<std::string>& texts) { return join(texts, ", "); }

}  // namespace

ApiError unrecognized(std::string_view kind, std::string_view body, std::string_view why) {
  return bad_request(
      fmt::format("the object provided is unrecognized (must be of type {}): couldn't get version/kind; json parse "
                  "error: {} ({})",
                  kind, why, summary(body)));
}

ApiResult<json::Value> read_body(const std::string& body, const std::string& content_type, std::string_view kind,
                                 std::vector<std::string>* duplicates) {
  const auto type = trim(std::string_view(content_type).substr(0, content_type.find(';')));
  if (type == "application/vnd.kubernetes.protobuf") {
    auto read = read_protobuf(body);
    if (!read)
      return refuse(read.error().code == Errc::unsupported ? unsupported_media_type(read.error().what)
                                                           : bad_request(read.error().what));
    return *std::move(read);
  }
  if (!type.empty() && type != "application/json" && type != "*/*") {
    return refuse(unsupported_media_type(
        "the body of the request was in an unknown format - accepted media types include: application/json, "
        "application/vnd.kubernetes.protobuf"));
  }
  auto read = read_json(body);
  if (!read) return refuse(unrecognized(kind, body, read.error().what));
  if (duplicates != nullptr) {
    for (const auto& name : read->duplicates)
      duplicates->push_back(fmt::format("duplicate field {}", in_quotes(name)));
  }
  if (read->value.is_null()) read->value = json::Object{};
  if (auto typed = check_typed(read->value); !typed) return refuse(unrecognized(kind, body, typed.error().what));
  return std::move(read->value);
}

ApiResult<Incoming> decode_incoming(const Call& call, json::Value value, std::vector<std::string> strict_errors) {
  const auto& kind = *call.target.kind;
  if (auto right = check_type(value.get_object(), kind); !right) return refuse(right.error());
  std::vector<std::string> unknown;
  if (auto decoded = decode_object(value, Schema::builtin().type(kind.type), unknown); !decoded) {
    return refuse(bad_request(fmt::format("{} in version {} cannot be handled as a {}: {}", kind.kind,
                                          in_quotes(kind.version), kind.kind, decoded.error().what)));
  }
  for (const auto& name : unknown) strict_errors.push_back(fmt::format("unknown field {}", in_quotes(name)));
  Incoming incoming;
  if (!strict_errors.empty() && call.field_validation == FieldValidation::strict) {
    return refuse(bad_request(fmt::format("{} in version {} cannot be handled as a {}: strict decoding error: {}",
                                          kind.kind, in_quotes(kind.version), kind.kind, list_of(strict_errors))));
  }
  if (call.field_validation == FieldValidation::warn) incoming.warnings = std::move(strict_errors);
  incoming.object = std::move(value.get_object());
  incoming.object["kind"] = kind.kind;
  incoming.object["apiVersion"] = kind.api_version();
  (void)child(incoming.object, "metadata");
  if (kind.to_stored != nullptr) {
    kind.to_stored(incoming.object);
    const auto& stored = stored_kind(kind.storage);
    incoming.object["kind"] = stored.kind;
    incoming.object["apiVersion"] = stored.api_version();
  }
  if (kind.rules.set_defaults != nullptr) kind.rules.set_defaults(incoming.object);
  return incoming;
}

}  // namespace fairway::kube_api
