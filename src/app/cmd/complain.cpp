#include "app/cmd/complain.h"

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/strings.h"

namespace fairway::app::cmd {

namespace {

// "fairway lab exec"
std::string path_of(const CLI::App& at) {
  return at.get_parent() == nullptr ? at.get_name() : path_of(*at.get_parent()) + " " + at.get_name();
}

std::string path_of_help(const CLI::App& at) {
  return at.get_parent() == nullptr ? at.get_name() + " help" : path_of_help(*at.get_parent()) + " " + at.get_name();
}

std::vector<std::string> commands_of(const CLI::App& at) {
  std::vector<std::string> names;
  for (const CLI::App* command : at.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& at) {
  std::vector<std::string> names;
  for (const CLI::Option* option : at.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string with_nearest(std::string text, std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? text : fmt::format("{}; did you mean {}?", text, near);
}

std::string complaint(const CLI::App& at, const std::string& what) {
  return fmt::format("{}: {}\n`{}` says how it is used.\n", path_of(at), what, path_of_help(at));
}

// Of what the parser could not place; empty: nothing.
std::string words_left_over(const CLI::App& at) {
  const std::vector<std::string> left = at.remaining();
  for (const std::string& word : left) {
    if (word.starts_with('-')) {
      const std::string name = word.substr(0, word.find('='));
      return with_nearest(name + " is not known here", name, options_of(at));
    }
  }
  return left.empty() ? "" : fmt::format("there is no place for \"{}\" here", left.front());
}

std::string words_of(const CLI::Error& error, const CLI::App& at) {
  if (error.get_name() == "RequiredError" && std::string_view(error.what()).starts_with("A subcommand"))
    return "what? One of these follows: " + join(commands_of(at), ", ");
  std::string text = error.what();
  // "--dir: 1 required D missing"
  constexpr std::string_view kCounted = ": 1 required ";
  if (const auto found = text.find(kCounted); found != std::string::npos)
    text.replace(found, kCounted.size(), " needs a value, ").replace(text.rfind(" missing"), 8, "");
  return text;
}

}  // namespace

std::string complain_of_unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  for (const std::string& word : words) {
    const auto commands = commands_of(*at);
    if (word.starts_with('-') || commands.empty()) return "";
    const auto next = at->get_subcommands([&](const CLI::App* one) { return one->check_name(word); });
    if (next.empty())
      return complaint(*at, with_nearest(fmt::format("there is no command \"{}\"", word), word, commands));
    at = next.front();
  }
  return "";
}

std::string complain(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* at = app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
  const std::string left = words_left_over(*at);
  if (at == app && left.empty()) return app->help();
  return complaint(*at, left.empty() ? words_of(error, *at) : left);
}

}  // namespace fairway::app::cmd
