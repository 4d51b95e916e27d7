// Child processes: start, watch, end. By pid and start time, so that a number reused by a stranger is never
// signalled.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/env.h"

namespace fairway {

struct ProcessSpec {
  std::vector<std::string> argv;           // argv[0] is searched on PATH
  std::map<std::string, std::string> env;  // added to ours
  std::string working_directory;           // empty: ours
  std::string network_namespace;           // a name in /run/netns; empty: ours
  std::string log_file;                    // stdout and stderr are appended there; empty: inherited
  bool own_session = false;                // setsid: outlives us and our group's signals
  bool die_with_parent = false;            // PR_SET_PDEATHSIG SIGKILL
  std::vector<int> inherit;                // descriptors kept open across exec, at the same numbers
};

// What is needed to find a process again after a restart of ours.
struct ProcessId {
  int pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/PID/stat
  bool operator==(const ProcessId&) const = default;
};

struct ProcessEnd {
  int exit_code = -1;  // when it exited
  int signal = 0;      // when it was killed
};

// Standard input is /dev/null; every descriptor but 0, 1, 2 and `inherit` is closed. Returns once the program runs.
// Error: not_found (no such program, namespace or directory), denied, invalid, …
[[nodiscard]] Result<ProcessId> start_process(const ProcessSpec& spec);
// The identity of a running process, or nothing.
[[nodiscard]] std::optional<ProcessId> identify_process(int pid);
[[nodiscard]] bool process_alive(const ProcessId& process);
// Sends nothing when the pid now belongs to another process.
void signal_process(const ProcessId& process, int signal);
// How a child of ours ended for which nobody waited; nothing when it runs, is no child of ours or was reaped already.
[[nodiscard]] std::optional<ProcessEnd> reap_ended(const ProcessId& process);
// Waits (pidfd) until it has ended. Children are reaped; for others the exit code is unknown (-1).
Task<ProcessEnd> wait_process(ProcessId process);
// SIGTERM, then SIGKILL after `patience`. When the process is gone already: at once.
Task<ProcessEnd> stop_process(Env& env, ProcessId process, Duration patience);

struct CommandOutput {
  int exit_code = -1;  // 128 + the signal's number when one ended it, as shells say it
  std::string out, err;
};
// Runs to the end with its output collected, in a process group of its own. Error: as start_process; timeout (then it
// was killed, with what it had started in its group).
Task<Result<CommandOutput>> run_command(Env& env, ProcessSpec spec, Duration limit, std::string standard_input = "");

}  // namespace fairway
