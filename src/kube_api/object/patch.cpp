#include "kube_api/object/patch.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/json_reader.h"

namespace fairway::kube_api {
namespace {

using Pointer = std::vector<std::string>;

Pointer pointer_of(std::string_view text) {
  Pointer parts;
  for (const auto part : split(text, '/')) {
    std::string plain;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto two = part.substr(i, 2);
      plain += two == "~1" ? '/' : two == "~0" ? '~' : part[i];
      if (two == "~1" || two == "~0") ++i;
    }
    parts.push_back(std::move(plain));
  }
  if (!parts.empty()) parts.erase(parts.begin());
  return parts;
}

struct Operation {
  std::string op, path, from;
  const json::Value* value = nullptr;
};

// The real server does not say which operation it was.
ApiError does_not_apply() {
  return {422, "Invalid", "the server rejected our request due to an error in our request", json::Object{}};
}

// A place in a list of that many; -1 is the last one.
std::optional<std::size_t> index_in(std::string_view text, std::size_t count) {
  const auto number = parse_int(text);
  const auto size = static_cast<std::int64_t>(count);
  if (!number || *number >= size || *number < -size) return std::nullopt;
  return static_cast<std::size_t>(*number < 0 ? *number + size : *number);
}

// The container that holds the last part of the pointer.
json::Value* container_of(json::Value& root, const Pointer& pointer) {
  json::Value* here = &root;
  for (std::size_t i = 0; i + 1 < pointer.size(); ++i) {
    if (auto* object = here->if_object()) {
      const auto found = object->find(pointer[i]);
      if (found == object->end()) return nullptr;
      here = &found->value();
    } else if (auto* array = here->if_array()) {
      const auto index = index_in(pointer[i], array->size());
      if (!index) return nullptr;
      here = &(*array)[*index];
    } else {
      return nullptr;
    }
  }
  return here;
}

json::Value* value_of(json::Value& root, const Pointer& pointer) {
  if (pointer.empty()) return &root;
  auto* holder = container_of(root, pointer);
  if (holder == nullptr) return nullptr;
  if (auto* object = holder->if_object()) {
    const auto found = object->find(pointer.back());
    return found == object->end() ? nullptr : &found->value();
  }
  auto* array = holder->if_array();
  const auto index = array == nullptr ? std::nullopt : index_in(pointer.back(), array->size());
  return index ? &(*array)[*index] : nullptr;
}

bool put(json::Value& root, const Pointer& pointer, json::Value value) {
  if (pointer.empty()) return false;
  auto* holder = container_of(root, pointer);
  if (holder == nullptr) return false;
  if (auto* object = holder->if_object()) {
    (*object)[pointer.back()] = std::move(value);
    return true;
  }
  auto* array = holder->if_array();
  if (array == nullptr) return false;
  if (pointer.back() == "-") {
    array->push_back(std::move(value));
    return true;
  }
  const auto index = index_in(pointer.back(), array->size() + 1);
  if (!index) return false;
  array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return true;
}

bool take(json::Value& root, const Pointer& pointer) {
  if (pointer.empty() || value_of(root, pointer) == nullptr) return false;
  auto* holder = container_of(root, pointer);
  if (auto* object = holder->if_object()) {
    object->erase(pointer.back());
  } else {
    auto& array = holder->get_array();
    array.erase(array.begin() + static_cast<std::ptrdiff_t>(*index_in(pointer.back(), array.size())));
  }
  return true;
}

bool carry_out(json::Value& target, const Operation& operation) {
  const auto pointer = pointer_of(operation.path);
  const auto value = operation.value != nullptr ? *operation.value : json::Value(nullptr);
  if (operation.op == "add") return put(target, pointer, value);
  if (operation.op == "remove") return take(target, pointer);
  if (operation.op == "replace") {
    if (pointer.empty()) {
      if (value.is_object()) target = value;
      return value.is_object();
    }
    if (auto* present = value_of(target, pointer)) {
      *present = value;
      return true;
    }
    // What an object lacks is added, as the real server does it.
    const auto* holder = container_of(target, pointer);
    return holder != nullptr && holder->is_object() && put(target, pointer, value);
  }
  if (operation.op == "test") {
    const auto* present = value_of(target, pointer);
    return present != nullptr ? *present == value : value.is_null();
  }
  // move, copy
  const auto from = pointer_of(operation.from);
  const auto* source = value_of(target, from);
  if (source == nullptr && (operation.op == "move" || from.empty() || container_of(target, from) == nullptr ||
                            !container_of(target, from)->is_object()))
    return false;
  json::Value moved = source == nullptr ? json::Value(nullptr) : *source;
  if (operation.op == "move") take(target, from);
  return put(target, pointer, std::move(moved));
}

}  // namespace

void apply_merge_patch(json::Value& target, const json::Value& patch) {
  const auto* changes = patch.if_object();
  if (changes == nullptr) {
    target = patch;
    return;
  }
  if (!target.is_object()) target.emplace_object();
  auto& object = target.get_object();
  for (const auto& change : *changes) {
    if (change.value().is_null()) {
      object.erase(change.key());
    } else {
      apply_merge_patch(object[change.key()], change.value());
    }
  }
}

namespace {

std::unexpected<ApiError> not_decoded(const json::Value& value, std::string_view into) {
  return refuse(
      bad_request(fmt::format("error decoding patch: json: cannot unmarshal {} into Go {}", json_type(value), into)));
}

ApiResult<> check_operation(const json::Value& operation, std::size_t index, std::vector<std::string>& unknown) {
  if (operation.is_null()) return {};
  if (!operation.is_object()) return not_decoded(operation, "value of type handlers.jsonPatchOp");
  for (const auto& member : operation.get_object()) {
    const std::string_view key = member.key();
    const bool text = key == "op" || key == "path" || key == "from";
    if (text && !member.value().is_string() && !member.value().is_null())
      return not_decoded(member.value(), fmt::format("struct field jsonPatchOp.{} of type string", key));
    if (!text && key != "value") unknown.push_back(fmt::format("json patch unknown field \"[{}].{}\"", index, key));
  }
  return {};
}

}  // namespace

ApiResult<> check_json_patch(const json::Value& patch, std::vector<std::string>& unknown) {
  if (patch.is_null()) return {};
  const auto* operations = patch.if_array();
  if (operations == nullptr) return not_decoded(patch, "value of type []handlers.jsonPatchOp");
  if (operations->size() > 10'000) {
    return refuse(too_large(
        fmt::format("Request entity too large: The allowed maximum operations in a JSON patch is 10000, got {}",
                    operations->size())));
  }
  for (std::size_t i = 0; i < operations->size(); ++i) {
    if (auto right = check_operation((*operations)[i], i, unknown); !right) return right;
  }
  return {};
}

ApiResult<> apply_json_patch(json::Value& target, const json::Value& patch) {
  const auto* operations = patch.if_array();
  if (operations == nullptr) return {};
  for (const auto& item : *operations) {
    Operation operation{json::string_or(item, "op"), json::string_or(item, "path"), json::string_or(item, "from"),
                        nullptr};
    if (const auto* object = item.if_object()) operation.value = object->if_contains("value");
    constexpr std::array kKnown{"add", "remove", "replace", "test", "move", "copy"};
    if (std::ranges::find(kKnown, operation.op) == kKnown.end()) {
      return refuse(does_not_apply());
    }
    if (!carry_out(target, operation)) return refuse(does_not_apply());
  }
  return {};
}

}  // namespace fairway::kube_api
