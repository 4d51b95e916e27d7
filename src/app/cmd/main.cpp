// The program: parses the command line and hands over to app/.
#include <algorithm>

#include "app/cmd/commands.h"
#include "app/version.h"

// NOLINTNEXTLINE(bugprone-exception-escape): what is thrown this far is a broken invariant, and aborting is meant
int main(int argc, char** argv) {
  using namespace fairway::app;
  CLI::App app{"Load balancers for Kubernetes Services, from the manifest to the packet.", "fairway"};
  app.set_version_flag("--version", "fairway " + std::string(kVersion));
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  cmd::Command chosen;
  cmd::add_role_commands(app, chosen);
  cmd::add_up_commands(app, chosen);
  cmd::add_status_commands(app, chosen);
  cmd::add_cluster_commands(app, chosen);
  cmd::add_cleanup_command(app, chosen);
  // What follows -- is a command of the person's and never ours to read.
  const auto end = std::find(argv, argv + argc, std::string_view("--"));
  const std::vector<std::string> trailing(end == argv + argc ? end : end + 1, argv + argc);
  cmd::add_lab_commands(app, chosen, trailing);
  try {
    app.parse(static_cast<int>(end - argv), argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return chosen();
}
