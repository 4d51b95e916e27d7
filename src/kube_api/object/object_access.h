// Reading and writing parts of an object by name, so that rules read as sentences. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "json/value.h"

namespace fairway::kube_api {

// The value at a path of keys, or nullptr.
[[nodiscard]] const json::Value* at(const json::Object& object, std::initializer_list<std::string_view> path);
// The string there, or "".
[[nodiscard]] std::string_view text_at(const json::Object& object, std::initializer_list<std::string_view> path);
[[nodiscard]] std::string_view text_in(const json::Value& value, std::string_view key);
[[nodiscard]] std::int64_t int_at(const json::Object& object, std::initializer_list<std::string_view> path,
                                  std::int64_t otherwise = 0);
[[nodiscard]] bool bool_at(const json::Object& object, std::initializer_list<std::string_view> path,
                           bool otherwise = false);
// The list or map there, or an empty one.
[[nodiscard]] const json::Array& list_at(const json::Object& object, std::initializer_list<std::string_view> path);
[[nodiscard]] const json::Object& map_at(const json::Object& object, std::initializer_list<std::string_view> path);

// The object under a key, made when absent (or of another type).
[[nodiscard]] json::Object& child(json::Object& object, std::string_view key);
// Sets where absent.
void set_default(json::Object& object, std::string_view key, json::Value value);
// Copies the member, or erases it where the source has none.
void copy_member(json::Object& to, const json::Object& from, std::string_view key);
// The member or null.
[[nodiscard]] json::Value member_or_null(const json::Object& object, std::string_view key);

[[nodiscard]] inline std::string_view name_of(const json::Object& object) {
  return text_at(object, {"metadata", "name"});
}
[[nodiscard]] inline std::string_view namespace_of(const json::Object& object) {
  return text_at(object, {"metadata", "namespace"});
}
[[nodiscard]] inline std::string_view uid_of(const json::Object& object) {
  return text_at(object, {"metadata", "uid"});
}
[[nodiscard]] inline bool being_deleted(const json::Object& object) {
  return at(object, {"metadata", "deletionTimestamp"}) != nullptr;
}

}  // namespace fairway::kube_api
