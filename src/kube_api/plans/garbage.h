// What belonged to something that is gone, or is going. Pure; kube_api/controllers/collect_garbage.cpp carries it out.
// Reference: kubernetes.io/docs/concepts/architecture/garbage-collection.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kube_api/state/objects.h"

namespace fairway::kube_api {

inline constexpr std::string_view kForeground = "foregroundDeletion";
inline constexpr std::string_view kOrphan = "orphan";

[[nodiscard]] bool has_finalizer(const json::Object& object, std::string_view finalizer);
[[nodiscard]] json::Object without_finalizer(const json::Object& object, std::string_view finalizer);

// How an owner stands, as its dependents see it.
enum class OwnerState {
  solid,    // there, or of a kind that is not served here: nobody knows better
  waiting,  // deleted in the foreground: waits for its dependents to go first
  absent,
};

struct GarbageVerdict {
  enum class Action { keep, forget_owners, remove } action = Action::keep;
  std::vector<std::string> owners;  // UIDs of those to forget
  std::string policy;               // how to remove: "Background", "Foreground", "Orphan"
};

// `state` is asked for each owner reference; `has_dependents`: something belongs to the object in turn.
[[nodiscard]] GarbageVerdict judge_dependent(const json::Object& object,
                                             const std::function<OwnerState(const json::Value& owner)>& state,
                                             bool has_dependents);

// Who belongs to whom, by the UIDs of owners.
class OwnerIndex {
 public:
  void note(const ObjectChange& change);
  [[nodiscard]] std::vector<ObjectRef> dependents(std::string_view uid) const;
  [[nodiscard]] bool has_dependents(std::string_view uid) const { return owners_.contains(uid); }

 private:
  std::map<std::string, std::set<ObjectRef>, std::less<>> owners_;
};

}  // namespace fairway::kube_api
