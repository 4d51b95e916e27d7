// What `fairway up` tells a person once everything serves, and what of a failed role's log is worth showing. Pure but
// for the log file.
#pragma once

#include <chrono>
#include <string>

#include "app/instance.h"
#include "app/up_options.h"

namespace fairway::app {

[[nodiscard]] std::string up_help(const Instance& instance, const UpOptions& options, std::chrono::milliseconds took);
// The last lines of a file, each indented on a line of its own; empty when there are none.
[[nodiscard]] std::string last_lines(const std::string& path, std::size_t count = 5);

}  // namespace fairway::app
