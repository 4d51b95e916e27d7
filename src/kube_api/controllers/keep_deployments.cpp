// Deployments make, size and forget their replica sets.
#include <fmt/format.h>

#include "kube_api/controllers/agenda.h"
#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/owners.h"
#include "kube_api/object/pod_facts.h"
#include "kube_api/plans/deployment_plan.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kWho = "deployment-controller";

const Kind& deployment_kind() { return *find_kind("apps", "v1", "deployments"); }
const Kind& set_kind() { return *find_kind("apps", "v1", "replicasets"); }

LabelSelector selector_of(const json::Object& deployment) {
  return LabelSelector::from_object(map_at(deployment, {"spec", "selector"}));
}

// The deployment that a set belongs to, or those that may want it.
void concern_set(const Api& api, const json::Object& set, Agenda& agenda) {
  const std::string ns(namespace_of(set));
  if (const auto* owner = controller_of(set)) {
    if (text_in(*owner, "kind") == "Deployment") agenda.add({ns, std::string(text_in(*owner, "name"))});
    return;
  }
  for (const auto& deployment : api.objects.list("deployments", ns)) {
    if (selector_of(*deployment.object).matches(map_at(set, {"metadata", "labels"})))
      agenda.add(key_of(*deployment.object));
  }
}

void concern(const Api& api, const ObjectChange& change, Agenda& agenda) {
  const auto& storage = change.ref.storage;
  if (storage == "deployments") agenda.add({change.ref.ns, change.ref.name});
  if (storage == "replicasets") {
    for (const auto& set : {change.now, change.before}) {
      if (set) concern_set(api, *set, agenda);
    }
  }
  // Recreate waits for the end of old pods.
  if (storage != "pods" || (change.now && !pod_has_ended(*change.now)) || !change.before) return;
  const auto* owner = controller_of(*change.before);
  if (owner == nullptr) return;
  const auto* set = api.objects.find({"replicasets", change.ref.ns, std::string(text_in(*owner, "name"))});
  if (set != nullptr) concern_set(api, *set->object, agenda);
}

// The deployment's sets, once those that fit it are taken and those that no longer do are given up.
Task<std::vector<Stored>> claim_sets(Api& api, ObjectPtr deployment) {
  const auto selector = selector_of(*deployment);
  const std::string ns(namespace_of(*deployment));
  for (const auto& set : api.objects.list("replicasets", ns)) {
    const bool selected = selector.matches(map_at(*set.object, {"metadata", "labels"}));
    const auto claim = claim_of(*set.object, *deployment, selected);
    if (claim == Claim::adopt) {
      auto taken = with_owner(*set.object, controller_reference("apps/v1", "Deployment", *deployment));
      co_await replace_planned(api, kWho, set_kind(), std::move(taken), false);
    } else if (claim == Claim::release) {
      co_await replace_planned(api, kWho, set_kind(), without_owner(*set.object, uid_of(*deployment)), false);
    }
  }
  std::vector<Stored> mine;
  for (const auto& set : api.objects.list("replicasets", ns)) {
    if (controlled_by(*set.object, uid_of(*deployment))) mine.push_back(set);
  }
  co_return mine;
}

bool old_pods_run(const Api& api, const json::Object& deployment, const std::vector<RolloutSet>& sets) {
  const auto* newest = find_new_set(deployment, sets);
  for (const auto& pod : api.objects.list("pods", namespace_of(deployment))) {
    if (pod_has_ended(*pod.object)) continue;
    for (const auto& set : sets) {
      if (&set != newest && controlled_by(*pod.object, set.uid)) return true;
    }
  }
  return false;
}

Task<> say(Api& api, ObjectPtr deployment, std::string_view type, std::string_view reason, std::string message) {
  EventText text{std::string(type), std::string(reason), std::move(message), std::string(kWho), ""};
  co_await record_event(api, std::move(deployment), "Deployment", std::move(text));
}

Task<> put_status(Api& api, const json::Object& deployment, json::Object status, std::string revision) {
  auto now = deployment;
  now["status"] = std::move(status);
  if (!revision.empty()) child(child(now, "metadata"), "annotations")[kRevision] = revision;
  co_await replace_planned(api, kWho, deployment_kind(), std::move(now), true);
}

