// What a pod's status says, as controllers ask it. Pure.
#pragma once

#include <optional>

#include "base/clock.h"
#include "json/value.h"

namespace fairway::kube_api {

// The condition Ready is True.
[[nodiscard]] bool pod_is_ready(const json::Object& pod);
// All of it is over: Succeeded or Failed.
[[nodiscard]] bool pod_has_ended(const json::Object& pod);
// Neither over nor being deleted: what counts as a replica.
[[nodiscard]] bool pod_is_active(const json::Object& pod);
// Since when the pod is ready; nothing when it is not, or does not say.
[[nodiscard]] std::optional<WallTime> pod_ready_since(const json::Object& pod);
// Ready for so many seconds at least.
[[nodiscard]] bool pod_is_available(const json::Object& pod, std::int64_t min_ready_seconds, WallTime now);

}  // namespace fairway::kube_api
