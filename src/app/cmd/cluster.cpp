// fairway cluster enable-load-balancers|disable-load-balancers NAME, and the hidden host-service behind `service` on a
// cluster's host.
#include <iostream>

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

void add_switch(CLI::App& parent, const std::string& name, const std::string& about, bool enable, Command& chosen) {
  CLI::App* command = parent.add_subcommand(name, about);
  auto dir = std::make_shared<std::string>();
  auto cluster = std::make_shared<std::string>();
  command->add_option("--dir", *dir, "the directory of `fairway up`; default: the only one that runs")
      ->envname("FAIRWAY_DIR")
      ->type_name("D");
  command->add_option("cluster", *cluster, "its name or id")->required();
  command->callback([=, &chosen] { chosen = [=] { return switch_load_balancers(*dir, *cluster, enable); }; });
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
  CLI::App* cluster =
      app.add_subcommand("cluster", "Switch load balancers in clusters of `openstack coe cluster create`");
  cluster->group("Others");
  cluster->require_subcommand(1);
  add_switch(*cluster, "enable-load-balancers", "Give the cluster's controller its credential, and start it anew",
             true, chosen);
  add_switch(*cluster, "disable-load-balancers", "Leave Services of type LoadBalancer alone from now on", false,
             chosen);
  add_host_service(app, chosen);
}

}  // namespace fairway::app::cmd
