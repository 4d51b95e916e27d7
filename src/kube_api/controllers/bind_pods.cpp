// Pods go to nodes as soon as one will have them; a pod that nobody will have says why.
#include <fmt/format.h>

#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/plans/scheduling.h"
#include "kube_api/requests/subresources.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kScheduler = "default-scheduler";

bool waits_for_node(const json::Object& pod) {
  const auto phase = text_at(pod, {"status", "phase"});
  const auto scheduler = text_at(pod, {"spec", "schedulerName"});
  return text_at(pod, {"spec", "nodeName"}).empty() && !being_deleted(pod) && phase != "Succeeded" &&
         phase != "Failed" && (scheduler.empty() || scheduler == kScheduler) &&
         list_at(pod, {"spec", "schedulingGates"}).empty();
}

json::Object scheduled_condition(const json::Object& pod) {
  for (const auto& condition : list_at(pod, {"status", "conditions"})) {
    if (text_in(condition, "type") == "PodScheduled") return condition.as_object();
  }
  return {};
}

Task<> say_unschedulable(Api& api, ObjectPtr pod, std::string why) {
  if (text_at(scheduled_condition(*pod), {"message"}) == why) co_return;
  const auto now = format_time(api.env.clock.wall());
  Change change = [why, now](const json::Object& before) -> ApiResult<json::Object> {
    auto object = before;
    json::Array kept;
    for (const auto& condition : list_at(before, {"status", "conditions"})) {
      if (text_in(condition, "type") != "PodScheduled") kept.push_back(condition);
    }
    kept.push_back(json::Object{{"type", "PodScheduled"},
                                {"observedGeneration", int_at(before, {"metadata", "generation"})},
                                {"status", "False"},
                                {"lastProbeTime", nullptr},
                                {"lastTransitionTime", now},
                                {"reason", "Unschedulable"},
                                {"message", why}});
    child(object, "status")["conditions"] = std::move(kept);
    return object;
  };
  const ObjectRef ref{"pods", std::string(namespace_of(*pod)), std::string(name_of(*pod))};
  auto written =
      co_await update_object(api, *find_kind("", "v1", "pods"), ref, std::move(change), {false, true, false});
  if (!written) co_return;
  co_await record_event(api, pod, "Pod", {"Warning", "FailedScheduling", why, std::string(kScheduler), "Scheduling"});
}

Task<> place(Api& api, ObjectPtr pod) {
  auto node = choose_node(*pod, api.objects.list("nodes"), api.objects.list("pods"));
  if (!node) {
    co_await say_unschedulable(api, pod, node.error());
    co_return;
  }
  const std::string ns(namespace_of(*pod)), name(name_of(*pod));
  auto bound = co_await assign_pod(api, ns, name, *node, false);
  if (!bound) co_return;
  auto text = fmt::format("Successfully assigned {}/{} to {}", ns, name, *node);
  co_await record_event(api, pod, "Pod",
                        {"Normal", "Scheduled", std::move(text), std::string(kScheduler), "Binding"});
}

Task<> place_waiting(Api& api) {
  for (const auto& pod : api.objects.list("pods")) {
    if (waits_for_node(*pod.object)) co_await place(api, pod.object);
  }
}

}  // namespace

Task<> bind_pods(Api& api) {
  ChangeCursor cursor(api.objects);
  while (!api.objects.stopping()) {
    const auto seen = cursor.next();
    bool look = seen.all;
    for (const auto& change : seen.changes)
      look = look || change.ref.storage == "nodes" ||
             (change.ref.storage == "pods" && change.now && waits_for_node(*change.now));
    if (look) co_await place_waiting(api);
    if (!seen.all && seen.changes.empty()) co_await api.objects.changed().wait();
  }
}

}  // namespace fairway::kube_api
