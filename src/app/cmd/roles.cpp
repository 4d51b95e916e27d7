// fairway cloud|gateway|controller|kube-api|lab --config FILE, and fairway check-config ROLE FILE.
#include <fmt/format.h>

#include "app/cmd/commands.h"
#include "app/role.h"

namespace fairway::app::cmd {

namespace {

void add_role(CLI::App& app, const RoleSpec& role, Command& chosen) {
  CLI::App* command = app.add_subcommand(std::string(role.name), std::string(role.about));
  auto file = std::make_shared<std::string>();
  command->group("Roles, each by itself");
  command->footer(
      fmt::format("A first configuration:\n\n{}\n`fairway check-config {} FILE` says every problem of a file; "
                  "docs/configuration.md has every key.",
                  role.example, role.name));
  command->add_option("--config", *file, "the role's configuration (YAML); without it nothing starts")
      ->type_name("FILE");
  command->callback([command, file, &role, &chosen] {
    if (!command->get_subcommands().empty()) return;  // "lab exec" is a command of its own
    if (file->empty()) throw CLI::RequiredError("--config FILE");
    chosen = [file, &role] { return run_role(role, *file); };
  });
}

void add_check_config(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("check-config", "Read a role's configuration and say every problem in it");
  command->group("Roles, each by itself");
  auto name = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const RoleSpec& role : roles()) names.emplace_back(role.name);
  command->add_option("role", *name, "whose configuration it is")->required()->check(CLI::IsMember(names));
  command->add_option("file", *file, "the file")->required();
  command->callback([name, file, &chosen] {
    chosen = [name, file] { return check_config(*std::ranges::find(roles(), *name, &RoleSpec::name), *file); };
  });
}

}  // namespace

void add_role_commands(CLI::App& app, Command& chosen) {
  for (const RoleSpec& role : roles()) add_role(app, role, chosen);
  add_check_config(app, chosen);
}

}  // namespace fairway::app::cmd
