#include "kube_api/object/field_errors.h"

#include <algorithm>

#include <fmt/format.h>

namespace fairway::kube_api {

namespace {

std::string quoted_character(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += quoted_character(c);
  return out + "\"";
}

std::string shown(const json::Value& value) {
  if (value.is_string()) return in_quotes(value.get_string());
  return json::write(value);
}

std::string go_value(const json::Value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return std::string(value.get_string());
  if (const auto* items = value.if_array()) {
    std::vector<std::string> parts;
    for (const auto& item : *items) parts.push_back(go_value(item));
    return fmt::format("[{}]", fmt::join(parts, " "));
  }
  if (const auto* object = value.if_object()) {
    std::vector<std::string> parts;
    for (const auto& member : *object)
      parts.push_back(fmt::format("{}:{}", std::string_view(member.key()), go_value(member.value())));
    std::ranges::sort(parts);
    return fmt::format("map[{}]", fmt::join(parts, " "));
  }
  return json::write(value);
}

void FieldErrors::add_one(std::string_view reason, std::string field, std::string body, std::string_view detail) {
  if (!detail.empty()) body += fmt::format(": {}", detail);
  list_.push_back({std::string(reason), std::move(field), std::move(body)});
}

void FieldErrors::invalid(std::string field, const json::Value& value, std::string_view detail) {
  add_one("FieldValueInvalid", std::move(field), "Invalid value: " + shown(value), detail);
}
void FieldErrors::required(std::string field, std::string_view detail) {
  add_one("FieldValueRequired", std::move(field), "Required value", detail);
}
void FieldErrors::duplicate(std::string field, const json::Value& value) {
  add_one("FieldValueDuplicate", std::move(field), "Duplicate value: " + shown(value), "");
}
void FieldErrors::duplicate_because(std::string field, const json::Value& value, std::string_view detail) {
  add_one("FieldValueDuplicate", std::move(field), "Duplicate value: " + shown(value), detail);
}
void FieldErrors::forbidden(std::string field, std::string_view detail) {
  add_one("FieldValueForbidden", std::move(field), "Forbidden", detail);
}
void FieldErrors::not_supported(std::string field, const json::Value& value,
                                std::initializer_list<std::string_view> supported) {
  std::string names;
  for (const auto name : supported) names += (names.empty() ? "" : ", ") + in_quotes(name);
  add_one("FieldValueNotSupported", std::move(field), "Unsupported value: " + shown(value),
          names.empty() ? "" : "supported values: " + names);
}
void FieldErrors::too_long(std::string field, std::size_t max_bytes) {
  add_one("FieldValueTooLong", std::move(field), "Too long",
          fmt::format("may not be more than {} byte{}", max_bytes, max_bytes == 1 ? "" : "s"));
}
void FieldErrors::too_many(std::string field, std::size_t count, std::size_t max) {
  add_one("FieldValueTooMany", std::move(field), fmt::format("Too many: {}", count),
          fmt::format("must have at most {} item{}", max, max == 1 ? "" : "s"));
}
void FieldErrors::not_found(std::string field, const json::Value& value) {
  add_one("FieldValueNotFound", std::move(field), "Not found: " + shown(value), "");
}
void FieldErrors::add(const FieldErrors& others) {
  list_.insert(list_.end(), others.list_.begin(), others.list_.end());
}

std::string FieldErrors::text() const {
  std::vector<std::string> lines;
  for (const auto& error : list_) {
    auto line = error.field + ": " + error.body;
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  if (lines.size() == 1) return lines.front();
  std::string all;
  for (const auto& line : lines) all += (all.empty() ? "" : ", ") + line;
  return "[" + all + "]";
}

}  // namespace fairway::kube_api
