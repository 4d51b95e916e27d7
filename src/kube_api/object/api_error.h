// What the API answers when it refuses: the Status object of the Kubernetes API, with its code, reason and causes.
//
// Reference: k8s.io/docs/reference/kubernetes-api/common-definitions/status. The texts are those of the real server,
// since people and programs know them.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "kube_api/object/field_errors.h"

namespace fairway::kube_api {

struct ApiError {
  int code = 500;
  std::string reason;                   // "NotFound"
  std::string message;                  // what a person reads
  json::Value details;                  // null: none
  std::vector<std::string> warnings{};  // said beside it: what was wrong, but not why it is refused
};

template <class T = void>
using ApiResult = std::expected<T, ApiError>;

[[nodiscard]] inline std::unexpected<ApiError> refuse(ApiError error) { return std::unexpected(std::move(error)); }

// The object as it goes over the wire.
[[nodiscard]] json::Value to_status(const ApiError& error);

// "services" or "leases.coordination.k8s.io" is how a resource is named in texts.
struct ResourceName {
  std::string group, plural, kind;
  [[nodiscard]] std::string qualified() const { return group.empty() ? plural : plural + "." + group; }
  [[nodiscard]] std::string qualified_kind() const { return group.empty() ? kind : kind + "." + group; }
};

[[nodiscard]] ApiError not_found(const ResourceName& resource, std::string_view name);
[[nodiscard]] ApiError already_exists(const ResourceName& resource, std::string_view name);
[[nodiscard]] ApiError conflict(const ResourceName& resource, std::string_view name, std::string_view why);
[[nodiscard]] ApiError modified(const ResourceName& resource, std::string_view name);
[[nodiscard]] ApiError invalid(const ResourceName& resource, std::string_view name, const FieldErrors& errors);
[[nodiscard]] ApiError forbidden(const ResourceName& resource, std::string_view name, std::string_view why);
[[nodiscard]] ApiError bad_request(std::string message);
[[nodiscard]] ApiError unauthorized();
[[nodiscard]] ApiError expired(std::string message);
[[nodiscard]] ApiError internal_error(std::string_view what);
[[nodiscard]] ApiError unsupported_media_type(std::string message);
[[nodiscard]] ApiError not_acceptable(std::string message);
[[nodiscard]] ApiError unavailable(std::string message);
[[nodiscard]] ApiError method_not_allowed(std::string_view verb);
// The path leads nowhere.
[[nodiscard]] ApiError no_such_path();
[[nodiscard]] ApiError too_large(std::string message);

}  // namespace fairway::kube_api
