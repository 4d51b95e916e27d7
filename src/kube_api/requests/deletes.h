// Delete: preconditions, finalizers, the grace that pods get, namespaces that are emptied first, and what becomes of
// what belongs to the object (kube_api/controllers/collect_garbage.cpp does that part).
#pragma once

#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

struct DeleteOptions {
  std::optional<std::int64_t> grace_period;
  std::string uid, resource_version;  // preconditions, empty: none
  bool dry_run = false;
  std::string propagation;  // "Background", "Foreground", "Orphan"; empty: as the object's finalizers say
};

[[nodiscard]] ApiResult<DeleteOptions> read_delete_options(const Call& call, const std::string& body,
                                                           const std::string& content_type);

Task<ApiResult<Written>> delete_object(Api& api, const Kind& kind, ObjectRef ref, DeleteOptions options);
// The list of what was deleted.
Task<ApiResult<json::Value>> delete_collection(Api& api, Call call, DeleteOptions options);

}  // namespace fairway::kube_api
