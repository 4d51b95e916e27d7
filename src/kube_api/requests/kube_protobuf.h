// Requests in Kubernetes' protobuf form (kubectl from 1.32 on sends its own objects so): the bytes "k8s\0", then a
// message runtime.Unknown with the object's type and its own message. Answers are always JSON, which every client
// takes. Pure; field numbers come from the schema. Reference: kubernetes.io/docs/reference/using-api/api-concepts
// (protobuf).
#pragma once

#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace fairway::kube_api {

// Errors: invalid, for what is no such message; unsupported, for a type that the schema does not have.
[[nodiscard]] Result<json::Value> read_protobuf(std::string_view body);

}  // namespace fairway::kube_api
