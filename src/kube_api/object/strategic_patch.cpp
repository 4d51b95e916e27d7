// Strategic merge: an object is merged field by field as its schema says; lists with a merge key item by item.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "kube_api/object/patch.h"

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
      if (word != "merge")
        return refuse({500, "", fmt::format("unknown patch type: {} in map: {}", word, go_value(patch)), nullptr});
    }
    retain(target, patch);
    for (const auto& change : patch) {
      const std::string_view key = change.key();
      if (key.starts_with('$')) continue;
      if (auto done = field(target, key, change.value(), patch, type); !done) return done;
    }
    for (const auto& change : patch) {
      const std::string_view key = change.key();
      if (key.starts_with(kDeletePrefix)) remove_items(target, key.substr(kDeletePrefix.size()), change.value());
    }
    for (const auto& change : patch) {
      const std::string_view key = change.key();
      if (key.starts_with(kOrderPrefix) && change.value().is_string())
        return refuse({500, "", "expected a []interface {}, but received a string", nullptr});
      if (key.starts_with(kOrderPrefix)) order_items(target, key.substr(kOrderPrefix.size()), patch, type);
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

  ApiResult<> field(json::Object& target, std::string_view key, const json::Value& change, const json::Object& patch,
                    const StructType* type) {
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
    // Where there is nothing yet, nothing is merged, and no key is asked for.
    const bool plain = std::ranges::all_of(*items, [](const auto& item) { return directive(item).empty(); });
    if (!target.contains(key) && plain) {
      target[key] = change;
      return {};
    }
    auto& value = target[key];
    if (!value.is_array()) value.emplace_array();
    auto& list = value.get_array();
    const auto before = list;
    if (structure != nullptr) {
      if (auto done = merge_list(list, *items, *spec); !done) return done;
    } else {
      for (const auto& item : *items) {
        if (std::ranges::find(list, item) == list.end()) list.push_back(item);
      }
    }
    const auto* order = wanted_order(patch, key);
    arrange(list, order != nullptr ? *order : *items, before, *spec);
    return {};
  }

  ApiResult<> merge_list(json::Array& target, const json::Array& items, const FieldSpec& spec) {
    if (!target.empty() && std::ranges::any_of(items, &json::Value::is_null)) {
      return refuse({500, "",
                     fmt::format("list element types are not identical: [{} {}]", go_value(target), go_value(items)),
                     nullptr});
    }
    const bool replace = std::ranges::any_of(items, [](const auto& item) { return directive(item) == "replace"; });
    if (replace) target.clear();
    for (const auto& item : items) {
      const auto* change = item.if_object();
      if (change == nullptr)
        return refuse(
            unreadable(fmt::format("expecting a map for items of {}, got {}", spec.name, json::write(item))));
      const auto how = directive(item);
      if (how == "replace" && change->size() == 1) continue;
      const auto* key = change->if_contains(spec.merge_key);
      if (key == nullptr) {
        return refuse(
            {500, "",
             fmt::format("map: {} does not contain declared merge key: {}", go_value(*change), spec.merge_key),
             nullptr});
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

  static void remove_items(json::Object& target, std::string_view key, const json::Value& items) {
    auto* value = target.if_contains(key);
    if (value == nullptr || !value->is_array() || !items.is_array()) return;
    json::Array kept;
    for (auto& item : value->get_array()) {
      if (std::ranges::find(items.get_array(), item) == items.get_array().end()) kept.push_back(item);
    }
    *value = std::move(kept);
  }

  static std::size_t place(const json::Array& among, const json::Value& item, const FieldSpec& spec) {
    for (std::size_t i = 0; i < among.size(); ++i) {
      if (spec.merge_key.empty() ? among[i] == item : same_key(among[i], item, spec.merge_key)) return i;
    }
    return SIZE_MAX;
  }

  // Items that the patch names stand in its order, the others in the one they had; where the two meet, the old order
  // decides if both were there before, and the patch's item goes first if not.
  static void arrange(json::Array& list, const json::Array& named_order, const json::Array& before,
                      const FieldSpec& spec) {
    std::multimap<std::size_t, json::Value> named, others;
    for (auto& item : list) {
      const auto rank = place(named_order, item, spec);
      if (rank != SIZE_MAX) {
        named.emplace(rank, item);
      } else {
        others.emplace(place(before, item, spec), item);
      }
    }
    list.clear();
    auto left = others.begin();
    auto right = named.begin();
    while (left != others.end() || right != named.end()) {
      bool take_left = right == named.end();
      if (left != others.end() && right != named.end()) {
        const auto old = place(before, right->second, spec);
        take_left = left->first != SIZE_MAX && old != SIZE_MAX && left->first < old;
      }
      list.push_back(take_left ? (left++)->second : (right++)->second);
    }
  }

  static const json::Array* wanted_order(const json::Object& patch, std::string_view key) {
    const auto* order = patch.if_contains(std::string(kOrderPrefix) + std::string(key));
    return order != nullptr && order->is_array() ? &order->get_array() : nullptr;
  }

  // Only the order was patched, not the list itself.
  static void order_items(json::Object& target, std::string_view key, const json::Object& patch,
                          const StructType* type) {
    const auto* spec = type == nullptr ? nullptr : type->find(key);
    const auto* order = wanted_order(patch, key);
    auto* value = target.if_contains(key);
    if (spec == nullptr || order == nullptr || value == nullptr || !value->is_array() || patch.contains(key)) return;
    const auto before = value->get_array();
    arrange(value->get_array(), *order, before, *spec);
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
