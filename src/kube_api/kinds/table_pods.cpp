// What `kubectl get pods` shows: ready containers, one word for the state, restarts.
#include <fmt/format.h>

#include "kube_api/kinds/table_cells.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

struct PodState {
  std::string reason;
  int ready = 0;
  std::int64_t restarts = 0;
  std::string last_restart;  // RFC 3339, so texts compare as times do
};

void note_restarts(PodState& state, const json::Value& status) {
  state.restarts += json::int_or(status, "restartCount");
  const auto finished = json::string_or(status, "lastState.terminated.finishedAt");
  if (finished > state.last_restart) state.last_restart = finished;
}

// "Completed", "Signal:9", "ExitCode:1".
std::string end_of(const json::Value& status, std::string_view prefix) {
  const auto reason = json::string_or(status, "state.terminated.reason");
  if (!reason.empty()) return fmt::format("{}{}", prefix, reason);
  const auto signal = json::int_or(status, "state.terminated.signal");
  if (signal != 0) return fmt::format("{}Signal:{}", prefix, signal);
  return fmt::format("{}ExitCode:{}", prefix, json::int_or(status, "state.terminated.exitCode"));
}

bool has_condition(const json::Object& pod, std::string_view type) {
  for (const auto& condition : list_at(pod, {"status", "conditions"})) {
    if (text_in(condition, "type") == type && text_in(condition, "status") == "True") return true;
  }
  return false;
}

// Whether an init container is still at work or has failed; then the reason says so.
bool initializing(const json::Object& pod, PodState& state) {
  const auto& statuses = list_at(pod, {"status", "initContainerStatuses"});
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const auto& status = statuses[i];
    note_restarts(state, status);
    if (json::find(status, "state.terminated") != nullptr) {
      if (json::int_or(status, "state.terminated.exitCode") == 0) continue;
      state.reason = end_of(status, "Init:");
      return true;
    }
    const auto waiting = json::string_or(status, "state.waiting.reason");
    if (!waiting.empty() && waiting != "PodInitializing") {
      state.reason = "Init:" + waiting;
    } else {
      state.reason = fmt::format("Init:{}/{}", i, list_at(pod, {"spec", "initContainers"}).size());
    }
    return true;
  }
  return false;
}

void look_at_containers(const json::Object& pod, PodState& state) {
  state.restarts = 0;
  state.last_restart.clear();
  bool running = false;
  std::string failure;
  const auto& statuses = list_at(pod, {"status", "containerStatuses"});
  for (auto status = statuses.rbegin(); status != statuses.rend(); ++status) {
    note_restarts(state, *status);
    const auto waiting = json::string_or(*status, "state.waiting.reason");
    if (!waiting.empty()) {
      state.reason = waiting;
    } else if (json::find(*status, "state.terminated") != nullptr) {
      state.reason = end_of(*status, "");
      if (json::int_or(*status, "state.terminated.exitCode") != 0) failure = state.reason;
    } else if (json::bool_or(*status, "ready") && json::find(*status, "state.running") != nullptr) {
      running = true;
      ++state.ready;
    }
  }
  if (state.reason != "Completed") return;
  if (running && has_condition(pod, "Ready")) {
    state.reason = "Running";
  } else if (!failure.empty()) {
    state.reason = failure;
  } else if (running) {
    state.reason = "NotReady";
  }
}

PodState state_of(const json::Object& pod) {
  PodState state;
  const auto phase = text_at(pod, {"status", "phase"});
  const auto status_reason = text_at(pod, {"status", "reason"});
  state.reason = status_reason.empty() ? phase : status_reason;
  for (const auto& condition : list_at(pod, {"status", "conditions"})) {
    if (text_in(condition, "type") == "PodScheduled" && text_in(condition, "reason") == "SchedulingGated")
      state.reason = "SchedulingGated";
  }
  if (!initializing(pod, state) || has_condition(pod, "Initialized")) look_at_containers(pod, state);
  if (being_deleted(pod)) {
    if (status_reason == "NodeLost") {
      state.reason = "Unknown";
    } else if (phase != "Failed" && phase != "Succeeded") {
      state.reason = "Terminating";
    }
  }
  return state;
}

std::string readiness_gates(const json::Object& pod) {
  const auto& gates = list_at(pod, {"spec", "readinessGates"});
  if (gates.empty()) return "<none>";
  int passed = 0;
  for (const auto& gate : gates) passed += has_condition(pod, text_in(gate, "conditionType")) ? 1 : 0;
  return fmt::format("{}/{}", passed, gates.size());
}

json::Value or_none(std::string_view text) { return json::Value(text.empty() ? "<none>" : text); }

}  // namespace

json::Array pod_cells(const json::Object& pod, WallTime now) {
  const auto state = state_of(pod);
  auto restarts = std::to_string(state.restarts);
  if (state.restarts != 0 && !state.last_restart.empty())
    restarts += fmt::format(" ({} ago)", age_since(state.last_restart, now));
  const auto& ips = list_at(pod, {"status", "podIPs"});
  return {json::Value(name_of(pod)),
          json::Value(fmt::format("{}/{}", state.ready, list_at(pod, {"spec", "containers"}).size())),
          json::Value(state.reason),
          json::Value(restarts),
          json::Value(age_since(text_at(pod, {"metadata", "creationTimestamp"}), now)),
          or_none(ips.empty() ? std::string_view{} : text_in(ips.front(), "ip")),
          or_none(text_at(pod, {"spec", "nodeName"})),
          or_none(text_at(pod, {"status", "nominatedNodeName"})),
          json::Value(readiness_gates(pod))};
}

}  // namespace fairway::kube_api
