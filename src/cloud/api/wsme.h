// Request bodies in the way of Octavia and Magnum (WSME): which attributes an object takes, their types and bounds, WSME's
// conversions
// ("80" is 80) and its words for what is wrong. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace fairway::cloud {

enum class WsmeType {
  text,  // min to max characters
  boolean,
  integer,  // min to max
  number,   // one of `values`, as a floating-point number
  choice,   // one of `values`
  uuid,
  address,
  url_path,
  text_list,
  alpn_list,
  cidr_list,   // host bits are cleared
  text_map,    // of texts
  scalar_map,  // of texts, numbers and booleans; all become texts
  object,
  object_list,
};

struct WsmeRule {
  std::string_view name;
  WsmeType type = WsmeType::text;
  bool required = false;
  std::int64_t min = 0;
  std::int64_t max = 255;
  std::vector<std::string_view> values = {};
  std::span<const WsmeRule> fields = {};             // of objects
  std::string_view pattern = {};                     // as shown in the error
  bool (*fits_pattern)(std::string_view) = nullptr;  // and what it means
};

using WsmeRules = std::span<const WsmeRule>;

// The object under `root` of `body`, checked and converted, in the order of the rules; tenant_id has become
// project_id. Absent attributes stay absent, null stays null. `argument` is Octavia's name for the whole body in its
// errors
// ("load_balancer", "listener_"). Errors: invalid, in WSME's words.
[[nodiscard]] Result<json::Object> read_wsme(std::string_view body, std::string_view argument, std::string_view root,
                                             WsmeRules rules);
// The same for a list of objects: {"members":[{…}]}. An absent list is empty.
[[nodiscard]] Result<std::vector<json::Object>> read_wsme_list(std::string_view body, std::string_view argument,
                                                               std::string_view root, WsmeRules rules);

// A path as a browser would send it: printable ASCII without blanks, '#' or '\', every '%' followed by two digits.
[[nodiscard]] bool is_url_path(std::string_view text);
// The same for a body that is the object itself (Magnum).
[[nodiscard]] Result<json::Object> read_wsme_object(std::string_view body, std::string_view argument,
                                                    WsmeRules rules);
// And for a value that was read already.
[[nodiscard]] Result<json::Object> check_wsme_object(const json::Value& body, std::string_view argument,
                                                     WsmeRules rules);

// A value as Python's repr() shows it, which is what the errors quote.
[[nodiscard]] std::string python_repr(const json::Value& value);

// Reading what read_wsme returned: absent and null give `otherwise`.
[[nodiscard]] std::string text_or(const json::Object& object, std::string_view name, std::string_view otherwise = "");
[[nodiscard]] std::int64_t integer_or(const json::Object& object, std::string_view name, std::int64_t otherwise);
// An absent flag gives `otherwise`; null is false, as WSME's clients know it.
[[nodiscard]] bool flag_or(const json::Object& object, std::string_view name, bool otherwise);
[[nodiscard]] std::vector<std::string> texts_or_empty(const json::Object& object, std::string_view name);
[[nodiscard]] const json::Array& list_or_empty(const json::Object& object, std::string_view name);
[[nodiscard]] bool is_given(const json::Object& object, std::string_view name);  // there and not null

}  // namespace fairway::cloud
