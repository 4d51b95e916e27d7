#include "lab/pod_status.h"

#include <algorithm>

#include <fmt/format.h>

namespace fairway::lab {

namespace {

using Kind = ContainerState::Kind;

json::Object terminated(const Termination& end, const std::string& container_id) {
  json::Object object{{"exitCode", end.exit_code}};
  if (end.signal != 0) object["signal"] = end.signal;
  object["reason"] = end.reason;
  if (!end.message.empty()) object["message"] = end.message;
  if (!end.started_at.empty()) object["startedAt"] = end.started_at;
  if (!end.finished_at.empty()) object["finishedAt"] = end.finished_at;
  if (!container_id.empty()) object["containerID"] = container_id;
  return object;
}

json::Object state_of(const ContainerState& container) {
  switch (container.kind) {
    case Kind::running:
      return {{"running", json::Object{{"startedAt", container.started_at}}}};
    case Kind::terminated:
      return {{"terminated", terminated(container.ended, container.container_id)}};
    case Kind::waiting:
      break;
  }
  json::Object waiting{{"reason", container.reason}};
  if (!container.message.empty()) waiting["message"] = container.message;
  return {{"waiting", std::move(waiting)}};
}

json::Array statuses(const std::vector<ContainerState>& containers) {
  json::Array list;
  for (const ContainerState& container : containers) {
    json::Object object{{"name", container.name}, {"state", state_of(container)}};
    object["lastState"] = container.last
                              ? json::Object{{"terminated", terminated(*container.last, container.container_id)}}
                              : json::Object{};
    object["ready"] = container.ready;
    object["restartCount"] = container.restart_count;
    object["image"] = container.image;
    object["imageID"] = container.image_id;
    if (!container.container_id.empty()) object["containerID"] = container.container_id;
    object["started"] = container.kind == Kind::running;
    list.push_back(std::move(object));
  }
  return list;
}

struct Condition {
  std::string type;
  bool value = false;
  std::string reason, message;
};

std::string names_where(const std::vector<ContainerState>& containers, bool (*wanted)(const ContainerState&)) {
  std::string names;
  for (const ContainerState& container : containers) {
    if (wanted(container)) names += (names.empty() ? "" : " ") + container.name;
  }
  return names;
}

bool completed(const ContainerState& container) {
  return container.kind == Kind::terminated && container.ended.exit_code == 0;
}

std::vector<Condition> conditions(const PodState& state, const std::string& phase) {
  const std::string unfinished = names_where(state.init, [](const ContainerState& one) { return !completed(one); });
  const std::string unready = names_where(state.containers, [](const ContainerState& one) { return !one.ready; });
  Condition initialized{"Initialized", unfinished.empty(), "", ""};
  if (!unfinished.empty())
    initialized = {"Initialized", false, "ContainersNotInitialized",
                   fmt::format("containers with incomplete status: [{}]", unfinished)};
  Condition ready{"Ready", unready.empty(), "", ""};
  if (phase == "Succeeded") {
    ready = {"Ready", false, "PodCompleted", ""};
  } else if (phase == "Failed") {
    ready = {"Ready", false, "PodFailed", ""};
  } else if (!unready.empty()) {
    ready = {"Ready", false, "ContainersNotReady", fmt::format("containers with unready status: [{}]", unready)};
  }
  Condition containers_ready = ready;
  containers_ready.type = "ContainersReady";
  return {{"PodReadyToStartContainers", !state.pod_ip.empty() && !state.final, "", ""},
          initialized,
          ready,
          containers_ready,
          {"PodScheduled", true, "", ""}};
}

const json::Value* condition_of(const json::Value& pod, const std::string& type) {
  for (const auto& condition : json::array_or_empty(pod, "status.conditions")) {
    if (json::string_or(condition, "type") == type) return &condition;
  }
  return nullptr;
}

json::Array merged_conditions(const json::Value& pod, const std::vector<Condition>& wanted, const std::string& now) {
  json::Array list;
  for (const Condition& one : wanted) {
    const json::Value* before = condition_of(pod, one.type);
    const std::string status = one.value ? "True" : "False";
    const bool same = before != nullptr && json::string_or(*before, "status") == status;
    json::Object object{{"type", one.type}, {"status", status}, {"lastProbeTime", nullptr}};
    object["lastTransitionTime"] = same ? json::string_or(*before, "lastTransitionTime", now) : now;
    if (!one.reason.empty()) object["reason"] = one.reason;
    if (!one.message.empty()) object["message"] = one.message;
    list.push_back(std::move(object));
  }
  for (const auto& condition : json::array_or_empty(pod, "status.conditions")) {
    const std::string type = json::string_or(condition, "type");
    if (std::ranges::find(wanted, type, &Condition::type) == wanted.end()) list.push_back(condition);
  }
  return list;
}

std::string qos_class(const json::Value& pod) { return json::string_or(pod, "status.qosClass", "BestEffort"); }

}  // namespace

bool restarts(const std::string& restart_policy, int exit_code) {
  return restart_policy == "Always" || (restart_policy == "OnFailure" && exit_code != 0);
}

std::string pod_phase(const PodState& state, const std::string& restart_policy) {
  const auto done = [&](const ContainerState& one) {
    return one.kind == Kind::terminated && (state.final || !restarts(restart_policy, one.ended.exit_code));
  };
  const auto failed = [](const ContainerState& one) { return one.ended.exit_code != 0; };
  for (const ContainerState& one : state.init) {
    if (done(one) && failed(one)) return "Failed";
    if (!completed(one)) return "Pending";
  }
  if (!state.containers.empty() && std::ranges::all_of(state.containers, done))
    return std::ranges::any_of(state.containers, failed) ? "Failed" : "Succeeded";
  const auto never_ran = [](const ContainerState& one) { return one.kind == Kind::waiting && !one.last; };
  return std::ranges::any_of(state.containers, never_ran) ? "Pending" : "Running";
}

json::Value pod_status(const json::Value& pod, const PodState& state, const std::string& now) {
  const std::string phase = pod_phase(state, json::string_or(pod, "spec.restartPolicy", "Always"));
  json::Object status{{"phase", phase}};
  status["conditions"] = merged_conditions(pod, conditions(state, phase), now);
  if (!state.host_ip.empty()) {
    status["hostIP"] = state.host_ip;
    status["hostIPs"] = json::Array{json::Object{{"ip", state.host_ip}}};
  }
  if (!state.pod_ip.empty()) {
    status["podIP"] = state.pod_ip;
    status["podIPs"] = json::Array{json::Object{{"ip", state.pod_ip}}};
  }
  status["startTime"] = state.start_time;
  if (!state.init.empty()) status["initContainerStatuses"] = statuses(state.init);
  status["containerStatuses"] = statuses(state.containers);
  status["qosClass"] = qos_class(pod);
  return status;
}

}  // namespace fairway::lab
