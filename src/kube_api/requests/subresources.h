// What a pod can be asked beside itself: to be bound to a node, to be evicted, and for its log.
#pragma once

#include "http/message.h"
#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

Task<ApiResult<Written>> bind_pod(Api& api, Call call, std::string body, std::string content_type);
// Puts the pod on the node. Errors: 404, 409 when it has a node already.
Task<ApiResult<Written>> assign_pod(Api& api, std::string ns, std::string pod, std::string node, bool dry_run);
Task<ApiResult<Written>> evict_pod(Api& api, Call call, std::string body);
// Replaces spec.finalizers of a namespace.
Task<ApiResult<Written>> finalize_namespace(Api& api, Call call, std::string body, std::string content_type);

// The log's text, streamed while it grows when asked to follow.
[[nodiscard]] ApiResult<http::Response> pod_log(Api& api, const Call& call, const http::Request& request);

}  // namespace fairway::kube_api
