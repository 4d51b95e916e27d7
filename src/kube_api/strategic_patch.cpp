// Strategic merge: an object is merged field by field as its schema says; lists with a merge key item by item.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "kube_api/patch.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kPatch = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList/";
constexpr std::string_view kOrderPrefix = "$setElementOrder/";

ApiError unreadable(std::string what) { return bad_request(std::move(what)); }

std::string_view directive(const json::Value& item) {
  const auto* object = item.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(kPatch);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

class StrategicPatch {
 public:
  ApiResult<> merge(json::Object& target, const json::Object& patch, const StructType* type) {
    if (const auto* how = patch.if_contains(kPatch)) {
      const auto word = how->is_string() ? std::string_view(how->get_string()) : std::string_view{};
      if (word == "delete") {
        target.clear();
        return {};
      }
      if (word == "replace") {
        target = patch;
        target.erase(kPatch);
        return {};
      }
      if (word != "merge") return refuse(unreadable(fmt::format("Unknown patch type found: {}", word)));
    }
    retain(target, patch);
    for (const auto& change : patch) {
      const std::string_view key = change.key();
      if (key.starts_with('$')) continue;
      if (auto done = field(target, key, change.value(), type); !done) return done;
    }
    for (const auto& change : patch) {
      const std::string_view key = change.key();
      if (key.starts_with(kDeletePrefix)) remove_items(target, key.substr(kDeletePrefix.size()), change.value());
    }
    for (const auto& change : patch) {
      const std::string_view key = change.key();
      if (key.starts_with(kOrderPrefix)) order_items(target, key.substr(kOrderPrefix.size()), change.value(), type);
    }
    return {};
  }

 private:
  // $retainKeys: only these stay.
  static void retain(json::Object& target, const json::Object& patch) {
    const auto* keys = patch.if_contains(kRetainKeys);
    if (keys == nullptr || !keys->is_array()) return;
    json::Object kept;
    for (const auto& key : keys->get_array()) {
      if (!key.is_string()) continue;
      if (const auto* value = target.if_contains(key.get_string())) kept[key.get_string()] = *value;
    }
    target = std::move(kept);
  }

  ApiResult<> field(json::Object& target, std::string_view key, const json::Value& change, const StructType* type) {
    if (change.is_null()) {
      target.erase(key);
      return {};
    }
    const auto* spec = type == nullptr ? nullptr : type->find(key);
    const auto* structure = spec != nullptr ? spec->type.structure : nullptr;
    if (const auto* object = change.if_object()) {
      auto& value = target[key];
      if (!value.is_object()) value.emplace_object();
      // In a map of plain values there is nothing to look up further down.
      return merge(value.get_object(), *object, spec != nullptr && spec->type.wraps.empty() ? structure : nullptr);
    }
    const auto* items = change.if_array();
    if (items == nullptr || spec == nullptr || !spec->merge || spec->type.wraps != "[") {
      target[key] = without_directives(change);
      return {};
    }
    auto& value = target[key];
    if (!value.is_array()) value.emplace_array();
    if (structure == nullptr) {
      for (const auto& item : *items) {
        auto& list = value.get_array();
        if (std::ranges::find(list, item) == list.end()) list.push_back(item);
      }
      return {};
    }
    return merge_list(value.get_array(), *items, *spec);
  }

  ApiResult<> merge_list(json::Array& target, const json::Array& items, const FieldSpec& spec) {
    const bool replace = std::ranges::any_of(items, [](const auto& item) { return directive(item) == "replace"; });
    if (replace) target.clear();
    for (const auto& item : items) {
      const auto* change = item.if_object();
      if (change == nullptr) return refuse(unreadable(fmt::format("expecting a map for items of {}, got {}", spec.name, json::write(item))));
      const auto how = directive(item);
      if (how == "replace" && change->size() == 1) continue;
      const auto* key = change->if_contains(spec.merge_key);
      if (key == nullptr) {
        return refuse(unreadable(fmt::format("map: {} does not contain declared merge key: {}", go_map(*change), spec.merge_key)));
      }
      auto present = std::ranges::find_if(target, [&](const json::Value& there) {
        const auto* object = there.if_object();
        const auto* value = object == nullptr ? nullptr : object->if_contains(spec.merge_key);
        return value != nullptr && *value == *key;
      });
      if (how == "delete") {
        if (present != target.end()) target.erase(present);
        continue;
      }
      if (present == target.end()) {
        json::Object added;
        if (auto done = merge(added, plain(*change), spec.type.structure); !done) return done;
        target.push_back(std::move(added));
      } else if (auto done = merge(present->get_object(), plain(*change), spec.type.structure); !done) {
        return done;
      }
    }
    return {};
  }

  // An item without its own $patch: replace.
  static json::Object plain(const json::Object& item) {
    auto copy = item;
    copy.erase(kPatch);
    return copy;
  }

  static json::Value without_directives(const json::Value& change) {
    const auto* items = change.if_array();
    if (items == nullptr) return change;
    json::Array kept;
    for (const auto& item : *items) {
      if (directive(item).empty()) kept.push_back(item);
    }
    return kept;
  }

  static std::string go_map(const json::Object& object) {
    std::vector<std::string> parts;
    for (const auto& member : object) {
      parts.push_back(fmt::format("{}:{}", std::string_view(member.key()),
                                  member.value().is_string() ? std::string(member.value().get_string()) : json::write(member.value())));
    }
    std::ranges::sort(parts);
    return fmt::format("map[{}]", fmt::join(parts, " "));
  }

  static void remove_items(json::Object& target, std::string_view key, const json::Value& items) {
    auto* value = target.if_contains(key);
    if (value == nullptr || !value->is_array() || !items.is_array()) return;
    json::Array kept;
    for (auto& item : value->get_array()) {
      if (std::ranges::find(items.get_array(), item) == items.get_array().end()) kept.push_back(item);
    }
    *value = std::move(kept);
  }

  // The order that the client saw: items it names stand in its order, others keep their place relative to what was before.
  static void order_items(json::Object& target, std::string_view key, const json::Value& order, const StructType* type) {
    const auto* spec = type == nullptr ? nullptr : type->find(key);
    auto* value = target.if_contains(key);
    if (spec == nullptr || value == nullptr || !value->is_array() || !order.is_array()) return;
    const auto rank = [&](const json::Value& item) -> std::size_t {
      const auto& wanted = order.get_array();
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (spec->merge_key.empty() ? wanted[i] == item : same_key(wanted[i], item, spec->merge_key)) return i;
      }
      return SIZE_MAX;
    };
    std::multimap<std::size_t, const json::Value*> named;
    for (const auto& item : value->get_array()) {
      if (rank(item) != SIZE_MAX) named.emplace(rank(item), &item);
    }
    json::Array sorted;
    auto next = named.begin();
    for (const auto& item : value->get_array()) sorted.push_back(rank(item) == SIZE_MAX ? item : *(next++)->second);
    *value = std::move(sorted);
  }

  static bool same_key(const json::Value& a, const json::Value& b, const std::string& key) {
    const auto* left = a.if_object();
    const auto* right = b.if_object();
    if (left == nullptr || right == nullptr) return false;
    const auto* x = left->if_contains(key);
    const auto* y = right->if_contains(key);
    return x != nullptr && y != nullptr && *x == *y;
  }
};

}  // namespace

ApiResult<> apply_strategic_patch(json::Object& target, const json::Object& patch, const StructType& type) {
  return StrategicPatch().merge(target, patch, &type);
}

}  // namespace fairway::kube_api
