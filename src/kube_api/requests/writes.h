// Create, replace, patch and delete: from a request's body to the store, by the order of steps that the real server
// has (decode, admission, defaults, allocation, validation, write). Threads: the loop's.
#pragma once

#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

Task<ApiResult<Written>> create_object(Api& api, Call call, std::string body, std::string content_type);
Task<ApiResult<Written>> replace_object(Api& api, Call call, std::string body, std::string content_type);
Task<ApiResult<Written>> patch_object(Api& api, Call call, std::string body, std::string content_type);

// The object of a create or replace, decoded into the stored form, with defaults. Shared with subresources.
struct Incoming {
  json::Object object;
  std::vector<std::string> warnings;
};
// `kind` is what the body should be, for the texts of errors.
[[nodiscard]] ApiResult<json::Value> read_body(const std::string& body, const std::string& content_type,
                                               std::string_view kind, std::vector<std::string>* duplicates = nullptr);
[[nodiscard]] ApiResult<Incoming> decode_incoming(const Call& call, json::Value value,
                                                  std::vector<std::string> strict_errors);

// What is asked for at an address has no name of its own.
[[nodiscard]] ApiError no_name(const Call& call);

// A patch, read: `apply` makes of an object in its stored form what the patch wants, decoded and with defaults.
struct ReadPatch {
  std::function<ApiResult<Incoming>(const json::Object& before)> apply;
  bool pinned = false;  // it names the resourceVersion that it is for
};
[[nodiscard]] ApiResult<ReadPatch> read_patch(Call call, const std::string& body, const std::string& content_type);

// Creates an object of ours (controllers, bootstrap) by the same path; an existing one is already_exists (409).
Task<ApiResult<ObjectPtr>> create_own(Api& api, const Kind& kind, json::Object object);
// The same with admission before it, as a client's object has it: pods get their service account and tolerations.
Task<ApiResult<ObjectPtr>> create_admitted(Api& api, const Kind& kind, json::Object object);

// An update whose new content `change` computes from the present one; tried again when someone was faster, unless
// `pinned`. `change` is a pure function.
using Change = std::function<ApiResult<json::Object>(const json::Object& before)>;
struct UpdateOptions {
  bool dry_run = false;
  bool status_only = false;  // the status subresource
  bool pinned = false;
  bool internal = false;  // a controller's own: nothing is put back to what it was
};
Task<ApiResult<Written>> update_object(Api& api, const Kind& kind, ObjectRef ref, Change change,
                                       UpdateOptions options);

// The answer with what its author should know besides, whether it is a refusal or not.
[[nodiscard]] ApiResult<Written> with_warnings(ApiResult<Written> written, const std::vector<std::string>& warnings);

[[nodiscard]] ApiError store_error(const Error& error);

}  // namespace fairway::kube_api
