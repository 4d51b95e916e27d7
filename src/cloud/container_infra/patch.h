// JSON patches (RFC 6902: add, replace, remove) of templates, clusters and node groups, with Magnum's rules. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {

struct PatchStep {
  enum class Op { add, replace, remove };
  Op op = Op::replace;
  std::string attribute;  // "labels"
  std::string key;        // inside of it; empty: the attribute itself
  json::Value value;
};

// Errors: invalid: not a list of steps, an unknown operation, a path that leads nowhere, no value.
[[nodiscard]] Result<std::vector<PatchStep>> read_patch(std::string_view body);

// `document` is the object as the API shows it. Texts for labels may be written as Python does ("{'a': 'b'}"), which is
// what older clients send. Errors: invalid: an attribute that is not there, one that is there already (add).
[[nodiscard]] Result<json::Object> apply_patch(json::Object document, const std::vector<PatchStep>& steps);

}  // namespace fairway::cloud::container_infra
