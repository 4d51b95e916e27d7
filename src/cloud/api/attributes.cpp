#include "cloud/api/attributes.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"
#include "cloud/api/fault.h"
#include "net/address.h"

namespace fairway::cloud {
namespace {

std::unexpected<Error> bad_request(std::string message) {
  return fault(Errc::invalid, "HTTPBadRequest", std::move(message));
}

// A value as Neutron's messages show it.
std::string shown(const json::Value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "None";
  if (value.is_bool()) return value.get_bool() ? "True" : "False";
  return json::write(value);
}

std::size_t length_in_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Each check returns the reason why not, or nothing; it may convert the value.
using Reason = std::optional<std::string>;

Reason check_text(const json::Value& value, std::int64_t max) {
  if (!value.is_string()) return fmt::format("'{}' is not a valid string", shown(value));
  if (length_in_characters(value.get_string()) > static_cast<std::size_t>(max)) {
    return fmt::format("'{}' exceeds maximum length of {}", shown(value), max);
  }
  return {};
}

Reason check_boolean(json::Value& value) {
  if (value.is_bool()) return {};
  const auto text = to_lower(shown(value));
  if (text == "true" || text == "1") {
    value = true;
  } else if (text == "false" || text == "0") {
    value = false;
  } else {
    return fmt::format("'{}' cannot be converted to boolean", shown(value));
  }
  return {};
}

std::optional<std::int64_t> whole_number(const json::Value& value) {
  if (value.is_string()) return parse_int(value.get_string());
  if (value.is_double() && std::nearbyint(value.get_double()) != value.get_double()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value.is_number() ? value.to_number<std::int64_t>(error) : 0;
  if (!value.is_number() || error) return std::nullopt;
  return number;
}

Reason check_integer(json::Value& value, std::int64_t min, std::int64_t max) {
  const auto number = whole_number(value);
  if (!number) return fmt::format("'{}' is not an integer", shown(value));
  if (*number < min) return fmt::format("'{}' is too small - must be at least '{}'", *number, min);
  if (*number > max) return fmt::format("'{}' is too large - must be no larger than '{}'", *number, max);
  value = *number;
  return {};
}

Reason check_choice(const json::Value& value, const std::vector<std::string_view>& values) {
  if (value.is_string() && std::ranges::find(values, std::string_view(value.get_string())) != values.end()) return {};
  return fmt::format("'{}' is not in ['{}']", shown(value), fmt::join(values, "', '"));
}

Reason check_uuid(const json::Value& value) {
  if (value.is_string() && is_uuid(value.get_string())) return {};
  return fmt::format("'{}' is not a valid UUID", shown(value));
}

Reason check_address(const json::Value& value) {
  if (value.is_string() && net::Address::parse(value.get_string())) return {};
  return fmt::format("'{}' is not a valid IP address", shown(value));
}

Reason check_prefix(const json::Value& value) {
  const auto prefix = value.is_string() ? net::Prefix::parse(value.get_string()) : std::nullopt;
  if (!prefix) return fmt::format("'{}' is not a valid IP subnet", shown(value));
  if (prefix->address() != prefix->network()) {
    return fmt::format("'{}' isn't a recognized IP subnet cidr, '{}' is recommended", shown(value), prefix->text());
  }
  return {};
}

bool is_mac(std::string_view text) {
  const auto hex = [](std::string_view pair) {
    return pair.size() == 2 && std::ranges::all_of(pair, [](unsigned char c) { return std::isxdigit(c) != 0; });
  };
  const auto parts = split(text, ':');
  return parts.size() == 6 && std::ranges::all_of(parts, hex) && to_lower(text) != "00:00:00:00:00:00";
}

Reason check_mac(json::Value& value) {
  if (!value.is_string() || !is_mac(value.get_string()))
    return fmt::format("'{}' is not a valid MAC address", shown(value));
  value = to_lower(value.get_string());
  return {};
}

template <class Check>
Reason check_list(json::Value& value, Check check) {
  auto* list = value.if_array();
  if (list == nullptr) return fmt::format("'{}' is not a list", shown(value));
  for (auto at = list->begin(); at != list->end(); ++at) {
    if (std::find(list->begin(), at, *at) != at) return fmt::format("Duplicate items in the list: '{}'", shown(*at));
    if (auto reason = check(*at)) return reason;
  }
  return {};
}

Reason check_object(const json::Value& value) {
  if (value.is_object()) return {};
  return fmt::format("'{}' is not a dictionary", shown(value));
}

Reason check_objects(const json::Value& value) {
  const auto* list = value.if_array();
  if (list == nullptr) return fmt::format("'{}' is not a list", shown(value));
  for (const auto& item : *list) {
    if (auto reason = check_object(item)) return reason;
  }
  return {};
}

Reason check_value(const AttributeRule& rule, json::Value& value) {
  if (rule.nullable && value.is_null()) return {};
  switch (rule.type) {
    case AttributeType::text:
      return check_text(value, rule.max);
    case AttributeType::boolean:
      return check_boolean(value);
    case AttributeType::integer:
      return check_integer(value, rule.min, rule.max);
    case AttributeType::choice:
      return check_choice(value, rule.values);
    case AttributeType::uuid:
      return check_uuid(value);
    case AttributeType::address:
      return check_address(value);
    case AttributeType::mac:
      return check_mac(value);
    case AttributeType::prefix:
      return check_prefix(value);
    case AttributeType::name_list:
      return check_list(value, [](json::Value& item) { return check_text(item, 255); });
    case AttributeType::uuid_list:
      return check_list(value, [](json::Value& item) { return check_uuid(item); });
    case AttributeType::address_list:
      return check_list(value, [](json::Value& item) { return check_address(item); });
    case AttributeType::object:
      return check_object(value);
    case AttributeType::object_list:
      return check_objects(value);
    case AttributeType::any:
      return {};
  }
  std::unreachable();
}

const AttributeRule* find_rule(const std::vector<AttributeRule>& rules, std::string_view name) {
  const auto at = std::ranges::find(rules, name, &AttributeRule::name);
  return at == rules.end() ? nullptr : &*at;
}

// tenant_id is the old name of project_id; both together must say the same.
Result<> unify_project(json::Object& object) {
  const auto* tenant = object.if_contains("tenant_id");
  if (tenant == nullptr) return {};
  const auto* project = object.if_contains("project_id");
  if (project != nullptr && *project != *tenant) return bad_request("'project_id' and 'tenant_id' do not match");
  json::Value moved = *tenant;
  object.erase("tenant_id");
  object.insert_or_assign("project_id", std::move(moved));
  return {};
}

Result<> check_names(const json::Object& object, const std::vector<AttributeRule>& rules, BodyMethod method) {
  std::vector<std::string> unknown;
  for (const auto& item : object) {
    if (find_rule(rules, item.key()) == nullptr) unknown.emplace_back(item.key());
  }
  if (!unknown.empty()) return bad_request(fmt::format("Unrecognized attribute(s) '{}'", fmt::join(unknown, ", ")));
  for (const auto& rule : rules) {
    const bool present = object.contains(rule.name);
    if (method == BodyMethod::post && rule.required && !present) {
      return bad_request(fmt::format("Failed to parse request. Required attribute '{}' not specified", rule.name));
    }
    if (present && method == BodyMethod::post && !rule.post)
      return bad_request(fmt::format("Attribute '{}' not allowed in POST", rule.name));
    if (present && method == BodyMethod::put && !rule.put)
      return bad_request(fmt::format("Cannot update read-only attribute {}", rule.name));
  }
  return {};
}

Result<json::Object> check_object_body(json::Object object, const std::vector<AttributeRule>& rules,
                                       BodyMethod method) {
  FW_TRY_DO(unify_project(object));
  FW_TRY_DO(check_names(object, rules, method));
  for (auto& item : object) {
    if (const auto reason = check_value(*find_rule(rules, item.key()), item.value())) {
      return bad_request(fmt::format("Invalid input for {}. Reason: {}.", std::string_view(item.key()), *reason));
    }
  }
  return object;
}

Result<json::Object> neutron_document(const http::Request& request) {
  auto body = read_json_body(request);
  if (!body) return fault(Errc::invalid, "MalformedRequestBody", "Malformed request body: cannot understand JSON.");
  if (!body->is_object()) return bad_request("Resource body required");
  return std::move(body->get_object());
}

Result<json::Object> as_resource(json::Value* value, std::string_view root) {
  if (value == nullptr) return bad_request(fmt::format("Unable to find '{}' in request body", root));
  if (!value->is_object()) return bad_request("Resource body required");
  return std::move(value->get_object());
}

}  // namespace

Result<json::Object> read_neutron_body(const http::Request& request, std::string_view root,
                                       const std::vector<AttributeRule>& rules, BodyMethod method) {
  FW_TRY(auto document, neutron_document(request));
  FW_TRY(auto object, as_resource(document.if_contains(root), root));
  return check_object_body(std::move(object), rules, method);
}

Result<BulkBody> read_neutron_bulk_body(const http::Request& request, std::string_view root,
                                        std::string_view collection, const std::vector<AttributeRule>& rules) {
  FW_TRY(auto document, neutron_document(request));
  BulkBody body;
  auto* list = document.if_contains(collection);
  if (list == nullptr) {
    FW_TRY(auto object, as_resource(document.if_contains(root), root));
    FW_TRY(auto checked, check_object_body(std::move(object), rules, BodyMethod::post));
    body.objects.push_back(std::move(checked));
    return body;
  }
  body.bulk = true;
  auto* items = list->if_array();
  if (items == nullptr || items->empty()) return bad_request("Resources required");
  for (auto& item : *items) {
    FW_TRY(auto object, as_resource(&item, root));
    FW_TRY(auto checked, check_object_body(std::move(object), rules, BodyMethod::post));
    body.objects.push_back(std::move(checked));
  }
  return body;
}

Result<json::Value> read_json_body(const http::Request& request) {
  if (trim(request.body).empty()) return fail(Errc::invalid, "The request has no body");
  return json::parse(request.body);
}

}  // namespace fairway::cloud
