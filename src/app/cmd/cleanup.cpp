// fairway cleanup.
#include "app/cleanup.h"

#include "app/cmd/commands.h"
#include "base/strings.h"

namespace fairway::app::cmd {

void add_cleanup_command(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("cleanup", "Remove from a cloud what a cluster left there: says what, asks, and does it");
  command->group("Others");
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
  CLI::Option* identity =
      command
          ->add_option("--kubernetes-id", options->kubernetes_id,
                       "UID of its namespace kube-system: tells it from others of the same name, or names it alone")
          ->type_name("UID");
  command->add_option("--config", options->config, "a controller's configuration; default: the login of the openrc")
      ->type_name("FILE");
  CLI::Option* yes = command->add_flag("--yes", options->yes, "do it, and ask nobody");
  command->add_flag("--dry-run", options->dry_run, "say what would be done, and change nothing")->excludes(yes);
  command->callback([options, id, name, identity, &chosen] {
    if (id->count() + name->count() + identity->count() == 0)
      throw CLI::RequiredError("--cluster-id, --cluster-name or --kubernetes-id");
    chosen = [options] { return clean_up(*options); };
  });
}

}  // namespace fairway::app::cmd
