// What the controller of a deployment does next: make its new replica set, resize its replica sets, forget old ones,
// and what it reports. One step at a time: what a step changes is seen before the next is planned. Pure;
// kube_api/controllers/keep_deployments.cpp carries it out.
// Reference: kubernetes.io/docs/concepts/workloads/controllers/deployment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kube_api/plans/rollout_sets.h"

namespace fairway::kube_api {

struct SetResize {
  std::string name;
  std::int64_t from = 0, to = 0;
  json::Object object;  // the set as it should be
};

struct DeploymentPlan {
  std::optional<json::Object> create;   // the new replica set
  std::optional<json::Object> refresh;  // the newest set with the annotations that it should have
  std::vector<SetResize> resize;
  std::vector<std::string> remove;  // replica sets beyond the history's limit
  json::Object status;              // of the deployment, and
  std::string revision;             // the annotation beside it; empty: as it is
  std::optional<Duration> look_again;
};

// `sets`: those that belong to the deployment. `old_pods`: pods of sets other than the newest still run (Recreate
// waits for their end).
struct DeploymentView {
  const json::Object& deployment;
  std::vector<RolloutSet> sets;
  bool old_pods = false;
  WallTime now;
};
[[nodiscard]] DeploymentPlan plan_deployment(const DeploymentView& view);

// The status once `set` was made for the deployment.
[[nodiscard]] json::Object status_after_create(const json::Object& deployment, const json::Object& set, WallTime now);
// The status when it could not be made.
[[nodiscard]] json::Object status_after_failure(const json::Object& deployment, const std::string& why, WallTime now);

}  // namespace fairway::kube_api
