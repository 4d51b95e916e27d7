// What is wrong with an object, field by field, in the words of the real server:
//   spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace fairway::kube_api {

struct FieldError {
  std::string reason;  // "FieldValueInvalid"
  std::string field;   // "spec.ports[0].port"
  std::string body;    // "Invalid value: 0: must be …"
  bool operator==(const FieldError&) const = default;
};

class FieldErrors {
 public:
  void invalid(std::string field, const json::Value& value, std::string_view detail);
  void required(std::string field, std::string_view detail = "");
  void duplicate(std::string field, const json::Value& value);
  void duplicate_because(std::string field, const json::Value& value, std::string_view detail);
  void forbidden(std::string field, std::string_view detail);
  void not_supported(std::string field, const json::Value& value, std::initializer_list<std::string_view> supported);
  void too_long(std::string field, std::size_t max_bytes);
  void too_many(std::string field, std::size_t count, std::size_t max);
  void not_found(std::string field, const json::Value& value);
  void add(const FieldErrors& others);

  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] const std::vector<FieldError>& list() const { return list_; }
  // One error as it is, several as "[a, b]"; the same error twice is said once.
  [[nodiscard]] std::string text() const;

 private:
  void add_one(std::string_view reason, std::string field, std::string body, std::string_view detail);
  std::vector<FieldError> list_;
};

// A string as Go's %q shows it; anything else as compact JSON.
[[nodiscard]] std::string shown(const json::Value& value);
// As Go's %+v shows what was read from JSON: map[a:1 b:[x y]].
[[nodiscard]] std::string go_value(const json::Value& value);
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace fairway::kube_api
