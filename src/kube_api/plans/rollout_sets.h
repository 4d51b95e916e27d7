// The replica sets of a deployment, read once into plain numbers, and the numbers of the deployment itself: what the
// plan of a rollout (kube_api/plans/deployment_plan.h) counts with. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kube_api/state/objects.h"

namespace fairway::kube_api {

inline constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
inline constexpr std::string_view kRevisionHistory = "deployment.kubernetes.io/revision-history";
inline constexpr std::string_view kDesiredReplicas = "deployment.kubernetes.io/desired-replicas";
inline constexpr std::string_view kMaxReplicas = "deployment.kubernetes.io/max-replicas";
inline constexpr std::string_view kTemplateHash = "pod-template-hash";

struct RolloutSet {
  ObjectPtr object;
  std::string name, uid;
  std::int64_t wanted = 0;                                               // spec.replicas
  std::int64_t replicas = 0, ready = 0, available = 0, terminating = 0;  // status
  std::int64_t revision = 0;
  std::optional<std::int64_t> desired, most;  // what the deployment wanted when it last sized this one
  std::string created;
  bool settled = false;  // nothing runs, nothing is wanted, and its controller has seen that
};

[[nodiscard]] RolloutSet read_rollout_set(ObjectPtr set);
// Oldest first; of the same second by name.
[[nodiscard]] std::vector<RolloutSet> read_rollout_sets(const std::vector<Stored>& sets);

// The one whose pods are those that the deployment wants: the oldest with its template.
[[nodiscard]] const RolloutSet* find_new_set(const json::Object& deployment, const std::vector<RolloutSet>& sets);

struct RolloutSize {
  std::int64_t replicas = 1;
  std::int64_t surge = 0, unavailable = 0;  // pods, out of numbers or percentages; 0 for Recreate
  bool rolling = true;
};
[[nodiscard]] RolloutSize rollout_size(const json::Object& deployment);

// A new replica set of this many pods, named after the deployment and the hash of its template.
[[nodiscard]] json::Object new_replica_set(const json::Object& deployment, std::int64_t replicas,
                                           std::int64_t revision);
[[nodiscard]] bool same_template(const json::Object& deployment, const json::Object& set);

// The set with another size, and the annotations that remember what the deployment wanted.
[[nodiscard]] json::Object resized(const json::Object& set, std::int64_t replicas, const RolloutSize& size);
// The set as the deployment's newest: revision, copied annotations, minReadySeconds. Equal to `set` when it is that.
[[nodiscard]] json::Object as_newest(const json::Object& set, const json::Object& deployment, std::int64_t revision);

}  // namespace fairway::kube_api
