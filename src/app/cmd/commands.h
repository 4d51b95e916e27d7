// The commands of the program: each function adds its own to the parser, and says what to run when it is chosen.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace fairway::app::cmd {

// Returns the exit code.
using Command = std::function<int()>;

void add_role_commands(CLI::App& app, Command& chosen);  // cloud, gateway, controller, kube-api, lab, check-config
// lab exec; after add_role_commands. `trailing` is what follows -- on the command line.
void add_lab_commands(CLI::App& app, Command& chosen, std::vector<std::string> trailing);
void add_up_commands(CLI::App& app, Command& chosen);       // up, down
void add_cluster_commands(CLI::App& app, Command& chosen);  // cluster, and the hidden host-service
void add_status_commands(CLI::App& app, Command& chosen);   // status, explain
void add_cleanup_command(CLI::App& app, Command& chosen);   // cleanup

}  // namespace fairway::app::cmd
