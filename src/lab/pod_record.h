// What a lab remembers of each pod it runs, in <state_dir>/pods/<uid>/pod.json, so that the next one finds the pod's
// processes and network again: they outlive the lab.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"
#include "runtime/process.h"

namespace fairway::lab {

struct ContainerRecord {
  std::string name;
  int pid = 0;  // 0: not running
  std::uint64_t start_ticks = 0;
  int restart_count = 0;
  std::string started_at, image_id, container_id;
  // How it ended last, when it has.
  bool has_ended = false;
  int exit_code = 0;
  std::string end_reason, finished_at;
};
BOOST_DESCRIBE_STRUCT(ContainerRecord, (),
                      (name, pid, start_ticks, restart_count, started_at, image_id, container_id, has_ended,
                       exit_code, end_reason, finished_at))

struct PodRecord {
  std::string uid, ns, name, node, address, start_time;
  std::vector<ContainerRecord> containers;  // init containers first
};
BOOST_DESCRIBE_STRUCT(PodRecord, (), (uid, ns, name, node, address, start_time, containers))

// <state_dir>/pods/<uid>
[[nodiscard]] std::string pod_folder(const std::string& state_dir, const std::string& uid);

// The processes of a pod's containers that still run, by its record and by the pid files of containers whose start was
// not noted any more, since their lab was killed; `ns` is the pod's network namespace.
[[nodiscard]] std::vector<ProcessId> processes_of(const std::string& state_dir, const PodRecord& record,
                                                  const std::string& ns);
// The one of this container.
[[nodiscard]] std::optional<ProcessId> process_of(const std::string& state_dir, const std::string& uid,
                                                  const ContainerRecord& container, const std::string& ns);

// Whole or not at all.
[[nodiscard]] Result<> save_record(const std::string& state_dir, const PodRecord& record);
// Those that can be read; broken ones are left out, as their pods' processes are found by nobody any more.
[[nodiscard]] std::vector<PodRecord> load_records(const std::string& state_dir);

}  // namespace fairway::lab
