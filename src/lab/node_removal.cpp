#include "lab/node_removal.h"

#include <set>

#include "base/backoff.h"
#include "lab/node_agent.h"

namespace fairway::lab {

namespace {

constexpr std::chrono::milliseconds kLookAgain{50};

bool done_or_gone(const Result<json::Value>& answer) { return answer || answer.error().code == Errc::not_found; }

Task<> exclude_node(NodeRemoval removal, std::string node) {
  Backoff backoff(removal.env.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
  json::Object labels{{"node.kubernetes.io/exclude-from-external-load-balancers", ""}};
  json::Object patch{{"metadata", json::Object{{"labels", std::move(labels)}}},
                     {"spec", json::Object{{"unschedulable", true}}}};
  for (;;) {
    const auto told = co_await removal.kube.patch(kube::kNodes.path("", node), kube::Patch::merge,
                                                  json::Value(json::Object(patch)));
    if (done_or_gone(told)) co_return;
    removal.env.log.warn("a node that leaves could not be cordoned", {{"node", node}, {"why", told.error().what}});
    co_await removal.env.timers.sleep(backoff.next());
  }
}

// Those whose deletion nobody has asked for yet.
std::vector<json::Value> pods_to_delete(const kube::Reflector& pods, const std::string& node) {
  std::vector<json::Value> found;
  for (const auto& [key, pod] : pods.items()) {
    if (json::string_or(pod, "spec.nodeName") != node) continue;
    if (json::find(pod, "metadata.deletionTimestamp") == nullptr) found.push_back(pod);
  }
  return found;
}

Task<> delete_pod(NodeRemoval removal, json::Value pod) {
  const std::string ns = json::string_or(pod, "metadata.namespace");
  const std::string name = json::string_or(pod, "metadata.name");
  json::Object preconditions{{"uid", json::string_or(pod, "metadata.uid")}};
  json::Object options{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", std::move(preconditions)}};
  const auto removed = co_await removal.kube.remove(kube::kPods.path(ns, name), json::Value(std::move(options)));
  if (!done_or_gone(removed) && removed.error().code != Errc::conflict)
    removal.env.log.warn("a pod of a node that leaves could not be deleted",
                         {{"pod", ns + "/" + name}, {"why", removed.error().what}});
}

bool is_empty(const NodeRemoval& removal, const std::string& node) {
  if (!removal.pods.synced() || removal.kubelet.pods_on(node) > 0) return false;
  return std::ranges::none_of(removal.pods.items(), [&](const auto& entry) {
    return json::string_or(entry.second, "spec.nodeName") == node;
  });
}

}  // namespace

Task<> empty_node(NodeRemoval removal, std::string node) {
  co_await exclude_node(removal, node);
  const SteadyTime until = removal.env.clock.steady() + removal.linger;
  Backoff backoff(removal.env.random, kLookAgain, std::chrono::seconds(2));
  while (!is_empty(removal, node)) {
    const auto pods = pods_to_delete(removal.pods, node);
    for (const json::Value& pod : pods) co_await delete_pod(removal, pod);
    if (pods.empty()) backoff.reset();
    co_await removal.env.timers.sleep(backoff.next());
  }
  while (removal.env.clock.steady() < until) co_await removal.env.timers.sleep(kLookAgain);
}

Task<Result<>> remove_node_objects(kube::Client& kube, std::string node) {
  for (const std::string& path : {kube::kNodes.path("", node), kube::kLeases.path(kLeaseNamespace, node)}) {
    const auto removed = co_await kube.remove(path);
    if (!done_or_gone(removed)) co_return std::unexpected(removed.error());
  }
  co_return Result<>{};
}

}  // namespace fairway::lab
