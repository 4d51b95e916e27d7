#include "kube_api/object/object_access.h"

namespace fairway::kube_api {

const json::Value* at(const json::Object& object, std::initializer_list<std::string_view> path) {
  const json::Object* here = &object;
  const json::Value* value = nullptr;
  for (const auto key : path) {
    if (here == nullptr) return nullptr;
    value = here->if_contains(key);
    if (value == nullptr) return nullptr;
    here = value->if_object();
  }
  return value;
}

std::string_view text_at(const json::Object& object, std::initializer_list<std::string_view> path) {
  const auto* value = at(object, path);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

std::string_view text_in(const json::Value& value, std::string_view key) {
  const auto* object = value.if_object();
  return object == nullptr ? std::string_view{} : text_at(*object, {key});
}

std::int64_t int_at(const json::Object& object, std::initializer_list<std::string_view> path,
                    std::int64_t otherwise) {
  const auto* value = at(object, path);
  return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

bool bool_at(const json::Object& object, std::initializer_list<std::string_view> path, bool otherwise) {
  const auto* value = at(object, path);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

const json::Array& list_at(const json::Object& object, std::initializer_list<std::string_view> path) {
  static const json::Array none;
  const auto* value = at(object, path);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

const json::Object& map_at(const json::Object& object, std::initializer_list<std::string_view> path) {
  static const json::Object none;
  const auto* value = at(object, path);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

json::Object& child(json::Object& object, std::string_view key) {
  auto& value = object[key];
  return value.is_object() ? value.get_object() : value.emplace_object();
}

void set_default(json::Object& object, std::string_view key, json::Value value) {
  const auto* present = object.if_contains(key);
  if (present == nullptr || present->is_null()) object[key] = std::move(value);
}

void copy_member(json::Object& to, const json::Object& from, std::string_view key) {
  if (const auto* value = from.if_contains(key)) {
    to[key] = *value;
  } else {
    to.erase(key);
  }
}

json::Value member_or_null(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? json::Value(nullptr) : *value;
}

}  // namespace fairway::kube_api
