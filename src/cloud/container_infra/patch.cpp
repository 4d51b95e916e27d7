#include "cloud/container_infra/patch.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/api/wsme.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::array<std::string_view, 4> kMaps{"labels", "node_labels", "node_taints", "health_status_reason"};

std::unexpected<Error> cannot_apply(std::string_view why) {
  return fail(Errc::invalid, fmt::format("Couldn't apply patch. Reason: {}", why));
}

// RFC 6901: "~1" is "/", "~0" is "~".
std::string unescape(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escaped = token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    text += escaped ? (token[++i] == '1' ? '/' : '~') : token[i];
  }
  return text;
}

Result<PatchStep> read_step(const json::Value& given) {
  PatchStep step;
  const auto op = json::string_or(given, "op"), path = json::string_or(given, "path");
  if (op != "add" && op != "replace" && op != "remove") {
    return fail(Errc::invalid,
                fmt::format("Invalid input for field/attribute op. Value: '{}'. Value should be one of: "
                            "add, remove, replace",
                            op));
  }
  step.op = op == "add" ? PatchStep::Op::add : (op == "replace" ? PatchStep::Op::replace : PatchStep::Op::remove);
  const auto parts = split(path, '/');
  if (parts.size() < 2 || parts.size() > 3 || !parts[0].empty() || parts[1].empty() || parts.back().empty()) {
    return fail(Errc::invalid,
                fmt::format("Invalid input for field/attribute path. Value: '{}'. Value should match the pattern "
                            "^(/[\\w-]+)+$",
                            path));
  }
  step.attribute = unescape(parts[1]);
  if (parts.size() == 3) step.key = unescape(parts[2]);
  const auto* value = given.get_object().if_contains("value");
  if (step.op != PatchStep::Op::remove && (value == nullptr || value->is_null())) {
    return fail(Errc::invalid, "'add' and 'replace' operations needs value");
  }
  if (value != nullptr) step.value = *value;
  return step;
}

// "{'a': 'b'}" and "{"a": "b"}" alike.
Result<json::Value> read_literal(const json::Value& value) {
  if (!value.is_string()) return value;
  const std::string_view text = value.get_string();
  if (auto parsed = json::parse(text)) return parsed;
  std::string quoted(text);
  std::ranges::replace(quoted, '\'', '"');
  if (auto parsed = json::parse(quoted)) return parsed;
  return cannot_apply(fmt::format("{} is no object", python_repr(value)));
}

Result<> apply_inside(json::Object& document, const PatchStep& step) {
  auto& inside = document[step.attribute];
  if (inside.is_null()) inside = json::Object{};
  if (!inside.is_object()) return cannot_apply(fmt::format("{} has no members", step.attribute));
  auto& object = inside.get_object();
  if (step.op != PatchStep::Op::add && !object.contains(step.key)) {
    return cannot_apply(fmt::format("can't {} a non-existent object '{}'",
                                    step.op == PatchStep::Op::remove ? "remove" : "replace", step.key));
  }
  if (step.op == PatchStep::Op::remove) {
    object.erase(step.key);
  } else {
    object.insert_or_assign(step.key, step.value);
  }
  return {};
}

Result<> apply_step(json::Object& document, const PatchStep& step) {
  const auto* present = document.if_contains(step.attribute);
  if (present == nullptr) {
    if (step.op != PatchStep::Op::add)
      return cannot_apply(fmt::format("member '{}' not found in the resource", step.attribute));
    return fail(Errc::invalid, fmt::format("Adding a new attribute /{} to the root of the resource is not allowed.",
                                           step.attribute));
  }
  if (!step.key.empty()) return apply_inside(document, step);
  if (step.op == PatchStep::Op::remove) {
    document[step.attribute] = nullptr;
    return {};
  }
  if (step.op == PatchStep::Op::add && !present->is_null()) {
    return fail(Errc::invalid, fmt::format("The attribute /{} has existed, please use 'replace' operation instead.",
                                           step.attribute));
  }
  const bool literal = std::ranges::find(kMaps, step.attribute) != kMaps.end();
  FW_TRY(auto value, literal ? read_literal(step.value) : Result<json::Value>(step.value));
  document[step.attribute] = std::move(value);
  return {};
}

}  // namespace

Result<std::vector<PatchStep>> read_patch(std::string_view body) {
  const auto value = json::parse(body);
  if (!value) return fail(Errc::invalid, "Request is not in valid JSON format");
  const auto* list = value->if_array();
  if (list == nullptr) return fail(Errc::invalid, "A patch is a list: [{\"op\": …, \"path\": …, \"value\": …}]");
  std::vector<PatchStep> steps;
  for (const auto& item : *list) {
    if (!item.is_object()) return fail(Errc::invalid, "A step of a patch is an object");
    FW_TRY(auto step, read_step(item));
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<json::Object> apply_patch(json::Object document, const std::vector<PatchStep>& steps) {
  for (const auto& step : steps) FW_TRY_DO(apply_step(document, step));
  return document;
}

}  // namespace fairway::cloud::container_infra
