// fairway cluster enable-load-balancers|disable-load-balancers|adopt|release NAME, and the hidden host-service behind `service` on a
// cluster's host.
#include <iostream>

#include "app/adopt.h"
#include "app/ask_driver.h"
#include "app/cmd/commands.h"
#include "app/instance.h"

namespace fairway::app::cmd {

namespace {

int switch_load_balancers(const std::string& dir, const std::string& cluster, bool enable) {
  const auto instance = choose_instance(dir);
  if (!instance) {
    std::cerr << "fairway cluster: " << instance.error().what << "\n";
    return 2;
  }
  return ask_driver(instance->machine_run_dir(), cluster_driver::LoadBalancersRequest{cluster, enable});
}

void add_dir(CLI::App& command, std::string& dir) {
  command.add_option("--dir", dir, "the directory of `fairway up`; default: the only one that runs")
      ->envname("FAIRWAY_DIR")
      ->type_name("D");
}

void add_switch(CLI::App& parent, const std::string& name, const std::string& about, bool enable, Command& chosen) {
  CLI::App* command = parent.add_subcommand(name, about);
  auto dir = std::make_shared<std::string>();
  auto cluster = std::make_shared<std::string>();
  add_dir(*command, *dir);
  command->add_option("cluster", *cluster, "its name or id")->required();
  command->callback([=, &chosen] { chosen = [=] { return switch_load_balancers(*dir, *cluster, enable); }; });
}

void add_adopt(CLI::App& parent, Command& chosen) {
  CLI::App* command = parent.add_subcommand(
      "adopt", "Serve a cluster that somebody else runs; again with another kubeconfig exchanges that");
  auto options = std::make_shared<AdoptOptions>();
  add_dir(*command, options->dir);
  command->add_option("name", options->name, "what it shall be called here")->required()->type_name("NAME");
  command->add_option("--kubeconfig", options->kubeconfig, "how its API is reached")->required()->type_name("FILE");
  command->add_option("--context", options->context, "of the kubeconfig; default: its current one")
      ->type_name("NAME");
  command
      ->add_option("--subnet", options->place.subnet,
                   "where load balancers have their addresses; default: where the nodes stand")
      ->type_name("SUBNET");
  command
      ->add_option("--router", options->place.router,
                   "whose external network floating IPs come from; default: the only one on the subnet")
      ->type_name("ROUTER");
  command->add_option("--external-network", options->place.external_network, "or the network itself")
      ->type_name("NETWORK");
  command->add_option("--labels", options->labels, "as of a cluster that is made: internal_lb=true, …")
      ->delimiter(',')
      ->type_name("NAME=VALUE");
  command->add_flag("--take-over", options->take_over,
                    "although Services there have load balancers of another controller, which has ended");
  command->callback([options, &chosen] { chosen = [options] { return adopt_cluster(*options); }; });
}

void add_release(CLI::App& parent, Command& chosen) {
  CLI::App* command = parent.add_subcommand(
      "release", "Take back all that Fairway made for an adopted cluster, and nothing that was there before");
  auto options = std::make_shared<ReleaseOptions>();
  add_dir(*command, options->dir);
  command->add_option("cluster", options->name, "its name or id")->required();
  command->callback([options, &chosen] { chosen = [options] { return release_cluster(*options); }; });
}

void add_host_service(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("host-service", "")->group("");  // hidden: the hosts' own
  auto run_directory = std::make_shared<std::string>();
  auto request = std::make_shared<cluster_driver::ServiceRequest>();
  command->add_option("run_directory", *run_directory)->required();
  command->add_option("host", request->host)->required();
  command->add_option("service", request->name)->required();
  command->add_option("action", request->action)->required();
  command->callback([=, &chosen] { chosen = [=] { return ask_driver(*run_directory, *request); }; });
}

}  // namespace

void add_cluster_commands(CLI::App& app, Command& chosen) {
  CLI::App* cluster = app.add_subcommand(
      "cluster", "Clusters beside that of `fairway up`: those that Magnum's API made, and adopted ones");
  cluster->group("Others");
  cluster->require_subcommand(1);
  add_switch(*cluster, "enable-load-balancers", "Give the cluster's controller its credential, and start it anew",
             true, chosen);
  add_switch(*cluster, "disable-load-balancers", "Leave Services of type LoadBalancer alone from now on", false,
             chosen);
  add_adopt(*cluster, chosen);
  add_release(*cluster, chosen);
  add_host_service(app, chosen);
}

}  // namespace fairway::app::cmd
