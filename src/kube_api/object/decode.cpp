#include "kube_api/object/decode.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/field_errors.h"
#include "kube_api/object/json_reader.h"
#include "kube_api/object/quantity.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

using Scalar = FieldType::Scalar;

std::string go_type(const FieldType& type, std::size_t depth) {
  std::string text;
  // An alias for a map or a list is named by the alias.
  const auto end = depth <= type.outer_wraps ? type.outer_wraps : type.wraps.size();
  for (auto i = depth; i < end; ++i) text += type.wraps[i] == '[' ? "[]" : "map[string]";
  return text + type.go_name;
}

class Decoder {
 public:
  explicit Decoder(std::vector<std::string>& unknown) : unknown_(unknown) {}

  Result<> structure(json::Value& value, const StructType& type) {
    auto* object = value.if_object();
    FW_CHECK(object != nullptr);
    json::Object kept;
    kept.reserve(object->size());
    for (auto& member : *object) {
      const std::string name(member.key());
      const auto* field = type.find(name);
      if (field == nullptr) {
        unknown_.push_back(path_.empty() ? name : path_ + "." + name);
        continue;
      }
      const auto path = path_.size(), go = go_path_.size();
      path_ += (path_.empty() ? "" : ".") + name;
      go_path_ += (go_path_.empty() ? "" : ".") + field->embedded + name;
      const auto* outer = std::exchange(owner_, &type);
      FW_TRY_DO(wrapped(member.value(), field->type, 0));
      owner_ = outer;
      path_.resize(path);
      go_path_.resize(go);
      if (keeps(*field, member.value())) kept[name] = std::move(member.value());
    }
    for (const auto& field : type.fields) {
      if (!kept.contains(field.name)) add_absent(kept, field, type);
    }
    // In the order of the type, which is how texts of errors show an object.
    json::Object ordered;
    ordered.reserve(kept.size());
    for (const auto& field : type.fields) {
      if (const auto found = kept.find(field.name); found != kept.end())
        ordered[field.name] = std::move(found->value());
    }
    value = std::move(ordered);
    return {};
  }

 private:
  std::vector<std::string>& unknown_;
  std::string path_, go_path_;
  const StructType* owner_ = nullptr;

