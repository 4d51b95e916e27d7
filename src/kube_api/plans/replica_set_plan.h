// What the controller of a replica set does: which pods it takes and gives up, how many it makes, which it deletes
// first, and what it reports. Pure; kube_api/controllers/keep_replica_sets.cpp carries it out.
// Reference: kubernetes.io/docs/concepts/workloads/controllers/replicaset.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kube_api/state/objects.h"

namespace fairway::kube_api {

struct ReplicaSetPlan {
  std::vector<std::string> adopt, release;  // names of pods
  std::int64_t create = 0;
  std::vector<std::string> remove;  // names of pods
};

// `pods` and `sets` are all of the namespace.
[[nodiscard]] ReplicaSetPlan plan_replica_set(const json::Object& set, const std::vector<Stored>& pods,
                                              const std::vector<Stored>& sets, WallTime now);

// `failure`: what went wrong when the plan was carried out; empty when nothing did.
[[nodiscard]] json::Object replica_set_status(const json::Object& set, const std::vector<Stored>& pods,
                                              const std::string& failure, WallTime now);

// When a pod that is ready now becomes available; nothing when there is none to wait for.
[[nodiscard]] std::optional<Duration> next_availability(const json::Object& set, const std::vector<Stored>& pods,
                                                        WallTime now);

// The pod that the set makes, without a name.
[[nodiscard]] json::Object pod_of(const json::Object& set);

}  // namespace fairway::kube_api
