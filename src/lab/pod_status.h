// What a node reports about a Pod: its status from the states of its containers. Pure.
//
// Reference: Kubernetes' Pod lifecycle (phases, conditions, container states).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/value.h"

namespace fairway::lab {

struct Termination {
  int exit_code = 0;
  int signal = 0;
  std::string reason;  // "Completed", "Error", "StartError"
  std::string message;
  std::string started_at, finished_at;
};

struct ContainerState {
  enum class Kind { waiting, running, terminated };
  std::string name, image, image_id, container_id;
  Kind kind = Kind::waiting;
  std::string reason = "ContainerCreating";  // while waiting
  std::string message;
  std::string started_at;  // while running
  Termination ended;       // when terminated
  std::optional<Termination> last;
  int restart_count = 0;
  bool ready = false;
};

struct PodState {
  std::string host_ip, pod_ip;  // empty while there is none
  std::string start_time;
  std::vector<ContainerState> init, containers;
  bool final = false;  // the pod has been told to end and all of it has
};

// The status to write, conditions included; conditions that others set are kept, and lastTransitionTime where nothing
// changed.
[[nodiscard]] json::Value pod_status(const json::Value& pod, const PodState& state, const std::string& now);

// "Pending", "Running", "Succeeded", "Failed".
[[nodiscard]] std::string pod_phase(const PodState& state, const std::string& restart_policy);

// Whether a container that ended so is started again.
[[nodiscard]] bool restarts(const std::string& restart_policy, int exit_code);

}  // namespace fairway::lab
