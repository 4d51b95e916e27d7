// A manifest, as a person writes it, as the object that the API takes.
#pragma once

#include <string>

#include "base/result.h"
#include "json/value.h"

namespace fairway::kube {

// One document of YAML (1.2's core schema: quoted scalars are texts) or JSON. Errors: invalid, with the line; several
// documents; something that is no object.
[[nodiscard]] Result<json::Value> read_manifest(const std::string& text);

}  // namespace fairway::kube
