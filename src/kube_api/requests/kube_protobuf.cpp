#include "kube_api/requests/kube_protobuf.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/kinds.h"
#include "kube_api/object/schema.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

using Scalar = FieldType::Scalar;

// One field on the wire: a number, or bytes.
struct WireField {
  int number = 0;
  bool is_bytes = false;
  std::uint64_t varint = 0;
  std::string_view bytes;
};

class Wire {
 public:
  explicit Wire(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool done() const { return bytes_.empty(); }

  Result<WireField> next() {
    FW_TRY(const auto tag, varint());
    WireField field;
    field.number = static_cast<int>(tag >> 3);
    switch (tag & 7) {
      case 0: {
        FW_TRY(field.varint, varint());
        return field;
      }
      case 1:
        return fixed(field, 8);
      case 5:
        return fixed(field, 4);
      case 2: {
        FW_TRY(const auto size, varint());
        if (size > bytes_.size()) return truncated();
        field.is_bytes = true;
        field.bytes = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return field;
      }
      default:
        return fail(Errc::invalid, "proto: illegal wireType");
    }
  }

 private:
  std::string_view bytes_;

  static std::unexpected<Error> truncated() { return fail(Errc::invalid, "unexpected EOF"); }

  Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) return truncated();
      const auto byte = static_cast<unsigned char>(bytes_[0]);
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return fail(Errc::invalid, "proto: integer overflow");
  }

  Result<WireField> fixed(WireField field, std::size_t size) {
    if (bytes_.size() < size) return truncated();
    bytes_.remove_prefix(size);
    return field;
  }
};

// The field with that number in the message `outer` of a type.
const FieldSpec* find_field(const StructType& type, int outer, int number) {
  for (const auto& field : type.fields) {
    if (field.outer == outer && field.number == number && number != 0) return &field;
  }
  return nullptr;
}

bool is_outer(const StructType& type, int number) {
  return std::ranges::any_of(type.fields, [&](const FieldSpec& field) { return field.outer == number; });
}

constexpr int kMaxDepth = 64;

Result<> read_message(json::Object& to, std::string_view bytes, const StructType& type, int outer, int depth);

// Numbers and texts of a small message, by field number.
Result<std::map<int, WireField>> read_flat(std::string_view bytes) {
  std::map<int, WireField> fields;
  for (Wire wire(bytes); !wire.done();) {
    FW_TRY(auto field, wire.next());
    fields[field.number] = field;
  }
  return fields;
}

Result<json::Value> read_time(const WireField& field, bool micro) {
  FW_TRY(auto parts, read_flat(field.bytes));
  if (parts.empty()) return json::Value(nullptr);
  const auto seconds = static_cast<std::int64_t>(parts[1].varint);
  const auto nanos = static_cast<std::int64_t>(parts[2].varint);
  const auto time = WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::seconds(seconds) +
                                                                            std::chrono::nanoseconds(nanos)));
  return json::Value(micro ? format_micro_time(time) : format_time(time));
}

Result<json::Value> read_int_or_string(const WireField& field) {
  FW_TRY(auto parts, read_flat(field.bytes));
  if (parts[1].varint == 1) return json::Value(std::string(parts[3].bytes));
  return json::Value(static_cast<std::int64_t>(static_cast<std::int32_t>(parts[2].varint)));
}

Result<json::Value> read_plain(const WireField& field, const FieldType& type, int depth) {
  if (type.structure != nullptr) {
    json::Object object;
    FW_TRY_DO(read_message(object, field.bytes, *type.structure, 0, depth + 1));
    return object;
  }
  switch (type.scalar) {
    case Scalar::string:
      return json::Value(std::string(field.bytes));
    case Scalar::boolean:
      return json::Value(field.varint != 0);
    case Scalar::int32:
    case Scalar::uint16:
      return json::Value(static_cast<std::int64_t>(static_cast<std::int32_t>(field.varint)));
    case Scalar::int64:
      return json::Value(static_cast<std::int64_t>(field.varint));
    case Scalar::int_or_string:
      return read_int_or_string(field);
    case Scalar::bytes:
      return json::Value(base64_encode(field.bytes));
    case Scalar::time:
      return read_time(field, false);
    case Scalar::micro_time:
      return read_time(field, true);
    case Scalar::quantity: {
      FW_TRY(auto parts, read_flat(field.bytes));
      return json::Value(std::string(parts[1].bytes));
    }
    case Scalar::raw:
    case Scalar::fields:
    case Scalar::none:
      return json::Value(nullptr);
  }
  return json::Value(nullptr);
}

