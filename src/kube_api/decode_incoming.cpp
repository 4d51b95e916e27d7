// From a request's body to an object of the wanted kind, and every way in which that can fail.
#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/decode.h"
#include "kube_api/json_reader.h"
#include "kube_api/kube_protobuf.h"
#include "kube_api/object_access.h"
#include "kube_api/writes.h"

namespace fairway::kube_api {
namespace {

// The texts that Go prints when neither kind nor version can be read.
constexpr std::string_view kNoVersionKind =
    "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";

ApiError no_kind_registered(std::string_view kind, std::string_view version, const Kind& wanted) {
  return bad_request(fmt::format("{} in version {} cannot be handled as a {}: no kind {} is registered for version {} in scheme "
                                 "\"pkg/api/legacyscheme/scheme.go:30\"",
                                 kind, in_quotes(version), wanted.kind, in_quotes(kind), in_quotes(version)));
}

const Kind* kind_named(std::string_view api_version, std::string_view name) {
  for (const auto& kind : all_kinds()) {
    if (kind.kind == name && kind.api_version() == api_version) return &kind;
  }
  return nullptr;
}

// What the body says it is must be what the address asks for.
ApiResult<> check_type(const json::Object& object, const Kind& wanted) {
  const auto kind = text_at(object, {"kind"});
  const auto version = text_at(object, {"apiVersion"});
  const auto said_kind = kind.empty() ? std::string_view(wanted.kind) : kind;
  const auto said_version = version.empty() ? wanted.api_version() : std::string(version);
  if (said_kind == wanted.kind && said_version == wanted.api_version()) return {};
  if (kind_named(said_version, said_kind) == nullptr) return refuse(no_kind_registered(said_kind, said_version, wanted));
  const auto slash = said_version.find('/');
  const auto group = slash == std::string::npos ? "" : said_version.substr(0, slash);
  return refuse(bad_request(fmt::format("the API version in the data ({}) does not match the expected API version ({})", said_version,
                                        wanted.api_version())));
}

std::string list_of(const std::vector<std::string>& texts) { return join(texts, ", "); }

}  // namespace

ApiResult<json::Value> read_body(const std::string& body, const std::string& content_type, std::vector<std::string>* duplicates) {
  const auto type = trim(std::string_view(content_type).substr(0, content_type.find(';')));
  if (type == "application/vnd.kubernetes.protobuf") {
    auto read = read_protobuf(body);
    if (!read) return refuse(read.error().code == Errc::unsupported ? unsupported_media_type(read.error().what) : bad_request(read.error().what));
    return *std::move(read);
  }
  if (!type.empty() && type != "application/json" && type != "*/*") {
    return refuse(unsupported_media_type("the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf"));
  }
  auto read = read_json(body);
  if (!read) return refuse(bad_request(fmt::format("couldn't get version/kind; json parse error: {}", read.error().what)));
  if (duplicates != nullptr) {
    for (const auto& name : read->duplicates) duplicates->push_back(fmt::format("duplicate field {}", in_quotes(name)));
  }
  return std::move(read->value);
}

ApiResult<Incoming> decode_incoming(const Call& call, json::Value value, std::vector<std::string> strict_errors) {
  const auto& kind = *call.target.kind;
  if (!value.is_object()) {
    const std::string_view what = value.is_array() ? "array" : value.is_string() ? "string" : value.is_bool() ? "bool" : "number";
    return refuse(bad_request(fmt::format("couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go value of type {}",
                                          value.is_null() ? "null" : what, kNoVersionKind)));
  }
  if (auto right = check_type(value.get_object(), kind); !right) return refuse(right.error());
  std::vector<std::string> unknown;
  if (auto decoded = decode_object(value, Schema::builtin().type(kind.type), unknown); !decoded) {
    return refuse(bad_request(fmt::format("{} in version {} cannot be handled as a {}: {}", kind.kind, in_quotes(kind.version), kind.kind,
                                          decoded.error().what)));
  }
  for (const auto& name : unknown) strict_errors.push_back(fmt::format("unknown field {}", in_quotes(name)));
  Incoming incoming;
  if (!strict_errors.empty() && call.field_validation == FieldValidation::strict) {
    return refuse(bad_request(fmt::format("{} in version {} cannot be handled as a {}: strict decoding error: {}", kind.kind,
                                          in_quotes(kind.version), kind.kind, list_of(strict_errors))));
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