  std::unexpected<Error> mismatch(std::string_view what, std::string_view wanted) const {
    return fail(Errc::invalid, fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}", what,
                                           owner_->name, go_path_, wanted));
  }

  // What `omitempty` leaves out.
  static bool keeps(const FieldSpec& field, const json::Value& value) {
    if (value.is_null()) return false;
    if (const auto* list = value.if_array()) return !list->empty() || field.type.pointer;
    if (field.always || field.type.pointer) return true;
    if (const auto* map = value.if_object()) return !map->empty() || field.type.wraps.empty();
    if (const auto* text = value.if_string()) return !text->empty() || field.type.scalar == Scalar::int_or_string;
    if (const auto* flag = value.if_bool()) return *flag;
    if (const auto* number = value.if_int64()) return *number != 0 || field.type.scalar == Scalar::int_or_string;
    return true;
  }

  // What is written although nothing was given.
  static void add_absent(json::Object& to, const FieldSpec& field, const StructType& owner) {
    const auto& type = field.type;
    if (type.pointer || owner.name == "ObjectMeta") {
      return;
    }
    if (type.wraps.empty() && type.structure != nullptr) {
      json::Value empty = json::Object{};
      std::vector<std::string> none;
      (void)Decoder(none).structure(empty, *type.structure);
      to[field.name] = std::move(empty);
    } else if (type.wraps.empty() && (type.scalar == Scalar::time || type.scalar == Scalar::micro_time)) {
      to[field.name] = nullptr;
    } else if (field.always) {
      if (!type.wraps.empty()) {
        to[field.name] = nullptr;
      } else if (type.scalar == Scalar::boolean) {
        to[field.name] = false;
      } else if (type.scalar == Scalar::string) {
        to[field.name] = "";
      } else if (type.scalar == Scalar::int32 || type.scalar == Scalar::int64 || type.scalar == Scalar::uint16) {
        to[field.name] = 0;
      }
    }
  }

  Result<> wrapped(json::Value& value, const FieldType& type, std::size_t depth) {
    if (value.is_null()) return {};
    if (depth == type.wraps.size()) return plain(value, type);
    if (type.wraps[depth] == '[') return list(value, type, depth);
    return map(value, type, depth);
  }

  Result<> list(json::Value& value, const FieldType& type, std::size_t depth) {
    auto* items = value.if_array();
    if (items == nullptr) return mismatch(json_type(value), go_type(type, depth));
    const auto path = path_.size();
    std::size_t index = 0;
    for (auto& item : *items) {
      path_ += fmt::format("[{}]", index++);
      if (item.is_null()) zero(item, type, depth + 1);
      FW_TRY_DO(wrapped(item, type, depth + 1));
      path_.resize(path);
    }
    return {};
  }

  // A null among the items of a list or the values of a map is the type's zero value.
  static void zero(json::Value& item, const FieldType& type, std::size_t depth) {
    if (depth != type.wraps.size()) return;
    if (type.structure != nullptr) item = json::Object{};
    if (type.scalar == Scalar::string || type.scalar == Scalar::bytes) item = "";
    if (type.scalar == Scalar::quantity) item = "0";
  }

  Result<> map(json::Value& value, const FieldType& type, std::size_t depth) {
    auto* entries = value.if_object();
    if (entries == nullptr) return mismatch(json_type(value), go_type(type, depth));
    const auto path = path_.size();
    for (auto& entry : *entries) {
      path_ += "." + std::string(entry.key());
      if (entry.value().is_null()) zero(entry.value(), type, depth + 1);
      FW_TRY_DO(wrapped(entry.value(), type, depth + 1));
      path_.resize(path);
    }
    return {};
  }

  Result<> plain(json::Value& value, const FieldType& type) {
    if (type.structure != nullptr) {
      if (!value.is_object()) return mismatch(json_type(value), type.go_name);
      return structure(value, *type.structure);
    }
    switch (type.scalar) {
      case Scalar::string:
        return value.is_string() ? Result<>{} : mismatch(json_type(value), type.go_name);
      case Scalar::boolean:
        return value.is_bool() ? Result<>{} : mismatch(json_type(value), type.go_name);
      case Scalar::int32:
        return whole(value, type, INT32_MIN, INT32_MAX);
      case Scalar::int64:
        return whole(value, type, INT64_MIN, INT64_MAX);
      case Scalar::uint16:
        return whole(value, type, 0, UINT16_MAX);
      case Scalar::int_or_string:
        return int_or_string(value);
      case Scalar::quantity:
        return quantity(value);
      case Scalar::bytes:
        return bytes(value, type);
      case Scalar::time:
      case Scalar::micro_time:
        return time(value, type);
      case Scalar::raw:
      case Scalar::fields:
      case Scalar::none:
        return {};
    }
    return {};
  }

  Result<> whole(json::Value& value, const FieldType& type, std::int64_t min, std::int64_t max) const {
    // Our own code may have put in an unsigned number; requests are read as signed ones.
    if (const auto* number = value.if_uint64(); number != nullptr && *number <= INT64_MAX)
      value = static_cast<std::int64_t>(*number);
    if (const auto* real = value.if_double()) return mismatch(fmt::format("number {}", *real), type.go_name);
    const auto* number = value.if_int64();
    if (number == nullptr) return mismatch(json_type(value), type.go_name);
    if (*number < min || *number > max) return mismatch(fmt::format("number {}", *number), type.go_name);
    return {};
  }

  Result<> int_or_string(const json::Value& value) const {
    if (value.is_string()) return {};
    if (const auto* number = value.if_int64()) {
      if (*number >= INT32_MIN && *number <= INT32_MAX) return {};
      return mismatch(fmt::format("number {}", *number), "int32");
    }
    if (const auto* real = value.if_double()) return mismatch(fmt::format("number {}", *real), "int32");
    return mismatch(json_type(value), "int32");
  }

  static Result<> quantity(json::Value& value) {
    const auto text = value.is_string() ? std::string(value.get_string()) : json::write(value);
    const auto parsed = parse_quantity(trim(text));
    if (!parsed) {
      return fail(Errc::invalid,
                  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    value = format_quantity(*parsed);
    return {};
  }

  Result<> bytes(json::Value& value, const FieldType& type) const {
    const auto* text = value.if_string();
    if (text == nullptr) return mismatch(json_type(value), type.go_name);
    const auto letters = text->size() - static_cast<std::size_t>(std::ranges::count_if(
                                            *text, [](char c) { return c == '\r' || c == '\n'; }));
    const auto decoded = base64_decode(std::string_view(*text));
    if (decoded && letters % 4 == 0) {
      value = base64_encode(*decoded);
      return {};
    }
    const auto good = std::string_view(*text).find_first_not_of(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n");
    const bool half_padded = good != std::string_view::npos && good + 1 == text->size() && good % 4 == 2;
    const auto at = good == std::string_view::npos ? text->size() / 4 * 4 : half_padded ? good + 1 : good;
    return fail(Errc::invalid, fmt::format("illegal base64 data at input byte {}", at));
  }

  Result<> time(json::Value& value, const FieldType& type) const {
    const auto* text = value.if_string();
    if (text == nullptr) return mismatch(json_type(value), "string");
    const auto parsed = parse_time(std::string_view(*text));
    const bool micro = type.scalar == Scalar::micro_time;
    if (!parsed) {
      const std::string_view layout = micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
      return fail(Errc::invalid,
                  fmt::format("parsing time {} as \"{}\": cannot parse {} as \"2006\"",
                              in_quotes(std::string_view(*text)), layout, in_quotes(std::string_view(*text))));
    }
    value = micro ? format_micro_time(*parsed) : format_time(*parsed);
    return {};
  }
};

}  // namespace

Result<> decode_object(json::Value& object, const StructType& type, std::vector<std::string>& unknown) {
  return Decoder(unknown).structure(object, type);
}

void normalize_object(json::Value& object, const StructType& type) {
  std::vector<std::string> none;
  const auto done = Decoder(none).structure(object, type);
  FW_CHECK(done.has_value());
}

}  // namespace fairway::kube_api
