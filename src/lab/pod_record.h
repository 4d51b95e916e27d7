// What a lab remembers of each pod it runs, in <state_dir>/pods/<uid>/pod.json, so that the next one finds the pod's
// processes and network again: they outlive the lab.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"

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

// Whole or not at all.
[[nodiscard]] Result<> save_record(const std::string& state_dir, const PodRecord& record);
// Those that can be read; broken ones are left out, as their pods' processes are found by nobody any more.
[[nodiscard]] std::vector<PodRecord> load_records(const std::string& state_dir);

}  // namespace fairway::lab
