// What is said when the command line cannot be read: which command, what is wrong with it, how to learn more. On one
// screen line each, since the whole help would hide the reason.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace fairway::app::cmd {

// The first of `words` that is no command although one must stand there, as a complaint; empty: there is none. Asked
// before parsing, since the parser itself says only that a command is missing.
[[nodiscard]] std::string complain_of_unknown_command(const CLI::App& app, const std::vector<std::string>& words);

// For CLI::App::failure_message. Without any command: the help.
[[nodiscard]] std::string complain(const CLI::App* app, const CLI::Error& error);

}  // namespace fairway::app::cmd
