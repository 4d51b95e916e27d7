// Who an object belongs to: metadata.ownerReferences. Pure.
// Reference: kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace fairway::kube_api {

// The one reference that says controller: true, or nullptr.
[[nodiscard]] const json::Value* controller_of(const json::Object& object);
[[nodiscard]] bool controlled_by(const json::Object& object, std::string_view uid);

// A reference to `owner`, an object of this kind, as its controller.
[[nodiscard]] json::Object controller_reference(std::string_view api_version, std::string_view kind,
                                                const json::Object& owner);

// The object with the reference added, and without any to `uid`.
[[nodiscard]] json::Object with_owner(const json::Object& object, json::Object reference);
[[nodiscard]] json::Object without_owner(const json::Object& object, std::string_view uid);

// Whether a controller with this selector should take the object, keep it, give it up, or leave it alone.
enum class Claim { keep, adopt, release, leave };
[[nodiscard]] Claim claim_of(const json::Object& object, const json::Object& owner, bool selected);

}  // namespace fairway::kube_api
