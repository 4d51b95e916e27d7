// A question to the driver of clusters that runs on this machine, for the command line.
#pragma once

#include <string>

#include "cluster_driver/requests.h"

namespace fairway::app {

// Prints the answer and returns its exit code; 1 and a sentence when no driver answers.
[[nodiscard]] int ask_driver(const std::string& run_directory, cluster_driver::Request question);

}  // namespace fairway::app
