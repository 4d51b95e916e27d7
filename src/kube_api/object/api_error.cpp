#include "kube_api/object/api_error.h"

#include <fmt/format.h>

namespace fairway::kube_api {
namespace {

json::Object details_of(const ResourceName& resource, std::string_view name, std::string_view kind) {
  json::Object details;
  if (!name.empty()) details["name"] = name;
  if (!resource.group.empty()) details["group"] = resource.group;
  if (!kind.empty()) details["kind"] = kind;
  return details;
}

}  // namespace

json::Value to_status(const ApiError& error) {
  json::Object status{{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::Object{}}, {"status", "Failure"}};
  status["message"] = error.message;
  if (!error.reason.empty()) status["reason"] = error.reason;
  if (!error.details.is_null()) status["details"] = error.details;
  status["code"] = error.code;
  return status;
}

ApiError not_found(const ResourceName& resource, std::string_view name) {
  return {404, "NotFound", fmt::format("{} \"{}\" not found", resource.qualified(), name),
          details_of(resource, name, resource.plural)};
}

ApiError already_exists(const ResourceName& resource, std::string_view name) {
  return {409, "AlreadyExists", fmt::format("{} \"{}\" already exists", resource.qualified(), name),
          details_of(resource, name, resource.plural)};
}

ApiError conflict(const ResourceName& resource, std::string_view name, std::string_view why) {
  return {409, "Conflict",
          fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", resource.qualified(), name, why),
          details_of(resource, name, resource.plural)};
}

ApiError modified(const ResourceName& resource, std::string_view name) {
  return conflict(resource, name,
                  "the object has been modified; please apply your changes to the latest version and try again");
}

ApiError invalid(const ResourceName& resource, std::string_view name, const FieldErrors& errors) {
  auto details = details_of(resource, name, resource.kind);
  json::Array causes;
  for (const auto& error : errors.list()) {
    causes.push_back(json::Object{{"reason", error.reason}, {"message", error.body}, {"field", error.field}});
  }
  details["causes"] = std::move(causes);
  return {422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", resource.qualified_kind(), name, errors.text()),
          std::move(details)};
}

ApiError forbidden(const ResourceName& resource, std::string_view name, std::string_view why) {
  const auto message = name.empty() ? fmt::format("{} is forbidden: {}", resource.qualified(), why)
                                    : fmt::format("{} \"{}\" is forbidden: {}", resource.qualified(), name, why);
  return {403, "Forbidden", message, details_of(resource, name, resource.plural)};
}

ApiError bad_request(std::string message) { return {400, "BadRequest", std::move(message), nullptr}; }
ApiError unauthorized() { return {401, "Unauthorized", "Unauthorized", nullptr}; }
ApiError expired(std::string message) { return {410, "Expired", std::move(message), nullptr}; }

ApiError internal_error(std::string_view what) {
  return {500, "InternalError", fmt::format("Internal error occurred: {}", what),
          json::Object{{"causes", json::Array{json::Object{{"message", what}}}}}};
}

ApiError unsupported_media_type(std::string message) {
  return {415, "UnsupportedMediaType", std::move(message), nullptr};
}
ApiError not_acceptable(std::string message) { return {406, "NotAcceptable", std::move(message), nullptr}; }
ApiError unavailable(std::string message) { return {503, "ServiceUnavailable", std::move(message), nullptr}; }
ApiError too_large(std::string message) { return {413, "RequestEntityTooLarge", std::move(message), nullptr}; }

ApiError method_not_allowed(std::string_view verb) {
  return {405, "MethodNotAllowed",
          verb.empty() ? "the server does not allow this method on the requested resource"
                       : fmt::format("{} is not supported on resources of this kind", verb),
          json::Object{}};
}

ApiError no_such_path() {
  return {404, "NotFound", "the server could not find the requested resource", json::Object{}};
}

}  // namespace fairway::kube_api
