// The kinds that the API serves: what they are called, where they stand, and the rules that are particular to each.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "kube_api/object/api_error.h"
#include "kube_api/object/field_errors.h"

namespace fairway::kube_api {

struct TableColumn {
  std::string name;
  std::string type = "string";
  std::string format;
  int priority = 0;  // 1: only with -o wide
};

using Fields = std::vector<std::pair<std::string, std::string>>;

// Pure functions on an object in its one form (kube_api/object/decode.h); any of them may be empty.
struct Rules {
  // What an absent field means. On whatever a client sent, before anything else.
  void (*set_defaults)(json::Object& object) = nullptr;
  // What a client may not set, or what follows from the rest.
  void (*prepare_create)(json::Object& object) = nullptr;
  void (*prepare_update)(json::Object& now, const json::Object& before) = nullptr;
  FieldErrors (*validate_create)(const json::Object& object) = nullptr;
  FieldErrors (*validate_update)(const json::Object& now, const json::Object& before) = nullptr;
  void (*prepare_status)(json::Object& now, const json::Object& before) = nullptr;
  FieldErrors (*validate_status)(const json::Object& now, const json::Object& before) = nullptr;
  std::vector<std::string> (*warnings)(const json::Object& now, const json::Object* before) = nullptr;
};

struct Kind {
  std::string group, version, kind, plural, singular;
  std::string type;  // in the schema: "core.Service"
  std::vector<std::string> short_names, categories;
  bool namespaced = true;
  bool has_status = false;
  // "binding", "log": subresources beside status.
  std::vector<std::string> subresources;
  // Where objects lie in the store. The two kinds of Event share theirs; the store has core/v1's form.
  std::string storage;
  bool generation = false;  // metadata.generation counts changes of the spec
  bool generation_counts_annotations = false;
  bool unconditional_update = true;  // a replace without resourceVersion is allowed
  bool create_on_update = false;     // a replace of what does not exist creates it
  std::string deprecation;           // a Warning on every answer

  Rules rules;
  std::vector<TableColumn> columns;
  json::Array (*cells)(const json::Object& object, WallTime now) = nullptr;
  Fields (*fields)(const json::Object& object) = nullptr;  // beside metadata.name and metadata.namespace
  // Between this kind's own form and the stored one.
  void (*to_stored)(json::Object& object) = nullptr;
  void (*from_stored)(json::Object& object) = nullptr;

  [[nodiscard]] std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  [[nodiscard]] ResourceName resource() const { return {group, plural, kind}; }
};

[[nodiscard]] const std::vector<Kind>& all_kinds();
[[nodiscard]] const Kind* find_kind(std::string_view group, std::string_view version, std::string_view plural);
// autoscaling/v1 Scale: the form of the subresource `scale`, in no list of kinds since no such object stands alone.
[[nodiscard]] const Kind& scale_kind();
// The kind whose form the store has.
[[nodiscard]] const Kind& stored_kind(std::string_view storage);

}  // namespace fairway::kube_api
