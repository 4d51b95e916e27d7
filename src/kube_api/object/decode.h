// From what a client sent to an object of a kind: types checked, unknown fields found, everything in its one form (no
// nulls, nothing empty that the real server would leave out, times in UTC, quantities normalised).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "kube_api/object/schema.h"

namespace fairway::kube_api {

// Error: invalid, in the words of Go's decoder:
//   json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32
// Fields that the type does not have are removed and named in `unknown`: "spec.ports[0].foo".
[[nodiscard]] Result<> decode_object(json::Value& object, const StructType& type, std::vector<std::string>& unknown);

// Brings an object of ours (already of the right types) into the same form, after changes.
void normalize_object(json::Value& object, const StructType& type);

}  // namespace fairway::kube_api
