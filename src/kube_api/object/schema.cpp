#include "kube_api/object/schema.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/schema_text.h"

namespace fairway::kube_api {
namespace {

std::optional<FieldType::Scalar> scalar_of(std::string_view name) {
  using enum FieldType::Scalar;
  static const std::map<std::string, FieldType::Scalar, std::less<>> names{{"string", string},
                                                                           {"bool", boolean},
                                                                           {"int32", int32},
                                                                           {"int64", int64},
                                                                           {"uint16", uint16},
                                                                           {"IntOrString", int_or_string},
                                                                           {"Quantity", quantity},
                                                                           {"RawExtension", raw},
                                                                           {"bytes", bytes},
                                                                           {"meta.Time", time},
                                                                           {"meta.MicroTime", micro_time},
                                                                           {"meta.FieldsV1", fields},
                                                                           {"types.UID", string},
                                                                           {"types.NodeName", string}};
  const auto found = names.find(name);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

const FieldSpec* StructType::find(std::string_view field) const {
  const auto found = std::ranges::find(fields, field, &FieldSpec::name);
  return found == fields.end() ? nullptr : &*found;
}

// Two passes: names first, so that types may stand in any order.
class SchemaParser {
 public:
  Result<std::unique_ptr<Schema>> parse(std::string_view text) {
    int number = 0;
    for (const auto line : split(text, '\n')) {
      ++number;
      FW_TRY_DO(within(read_line(line), fmt::format("schema line {}", number)));
    }
    for (auto& [name, fields] : bodies_) FW_TRY_DO(within(read_fields(name, fields), "schema type " + name));
    for (auto& [name, type] : schema_->types_) put_in_place(*type);
    return std::move(schema_);
  }

 private:
  struct Alias {
    std::string target;
    bool is_enum = false;
  };
  std::unique_ptr<Schema> schema_ = std::make_unique<Schema>();
  std::string package_, prefix_, current_;
  std::map<std::string, std::string> bodies_;
  std::map<std::string, Alias, std::less<>> aliases_;

  Result<> read_line(std::string_view line) {
    if (trim(line).empty() || line.starts_with('#')) return {};
    if (line.starts_with("  ")) {
      if (current_.empty()) return fail(Errc::invalid, "fields before a type");
      bodies_[current_] += std::string(trim(line)) + " ";
      return {};
    }
    const auto words = split(line, ' ');
    if (words[0] == "package" && words.size() == 3) {
      package_ = words[1];
      prefix_ = words[2];
    } else if (words[0] == "alias" && (words.size() == 3 || words.size() == 5)) {
      const auto name = package_ + "." + std::string(words[1]);
      aliases_[name] = {std::string(words[2]), words.size() == 5};
      if (words.size() == 5) {
        for (const auto value : split(words[4], '|')) schema_->enumerations_[name].emplace_back(value);
      }
    } else if (words[0] == "type" && words.size() == 2) {
      current_ = package_ + "." + std::string(words[1]);
      auto type = std::make_unique<StructType>();
      type->name = words[1];
      type->openapi_name = prefix_ + "." + type->name;
      schema_->types_[current_] = std::move(type);
      bodies_[current_];
    } else {
      return fail(Errc::invalid, fmt::format("not understood: {}", line));
    }
    return {};
  }

  Result<> read_fields(const std::string& owner, std::string_view body) {
    auto& type = *schema_->types_[owner];
    const auto package = owner.substr(0, owner.find('.'));
    if (trim(body).empty()) return {};
    for (auto part : split(body, ',')) {
      part = trim(part);
      const auto words = split(part, ' ');
      if (words.size() < 2 || words.size() > 3)
        return fail(Errc::invalid, fmt::format("field not understood: {}", part));
      FieldSpec field;
      field.name = words[0];
      if (field.name.ends_with('!')) field.required = field.always = true;
      if (field.name.ends_with('+')) field.always = true;
      if (field.always) field.name.pop_back();
      read_number(field);
      if (words.size() == 3) read_strategy(field, words[2]);
      FW_TRY(field.type, read_type(package, words[1]));
      type.fields.push_back(std::move(field));
    }
    return {};
  }

  // Fields of a type that is written in place stand beside the others.
  static void put_in_place(StructType& type) {
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      if (type.fields[i].name != "&") continue;
      auto inner = type.fields[i].type.structure->fields;
      for (auto& field : inner) {
        field.outer = type.fields[i].number;
        field.embedded = type.fields[i].type.structure->name + "." + field.embedded;
      }
      type.fields.erase(type.fields.begin() + static_cast<std::ptrdiff_t>(i));
      type.fields.insert(type.fields.begin() + static_cast<std::ptrdiff_t>(i), inner.begin(), inner.end());
    }
  }

  static void read_number(FieldSpec& field) {
    const auto colon = field.name.find(':');
    if (colon == std::string::npos) return;
    field.number = static_cast<int>(parse_int(std::string_view(field.name).substr(colon + 1)).value_or(0));
    field.name.resize(colon);
  }

  static void read_strategy(FieldSpec& field, std::string_view text) {
    const auto colon = text.find(':');
    const auto strategy = text.substr(1, colon == std::string_view::npos ? colon : colon - 1);
    field.merge = strategy.starts_with("merge");
    field.retain_keys = strategy.ends_with("retainKeys");
    if (colon != std::string_view::npos) field.merge_key = text.substr(colon + 1);
  }

  Result<FieldType> read_type(const std::string& package, std::string_view text) {
    FieldType type;
    while (!text.empty() && (text[0] == '*' || text[0] == '[' || text[0] == '{')) {
      if (text[0] == '*') {
        type.pointer = type.wraps.empty();
        text.remove_prefix(1);
      } else {
        type.wraps += text[0];
        text.remove_prefix(2);
      }
    }
    std::string name(text);
    if (!scalar_of(name) && name.find('.') == std::string::npos) name = package + "." + name;
    type.base = name;
    type.outer_wraps = type.wraps.size();
    type.go_name = go_name(name);
    for (auto alias = aliases_.find(name); alias != aliases_.end(); alias = aliases_.find(name)) {
      if (alias->second.is_enum) type.values = &schema_->enumerations_[name];
      std::string_view target = alias->second.target;
      while (target.starts_with("{}") || target.starts_with("[]")) {
        type.wraps += target[0];
        target.remove_prefix(2);
      }
      name = target;
      if (!scalar_of(name) && name.find('.') == std::string::npos) name = package + "." + name;
    }
    if (const auto scalar = scalar_of(name)) {
      type.scalar = *scalar;
      return type;
    }
    const auto structure = schema_->types_.find(name);
    if (structure == schema_->types_.end()) return fail(Errc::invalid, "no type " + name);
    type.structure = structure->second.get();
    return type;
  }

  // Go names a type by the last part of its package: all of ours are v1.
  static std::string go_name(const std::string& name) {
    if (name == "IntOrString") return "intstr.IntOrString";
    if (name == "Quantity") return "resource.Quantity";
    if (name == "bytes") return "[]uint8";
    if (name.starts_with("types.")) return name;
    const auto dot = name.find('.');
    return dot == std::string::npos ? name : "v1." + name.substr(dot + 1);
  }
};

Result<std::unique_ptr<Schema>> Schema::parse(std::string_view text) { return SchemaParser().parse(text); }

const Schema& Schema::builtin() {
  static const auto schema = [] {
    auto parsed = parse(std::string(kCoreSchemaText) + std::string(kPodSchemaText) + std::string(kAppsSchemaText) +
                        std::string(kOtherSchemaText));
    FW_CHECK(parsed.has_value());
    return *std::move(parsed);
  }();
  return *schema;
}

const StructType& Schema::type(std::string_view name) const {
  const auto found = types_.find(name);
  FW_CHECK(found != types_.end());
  return *found->second;
}

}  // namespace fairway::kube_api
