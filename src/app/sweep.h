// Takes from the machine what an instance made: processes in its namespaces, the namespaces (and with them links,
// rules and addresses), its files under /run. For the end of `fairway up`, and for what one that was killed left.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/instance.h"
#include "runtime/env.h"

namespace fairway::app {

// Processes that run inside the instance's network namespaces, or that carry its mark in their environment
// (FAIRWAY_INSTANCE); never this one.
[[nodiscard]] std::vector<int> processes_of(const Instance& instance);

// Whether a command line, as /proc/PID/cmdline has it, is that of a role that `fairway up` starts. The hosts of clusters run
// programs of ours too, which outlive it. Pure.
[[nodiscard]] bool is_role_of(const Instance& instance, std::string_view command_line);

// How processes of an instance are marked: the variable's value.
[[nodiscard]] std::string instance_mark(const Instance& instance);

// Ends them (SIGTERM, then SIGKILL), removes the namespaces. What could not be removed is logged.
Task<> sweep(Env& env, const Instance& instance);

}  // namespace fairway::app
