// fairway cleanup.
#include "app/cleanup.h"

#include "app/cmd/commands.h"
#include "base/strings.h"

namespace fairway::app::cmd {

void add_cleanup_command(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("cleanup", "Remove from a cloud what a cluster left there; says only what, without --yes");
  auto options = std::make_shared<CleanupOptions>();
  CLI::Option* id = command
                        ->add_option("--cluster-id", options->cluster_name,
                                     "the cluster's UUID, by which Magnum's clusters name their load balancers")
                        ->check([](const std::string& text) { return is_uuid(text) ? "" : text + " is not a UUID"; })
                        ->type_name("UUID");
  CLI::Option* name = command
                          ->add_option("--cluster-name", options->cluster_name,
                                       "the name in its load balancers' descriptions (OCCM's --cluster-name)")
                          ->type_name("NAME")
                          ->excludes(id);
  command
      ->add_option("--kubernetes-id", options->kubernetes_id,
                   "UID of its namespace kube-system, to tell it from others of the same name")
      ->type_name("UID");
  command->add_option("--config", options->config, "a controller's configuration; default: the login of the openrc")
      ->type_name("FILE");
  CLI::Option* yes = command->add_flag("--yes", options->yes, "do it");
  auto dry_run = std::make_shared<bool>(true);
  command->add_flag("--dry-run", *dry_run, "say what would be done, and change nothing; this is the default")
      ->excludes(yes);
  command->callback([options, dry_run, id, name, &chosen] {
    if (id->count() + name->count() == 0) throw CLI::RequiredError("--cluster-id or --cluster-name");
    chosen = [options] { return clean_up(*options); };
  });
}

}  // namespace fairway::app::cmd
