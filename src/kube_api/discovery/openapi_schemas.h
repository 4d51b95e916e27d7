// The types of the schema as OpenAPI definitions. Pure.
#pragma once

#include <set>
#include <string>

#include "json/value.h"
#include "kube_api/object/schema.h"

namespace fairway::kube_api {

enum class OpenApi { v2, v3 };

// Every type, by its OpenAPI name; of `only` when that is not null (and what they refer to).
[[nodiscard]] json::Object openapi_definitions(OpenApi version, const std::set<std::string>* only);

// "Pod" -> true for types that stand alone: they carry x-kubernetes-group-version-kind.
[[nodiscard]] json::Object openapi_paths(OpenApi version, const std::string* group);

}  // namespace fairway::kube_api
