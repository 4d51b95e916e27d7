#include "kube_api/plans/replica_set_plan.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "base/strings.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/owners.h"
#include "kube_api/object/pod_facts.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

// At most so many pods are made or deleted at a time.
constexpr std::int64_t kBurst = 500;

LabelSelector selector_of(const json::Object& set) {
  return LabelSelector::from_object(map_at(set, {"spec", "selector"}));
}

std::int64_t deletion_cost(const json::Object& pod) {
  const auto text = text_at(pod, {"metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost"});
  return parse_int(text).value_or(0);
}

// Regular containers first, then those that run beside them from the start.
std::pair<std::int64_t, std::int64_t> restarts(const json::Object& pod) {
  std::int64_t regular = 0, beside = 0;
  for (const auto& status : list_at(pod, {"status", "containerStatuses"}))
    regular = std::max(regular, json::int_or(status, "restartCount"));
  std::set<std::string_view> names;
  for (const auto& container : list_at(pod, {"spec", "initContainers"})) {
    if (text_in(container, "restartPolicy") == "Always") names.insert(text_in(container, "name"));
  }
  for (const auto& status : list_at(pod, {"status", "initContainerStatuses"})) {
    if (names.contains(text_in(status, "name"))) beside = std::max(beside, json::int_or(status, "restartCount"));
  }
  return {regular, beside};
}

// Ages count by their magnitude: pods of about the same age are chosen between by chance (their UIDs), so that not
// all the youngest, on one node perhaps, go together.
int magnitude(Duration age) {
  return age <= Duration::zero() ? -1 : static_cast<int>(std::bit_width(static_cast<std::uint64_t>(age.count()))) - 1;
}

// All that decides which pod goes first, ready to be compared: smaller goes first.
struct Rank {
  bool assigned = false;
  int phase = 0;
  bool ready = false;
  std::int64_t cost = 0;
  std::int64_t others_on_node = 0;
  std::optional<WallTime> ready_since;
  std::pair<std::int64_t, std::int64_t> restarts;
  std::optional<WallTime> created;
  std::string uid, name;
};

Rank rank_of(const json::Object& pod, const std::map<std::string, std::int64_t>& on_node) {
  Rank rank;
  const std::string node(text_at(pod, {"spec", "nodeName"}));
  const auto phase = text_at(pod, {"status", "phase"});
  rank.assigned = !node.empty();
  rank.phase = phase == "Running" ? 2 : phase == "Unknown" ? 1 : 0;
  rank.ready = pod_is_ready(pod);
  rank.cost = deletion_cost(pod);
  if (const auto others = on_node.find(node); others != on_node.end()) rank.others_on_node = others->second;
  rank.ready_since = pod_ready_since(pod);
  rank.restarts = restarts(pod);
  rank.created = parse_time(text_at(pod, {"metadata", "creationTimestamp"}));
  rank.uid = uid_of(pod);
  rank.name = name_of(pod);
  return rank;
}

// Negative: a goes first; nothing: this does not decide.
std::optional<bool> younger(const Rank& a, const Rank& b, std::optional<WallTime> Rank::* time, WallTime now) {
  if (a.*time == b.*time) return std::nullopt;
  if (!(a.*time) || !(b.*time)) return !(a.*time);
  const auto left = magnitude(now - *(a.*time)), right = magnitude(now - *(b.*time));
  return left == right ? a.uid < b.uid : left < right;
}

bool goes_first(const Rank& a, const Rank& b, WallTime now) {
  if (a.assigned != b.assigned) return !a.assigned;
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.ready != b.ready) return !a.ready;
  if (a.cost != b.cost) return a.cost < b.cost;
  if (a.others_on_node != b.others_on_node) return a.others_on_node > b.others_on_node;
  if (a.ready && b.ready) {
    if (const auto first = younger(a, b, &Rank::ready_since, now)) return *first;
  }
  if (a.restarts != b.restarts) return a.restarts > b.restarts;
  return younger(a, b, &Rank::created, now).value_or(false);
}

// How many active pods each node has of this set and of those that belong to the same owner.
std::map<std::string, std::int64_t> related_on_nodes(const json::Object& set, const std::vector<Stored>& pods,
                                                     const std::vector<Stored>& sets) {
  std::set<std::string_view> uids{uid_of(set)};
  if (const auto* owner = controller_of(set)) {
    for (const auto& other : sets) {
      if (controlled_by(*other.object, text_in(*owner, "uid"))) uids.insert(uid_of(*other.object));
    }
  }
  std::map<std::string, std::int64_t> on_node;
  for (const auto& pod : pods) {
    const auto* owner = controller_of(*pod.object);
    if (owner == nullptr || !uids.contains(text_in(*owner, "uid")) || !pod_is_active(*pod.object)) continue;
    ++on_node[std::string(text_at(*pod.object, {"spec", "nodeName"}))];
  }
  return on_node;
}

