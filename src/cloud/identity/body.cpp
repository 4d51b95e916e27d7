#include "cloud/identity/body.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/api/attributes.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::string_view kMalformed =
    "The server could not comply with the request since it is either malformed or otherwise incorrect. The client is "
    "assumed to be in "
    "error.";
constexpr std::size_t kMaxName = 255;

std::unexpected<Error> wrong_type(std::string_view key, const json::Value& value, std::string_view wanted) {
  return fail(Errc::invalid,
              fmt::format("Invalid input for field '{}': {} is not of type '{}'", key, json::write(value), wanted));
}

const json::Value* present(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

Result<json::Object> read_keystone_body(const http::Request& request, std::string_view root) {
  auto body = read_json_body(request);
  if (!body) return fail(Errc::invalid, fmt::format("Expecting to find valid JSON in request body. {}", kMalformed));
  auto* object = body->is_object() ? body->get_object().if_contains(root) : nullptr;
  if (object == nullptr)
    return fail(Errc::invalid, fmt::format("Expecting to find {} in request body. {}", root, kMalformed));
  if (!object->is_object()) return wrong_type(root, *object, "object");
  return std::move(object->get_object());
}

Result<std::optional<std::string>> text_field(const json::Object& object, std::string_view key) {
  const auto* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong_type(key, *value, "string");
  return std::string(value->get_string());
}

Result<std::optional<bool>> bool_field(const json::Object& object, std::string_view key) {
  const auto* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) return wrong_type(key, *value, "boolean");
  return value->get_bool();
}

Result<std::string> required_text(const json::Object& object, std::string_view key) {
  FW_TRY(auto value, text_field(object, key));
  if (!value) return fail(Errc::invalid, fmt::format("'{}' is a required property", key));
  return *std::move(value);
}

Result<const json::Object*> required_object(const json::Object& object, std::string_view key,
                                            std::string_view where) {
  const auto* value = present(object, key);
  if (value == nullptr)
    return fail(Errc::invalid, fmt::format("Expecting to find {} in {}. {}", key, where, kMalformed));
  if (!value->is_object()) return wrong_type(key, *value, "object");
  return &value->get_object();
}

Result<> check_name(std::string_view name) {
  if (trim(name).empty())
    return fail(Errc::invalid, fmt::format("Invalid input for field 'name': '{}' does not match '[\\S]+'", name));
  if (name.size() > kMaxName)
    return fail(Errc::invalid, "Invalid input for field 'name': it is too long (255 characters at most)");
  return {};
}

std::unexpected<Error> not_found(std::string_view kind, std::string_view id) {
  return fail(Errc::not_found, fmt::format("Could not find {}: {}.", kind, id));
}

std::unexpected<Error> duplicate(std::string_view kind, std::string_view name) {
  return fail(
      Errc::already_exists,
      fmt::format("Conflict occurred attempting to store {} - Duplicate entry found with name {}.", kind, name));
}

}  // namespace fairway::cloud::identity
