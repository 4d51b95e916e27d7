// Replica sets get as many pods as they want.
#include <fmt/format.h>

#include "kube_api/controllers/agenda.h"
#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/owners.h"
#include "kube_api/plans/replica_set_plan.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kWho = "replicaset-controller";

const Kind& set_kind() { return *find_kind("apps", "v1", "replicasets"); }
const Kind& pod_kind() { return *find_kind("", "v1", "pods"); }

// Which sets a change may concern.
void concern(const Api& api, const ObjectChange& change, Agenda& agenda) {
  if (change.ref.storage == "replicasets") agenda.add({change.ref.ns, change.ref.name});
  if (change.ref.storage != "pods") return;
  for (const auto& pod : {change.now, change.before}) {
    if (!pod) continue;
    if (const auto* owner = controller_of(*pod)) {
      if (text_in(*owner, "kind") == "ReplicaSet") agenda.add({change.ref.ns, std::string(text_in(*owner, "name"))});
      continue;
    }
    for (const auto& set : api.objects.list("replicasets", change.ref.ns)) {
      const auto selector = LabelSelector::from_object(map_at(*set.object, {"spec", "selector"}));
      if (selector.matches(map_at(*pod, {"metadata", "labels"}))) agenda.add(key_of(*set.object));
    }
  }
}

Task<> say(Api& api, ObjectPtr set, std::string_view type, std::string_view reason, std::string message) {
  EventText text{std::string(type), std::string(reason), std::move(message), std::string(kWho), ""};
  co_await record_event(api, std::move(set), "ReplicaSet", std::move(text));
}

Task<> claim(Api& api, ObjectPtr set, const ReplicaSetPlan& plan) {
  const auto owned = [&](const std::string& name, bool adopt) -> Task<> {
    const auto* pod = api.objects.find({"pods", std::string(namespace_of(*set)), name});
    if (pod == nullptr) co_return;
    auto changed = adopt ? with_owner(*pod->object, controller_reference("apps/v1", "ReplicaSet", *set))
                         : without_owner(*pod->object, uid_of(*set));
    co_await replace_planned(api, kWho, pod_kind(), std::move(changed), false);
  };
  for (const auto& name : plan.adopt) co_await owned(name, true);
  for (const auto& name : plan.release) co_await owned(name, false);
}

// Empty, or why no more could be made.
Task<std::string> create_pods(Api& api, ObjectPtr set, std::int64_t count) {
  for (std::int64_t i = 0; i < count && !api.objects.stopping(); ++i) {
    auto created = co_await create_admitted(api, pod_kind(), pod_of(*set));
    if (created) {
      auto text = fmt::format("Created pod: {}", name_of(**created));
      co_await say(api, set, "Normal", "SuccessfulCreate", std::move(text));
      continue;
    }
    const auto why = created.error().message;
    // Nothing can be made where everything ends.
    if (namespace_ends(created.error())) co_return "";
    co_await say(api, set, "Warning", "FailedCreate", "Error creating: " + why);
    co_return why;
  }
  co_return "";
}

Task<std::string> delete_pods(Api& api, ObjectPtr set, std::vector<std::string> names) {
  std::string failure;
  for (const auto& name : names) {
    const ObjectRef ref{"pods", std::string(namespace_of(*set)), name};
    auto deleted = co_await delete_object(api, pod_kind(), ref, {});
    if (deleted) {
      co_await say(api, set, "Normal", "SuccessfulDelete", "Deleted pod: " + name);
    } else if (deleted.error().code != 404) {
      co_await say(api, set, "Warning", "FailedDelete", "Error deleting: " + deleted.error().message);
      failure = "unable to delete pods: " + deleted.error().message;
    }
  }
  co_return failure;
}

Task<> report(Api& api, Agenda::Key key, std::string failure, Agenda& agenda) {
  const auto* found = api.objects.find({"replicasets", key.first, key.second});
  if (found == nullptr) co_return;
  auto now = *found->object;
  const auto pods = api.objects.list("pods", key.first);
  const auto wall = api.env.clock.wall();
  now["status"] = replica_set_status(now, pods, failure, wall);
  if (const auto next = next_availability(now, pods, wall)) agenda.add_later(key, api.env.clock.steady() + *next);
  co_await replace_planned(api, kWho, set_kind(), std::move(now), true);
}

Task<> sync(Api& api, Agenda::Key key, Agenda& agenda) {
  const auto* found = api.objects.find({"replicasets", key.first, key.second});
  if (found == nullptr) {
    agenda.good(key);
    co_return;
  }
  const auto set = found->object;
  const auto plan = plan_replica_set(*set, api.objects.list("pods", key.first),
                                     api.objects.list("replicasets", key.first), api.env.clock.wall());
  co_await claim(api, set, plan);
  auto failure = co_await create_pods(api, set, plan.create);
  const auto not_deleted = co_await delete_pods(api, set, plan.remove);
  if (failure.empty()) failure = not_deleted;
  co_await report(api, key, failure, agenda);
  if (failure.empty()) {
    agenda.good(key);
  } else {
    agenda.retry(key, api.env.clock.steady());
  }
}

}  // namespace

Task<> keep_replica_sets(Api& api) {
  ChangeCursor cursor(api.objects);
  Agenda agenda;
  while (!api.objects.stopping()) {
    const auto seen = cursor.next();
    if (seen.all) {
      for (const auto& set : api.objects.list("replicasets")) agenda.add(key_of(*set.object));
    }
    for (const auto& change : seen.changes) concern(api, change, agenda);
    const auto due = agenda.take(api.env.clock.steady());
    for (const auto& key : due) co_await sync(api, key, agenda);
    if (!seen.all && seen.changes.empty() && due.empty()) co_await wait_for(api, agenda);
  }
}

}  // namespace fairway::kube_api
