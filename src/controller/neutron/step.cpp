#include "controller/neutron/step.h"

#include <fmt/format.h>

namespace fairway::controller::neutron {
namespace {

void replace_all(std::string& text, const std::map<std::string, std::string>& made) {
  for (const auto& [name, id] : made) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + id.size()))
      text.replace(at, name.size(), id);
  }
}

}  // namespace

void substitute(Step& step, const std::map<std::string, std::string>& made) {
  if (made.empty()) return;
  replace_all(step.path, made);
  if (step.body.is_null()) return;
  for (auto& item : step.body.as_object()) {
    if (!item.value().is_object()) continue;
    for (auto& field : item.value().get_object()) {
      if (!field.value().is_string() || !field.value().get_string().starts_with("$")) continue;
      std::string text(field.value().get_string());
      replace_all(text, made);
      field.value() = text;
    }
  }
}

std::string made_id(const json::Value& answer) {
  std::string id;
  for (const auto& item : answer.is_object() ? answer.get_object() : json::Object{})
    id = json::string_or(item.value(), "id");
  return id;
}

std::string describe(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps) {
    text += fmt::format("{} {}{}\n", step.method, step.path, step.body.is_null() ? "" : " " + json::write(step.body));
  }
  return text;
}

}  // namespace fairway::controller::neutron
