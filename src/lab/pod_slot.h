// One container of a running pod, as its runner keeps it. Only for pod_runner.cpp and pod_start.cpp.
#pragma once

#include <csignal>

#include "lab/pod_runner.h"

namespace fairway::lab {

struct PodRunner::Slot {
  ContainerState state;
  bool init = false;
  std::optional<ProcessId> process;     // while it runs
  std::optional<ProcessEnd> early_end;  // of a program that was over at once
  int run = 0;                          // counts starts, so that a probe of an older run ends
  int stop_signal = SIGTERM;
  Duration crash_wait{0};  // before the next start
  SteadyTime started{};
  int failed_starts = 0;

  // Takes over what an earlier lab remembers: a process that still runs, or how it ended.
  void adopt(const ContainerRecord& record, const std::string& now);
  void note_end(const ProcessEnd& end, const std::string& now);
  // After an end that is followed by another start. The first restart is at once; those after it wait 10 s, doubled
  // up to 5 min, unless the container ran for 10 min.
  void prepare_restart(SteadyTime now);
  // After a start that failed: 10 s, doubled up to 5 min.
  [[nodiscard]] Duration start_wait();
};

}  // namespace fairway::lab
