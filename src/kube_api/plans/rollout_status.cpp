#include "kube_api/plans/rollout_status.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/field_errors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kAvailable = "Available", kProgressing = "Progressing", kFailure = "ReplicaFailure";
constexpr std::string_view kComplete = "NewReplicaSetAvailable", kTimedOut = "ProgressDeadlineExceeded";

std::string_view reason_of(const json::Object& status, std::string_view type) {
  const auto* condition = find_condition(status, type);
  return condition == nullptr ? std::string_view{} : text_in(*condition, "reason");
}

bool progressed(const json::Object& before, const json::Object& now) {
  const auto old_ones = [](const json::Object& status) {
    return int_at(status, {"replicas"}) - int_at(status, {"updatedReplicas"});
  };
  const auto more = [&](std::string_view key) { return int_at(now, {key}) > int_at(before, {key}); };
  return more("updatedReplicas") || old_ones(now) < old_ones(before) || more("readyReplicas") ||
         more("availableReplicas");
}

std::optional<WallTime> deadline_of(const json::Object& deployment, const json::Object& status) {
  const auto* condition = find_condition(status, kProgressing);
  if (condition == nullptr) return std::nullopt;
  const auto begun = parse_time(text_in(*condition, "lastUpdateTime"));
  if (!begun) return std::nullopt;
  return *begun + std::chrono::seconds(int_at(deployment, {"spec", "progressDeadlineSeconds"}));
}

bool timed_out(const json::Object& deployment, const json::Object& status, WallTime now) {
  const auto reason = reason_of(status, kProgressing);
  if (reason == kComplete) return false;
  if (reason == kTimedOut) return true;
  const auto deadline = deadline_of(deployment, status);
  return deadline && *deadline < now;
}

std::string about(const json::Object& deployment, const RolloutSet* newest, std::string_view what) {
  if (newest == nullptr) return fmt::format("Deployment {} {}", in_quotes(name_of(deployment)), what);
  return fmt::format("ReplicaSet {} {}", in_quotes(newest->name), what);
}

void set_progress(const json::Object& deployment, json::Object& status, const RolloutSet* newest, WallTime now) {
  const auto& before = map_at(deployment, {"status"});
  const auto* known = find_condition(before, kProgressing);
  const bool complete_before = known != nullptr && text_in(*known, "reason") == kComplete &&
                               int_at(status, {"replicas"}) == int_at(status, {"updatedReplicas"});
  if (complete_before) return;
  if (rollout_complete(deployment, status)) {
    set_condition(status, kProgressing,
                  {"True", kComplete, about(deployment, newest, "has successfully progressed.")}, now);
  } else if (progressed(before, status)) {
    // Every progress is noted, though status and reason are the same: the deadline counts from the last one.
    const std::string since(
        known != nullptr && text_in(*known, "status") == "True" ? text_in(*known, "lastTransitionTime") : "");
    remove_condition(status, kProgressing);
    set_condition(status, kProgressing, {"True", "ReplicaSetUpdated", about(deployment, newest, "is progressing.")},
                  now);
    if (!since.empty()) status["conditions"].get_array().back().as_object()["lastTransitionTime"] = since;
  } else if (timed_out(deployment, status, now)) {
    set_condition(status, kProgressing, {"False", kTimedOut, about(deployment, newest, "has timed out progressing.")},
                  now);
  }
}

// The newest set's failure counts before those of older ones.
void set_failure(json::Object& status, const std::vector<RolloutSet>& sets, const RolloutSet* newest, WallTime now) {
  const json::Value* failure = nullptr;
  for (const auto& set : sets) {
    const auto* found = find_condition(map_at(*set.object, {"status"}), kFailure);
    if (found != nullptr && (failure == nullptr || &set == newest)) failure = found;
  }
  if (failure == nullptr) {
    remove_condition(status, kFailure);
    return;
  }
  set_condition(status, kFailure,
                {text_in(*failure, "status"), text_in(*failure, "reason"), std::string(text_in(*failure, "message"))},
                now);
}

}  // namespace

const json::Value* find_condition(const json::Object& status, std::string_view type) {
  const auto& conditions = list_at(status, {"conditions"});
  const auto found = std::ranges::find_if(conditions, [&](const auto& one) { return text_in(one, "type") == type; });
  return found == conditions.end() ? nullptr : found;
}

void remove_condition(json::Object& status, std::string_view type) {
  json::Array kept;
  for (const auto& condition : list_at(status, {"conditions"})) {
    if (text_in(condition, "type") != type) kept.push_back(condition);
  }
  status["conditions"] = std::move(kept);
}

