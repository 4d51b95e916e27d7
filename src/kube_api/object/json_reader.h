// Reads JSON of strangers as the real API server does: the same words for a syntax error, whole numbers kept whole,
// keys that stand twice in one object noted (the last one wins).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace fairway::kube_api {

struct ReadJson {
  json::Value value;
  std::vector<std::string> duplicates;  // "spec.type", "spec.ports[0].name": in the order of appearance
};

// Errors: invalid, with the text that Go's encoding/json gives ("invalid character '}' after object key"). Deeper
// than 1000 levels is an error too.
[[nodiscard]] Result<ReadJson> read_json(std::string_view text);

// What JSON calls a value in texts of errors: "string", "bool", "array", "object", or "number" for anything else.
[[nodiscard]] std::string_view json_type(const json::Value& value);

}  // namespace fairway::kube_api
