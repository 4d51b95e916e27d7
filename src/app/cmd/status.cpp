// fairway status, and fairway explain service.
#include "app/cmd/commands.h"
#include "app/explain.h"

namespace fairway::app::cmd {

namespace {

std::shared_ptr<QuestionOptions> add_options(CLI::App& command) {
  auto options = std::make_shared<QuestionOptions>();
  command.add_option("--dir", options->dir, "the directory of `fairway up`; default: the only one that runs")
      ->envname("FAIRWAY_DIR")
      ->type_name("D");
  command
      .add_option("--cluster", options->cluster,
                  "one that `openstack coe cluster create` made, or one that is adopted; default: that of `up`")
      ->type_name("NAME");
  command.add_option("--config", options->config, "the controller's configuration, where there is no `fairway up`")
      ->type_name("FILE");
  return options;
}

}  // namespace

void add_status_commands(CLI::App& app, Command& chosen) {
  CLI::App* status = app.add_subcommand("status", "What is up, and how each Service of type LoadBalancer is doing");
  status->group("Begin here");
  status->callback(
      [options = add_options(*status), &chosen] { chosen = [options] { return show_status(*options); }; });

  CLI::App* explain = app.add_subcommand("explain", "Why a Service has no address, or does not answer");
  explain->group("Begin here");
  explain->require_subcommand(1);
  CLI::App* service =
      explain->add_subcommand("service", "Each step on a Service's way, what it waits for and what would help");
  auto options = add_options(*service);
  auto name = std::make_shared<std::string>();
  service->add_option("service", *name, "namespace/name; without a namespace: default")
      ->required()
      ->type_name("NS/NAME");
  service->add_flag("--json", options->json, "for programs");
  service->callback(
      [options, name, &chosen] { chosen = [options, name] { return explain_service(*options, *name); }; });
}

}  // namespace fairway::app::cmd
