// The API described for clients that validate before they send and for `kubectl explain`, made from the schema and
// the list of kinds: OpenAPI v2 (JSON, and the protobuf form that kubectl of 2020 insists on) and v3 (JSON). Without
// prose. References: OpenAPI 2.0 and 3.0.0; gnostic's openapi.v2.Document for the protobuf form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace fairway::kube_api {

// Each is made once and kept. Threads: the loop's.
[[nodiscard]] const std::string& openapi_v2_json();
[[nodiscard]] const std::string& openapi_v2_protobuf();
// The list of v3 documents, and the one at "api/v1" or "apis/G/V".
[[nodiscard]] const std::string& openapi_v3_index();
[[nodiscard]] std::optional<std::string> openapi_v3_json(std::string_view group_version);

[[nodiscard]] json::Value make_openapi_v2();
[[nodiscard]] std::string encode_openapi_v2(const json::Value& document);

}  // namespace fairway::kube_api
