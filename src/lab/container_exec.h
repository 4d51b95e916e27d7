// Adds a process to a container that runs (kubectl exec): the program behind the hidden command `fairway lab-exec`.
//
// It enters the namespaces and the root of the container's first process, becomes who that is, with the container's
// environment and working directory, and waits for the end of what it executes. Killed, it takes that with it.
#pragma once

#include <string>
#include <vector>

namespace fairway::lab {

struct ExecOrder {
  std::string spec_file;         // the container was started by it
  int pid = 0;                   // its first process, on the machine
  int in = 0, out = 0, err = 0;  // descriptors; 0: nothing
  bool terminal = false;         // they are one, which becomes the controlling terminal
  std::vector<std::string> argv;
};

// The exit code of the program, or 128 and the number of the signal that ended it. 126, 127: it could not be started, and why
// stands on `err`.
[[nodiscard]] int exec_in_container(const ExecOrder& order);

}  // namespace fairway::lab
