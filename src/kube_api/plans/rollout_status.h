// What a deployment says of its rollout: counts, and the conditions Available, Progressing and ReplicaFailure. Pure.
// Reference: kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status.
#pragma once

#include "kube_api/plans/rollout_sets.h"

namespace fairway::kube_api {

struct ConditionText {
  std::string_view status, reason;
  std::string message;
};

// Sets a condition; one with the same status and reason stays as it is, and lastTransitionTime stays with the status.
void set_condition(json::Object& status, std::string_view type, const ConditionText& text, WallTime now);
void remove_condition(json::Object& status, std::string_view type);
[[nodiscard]] const json::Value* find_condition(const json::Object& status, std::string_view type);

// Whether time is measured at all.
[[nodiscard]] bool has_deadline(const json::Object& deployment);
// All replicas are new, all are there, and the deployment's controller has seen the latest spec.
[[nodiscard]] bool rollout_complete(const json::Object& deployment, const json::Object& status);

// Counts and Available. `newest` may be null.
[[nodiscard]] json::Object counted_status(const json::Object& deployment, const std::vector<RolloutSet>& sets,
                                          const RolloutSet* newest, WallTime now);
// The same with Progressing and ReplicaFailure, as a rollout that is not paused has them.
[[nodiscard]] json::Object rollout_status(const json::Object& deployment, const std::vector<RolloutSet>& sets,
                                          const RolloutSet* newest, WallTime now);
// Notes in Progressing that the deployment was paused or resumed.
void note_pause(const json::Object& deployment, json::Object& status, WallTime now);

// When the rollout will have taken too long; nothing when that is not to be watched.
[[nodiscard]] std::optional<Duration> time_left(const json::Object& deployment, const json::Object& status,
                                                WallTime now);

}  // namespace fairway::kube_api
