// Structs to JSON and back by description, for what we write ourselves: records in the store, messages on the link.
//
//   struct Subnet { std::string id; std::vector<std::string> dns; std::optional<int> mtu; };
//   BOOST_DESCRIBE_STRUCT(Subnet, (), (id, dns, mtu))
//
// decode() is tolerant as durable formats must be: an absent key leaves the member's default, an unknown key is
// skipped; a wrong type is an error that names the path. Members: bool, integers, double, std::string, json::Value,
// std::optional, std::vector, std::map<std::string, …>, and described structs. Requests of strangers are not read
// with this: they need their API's own messages.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "json/value.h"

namespace fairway::json {

namespace detail {

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;
template <class T>
using Members =
    boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

}  // namespace detail

template <class T>
Value encode(const T& from) {
  if constexpr (detail::Described<T>) {
    Object object;
    boost::mp11::mp_for_each<detail::Members<T>>(
        [&](auto member) { object.emplace(member.name, encode(from.*member.pointer)); });
    return object;
  } else if constexpr (detail::is_optional<T>) {
    return from ? encode(*from) : Value(nullptr);
  } else if constexpr (detail::is_vector<T>) {
    Array array;
    for (const auto& item : from) array.push_back(encode(item));
    return array;
  } else if constexpr (detail::is_map<T>) {
    Object object;
    for (const auto& [key, item] : from) object.emplace(key, encode(item));
    return object;
  } else {
    return Value(from);
  }
}

template <class T>
Result<> decode_to(T& to, const Value& from, const std::string& path);

namespace detail {

inline std::unexpected<Error> wrong(const std::string& path, std::string_view wanted) {
  return fail(Errc::invalid, fmt::format("{}: not {}", path.empty() ? "document" : path, wanted));
}

template <class T>
Result<> decode_scalar(T& to, const Value& from, const std::string& path) {
  if constexpr (std::same_as<T, Value>) {
    to = from;
  } else if constexpr (std::same_as<T, bool>) {
    if (!from.is_bool()) return wrong(path, "a boolean");
    to = from.get_bool();
  } else if constexpr (std::same_as<T, std::string>) {
    if (!from.is_string()) return wrong(path, "a string");
    to = std::string(from.get_string());
  } else {
    static_assert(std::is_arithmetic_v<T>, "json/described.h does not know this type");
    boost::system::error_code error;
    to = from.to_number<T>(error);
    if (error) return wrong(path, "a number in range");
  }
  return {};
}

template <class T>
Result<> decode_items(T& to, const Value& from, const std::string& path) {
  const auto* array = from.if_array();
  if (array == nullptr) return wrong(path, "a list");
  to.clear();
  for (const auto& item : *array) {
    typename T::value_type value{};
    FW_TRY_DO(decode_to(value, item, fmt::format("{}[{}]", path, to.size())));
    to.push_back(std::move(value));
  }
  return {};
}

template <class T>
Result<> decode_entries(T& to, const Value& from, const std::string& path) {
  const auto* object = from.if_object();
  if (object == nullptr) return wrong(path, "an object");
  to.clear();
  for (const auto& item : *object) {
    FW_TRY_DO(decode_to(to[std::string(item.key())], item.value(), path + "." + std::string(item.key())));
  }
  return {};
}

template <class T>
Result<> decode_members(T& to, const Value& from, const std::string& path) {
  const auto* object = from.if_object();
  if (object == nullptr) return wrong(path, "an object");
  Result<> result;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    const auto* value = result ? object->if_contains(member.name) : nullptr;
    if (value != nullptr)
      result = decode_to(to.*member.pointer, *value, path.empty() ? member.name : path + "." + member.name);
  });
  return result;
}

}  // namespace detail

template <class T>
Result<> decode_to(T& to, const Value& from, const std::string& path) {
  if constexpr (detail::Described<T>) {
    return detail::decode_members(to, from, path);
  } else if constexpr (detail::is_optional<T>) {
    to.reset();
    return from.is_null() ? Result<>{} : decode_to(to.emplace(), from, path);
  } else if constexpr (detail::is_vector<T>) {
    return detail::decode_items(to, from, path);
  } else if constexpr (detail::is_map<T>) {
    return detail::decode_entries(to, from, path);
  } else {
    return detail::decode_scalar(to, from, path);
  }
}

template <class T>
[[nodiscard]] Result<T> decode(const Value& from) {
  T value{};
  FW_TRY_DO(decode_to(value, from, ""));
  return value;
}

}  // namespace fairway::json
