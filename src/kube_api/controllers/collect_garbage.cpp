// What belonged to something that is gone goes too; owners that wait for it (foreground), or that leave it behind
// (orphan), are let go once that is done.
#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/owners.h"
#include "kube_api/plans/garbage.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kWho = "garbage-collector";

const Kind* kind_of(const json::Value& owner) {
  const auto version = text_in(owner, "apiVersion"), name = text_in(owner, "kind");
  for (const auto& kind : all_kinds()) {
    if (kind.kind == name && kind.api_version() == version) return &kind;
  }
  return nullptr;
}

OwnerState state_of(const Api& api, const std::string& ns, const json::Value& owner) {
  const auto* kind = kind_of(owner);
  if (kind == nullptr) return OwnerState::solid;
  const auto* found =
      api.objects.find({kind->storage, kind->namespaced ? ns : "", std::string(text_in(owner, "name"))});
  if (found == nullptr || uid_of(*found->object) != text_in(owner, "uid")) return OwnerState::absent;
  const bool waits = being_deleted(*found->object) && has_finalizer(*found->object, kForeground);
  // Who does not hold its owner up need not go before it.
  return waits && json::bool_or(owner, "blockOwnerDeletion") ? OwnerState::waiting : OwnerState::solid;
}

Task<> judge(Api& api, const OwnerIndex& index, ObjectRef ref) {
  const auto* found = api.objects.find(ref);
  if (found == nullptr) co_return;
  const auto object = found->object;
  const auto verdict = judge_dependent(
      *object, [&](const json::Value& owner) { return state_of(api, ref.ns, owner); },
      index.has_dependents(uid_of(*object)));
  const auto& kind = stored_kind(ref.storage);
  if (verdict.action == GarbageVerdict::Action::forget_owners) {
    auto changed = *object;
    for (const auto& uid : verdict.owners) changed = without_owner(changed, uid);
    co_await replace_planned(api, kWho, kind, std::move(changed), false);
  } else if (verdict.action == GarbageVerdict::Action::remove) {
    DeleteOptions options;
    options.uid = uid_of(*object);
    options.propagation = verdict.policy;
    auto removed = co_await delete_object(api, kind, ref, options);
    if (!removed && removed.error().code != 404 && removed.error().code != 409)
      api.env.log.warn("what belonged to a deleted object could not be deleted",
                       {{"object", ref.key()}, {"why", removed.error().message}});
  }
}

Task<> let_go(Api& api, const ObjectRef& ref, ObjectPtr owner, std::string_view finalizer) {
  Change change = [finalizer, uid = std::string(uid_of(*owner))](const json::Object& before) {
    return ApiResult<json::Object>(uid_of(before) == uid ? without_finalizer(before, finalizer) : before);
  };
  auto written = co_await update_object(api, stored_kind(ref.storage), ref, std::move(change), {});
  if (!written && written.error().code != 404)
    api.env.log.warn("a deleted object could not be let go",
                     {{"object", ref.key()}, {"why", written.error().message}});
}

// Dependents that must go before their owner does.
bool is_held_up(const Api& api, const OwnerIndex& index, const json::Object& owner) {
  for (const auto& ref : index.dependents(uid_of(owner))) {
    const auto* dependent = api.objects.find(ref);
    if (dependent == nullptr) continue;
    for (const auto& reference : list_at(*dependent->object, {"metadata", "ownerReferences"})) {
      if (text_in(reference, "uid") == uid_of(owner) && json::bool_or(reference, "blockOwnerDeletion")) return true;
    }
  }
  return false;
}

Task<> end_owner(Api& api, const OwnerIndex& index, ObjectRef ref) {
  const auto* found = api.objects.find(ref);
  if (found == nullptr || !being_deleted(*found->object)) co_return;
  const auto owner = found->object;
  const auto dependents = index.dependents(uid_of(*owner));
  if (has_finalizer(*owner, kOrphan)) {
    for (const auto& dependent : dependents) {
      const auto* object = api.objects.find(dependent);
      if (object == nullptr) continue;
      co_await replace_planned(api, kWho, stored_kind(dependent.storage),
                               without_owner(*object->object, uid_of(*owner)), false);
    }
    co_await let_go(api, ref, owner, kOrphan);
  } else if (has_finalizer(*owner, kForeground)) {
    for (const auto& dependent : dependents) co_await judge(api, index, dependent);
    if (!is_held_up(api, index, *owner)) co_await let_go(api, ref, owner, kForeground);
  }
}

// Owners that may wait for this object's end.
void add_owners(const Api& api, const ObjectChange& change, std::set<ObjectRef>& owners) {
  if (!change.before) return;
  for (const auto& owner : list_at(*change.before, {"metadata", "ownerReferences"})) {
    const auto* kind = kind_of(owner);
    if (kind == nullptr) continue;
    ObjectRef ref{kind->storage, kind->namespaced ? change.ref.ns : "", std::string(text_in(owner, "name"))};
    const auto* found = api.objects.find(ref);
    if (found != nullptr && being_deleted(*found->object)) owners.insert(std::move(ref));
  }
}

void note_change(const Api& api, OwnerIndex& index, const ObjectChange& change, std::set<ObjectRef>& judged,
                 std::set<ObjectRef>& ending) {
  index.note(change);
  add_owners(api, change, ending);
  const auto is_another = [&] { return !change.now || uid_of(*change.now) != uid_of(*change.before); };
  if (change.before && is_another()) {
    for (auto& dependent : index.dependents(uid_of(*change.before))) judged.insert(std::move(dependent));
  }
  if (!change.now) return;
  if (!list_at(*change.now, {"metadata", "ownerReferences"}).empty() && !being_deleted(*change.now))
    judged.insert(change.ref);
  if (being_deleted(*change.now)) ending.insert(change.ref);
}

// Everything there is, as if it had just been made.
std::vector<ObjectChange> all_as_changes(const Api& api) {
  std::set<std::string> storages;
  for (const auto& kind : all_kinds()) storages.insert(kind.storage);
  std::vector<ObjectChange> changes;
  for (const auto& storage : storages) {
    for (const auto& item : api.objects.list(storage)) {
      changes.push_back({item.revision,
                         {storage, std::string(namespace_of(*item.object)), std::string(name_of(*item.object))},
                         item.object,
                         nullptr});
    }
  }
  return changes;
}

}  // namespace

Task<> collect_garbage(Api& api) {
  ChangeCursor cursor(api.objects);
  OwnerIndex index;
  while (!api.objects.stopping()) {
    auto seen = cursor.next();
    if (seen.all) {
      index = {};
      seen.changes = all_as_changes(api);
    }
    std::set<ObjectRef> judged, ending;
    for (const auto& change : seen.changes) note_change(api, index, change, judged, ending);
    for (const auto& ref : judged) co_await judge(api, index, ref);
    for (const auto& ref : ending) co_await end_owner(api, index, ref);
    if (!seen.all && seen.changes.empty()) co_await api.objects.changed().wait();
  }
}

}  // namespace fairway::kube_api
