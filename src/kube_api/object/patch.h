// The three kinds of patch. Pure.
// References: RFC 7386 (merge), RFC 6902 (JSON patch),
// kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch (strategic merge: lists merged
// by key, $patch, $deleteFromPrimitiveList, $setElementOrder, $retainKeys).
#pragma once

#include "json/value.h"
#include "kube_api/object/api_error.h"
#include "kube_api/object/schema.h"

namespace fairway::kube_api {

void apply_merge_patch(json::Value& target, const json::Value& patch);

// What is no JSON patch at all: 400, or 413 when it is too long. Fields that an operation does not have are only noted.
[[nodiscard]] ApiResult<> check_json_patch(const json::Value& patch, std::vector<std::string>& unknown);
// Errors as the real server's: 422 when an operation does not apply. null changes nothing.
[[nodiscard]] ApiResult<> apply_json_patch(json::Value& target, const json::Value& patch);

[[nodiscard]] ApiResult<> apply_strategic_patch(json::Object& target, const json::Object& patch,
                                                const StructType& type);

}  // namespace fairway::kube_api