Result<> read_entry(json::Object& map, const WireField& field, const FieldType& type, int depth) {
  std::string key;
  json::Value value =
      type.scalar == Scalar::string || type.scalar == Scalar::bytes ? json::Value("") : json::Value(nullptr);
  for (Wire wire(field.bytes); !wire.done();) {
    FW_TRY(auto part, wire.next());
    if (part.number == 1) key = part.bytes;
    if (part.number == 2) {
      FW_TRY(value, read_plain(part, type, depth));
    }
  }
  map[key] = std::move(value);
  return {};
}

Result<> read_field(json::Object& to, const WireField& field, const FieldSpec& spec, int depth) {
  if (spec.type.wraps.empty()) {
    FW_TRY(to[spec.name], read_plain(field, spec.type, depth));
    return {};
  }
  auto& value = to[spec.name];
  if (spec.type.wraps[0] == '{') {
    if (!value.is_object()) value.emplace_object();
    return read_entry(value.get_object(), field, spec.type, depth);
  }
  if (!value.is_array()) value.emplace_array();
  FW_TRY(auto item, read_plain(field, spec.type, depth));
  value.get_array().push_back(std::move(item));
  return {};
}

Result<> read_message(json::Object& to, std::string_view bytes, const StructType& type, int outer, int depth) {
  if (depth > kMaxDepth) return fail(Errc::invalid, "proto: message nested too deeply");
  for (Wire wire(bytes); !wire.done();) {
    FW_TRY(auto field, wire.next());
    const bool inside = outer == 0 && field.is_bytes && is_outer(type, field.number);
    const auto* spec = inside ? nullptr : find_field(type, outer, field.number);
    if (inside) FW_TRY_DO(read_message(to, field.bytes, type, field.number, depth + 1));
    if (spec != nullptr) FW_TRY_DO(read_field(to, field, *spec, depth));
  }
  return {};
}

const StructType* type_of(std::string_view api_version, std::string_view name) {
  for (const auto& kind : all_kinds()) {
    if (kind.kind == name && kind.api_version() == api_version) return &Schema::builtin().type(kind.type);
  }
  if (name == "Scale" && api_version == "autoscaling/v1") return &Schema::builtin().type("autoscaling.Scale");
  if (name == "DeleteOptions") return &Schema::builtin().type("meta.DeleteOptions");
  if (name == "Binding" && api_version == "v1") return &Schema::builtin().type("core.Binding");
  return nullptr;
}

}  // namespace

Result<json::Value> read_protobuf(std::string_view body) {
  constexpr std::string_view kMagic("k8s\0", 4);
  if (!body.starts_with(kMagic))
    return fail(Errc::invalid,
                "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  FW_TRY(auto envelope, read_flat(body.substr(kMagic.size())));
  FW_TRY(auto meta, read_flat(envelope[1].bytes));
  const std::string api_version(meta[1].bytes), kind(meta[2].bytes);
  const auto* type = type_of(api_version, kind);
  if (type == nullptr)
    return fail(
        Errc::unsupported,
        fmt::format("this API server reads no {} of {} in protobuf form: send application/json", kind, api_version));
  json::Object object;
  FW_TRY_DO(read_message(object, envelope[2].bytes, *type, 0, 0));
  object["kind"] = kind;
  object["apiVersion"] = api_version;
  return object;
}

}  // namespace fairway::kube_api
