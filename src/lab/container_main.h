// Starts one container: the program behind the hidden command `fairway lab-container SPEC`.
//
// It enters the pod's network namespace, makes process, mount, host name and IPC namespaces, builds a root of the
// machine's /usr (read-only) and otherwise empty directories in memory, and executes the image's program there. It
// ends as soon as the program runs, having written the program's identity to the pid file; the program stays, in a
// session of its own and with nothing of Fairway in it, whatever becomes of the processes that started it.
#pragma once

#include <string>

namespace fairway::lab {

// 0: the program runs. 1: it does not; why stands on standard error as one line.
[[nodiscard]] int start_container(const std::string& spec_file);

}  // namespace fairway::lab