// Another template of the same hash stands in the way: the next try hashes with a higher number.
Task<> avoid_collision(Api& api, ObjectPtr deployment) {
  auto status = map_at(*deployment, {"status"});
  status["collisionCount"] = int_at(status, {"collisionCount"}) + 1;
  co_await put_status(api, *deployment, std::move(status), "");
}

// False: to be tried again.
Task<bool> make_set(Api& api, ObjectPtr deployment, json::Object set) {
  const std::string name(name_of(set)), ns(namespace_of(set));
  const auto now = api.env.clock.wall();
  const auto replicas = int_at(set, {"spec", "replicas"});
  const std::string revision(text_at(set, {"metadata", "annotations", kRevision}));
  auto created = co_await create_admitted(api, set_kind(), std::move(set));
  if (!created && created.error().code == 409) {
    const auto* present = api.objects.find({"replicasets", ns, name});
    if (present != nullptr && controlled_by(*present->object, uid_of(*deployment)) &&
        same_template(*deployment, *present->object))
      co_return true;
    co_await avoid_collision(api, deployment);
    co_return true;
  }
  if (!created) {
    const auto& error = created.error();
    if (namespace_ends(error)) co_return true;
    const auto why = fmt::format("Failed to create new replica set {}: {}", in_quotes(name), error.message);
    co_await put_status(api, *deployment, status_after_failure(*deployment, why, now), "");
    co_await say(api, deployment, "Warning", "ReplicaSetCreateError", why);
    co_return false;
  }
  if (replicas > 0) {
    auto text = fmt::format("Scaled up replica set {} from 0 to {}", name, replicas);
    co_await say(api, deployment, "Normal", "ScalingReplicaSet", std::move(text));
  }
  co_await put_status(api, *deployment, status_after_create(*deployment, **created, now), revision);
  co_return true;
}

Task<> resize_sets(Api& api, ObjectPtr deployment, std::vector<SetResize> changes) {
  for (auto& change : changes) {
    const bool written = co_await replace_planned(api, kWho, set_kind(), std::move(change.object), false);
    if (!written || change.from == change.to) continue;
    auto text = fmt::format("Scaled {} replica set {} from {} to {}", change.from < change.to ? "up" : "down",
                            change.name, change.from, change.to);
    co_await say(api, deployment, "Normal", "ScalingReplicaSet", std::move(text));
  }
}

Task<> sync(Api& api, Agenda::Key key, Agenda& agenda) {
  const auto* found = api.objects.find({"deployments", key.first, key.second});
  if (found == nullptr) {
    agenda.good(key);
    co_return;
  }
  const auto deployment = found->object;
  auto sets = read_rollout_sets(co_await claim_sets(api, deployment));
  const bool old_pods = old_pods_run(api, *deployment, sets);
  auto plan = plan_deployment({*deployment, std::move(sets), old_pods, api.env.clock.wall()});
  if (plan.create) {
    const bool made = co_await make_set(api, deployment, *std::move(plan.create));
    if (made) {
      agenda.good(key);
    } else {
      agenda.retry(key, api.env.clock.steady());
    }
    co_return;
  }
  if (plan.refresh) {
    co_await replace_planned(api, kWho, set_kind(), *std::move(plan.refresh), false);
    co_return;
  }
  co_await resize_sets(api, deployment, std::move(plan.resize));
  for (const auto& name : plan.remove) {
    ObjectRef ref{"replicasets", key.first, name};
    co_await remove_object(api, kWho, set_kind(), std::move(ref));
  }
  co_await put_status(api, *deployment, std::move(plan.status), std::move(plan.revision));
  if (plan.look_again) agenda.add_later(key, api.env.clock.steady() + *plan.look_again);
}

}  // namespace

Task<> keep_deployments(Api& api) {
  ChangeCursor cursor(api.objects);
  Agenda agenda;
  while (!api.objects.stopping()) {
    const auto seen = cursor.next();
    if (seen.all) {
      for (const auto& deployment : api.objects.list("deployments")) agenda.add(key_of(*deployment.object));
    }
    for (const auto& change : seen.changes) concern(api, change, agenda);
    const auto due = agenda.take(api.env.clock.steady());
    for (const auto& key : due) co_await sync(api, key, agenda);
    if (!seen.all && seen.changes.empty() && due.empty()) co_await wait_for(api, agenda);
  }
}

}  // namespace fairway::kube_api
