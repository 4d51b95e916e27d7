#include "cloud/api/wsme.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"
#include "net/address.h"

namespace fairway::cloud {
namespace {

constexpr std::array kTrue{"true", "t", "yes", "y", "on", "1"};
constexpr std::array kFalse{"false", "f", "no", "n", "off", "0"};
constexpr std::array kAlpnProtocols{"h2", "http/1.1", "http/1.0"};

// A value that cannot be converted at all: WSME reports it with the whole body, which only the outermost caller has.
constexpr std::string_view kNotConvertible = "wsme:not convertible";
// An attribute that is unknown; the path to it is put in front on the way out.
constexpr std::string_view kUnknown = "wsme:unknown";

std::unexpected<Error> not_convertible(std::string why) {
  return std::unexpected(Error{Errc::invalid, std::move(why), std::string(kNotConvertible)});
}

std::string python_str(const json::Value& value) {
  return value.is_string() ? std::string(value.get_string()) : python_repr(value);
}

std::unexpected<Error> bad_input(std::string_view name, const json::Value& value, std::string_view why) {
  return fail(Errc::invalid,
              fmt::format("Invalid input for field/attribute {}. Value: '{}'. {}", name, python_str(value), why));
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

// ---- conversions: from what stands in the JSON to what the type holds

Result<json::Value> to_boolean(const json::Value& value) {
  if (value.is_bool()) return value;
  if (value.is_int64() || value.is_uint64()) return json::Value(value.to_number<double>() != 0);
  const auto text = value.is_string() ? to_lower(value.get_string()) : std::string();
  if (std::ranges::find(kTrue, text) != kTrue.end()) return json::Value(true);
  if (std::ranges::find(kFalse, text) != kFalse.end()) return json::Value(false);
  return not_convertible("Value not an unambiguous boolean: " + python_str(value));
}

Result<json::Value> to_integer(const json::Value& value) {
  if (value.is_int64()) return value;
  if (value.is_bool()) return json::Value(static_cast<std::int64_t>(value.get_bool()));
  if (value.is_string()) {
    if (const auto number = parse_int(trim(value.get_string()))) return json::Value(*number);
    return not_convertible("invalid literal for int() with base 10: " + python_repr(value));
  }
  if (value.is_double() && std::abs(value.get_double()) < 9e15) {
    return json::Value(static_cast<std::int64_t>(value.get_double()));
  }
  return not_convertible("int() argument must be a string, a bytes-like object or a real number: " +
                         python_repr(value));
}

Result<json::Value> to_number(const json::Value& value) {
  if (value.is_number()) return json::Value(value.to_number<double>());
  if (value.is_string()) {
    const std::string text(trim(value.get_string()));
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (!text.empty() && end == text.c_str() + text.size()) return json::Value(number);
  }
  return not_convertible("could not convert string to float: " + python_repr(value));
}

Result<json::Value> convert_object(const json::Value& value, WsmeRules rules);

Result<json::Value> convert_list(const json::Value& value, const WsmeRule& rule) {
  const auto* array = value.if_array();
  if (array == nullptr) return not_convertible("Value not a valid list: " + python_str(value));
  if (rule.type != WsmeType::object_list) return value;
  json::Array objects;
  for (const auto& item : *array) {
    FW_TRY(auto object, convert_object(item, rule.fields));
    objects.push_back(std::move(object));
  }
  return objects;
}

Result<json::Value> to_text_map(const json::Value& value) {
  const auto* given = value.if_object();
  if (given == nullptr) return not_convertible("Value not a valid dict: " + python_str(value));
  json::Object texts;
  for (const auto& item : *given) {
    if (item.value().is_structured() || item.value().is_null()) {
      return not_convertible(fmt::format("Wrong type of '{}'. Expected a text, a number or a boolean, got {}",
                                         std::string_view(item.key()), python_repr(item.value())));
    }
    texts.emplace(item.key(),
                  item.value().is_bool() ? (item.value().get_bool() ? "true" : "false") : python_str(item.value()));
  }
  return texts;
}

Result<json::Value> convert(const json::Value& value, const WsmeRule& rule) {
  switch (rule.type) {
    case WsmeType::boolean:
      return to_boolean(value);
    case WsmeType::integer:
      return to_integer(value);
    case WsmeType::number:
      return to_number(value);
    case WsmeType::object:
      return convert_object(value, rule.fields);
    case WsmeType::alpn_list:
    case WsmeType::text_list:
    case WsmeType::cidr_list:
    case WsmeType::object_list:
      return convert_list(value, rule);
    case WsmeType::text_map:
      if (value.is_object()) return value;
      return not_convertible("Value not a valid dict: " + python_str(value));
    case WsmeType::scalar_map:
      return to_text_map(value);
    default:
      return value;
  }
}

// ---- checks: of the converted value; the answer is what is wrong with it, or nothing

std::string wrong_text(const json::Value& value, const WsmeRule& rule) {
  if (!value.is_string()) return "Value should be string";
  const auto text = std::string_view(value.get_string());
  if (std::cmp_less(characters(text), rule.min)) {
    return fmt::format("Value should have a minimum character requirement of {}", rule.min);
  }
  if (std::cmp_greater(characters(text), rule.max)) {
    return fmt::format("Value should have a maximum character requirement of {}", rule.max);
  }
  if (rule.fits_pattern != nullptr && !rule.fits_pattern(text)) {
    return fmt::format("Value should match the pattern {}", rule.pattern);
  }
  return "";
}

std::string wrong_integer(const json::Value& value, const WsmeRule& rule) {
  if (value.get_int64() < rule.min) return fmt::format("Value should be greater or equal to {}", rule.min);
  if (value.get_int64() > rule.max) return fmt::format("Value should be lower or equal to {}", rule.max);
  return "";
}

std::string wrong_choice(const json::Value& value, const WsmeRule& rule) {
  const auto shown = value.is_double() ? fmt::format("{:.1f}", value.get_double()) : python_str(value);
  if (std::ranges::find(rule.values, shown) != rule.values.end()) return "";
  return fmt::format("Value should be one of: {}", fmt::join(rule.values, ", "));
}

std::string wrong_texts(const json::Value& value, const WsmeRule& rule) {
  for (const auto& item : value.get_array()) {
    if (auto wrong = wrong_text(item, rule); !wrong.empty()) return wrong;
  }
  return "";
}

std::string wrong_alpn(const json::Value& value) {
  for (const auto& item : value.get_array()) {
    if (std::ranges::find(kAlpnProtocols, python_str(item)) == kAlpnProtocols.end()) {
      return "Value should be a valid ALPN protocol ID";
    }
  }
  return "";
}

std::string wrong_cidrs(const json::Value& value) {
  for (const auto& item : value.get_array()) {
    const auto text = item.is_string() ? std::string_view(item.get_string()) : std::string_view();
    if (!net::Prefix::parse(text) && !net::Address::parse(text)) return "Value should be IPv4 or IPv6 CIDR format";
  }
  return "";
}

std::string wrong_map(const json::Value& value, const WsmeRule& rule) {
  for (const auto& item : value.get_object()) {
    if (auto wrong = wrong_text(item.value(), rule); !wrong.empty()) return wrong;
  }
  return "";
}

std::string what_is_wrong(const json::Value& value, const WsmeRule& rule) {
  const auto text = value.is_string() ? std::string_view(value.get_string()) : std::string_view();
  switch (rule.type) {
    case WsmeType::text:
      return wrong_text(value, rule);
    case WsmeType::integer:
      return wrong_integer(value, rule);
    case WsmeType::number:
    case WsmeType::choice:
      return wrong_choice(value, rule);
    case WsmeType::uuid:
      return is_uuid(text) ? "" : "Value should be UUID format";
    case WsmeType::address:
      return net::Address::parse(text) ? "" : "Value should be IPv4 or IPv6 format";
    case WsmeType::url_path:
      return is_url_path(text) ? "" : "Value must be a valid URL Path string";
    case WsmeType::alpn_list:
      return wrong_alpn(value);
    case WsmeType::text_list:
      return wrong_texts(value, rule);
    case WsmeType::cidr_list:
      return wrong_cidrs(value);
    case WsmeType::text_map:
      return wrong_map(value, rule);
    case WsmeType::boolean:
    case WsmeType::scalar_map:
    case WsmeType::object:
    case WsmeType::object_list:
      return "";
  }
  return "";
}

// "10.0.0.1/8" -> "10.0.0.0/8", "10.0.0.1" -> "10.0.0.1/32"
json::Value normal_cidrs(const json::Value& value) {
  json::Array cidrs;
  for (const auto& item : value.get_array()) {
    const auto text = std::string_view(item.get_string());
    if (const auto prefix = net::Prefix::parse(text)) {
      cidrs.emplace_back(prefix->text());
    } else {
      const auto address = net::Address::parse(text);
      cidrs.emplace_back(fmt::format("{}/{}", address->text(), address->is_v4() ? 32 : 128));
    }
  }
  return cidrs;
}

// One attribute on its way in.
Result<json::Value> take(const json::Value& given, const WsmeRule& rule) {
  if (given.is_null()) return given;
  auto value = convert(given, rule);
  if (!value) {
    auto error = std::move(value).error();
    if (error.type == kUnknown)
      error.what.insert(0, std::string(rule.name) + (error.what.starts_with(':') ? "" : "."));
    return std::unexpected(std::move(error));
  }
  if (const auto wrong = what_is_wrong(*value, rule); !wrong.empty()) return bad_input(rule.name, *value, wrong);
  return rule.type == WsmeType::cidr_list ? normal_cidrs(*value) : std::move(*value);
}

Result<> refuse_unknown(const json::Object& object, WsmeRules rules) {
  std::vector<std::string> unknown;
  for (const auto& item : object) {
    const auto known = [&](const WsmeRule& rule) { return rule.name == std::string_view(item.key()); };
    if (std::ranges::none_of(rules, known)) unknown.emplace_back(item.key());
  }
  if (unknown.empty()) return {};
  return std::unexpected(Error{Errc::invalid, fmt::format(": {}", fmt::join(unknown, ", ")), std::string(kUnknown)});
}

Result<json::Value> convert_object(const json::Value& value, WsmeRules rules) {
  const auto* given = value.if_object();
  if (given == nullptr) return not_convertible("Value not a valid dict: " + python_str(value));
  FW_TRY_DO(refuse_unknown(*given, rules));
  json::Object object;
  for (const auto& rule : rules) {
    const auto* attribute = given->if_contains(rule.name);
    if (attribute == nullptr || (attribute->is_null() && rule.required)) {
      if (rule.required) return bad_input(rule.name, nullptr, "Mandatory field missing.");
      continue;
    }
    FW_TRY(auto taken, take(*attribute, rule));
    const auto name = rule.name == "tenant_id" ? std::string_view("project_id") : rule.name;
    object.insert_or_assign(name, std::move(taken));
  }
  return object;
}

// ": bogus" with the path in front -> "Unknown attribute for argument load_balancer.loadbalancer: bogus"
Error outermost(Error error, std::string_view argument, const json::Value& body) {
  if (error.type == kNotConvertible) return bad_input(argument, body, error.what).error();
  if (error.type == kUnknown) {
    const bool several = error.what.contains(", ");
    const auto dot = error.what.starts_with(':') ? "" : ".";
    return {Errc::invalid,
            fmt::format("Unknown attribute{} for argument {}{}{}", several ? "s" : "", argument, dot, error.what)};
  }
  return error;
}

Result<json::Value> read_body(std::string_view text, std::string_view argument, const WsmeRule& root) {
  if (trim(text).empty()) return fail(Errc::invalid, fmt::format("Missing argument: \"{}\"", argument));
  const auto body = json::parse(text);
  if (!body) return fail(Errc::invalid, "Request is not in valid JSON format");
  auto object = convert_object(*body, {&root, 1});
  if (!object) return std::unexpected(outermost(std::move(object).error(), argument, *body));
  return object;
}

}  // namespace

bool is_url_path(std::string_view text) {
  if (!text.starts_with('/') || text.starts_with("//")) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c <= 0x20 || c >= 0x7F || std::string_view("#\\\"<>^`{|}").contains(text[i])) return false;
    const auto is_digit = [&](std::size_t at) {
      return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at]));
    };
    if (c == '%' && !(is_digit(i + 1) && is_digit(i + 2))) return false;
  }
  return true;
}

