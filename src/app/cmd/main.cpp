// The program: parses the command line and hands over to app/.
#include <algorithm>
#include <iostream>

#include "app/cmd/commands.h"
#include "app/cmd/complain.h"
#include "app/version.h"

namespace {

using namespace fairway::app;

constexpr std::string_view kExamples = R"(To begin:
  fairway up --dir demo                                        everything on this machine, until Ctrl-C
  fairway status                                               what is up
  fairway explain service default/web                          why it has no address yet
  fairway lab exec client -- curl -s http://172.24.4.101/      as somebody outside would

`fairway help COMMAND` says more of each.)";

// `trailing` is what follows -- : a command of the person's and never ours to read.
void add_commands(CLI::App& app, cmd::Command& chosen, std::vector<std::string> trailing) {
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  cmd::add_up_commands(app, chosen);
  cmd::add_status_commands(app, chosen);
  cmd::add_cluster_commands(app, chosen);
  cmd::add_cleanup_command(app, chosen);
  cmd::add_role_commands(app, chosen);
  cmd::add_lab_commands(app, chosen, std::move(trailing));
  app.add_subcommand("help", "How a command is used: fairway help up")->group("Others");
  app.footer(std::string(kExamples));
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what is thrown this far is a broken invariant, and aborting is meant
int main(int argc, char** argv) {
  CLI::App app{"Load balancers for Kubernetes Services, from the manifest to the packet.", "fairway"};
  app.set_version_flag("--version", "fairway " + std::string(kVersion), "Say which version this is");
  app.set_help_flag("-h,--help", "Say how it is used");
  app.require_subcommand(1);
  app.failure_message(cmd::complain);
  const auto end = std::find(argv, argv + argc, std::string_view("--"));
  std::vector<std::string> words(argv + 1, std::max(end, argv + 1));
  cmd::Command chosen;
  add_commands(app, chosen, {end == argv + argc ? end : end + 1, argv + argc});
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  if (const auto complaint = cmd::complain_of_unknown_command(app, words); !complaint.empty()) {
    std::cerr << complaint;
    return 2;
  }
  try {
    std::ranges::reverse(words);  // as the parser wants them
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return chosen();
}
