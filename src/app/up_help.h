// What `fairway up` tells a person once everything serves, and what of a failed role's log is worth showing. Pure but
// for the log file.
#pragma once

#include <chrono>
#include <string>

#include "app/instance.h"
#include "app/up_options.h"

namespace fairway::app {

[[nodiscard]] std::string up_help(const Instance& instance, const UpOptions& options, std::chrono::milliseconds took);
// Why a role did not come up: its own last words if it had any (the log line with which a role gives up), else `seen`
// and the end of its log. A disk without space is named, for then there may be no log.
[[nodiscard]] std::string why_not_ready(const Instance& instance, const std::string& role, std::string_view seen);
// Of a role's log: what it said when it gave up; empty when it did not.
[[nodiscard]] std::string last_words(std::string_view log);

}  // namespace fairway::app