void set_condition(json::Object& status, std::string_view type, const ConditionText& text, WallTime now) {
  const auto* present = find_condition(status, type);
  const bool same_status = present != nullptr && text_in(*present, "status") == text.status;
  if (same_status && text_in(*present, "reason") == text.reason) return;
  const auto stamp = format_time(now);
  json::Object condition{{"type", type},
                         {"status", text.status},
                         {"lastUpdateTime", stamp},
                         {"lastTransitionTime", same_status ? text_in(*present, "lastTransitionTime") : stamp},
                         {"reason", text.reason},
                         {"message", text.message}};
  remove_condition(status, type);
  status["conditions"].get_array().push_back(std::move(condition));
}

bool has_deadline(const json::Object& deployment) {
  const auto* seconds = at(deployment, {"spec", "progressDeadlineSeconds"});
  return seconds != nullptr && *seconds != INT32_MAX;
}

bool rollout_complete(const json::Object& deployment, const json::Object& status) {
  const auto wanted = int_at(deployment, {"spec", "replicas"});
  return int_at(status, {"updatedReplicas"}) == wanted && int_at(status, {"replicas"}) == wanted &&
         int_at(status, {"availableReplicas"}) == wanted &&
         int_at(status, {"observedGeneration"}) >= int_at(deployment, {"metadata", "generation"});
}

json::Object counted_status(const json::Object& deployment, const std::vector<RolloutSet>& sets,
                            const RolloutSet* newest, WallTime now) {
  std::int64_t wanted = 0, replicas = 0, ready = 0, available = 0, terminating = 0;
  for (const auto& set : sets) {
    wanted += set.wanted;
    replicas += set.replicas;
    ready += set.ready;
    available += set.available;
    terminating += set.terminating;
  }
  json::Object status{{"observedGeneration", int_at(deployment, {"metadata", "generation"})},
                      {"replicas", replicas},
                      {"updatedReplicas", newest == nullptr ? std::int64_t{0} : newest->replicas},
                      {"readyReplicas", ready},
                      {"availableReplicas", available},
                      {"unavailableReplicas", std::max<std::int64_t>(wanted - available, 0)},
                      {"terminatingReplicas", terminating}};
  const auto& before = map_at(deployment, {"status"});
  status["conditions"] = list_at(before, {"conditions"});
  if (before.contains("collisionCount")) status["collisionCount"] = before.at("collisionCount");
  const auto size = rollout_size(deployment);
  if (available >= size.replicas - size.unavailable) {
    set_condition(status, kAvailable, {"True", "MinimumReplicasAvailable", "Deployment has minimum availability."},
                  now);
  } else {
    set_condition(status, kAvailable,
                  {"False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."}, now);
  }
  return status;
}

json::Object rollout_status(const json::Object& deployment, const std::vector<RolloutSet>& sets,
                            const RolloutSet* newest, WallTime now) {
  auto status = counted_status(deployment, sets, newest, now);
  if (has_deadline(deployment)) {
    set_progress(deployment, status, newest, now);
  } else {
    remove_condition(status, kProgressing);
  }
  set_failure(status, sets, newest, now);
  return status;
}

void note_pause(const json::Object& deployment, json::Object& status, WallTime now) {
  const auto reason = reason_of(status, kProgressing);
  if (!has_deadline(deployment) || reason == kTimedOut) return;
  const bool paused = bool_at(deployment, {"spec", "paused"}), noted = reason == "DeploymentPaused";
  if (paused && !noted)
    set_condition(status, kProgressing, {"Unknown", "DeploymentPaused", "Deployment is paused"}, now);
  if (!paused && noted)
    set_condition(status, kProgressing, {"Unknown", "DeploymentResumed", "Deployment is resumed"}, now);
}

std::optional<Duration> time_left(const json::Object& deployment, const json::Object& status, WallTime now) {
  if (!has_deadline(deployment) || bool_at(deployment, {"spec", "paused"})) return std::nullopt;
  const auto reason = reason_of(status, kProgressing);
  if (rollout_complete(deployment, status) || reason == kTimedOut || reason == kComplete) return std::nullopt;
  const auto deadline = deadline_of(deployment, status);
  if (!deadline) return std::nullopt;
  // A second more, since the deadline is known to the second only.
  return std::max<Duration>(*deadline - now, Duration::zero()) + std::chrono::seconds(1);
}

}  // namespace fairway::kube_api
