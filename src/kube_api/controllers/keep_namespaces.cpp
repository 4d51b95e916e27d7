// Namespaces: what each one has from the start, and how one ends (its content first).
#include <fstream>
#include <set>

#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kWho = "namespaces";
constexpr std::string_view kRootCa = "kube-root-ca.crt";

Task<> fill(Api& api, std::string name, std::string ca) {
  json::Object account{{"metadata", json::Object{{"name", "default"}, {"namespace", name}}}};
  co_await ensure_object(api, kWho, *find_kind("", "v1", "serviceaccounts"), std::move(account));
  if (ca.empty()) co_return;
  json::Object note{
      {"kubernetes.io/description",
       "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints."}};
  json::Object metadata{{"name", kRootCa}, {"namespace", name}, {"annotations", std::move(note)}};
  json::Object map{{"metadata", std::move(metadata)}, {"data", json::Object{{"ca.crt", ca}}}};
  co_await ensure_object(api, kWho, *find_kind("", "v1", "configmaps"), std::move(map));
}

// Whether something is still left.
Task<bool> empty_out(Api& api, std::string name) {
  std::set<std::string> storages;
  for (const auto& kind : all_kinds()) {
    if (kind.namespaced) storages.insert(kind.storage);
  }
  bool left = false;
  for (const auto& storage : storages) {
    for (const auto& item : api.objects.list(storage, name)) {
      const ObjectRef ref{storage, name, std::string(name_of(*item.object))};
      if (!being_deleted(*item.object)) co_await remove_object(api, kWho, stored_kind(storage), ref);
      left = left || api.objects.find(ref) != nullptr;
    }
  }
  co_return left;
}

Task<> finish(Api& api, std::string name) {
  const bool left = co_await empty_out(api, name);
  if (left) co_return;
  Change change = [](const json::Object& before) -> ApiResult<json::Object> {
    auto now = before;
    json::Array kept;
    for (const auto& finalizer : list_at(before, {"spec", "finalizers"})) {
      if (finalizer != "kubernetes") kept.push_back(finalizer);
    }
    child(now, "spec")["finalizers"] = std::move(kept);
    return now;
  };
  auto ended = co_await update_object(api, *find_kind("", "v1", "namespaces"), {"namespaces", "", name},
                                      std::move(change), {false, false, false, true});
  if (!ended && ended.error().code != 404)
    api.env.log.warn("a namespace could not be ended", {{"namespace", name}, {"why", ended.error().message}});
}

std::string read_ca(const Api& api) {
  if (api.config.ca_file.empty()) return "";
  std::ifstream file(api.config.ca_file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The namespaces that changes may concern.
std::set<std::string> concerned(const Api& api, const ChangeCursor::Seen& seen) {
  std::set<std::string> dirty;
  for (const auto& change : seen.changes) {
    if (change.ref.storage == "namespaces") {
      dirty.insert(change.ref.name);
    } else if (change.now == nullptr && !change.ref.ns.empty()) {
      dirty.insert(change.ref.ns);
    }
  }
  if (!seen.all) return dirty;
  for (const auto& item : api.objects.list("namespaces")) dirty.emplace(name_of(*item.object));
  return dirty;
}

Task<> sync(Api& api, std::string name, std::string ca) {
  const auto* found = api.objects.find({"namespaces", "", name});
  if (found == nullptr) co_return;
  if (being_deleted(*found->object)) {
    co_await finish(api, name);
  } else {
    co_await fill(api, name, ca);
  }
}

}  // namespace

Task<> keep_namespaces(Api& api) {
  const auto ca = read_ca(api);
  ChangeCursor cursor(api.objects);
  while (!api.objects.stopping()) {
    const auto seen = cursor.next();
    for (const auto& name : concerned(api, seen)) co_await sync(api, name, ca);
    if (!seen.all && seen.changes.empty()) co_await api.objects.changed().wait();
  }
}

}  // namespace fairway::kube_api