Result<json::Object> read_wsme(std::string_view body, std::string_view argument, std::string_view root,
                               WsmeRules rules) {
  const WsmeRule rule{.name = root, .type = WsmeType::object, .required = true, .fields = rules};
  FW_TRY(auto object, read_body(body, argument, rule));
  return std::move(object.as_object().at(root).as_object());
}

Result<json::Object> check_wsme_object(const json::Value& body, std::string_view argument, WsmeRules rules) {
  auto object = convert_object(body, rules);
  if (!object) return std::unexpected(outermost(std::move(object).error(), argument, body));
  return std::move(object->as_object());
}

Result<json::Object> read_wsme_object(std::string_view body, std::string_view argument, WsmeRules rules) {
  if (trim(body).empty()) return fail(Errc::invalid, fmt::format("Missing argument: \"{}\"", argument));
  const auto value = json::parse(body);
  if (!value) return fail(Errc::invalid, "Request is not in valid JSON format");
  return check_wsme_object(*value, argument, rules);
}

Result<std::vector<json::Object>> read_wsme_list(std::string_view body, std::string_view argument,
                                                 std::string_view root, WsmeRules rules) {
  const WsmeRule rule{.name = root, .type = WsmeType::object_list, .fields = rules};
  FW_TRY(auto object, read_body(body, argument, rule));
  std::vector<json::Object> objects;
  for (auto& item : json::array_or_empty(object, root)) objects.push_back(item.as_object());
  return objects;
}

