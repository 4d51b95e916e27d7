// fairway lab exec HOST -- COMMAND, and the hidden lab-container that starts a pod's container.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "app/cmd/commands.h"
#include "app/enter_host.h"
#include "lab/container_exec.h"
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

// The end of who has made or entered a process namespace: at an ordinary exit a leak checker would start a process, in
// that namespace, and wait for ever for what it cannot see there.
[[noreturn]] int end_now(int code) { ::_exit(code); }

// Hidden: what a node starts for kubectl exec.
void add_container_exec(CLI::App& app, Command& chosen, std::vector<std::string> command) {
  CLI::App* exec = app.add_subcommand("lab-exec", "")->group("");
  auto order = std::make_shared<lab::ExecOrder>();
  order->argv = std::move(command);
  exec->add_option("spec", order->spec_file)->required();
  exec->add_option("pid", order->pid)->required();
  exec->add_option("in", order->in)->required();
  exec->add_option("out", order->out)->required();
  exec->add_option("err", order->err)->required();
  exec->add_flag("--terminal", order->terminal);
  exec->callback([order, &chosen] { chosen = [order] { return end_now(lab::exec_in_container(*order)); }; });
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
    if (trailing.empty()) throw CLI::ValidationError("give the command after --, as in: lab exec client -- ip addr");
    chosen = [dir, host, trailing] { return exec_on_host(*dir, *host, trailing); };
  });

  CLI::App* container = app.add_subcommand("lab-container", "")->group("");  // hidden: the lab's own
  auto spec = std::make_shared<std::string>();
  container->add_option("spec", *spec)->required();
  container->callback([spec, &chosen] { chosen = [spec] { return end_now(lab::start_container(*spec)); }; });
  add_container_exec(app, chosen, std::move(trailing));
}

}  // namespace fairway::app::cmd
