#include "json/value.h"

#include <algorithm>

#include <fmt/format.h>

namespace fairway::json {
namespace {

void write_pretty_to(std::string& out, const Value& value, std::size_t indent);

template <class Items, class Each>
void write_block(std::string& out, const Items& items, std::size_t indent, std::string_view brackets, Each each) {
  if (items.empty()) {
    out += brackets;
    return;
  }
  out += brackets[0];
  bool first = true;
  for (const auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(indent + 2, ' ');
    each(item);
  }
  out += '\n';
  out.append(indent, ' ');
  out += brackets[1];
}

void write_pretty_to(std::string& out, const Value& value, std::size_t indent) {
  if (const auto* object = value.if_object()) {
    write_block(out, *object, indent, "{}", [&](const auto& item) {
      out += boost::json::serialize(item.key()) + ": ";
      write_pretty_to(out, item.value(), indent + 2);
    });
  } else if (const auto* array = value.if_array()) {
    write_block(out, *array, indent, "[]", [&](const auto& item) { write_pretty_to(out, item, indent + 2); });
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

Result<Value> parse(std::string_view text, std::size_t max_depth) {
  boost::json::stream_parser parser({}, {.max_depth = max_depth});
  boost::system::error_code error;
  const auto used = parser.write_some(text.data(), text.size(), error);
  if (!error && used < text.size()) {
    const auto rest = text.substr(used);
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) error = boost::json::error::extra_data;
  }
  if (!error) parser.finish(error);
  if (!error) return parser.release();
  const auto before = text.substr(0, used);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = used - (before.rfind('\n') + 1) + 1;
  return fail(Errc::invalid, fmt::format("not JSON: {} at line {}, column {}", error.message(), line, column));
}

std::string write(const Value& value) { return boost::json::serialize(value); }

std::string write_pretty(const Value& value) {
  std::string out;
  write_pretty_to(out, value, 0);
  out += '\n';
  return out;
}

const Value* find(const Value& value, std::string_view path) {
  const Value* at = &value;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto* object = at->if_object();
    if (object == nullptr) return nullptr;
    at = object->if_contains(path.substr(0, dot));
    if (at == nullptr) return nullptr;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return at;
}

std::string string_or(const Value& value, std::string_view path, std::string_view otherwise) {
  const auto* found = find(value, path);
  return std::string(found != nullptr && found->is_string() ? std::string_view(found->get_string()) : otherwise);
}

std::int64_t int_or(const Value& value, std::string_view path, std::int64_t otherwise) {
  const auto* found = find(value, path);
  if (found == nullptr) return otherwise;
  boost::system::error_code error;
  const auto number = found->to_number<std::int64_t>(error);
  return error ? otherwise : number;
}

bool bool_or(const Value& value, std::string_view path, bool otherwise) {
  const auto* found = find(value, path);
  return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

const Array& array_or_empty(const Value& value, std::string_view path) {
  static const Array empty;
  const auto* found = find(value, path);
  return found != nullptr && found->is_array() ? found->get_array() : empty;
}

const Object& object_or_empty(const Value& value, std::string_view path) {
  static const Object empty;
  const auto* found = find(value, path);
  return found != nullptr && found->is_object() ? found->get_object() : empty;
}

}  // namespace fairway::json
