#include "kube_api/object/owners.h"

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {

const json::Value* controller_of(const json::Object& object) {
  for (const auto& owner : list_at(object, {"metadata", "ownerReferences"})) {
    if (json::bool_or(owner, "controller")) return &owner;
  }
  return nullptr;
}

bool controlled_by(const json::Object& object, std::string_view uid) {
  const auto* owner = controller_of(object);
  return owner != nullptr && text_in(*owner, "uid") == uid;
}

json::Object controller_reference(std::string_view api_version, std::string_view kind, const json::Object& owner) {
  return {{"apiVersion", api_version}, {"kind", kind},       {"name", name_of(owner)},
          {"uid", uid_of(owner)},      {"controller", true}, {"blockOwnerDeletion", true}};
}

json::Object with_owner(const json::Object& object, json::Object reference) {
  auto changed = without_owner(object, text_at(reference, {"uid"}));
  auto& owners = child(changed, "metadata")["ownerReferences"];
  if (!owners.is_array()) owners.emplace_array();
  owners.get_array().push_back(std::move(reference));
  return changed;
}

json::Object without_owner(const json::Object& object, std::string_view uid) {
  auto changed = object;
  json::Array kept;
  for (const auto& owner : list_at(object, {"metadata", "ownerReferences"})) {
    if (text_in(owner, "uid") != uid) kept.push_back(owner);
  }
  child(changed, "metadata")["ownerReferences"] = std::move(kept);
  return changed;
}

Claim claim_of(const json::Object& object, const json::Object& owner, bool selected) {
  if (const auto* present = controller_of(object)) {
    if (text_in(*present, "uid") != uid_of(owner)) return Claim::leave;
    if (selected) return Claim::keep;
    return being_deleted(owner) ? Claim::leave : Claim::release;
  }
  if (!selected || being_deleted(owner) || being_deleted(object)) return Claim::leave;
  return Claim::adopt;
}

}  // namespace fairway::kube_api
