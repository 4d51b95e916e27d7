// fairway up and fairway down.
#include "app/up.h"
#include "app/cmd/commands.h"

namespace fairway::app::cmd {

namespace {

void add_up(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("up", "Start all of it on this machine, as one process tree")->group("Begin here");
  auto options = std::make_shared<UpOptions>();
  command->add_option("--dir", options->dir, "where state, logs and credentials lie; made if absent")
      ->required()
      ->type_name("D");
  command
      ->add_option("--publish", options->publish, "let a browser on this machine in: 127.0.0.1:8080=default/web:80")
      ->type_name("ADDR:PORT=NS/SERVICE:PORT")
      ->take_all();
  command->add_flag(
      "--heat-like", options->heat_like,
      "delete clusters as Heat does: load balancers that Kubernetes made are left, and the delete fails");
  command->add_flag("--internal-lb", options->internal_lb, "no floating IPs by themselves; a person associates them");
  command
      ->add_option("--provider", options->provider,
                   "which API the controller makes load balancers by: octavia, or lbaas_v1 as of old")
      ->check(CLI::IsMember({"octavia", "lbaas_v1"}))
      ->capture_default_str();
  command->add_flag_callback(
      "--no-load-balancers", [options] { options->load_balancers = false; },
      "disable the feature: Services are left alone, and an event says so");
  command->add_flag_callback(
      "--no-demo-net", [options] { options->demo_networks = false; }, "make no networks and no lab");
  CLI::Option* kubeconfig = command->add_option("--kubeconfig", options->kubeconfig,
                                                "serve an existing cluster instead of the embedded Kubernetes API");
  kubeconfig->type_name("FILE");
  command
      ->add_flag("--bind-pods", options->bind_pods, "that cluster has no scheduler: the lab gives pods their nodes")
      ->needs(kubeconfig);
  command->add_option("--images", options->images_file, "more images for the lab's pods (YAML: images: …)")
      ->type_name("FILE");
  command
      ->add_option("--kubernetes-programs", options->kubernetes_programs,
                   "kube-apiserver and its like, for clusters with the label control_plane=real")
      ->type_name("DIR");
  command->add_option("--public-cidr", options->public_cidr, "the public network")->capture_default_str();
  command->add_option("--public-pool", options->public_pool, "its floating IPs: FIRST-LAST");
  command->add_option("--private-cidr", options->private_cidr, "the private network")->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return run_up(*options); }; });
}

}  // namespace

void add_up_commands(CLI::App& app, Command& chosen) {
  add_up(app, chosen);
  CLI::App* down = app.add_subcommand("down", "End what runs in a directory, and clean up what a killed one left");
  down->group("Begin here");
  auto dir = std::make_shared<std::string>();
  down->add_option("--dir", *dir, "the directory of `fairway up`")
      ->required()
      ->envname("FAIRWAY_DIR")
      ->type_name("D");
  down->callback([dir, &chosen] { chosen = [dir] { return run_down(*dir); }; });
}

}  // namespace fairway::app::cmd
