// The subresource `scale` of deployments and replica sets: how many replicas are wanted and how many there are, in a
// form of its own (autoscaling/v1 Scale), so that a program that scales need not know what it scales.
// Reference: kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources (Scale).
#pragma once

#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

// Pure.
[[nodiscard]] json::Object scale_of(const json::Object& object);
// The call as one about a Scale: how its answer is shown.
[[nodiscard]] Call as_scale(Call call);

[[nodiscard]] ApiResult<json::Value> get_scale(const Api& api, const Call& call);
// PUT and PATCH. The answer is a Scale.
Task<ApiResult<Written>> change_scale(Api& api, Call call, std::string body, std::string content_type);

}  // namespace fairway::kube_api
