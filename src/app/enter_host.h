// Runs a command on a host of the lab.
#pragma once

#include <string>
#include <vector>

#include "app/instance.h"

namespace fairway::app {

// Becomes the command, inside the host's network namespace, with the host's own files (app/host_view.h); returns only the exit code of a failure: 2 when there is
// no such host, 126 or 127 when the command cannot be run.
[[nodiscard]] int run_on_host(const Instance& instance, const std::string& host, std::vector<std::string> command);

}  // namespace fairway::app
