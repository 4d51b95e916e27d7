// `fairway up`: all roles in one process tree on the embedded defaults, and what a person needs to use them.
#pragma once

#include <string>

#include "app/up_options.h"

namespace fairway::app {

// Runs until SIGTERM or SIGINT, then leaves the machine as it was; the directory keeps the state. Exit codes: 0 ended
// in order, 1 something did not start (it says what, and cleans up), 2 the options are wrong.
[[nodiscard]] int run_up(const UpOptions& options);

// `fairway down`: ends the instance in the directory if it runs, and cleans up what one that was killed left. Exit
// codes: 0 nothing is left, 1 something could not be removed, 2 no such instance.
[[nodiscard]] int run_down(const std::string& dir);

}  // namespace fairway::app