std::vector<ObjectPtr> claimed(const json::Object& set, const std::vector<Stored>& pods, ReplicaSetPlan* plan) {
  const auto selector = selector_of(set);
  std::vector<ObjectPtr> mine;
  for (const auto& pod : pods) {
    if (!pod_is_active(*pod.object)) continue;
    const bool selected = selector.matches(map_at(*pod.object, {"metadata", "labels"}));
    const auto claim = claim_of(*pod.object, set, selected);
    if (claim == Claim::keep || claim == Claim::adopt) mine.push_back(pod.object);
    if (plan == nullptr) continue;
    if (claim == Claim::adopt) plan->adopt.emplace_back(name_of(*pod.object));
    if (claim == Claim::release) plan->release.emplace_back(name_of(*pod.object));
  }
  return mine;
}

std::int64_t count_terminating(const json::Object& set, const std::vector<Stored>& pods) {
  const auto selector = selector_of(set);
  return std::ranges::count_if(pods, [&](const Stored& pod) {
    return being_deleted(*pod.object) && !pod_has_ended(*pod.object) && controlled_by(*pod.object, uid_of(set)) &&
           selector.matches(map_at(*pod.object, {"metadata", "labels"}));
  });
}

}  // namespace

ReplicaSetPlan plan_replica_set(const json::Object& set, const std::vector<Stored>& pods,
                                const std::vector<Stored>& sets, WallTime now) {
  ReplicaSetPlan plan;
  const auto mine = claimed(set, pods, &plan);
  if (being_deleted(set)) return plan;
  const auto missing = int_at(set, {"spec", "replicas"}) - static_cast<std::int64_t>(mine.size());
  if (missing > 0) plan.create = std::min(missing, kBurst);
  if (missing >= 0) return plan;
  const auto on_node = related_on_nodes(set, pods, sets);
  std::vector<Rank> ranks;
  ranks.reserve(mine.size());
  for (const auto& pod : mine) ranks.push_back(rank_of(*pod, on_node));
  std::ranges::sort(ranks, [&](const Rank& a, const Rank& b) { return goes_first(a, b, now); });
  for (std::int64_t i = 0; i < std::min(-missing, kBurst); ++i)
    plan.remove.push_back(ranks[static_cast<std::size_t>(i)].name);
  return plan;
}

json::Object replica_set_status(const json::Object& set, const std::vector<Stored>& pods, const std::string& failure,
                                WallTime now) {
  const auto mine = claimed(set, pods, nullptr);
  const auto& labels = map_at(set, {"spec", "template", "metadata", "labels"});
  const auto min_ready = int_at(set, {"spec", "minReadySeconds"});
  std::int64_t labelled = 0, ready = 0, available = 0;
  for (const auto& pod : mine) {
    labelled += has_labels(map_at(*pod, {"metadata", "labels"}), labels) ? 1 : 0;
    ready += pod_is_ready(*pod) ? 1 : 0;
    available += pod_is_available(*pod, min_ready, now) ? 1 : 0;
  }
  const auto count = static_cast<std::int64_t>(mine.size());
  json::Array conditions;
  bool failed_before = false;
  for (const auto& condition : list_at(set, {"status", "conditions"})) {
    const bool failed = text_in(condition, "type") == "ReplicaFailure";
    failed_before = failed_before || failed;
    if (!failed || !failure.empty()) conditions.push_back(condition);
  }
  if (!failure.empty() && !failed_before) {
    const auto wanted = int_at(set, {"spec", "replicas"});
    conditions.push_back(json::Object{{"type", "ReplicaFailure"},
                                      {"status", "True"},
                                      {"lastTransitionTime", format_time(now)},
                                      {"reason", count < wanted ? "FailedCreate" : "FailedDelete"},
                                      {"message", failure}});
  }
  return {{"replicas", count},
          {"fullyLabeledReplicas", labelled},
          {"readyReplicas", ready},
          {"availableReplicas", available},
          {"terminatingReplicas", count_terminating(set, pods)},
          {"observedGeneration", int_at(set, {"metadata", "generation"})},
          {"conditions", std::move(conditions)}};
}

std::optional<Duration> next_availability(const json::Object& set, const std::vector<Stored>& pods, WallTime now) {
  const auto min_ready = std::chrono::seconds(int_at(set, {"spec", "minReadySeconds"}));
  std::optional<Duration> next;
  if (min_ready == Duration::zero()) return next;
  for (const auto& pod : claimed(set, pods, nullptr)) {
    const auto since = pod_ready_since(*pod);
    if (!since || *since + min_ready <= now) continue;
    const Duration left = *since + min_ready - now;
    if (!next || left < *next) next = left;
  }
  return next;
}

json::Object pod_of(const json::Object& set) {
  const auto& from = map_at(set, {"spec", "template"});
  json::Object metadata{{"generateName", std::string(name_of(set)) + "-"}, {"namespace", namespace_of(set)}};
  for (const auto* key : {"labels", "annotations", "finalizers"})
    copy_member(metadata, map_at(from, {"metadata"}), key);
  metadata["ownerReferences"] = json::Array{controller_reference("apps/v1", "ReplicaSet", set)};
  return {{"metadata", std::move(metadata)}, {"spec", map_at(from, {"spec"})}};
}

}  // namespace fairway::kube_api
