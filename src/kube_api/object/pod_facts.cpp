#include "kube_api/object/pod_facts.h"

#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

const json::Value* ready_condition(const json::Object& pod) {
  for (const auto& condition : list_at(pod, {"status", "conditions"})) {
    if (text_in(condition, "type") == "Ready" && text_in(condition, "status") == "True") return &condition;
  }
  return nullptr;
}

}  // namespace

bool pod_is_ready(const json::Object& pod) { return ready_condition(pod) != nullptr; }

bool pod_has_ended(const json::Object& pod) {
  const auto phase = text_at(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

bool pod_is_active(const json::Object& pod) { return !pod_has_ended(pod) && !being_deleted(pod); }

std::optional<WallTime> pod_ready_since(const json::Object& pod) {
  const auto* condition = ready_condition(pod);
  return condition == nullptr ? std::nullopt : parse_time(text_in(*condition, "lastTransitionTime"));
}

bool pod_is_available(const json::Object& pod, std::int64_t min_ready_seconds, WallTime now) {
  if (!pod_is_ready(pod)) return false;
  if (min_ready_seconds == 0) return true;
  const auto since = pod_ready_since(pod);
  return since && *since + std::chrono::seconds(min_ready_seconds) <= now;
}

}  // namespace fairway::kube_api
