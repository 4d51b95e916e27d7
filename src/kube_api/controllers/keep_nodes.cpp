// Nodes: ready is what a node says as long as its Lease is renewed; taints keep pods away from the others, and pods
// of a node that went away are no longer ready.
#include <map>

#include <fmt/format.h>

#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";
constexpr std::string_view kUnreachable = "node.kubernetes.io/unreachable";
constexpr auto kLookEvery = std::chrono::seconds(5);

// When each Lease was last seen to change: by our own clock, so that the nodes' clocks do not matter.
struct Beat {
  std::string renewed;
  SteadyTime seen;
};

std::string_view ready_status(const json::Object& node) {
  for (const auto& condition : list_at(node, {"status", "conditions"})) {
    if (text_in(condition, "type") == "Ready") return text_in(condition, "status");
  }
  return "";
}

json::Array wanted_taints(const json::Object& node) {
  json::Array taints;
  for (const auto& taint : list_at(node, {"spec", "taints"})) {
    const auto key = text_in(taint, "key");
    if (key != kNotReady && key != kUnreachable && key != "node.kubernetes.io/unschedulable") taints.push_back(taint);
  }
  const auto ready = ready_status(node);
  const auto key = ready == "Unknown" ? kUnreachable : kNotReady;
  if (bool_at(node, {"spec", "unschedulable"}))
    taints.push_back(json::Object{{"key", "node.kubernetes.io/unschedulable"}, {"effect", "NoSchedule"}});
  if (ready != "True") taints.push_back(json::Object{{"key", key}, {"effect", "NoSchedule"}});
  return taints;
}

// Taints are a set: the order, and when they were added, do not matter.
bool same_taints(const json::Array& a, const json::Array& b) {
  const auto among = [](const json::Array& list, const json::Value& taint) {
    return std::ranges::any_of(list, [&](const json::Value& other) {
      return text_in(other, "key") == text_in(taint, "key") && text_in(other, "effect") == text_in(taint, "effect") &&
             text_in(other, "value") == text_in(taint, "value");
    });
  };
  return a.size() == b.size() && std::ranges::all_of(a, [&](const json::Value& taint) { return among(b, taint); });
}

Task<> keep_taints(Api& api, ObjectPtr node) {
  const auto wanted = wanted_taints(*node);
  if (same_taints(wanted, list_at(*node, {"spec", "taints"}))) co_return;
  Change change = [](const json::Object& before) -> ApiResult<json::Object> {
    auto now = before;
    child(now, "spec")["taints"] = wanted_taints(before);
    return now;
  };
  auto written = co_await update_object(api, *find_kind("", "v1", "nodes"),
                                        {"nodes", "", std::string(name_of(*node))}, std::move(change), {});
  if (!written && written.error().code != 404)
    api.env.log.warn("a node's taints could not be set",
                     {{"node", std::string(name_of(*node))}, {"why", written.error().message}});
}

json::Object with_unknown_readiness(const json::Object& before, const std::string& now) {
  auto node = before;
  auto& conditions = child(node, "status")["conditions"];
  if (!conditions.is_array()) conditions.emplace_array();
  for (auto& item : conditions.get_array()) {
    auto& condition = item.as_object();
    condition["status"] = "Unknown";
    condition["reason"] = "NodeStatusUnknown";
    condition["message"] = "Kubelet stopped posting node status.";
    condition["lastTransitionTime"] = now;
  }
  return node;
}

json::Object with_pod_not_ready(const json::Object& before, const std::string& now) {
  auto pod = before;
  auto* conditions = child(pod, "status").if_contains("conditions");
  if (conditions == nullptr || !conditions->is_array()) return pod;
  for (auto& item : conditions->get_array()) {
    if (text_in(item, "type") != "Ready" || text_in(item, "status") != "True") continue;
    item.as_object()["status"] = "False";
    item.as_object()["lastTransitionTime"] = now;
  }
  return pod;
}

Task<> lose_node(Api& api, ObjectPtr node) {
  const std::string name(name_of(*node));
  const auto now = format_time(api.env.clock.wall());
  Change unknown = [now](const json::Object& before) -> ApiResult<json::Object> {
    return with_unknown_readiness(before, now);
  };
  auto written = co_await update_object(api, *find_kind("", "v1", "nodes"), {"nodes", "", name}, std::move(unknown),
                                        {false, true, false});
  if (!written) co_return;
  api.env.log.warn("a node stopped renewing its lease", {{"node", name}});
  co_await record_event(
      api, node, "Node",
      {"Normal", "NodeNotReady", fmt::format("Node {} status is now: NodeNotReady", name), "node-controller", ""});
  for (const auto& pod : api.objects.list("pods")) {
    if (text_at(*pod.object, {"spec", "nodeName"}) != name) continue;
    const ObjectRef ref{"pods", std::string(namespace_of(*pod.object)), std::string(name_of(*pod.object))};
    Change change = [now](const json::Object& before) -> ApiResult<json::Object> {
      return with_pod_not_ready(before, now);
    };
    auto marked =
        co_await update_object(api, *find_kind("", "v1", "pods"), ref, std::move(change), {false, true, false});
    if (!marked)
      api.env.log.debug("a pod of a lost node could not be marked",
                        {{"pod", ref.key()}, {"why", marked.error().message}});
  }
}

Task<> welcome(Api& api, ObjectPtr node) {
  auto text = fmt::format("Node {0} event: Registered Node {0} in Controller", name_of(*node));
  co_await record_event(api, node, "Node", {"Normal", "RegisteredNode", std::move(text), "node-controller", ""});
}

// Whether the node's Lease has stood still for too long. A node without one is believed.
bool lease_is_old(const Api& api, const std::string& name, std::map<std::string, Beat>& beats) {
  const auto* lease = api.objects.find({"leases", "kube-node-lease", name});
  if (lease == nullptr) return false;
  const std::string renewed(text_at(*lease->object, {"spec", "renewTime"}));
  const auto now = api.env.clock.steady();
  auto& beat = beats[name];
  if (beat.renewed != renewed || beat.seen == SteadyTime{}) beat = {renewed, now};
  return now - beat.seen > api.config.node_grace;
}

Task<> look_at_nodes(Api& api, std::map<std::string, Beat>& beats) {
  for (const auto& node : api.objects.list("nodes")) {
    const bool lost = lease_is_old(api, std::string(name_of(*node.object)), beats);
    if (lost && ready_status(*node.object) == "True") co_await lose_node(api, node.object);
    co_await keep_taints(api, node.object);
  }
}

}  // namespace

Task<> keep_nodes(Api& api) {
  ChangeCursor cursor(api.objects);
  std::map<std::string, Beat> beats;
  auto look_at = api.env.clock.steady();
  while (!api.objects.stopping()) {
    const auto seen = cursor.next();
    bool look = seen.all || api.env.clock.steady() >= look_at;
    for (const auto& change : seen.changes) {
      if (change.ref.storage != "nodes") continue;
      look = true;
      if (change.before == nullptr && change.now != nullptr) co_await welcome(api, change.now);
    }
    if (look) {
      look_at = api.env.clock.steady() + kLookEvery;
      co_await look_at_nodes(api, beats);
    }
    if (!seen.all && seen.changes.empty()) co_await api.objects.changed().wait(kLookEvery);
  }
}

}  // namespace fairway::kube_api
