// fairway lab exec HOST -- COMMAND, and the hidden lab-container that starts a pod's container.
#include <cstdlib>
#include <iostream>

#include "app/cmd/commands.h"
#include "app/enter_host.h"
#include "lab/container_main.h"

namespace fairway::app::cmd {

namespace {

int exec_on_host(const std::string& dir, const std::string& host, const std::vector<std::string>& command) {
  const auto instance = choose_instance(dir);
  if (!instance) {
    std::cerr << "fairway lab exec: " << instance.error().what << "\n";
    return 2;
  }
  return run_on_host(*instance, host, command);
}

}  // namespace

void add_lab_commands(CLI::App& app, Command& chosen, std::vector<std::string> trailing) {
  CLI::App* exec = app.get_subcommand("lab")->add_subcommand("exec", "Run a command on a host of the lab");
  auto dir = std::make_shared<std::string>();
  auto host = std::make_shared<std::string>();
  exec->add_option("--dir", *dir, "the directory of `fairway up`; default: the only one that runs")
      ->envname("FAIRWAY_DIR")
      ->type_name("D");
  exec->add_option("host", *host, "client, master, minion-1, minion-2; a cluster's: k8s-master-0, k8s-node-1")
      ->required();
  exec->callback([dir, host, trailing, &chosen] {
    if (trailing.empty())
      throw CLI::ValidationError("lab exec: give the command after --, as in: lab exec client -- ip addr");
    chosen = [dir, host, trailing] { return exec_on_host(*dir, *host, trailing); };
  });

  CLI::App* container = app.add_subcommand("lab-container", "")->group("");  // hidden: the lab's own
  auto spec = std::make_shared<std::string>();
  container->add_option("spec", *spec)->required();
  container->callback([spec, &chosen] { chosen = [spec] { return lab::start_container(*spec); }; });
}

}  // namespace fairway::app::cmd
