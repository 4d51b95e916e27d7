#include "kube/manifest.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/strings.h"

namespace fairway::kube {
namespace {

bool is_one_of(std::string_view text, const std::array<std::string_view, 3>& words) {
  return std::ranges::find(words, text) != words.end();
}

std::optional<double> to_number(const std::string& text) {
  if (text.find_first_not_of("+-.0123456789eE") != std::string::npos) return std::nullopt;
  if (text.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return std::nullopt;
  return number;
}

json::Value scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!") return json::Value(text);  // it was quoted
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (text == "~" || is_one_of(text, {"null", "Null", "NULL"})) return nullptr;
  if (const auto number = parse_int(text)) return *number;
  if (const auto number = to_number(text)) return *number;
  return json::Value(text);
}

json::Value to_json(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map: {
      json::Object object;
      for (const auto& item : node) object.insert_or_assign(item.first.Scalar(), to_json(item.second));
      return object;
    }
    case YAML::NodeType::Sequence: {
      json::Array array;
      for (const auto& item : node) array.push_back(to_json(item));
      return array;
    }
    case YAML::NodeType::Scalar:
      return scalar(node);
    case YAML::NodeType::Null:
    case YAML::NodeType::Undefined:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

Result<json::Value> read_manifest(const std::string& text) {
  try {
    std::optional<json::Value> object;
    for (const auto& document : YAML::LoadAll(text)) {
      if (document.IsNull()) continue;
      if (object) return fail(Errc::invalid, "the manifest has several documents; one is taken at a time");
      object = to_json(document);
    }
    if (object && object->is_object()) return *std::move(object);
    return fail(Errc::invalid, "the manifest is no object: it begins with apiVersion and kind");
  } catch (const YAML::Exception& error) {
    return fail(Errc::invalid, fmt::format("the manifest is no YAML: line {}: {}", error.mark.line + 1, error.msg));
  }
}

}  // namespace fairway::kube
