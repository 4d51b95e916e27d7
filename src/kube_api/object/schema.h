// What fields an object has: the one place that knows names, types, merge keys and enumerations of every kind served
// here.
//
// The text is our own compact format (schema_text.h):
//   package core io.k8s.api.core.v1         the types that follow, and the prefix of their OpenAPI names
//   alias Protocol string enum TCP|UDP      another name for a type, with its closed set of values
//   type ServicePort
//     name:1 string, port:3! int32, appProtocol:6 *string, tags:7 []string @merge:name, &:8 Source
// A field is `name[:number][!|+] type [@strategy[:key]]`: the number is the field's in protobuf; a name of & puts all
// fields of that type in this one (in protobuf they are a message of their own). ! is required, + is written though
// optional (both are never left out when empty); * keeps zero values apart from absence, [] is a list, {} a map with
// free keys; @merge, @retainKeys and @merge+retainKeys are the patch strategies of a strategic merge patch. Types of other
// packages are written meta.Time; lower-case ones are built in.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace fairway::kube_api {

struct StructType;

struct FieldType {
  enum class Scalar {
    none,
    string,
    boolean,
    int32,
    int64,
    uint16,
    int_or_string,
    quantity,
    raw,
    bytes,
    time,
    micro_time,
    fields
  };
  bool pointer = false;
  std::string wraps;            // '[' and '{' from the outside in: "[[" is a list of lists
  std::size_t outer_wraps = 0;  // those outside of the base, which may be an alias of a list or a map
  std::string base;             // as written: "Protocol", "meta.Time", "int32"
  std::string go_name;          // as texts of errors name the base: "v1.Protocol", "int32"
  Scalar scalar = Scalar::none;
  const StructType* structure = nullptr;
  const std::vector<std::string>* values = nullptr;  // of an enumeration
};

struct FieldSpec {
  std::string name;
  FieldType type;
  int number = 0;        // in protobuf; 0: not there
  int outer = 0;         // the number of the message that holds it there; 0: the type itself
  std::string embedded;  // "ProbeHandler.": the type that was put in place, as texts of errors name it
  bool required = false;
  bool always = false;
  bool merge = false;
  bool retain_keys = false;
  std::string merge_key;
};

struct StructType {
  std::string name;          // "ServicePort"
  std::string openapi_name;  // "io.k8s.api.core.v1.ServicePort"
  std::vector<FieldSpec> fields;
  [[nodiscard]] const FieldSpec* find(std::string_view field) const;
};

class Schema {
 public:
  // The built-in text. Parsed once; any thread afterwards.
  [[nodiscard]] static const Schema& builtin();
  // Error: invalid, with the line.
  [[nodiscard]] static Result<std::unique_ptr<Schema>> parse(std::string_view text);

  // "core.Service". Broken invariant when there is none.
  [[nodiscard]] const StructType& type(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::unique_ptr<StructType>, std::less<>>& types() const {
    return types_;
  }

 private:
  friend class SchemaParser;
  std::map<std::string, std::unique_ptr<StructType>, std::less<>> types_;
  std::map<std::string, std::vector<std::string>, std::less<>> enumerations_;
};

}  // namespace fairway::kube_api