namespace {

std::string quoted_repr(std::string_view text) {
  const char quote = text.contains('\'') && !text.contains('"') ? '"' : '\'';
  std::string shown(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') shown += '\\';
    if (c == '\n') {
      shown += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  return shown + quote;
}

}  // namespace

std::string python_repr(const json::Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "None";
    case boost::json::kind::bool_:
      return value.get_bool() ? "True" : "False";
    case boost::json::kind::string:
      return quoted_repr(value.get_string());
    case boost::json::kind::array: {
      std::vector<std::string> items;
      for (const auto& item : value.get_array()) items.push_back(python_repr(item));
      return fmt::format("[{}]", fmt::join(items, ", "));
    }
    case boost::json::kind::object: {
      std::vector<std::string> items;
      for (const auto& item : value.get_object())
        items.push_back(fmt::format("{}: {}", quoted_repr(item.key()), python_repr(item.value())));
      return fmt::format("{{{}}}", fmt::join(items, ", "));
    }
    default:
      return json::write(value);
  }
}

bool is_given(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && !value->is_null();
}

const json::Array& list_or_empty(const json::Object& object, std::string_view name) {
  static const json::Array kEmpty;
  return is_given(object, name) ? object.at(name).as_array() : kEmpty;
}

std::string text_or(const json::Object& object, std::string_view name, std::string_view otherwise) {
  return std::string(is_given(object, name) ? std::string_view(object.at(name).as_string()) : otherwise);
}

std::int64_t integer_or(const json::Object& object, std::string_view name, std::int64_t otherwise) {
  return is_given(object, name) ? object.at(name).as_int64() : otherwise;
}

bool flag_or(const json::Object& object, std::string_view name, bool otherwise) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return otherwise;
  return !value->is_null() && value->as_bool();
}

std::vector<std::string> texts_or_empty(const json::Object& object, std::string_view name) {
  std::vector<std::string> texts;
  if (!is_given(object, name)) return texts;
  for (const auto& item : object.at(name).as_array()) texts.emplace_back(item.as_string());
  return texts;
}

}  // namespace fairway::cloud
