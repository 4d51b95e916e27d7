// The one wrapper around the JSON library (Boost.JSON): values keep the order in which keys were put in, so what we
// encode has a fixed order.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"

namespace fairway::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

// Strict RFC 8259, UTF-8 checked, at most `max_depth` deep. Error: invalid, with line and column.
[[nodiscard]] Result<Value> parse(std::string_view text, std::size_t max_depth = 64);
[[nodiscard]] std::string write(const Value& value);
[[nodiscard]] std::string write_pretty(const Value& value);  // two spaces, for people and golden files

// Lookups that never throw. A path is keys with dots: "metadata.labels"; keys with dots in them need find_key twice.
[[nodiscard]] const Value* find(const Value& value, std::string_view path);
[[nodiscard]] std::string string_or(const Value& value, std::string_view path, std::string_view otherwise = "");
[[nodiscard]] std::int64_t int_or(const Value& value, std::string_view path, std::int64_t otherwise = 0);
[[nodiscard]] bool bool_or(const Value& value, std::string_view path, bool otherwise = false);
[[nodiscard]] const Array& array_or_empty(const Value& value, std::string_view path);
[[nodiscard]] const Object& object_or_empty(const Value& value, std::string_view path);

}  // namespace fairway::json
