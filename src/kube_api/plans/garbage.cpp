#include "kube_api/plans/garbage.h"

#include <algorithm>

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {

bool has_finalizer(const json::Object& object, std::string_view finalizer) {
  const auto& list = list_at(object, {"metadata", "finalizers"});
  return std::ranges::find(list, json::Value(finalizer)) != list.end();
}

json::Object without_finalizer(const json::Object& object, std::string_view finalizer) {
  auto changed = object;
  json::Array kept;
  for (const auto& one : list_at(object, {"metadata", "finalizers"})) {
    if (one != json::Value(finalizer)) kept.push_back(one);
  }
  child(changed, "metadata")["finalizers"] = std::move(kept);
  return changed;
}

GarbageVerdict judge_dependent(const json::Object& object,
                               const std::function<OwnerState(const json::Value& owner)>& state,
                               bool has_dependents) {
  using enum GarbageVerdict::Action;
  GarbageVerdict verdict;
  bool solid = false, waiting = false, any = false;
  for (const auto& owner : list_at(object, {"metadata", "ownerReferences"})) {
    any = true;
    const auto how = state(owner);
    solid = solid || how == OwnerState::solid;
    waiting = waiting || how == OwnerState::waiting;
    if (how != OwnerState::solid) verdict.owners.emplace_back(text_in(owner, "uid"));
  }
  if (!any || verdict.owners.empty() || being_deleted(object)) return {};
  if (solid) {
    verdict.action = forget_owners;
    return verdict;
  }
  verdict.action = remove;
  verdict.owners.clear();
  verdict.policy = "Background";
  if (has_finalizer(object, kOrphan)) verdict.policy = "Orphan";
  if ((waiting && has_dependents) || has_finalizer(object, kForeground)) verdict.policy = "Foreground";
  return verdict;
}

void OwnerIndex::note(const ObjectChange& change) {
  if (change.before) {
    for (const auto& owner : list_at(*change.before, {"metadata", "ownerReferences"})) {
      const auto known = owners_.find(text_in(owner, "uid"));
      if (known == owners_.end()) continue;
      known->second.erase(change.ref);
      if (known->second.empty()) owners_.erase(known);
    }
  }
  if (!change.now) return;
  for (const auto& owner : list_at(*change.now, {"metadata", "ownerReferences"}))
    owners_[std::string(text_in(owner, "uid"))].insert(change.ref);
}

std::vector<ObjectRef> OwnerIndex::dependents(std::string_view uid) const {
  const auto found = owners_.find(uid);
  if (found == owners_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

}  // namespace fairway::kube_api
