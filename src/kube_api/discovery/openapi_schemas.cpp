#include "kube_api/discovery/openapi_schemas.h"

#include <fmt/format.h>

#include "kube_api/kinds/kinds.h"

namespace fairway::kube_api {
namespace {

using Scalar = FieldType::Scalar;

constexpr std::string_view kIntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
constexpr std::string_view kQuantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

class Definitions {
 public:
  explicit Definitions(OpenApi version) : version_(version) {}

  void add(const StructType& type) {
    if (made_.contains(type.openapi_name)) return;
    made_[type.openapi_name] = nullptr;  // types may refer to themselves
    json::Object properties;
    json::Array required;
    for (const auto& field : type.fields) {
      properties[field.name] = property(field);
      if (field.required) required.push_back(json::Value(field.name));
    }
    json::Object definition{{"type", "object"}};
    if (!properties.empty()) definition["properties"] = std::move(properties);
    if (!required.empty()) definition["required"] = std::move(required);
    auto kinds = group_version_kinds(type);
    if (!kinds.empty()) definition["x-kubernetes-group-version-kind"] = std::move(kinds);
    made_[type.openapi_name] = std::move(definition);
  }

  [[nodiscard]] json::Object take() { return std::move(made_); }

 private:
  OpenApi version_;
  json::Object made_;

  json::Object reference(std::string_view name) const {
    return {
        {"$ref", fmt::format("{}{}", version_ == OpenApi::v2 ? "#/definitions/" : "#/components/schemas/", name)}};
  }

  json::Object named_scalar(std::string_view name, json::Object definition) {
    made_[name] = std::move(definition);
    return reference(name);
  }

  json::Object base(const FieldType& type) {
    if (type.structure != nullptr) {
      add(*type.structure);
      return reference(type.structure->openapi_name);
    }
    const bool v2 = version_ == OpenApi::v2;
    switch (type.scalar) {
      case Scalar::boolean:
        return {{"type", "boolean"}};
      case Scalar::int32:
        return {{"type", "integer"}, {"format", "int32"}};
      case Scalar::int64:
        return {{"type", "integer"}, {"format", "int64"}};
      case Scalar::uint16:
        return {{"type", "integer"}, {"format", "int32"}};
      case Scalar::bytes:
        return {{"type", "string"}, {"format", "byte"}};
      case Scalar::raw:
        return {{"type", "object"}};
      case Scalar::time:
        return named_scalar(std::string(kMeta) + "Time", {{"type", "string"}, {"format", "date-time"}});
      case Scalar::micro_time:
        return named_scalar(std::string(kMeta) + "MicroTime", {{"type", "string"}, {"format", "date-time"}});
      case Scalar::fields:
        return named_scalar(std::string(kMeta) + "FieldsV1", {{"type", "object"}});
      case Scalar::int_or_string:
        if (v2) return named_scalar(kIntOrString, {{"type", "string"}, {"format", "int-or-string"}});
        return named_scalar(
            kIntOrString,
            {{"format", "int-or-string"},
             {"oneOf", json::Array{json::Object{{"type", "integer"}}, json::Object{{"type", "string"}}}}});
      case Scalar::quantity:
        if (v2) return named_scalar(kQuantity, {{"type", "string"}});
        return named_scalar(
            kQuantity, {{"oneOf", json::Array{json::Object{{"type", "string"}}, json::Object{{"type", "number"}}}}});
      case Scalar::string:
      case Scalar::none:
        break;
    }
    json::Object text{{"type", "string"}};
    if (type.values != nullptr) {
      json::Array values;
      for (const auto& value : *type.values) values.push_back(json::Value(value));
      text["enum"] = std::move(values);
    }
    return text;
  }

  // A reference stands alone in OpenAPI; beside other keys v3 wraps it.
  json::Object beside(json::Object inner) const {
    if (version_ == OpenApi::v2 || !inner.contains("$ref")) return inner;
    return {{"allOf", json::Array{std::move(inner)}}, {"default", json::Object{}}};
  }

  json::Object property(const FieldSpec& field) {
    auto schema = base(field.type);
    for (auto wrap = field.type.wraps.rbegin(); wrap != field.type.wraps.rend(); ++wrap) {
      const bool list = *wrap == '[';
      schema = json::Object{{"type", list ? "array" : "object"},
                            {list ? "items" : "additionalProperties", beside(std::move(schema))}};
    }
    if (field.retain_keys && !field.merge) schema["x-kubernetes-patch-strategy"] = "retainKeys";
    if (field.merge) {
      schema["x-kubernetes-patch-strategy"] = field.retain_keys ? "merge,retainKeys" : "merge";
      if (!field.merge_key.empty()) schema["x-kubernetes-patch-merge-key"] = field.merge_key;
    }
    if (field.type.wraps.empty() && !field.type.pointer) schema = beside(std::move(schema));
    if (field.type.wraps.empty() && field.type.pointer && version_ == OpenApi::v3 && schema.contains("$ref")) {
      schema = json::Object{{"allOf", json::Array{std::move(schema)}}};
    }
    return schema;
  }

  static json::Array group_version_kinds(const StructType& type) {
    json::Array list;
    const auto add = [&](std::string_view group, std::string_view version, std::string_view kind) {
      list.push_back(json::Object{{"group", group}, {"kind", kind}, {"version", version}});
    };
    for (const auto& kind : all_kinds()) {
      const auto& own = Schema::builtin().type(kind.type);
      if (&own == &type) add(kind.group, kind.version, kind.kind);
      if (own.openapi_name + "List" == type.openapi_name) add(kind.group, kind.version, kind.kind + "List");
    }
    if (type.name == "DeleteOptions" || type.name == "Status" || type.name == "Binding") add("", "v1", type.name);
    if (type.name == "Scale") add("autoscaling", "v1", type.name);
    return list;
  }
};

json::Object parameter(OpenApi version, std::string_view name, std::string_view type) {
  json::Object parameter{{"name", name}, {"in", "query"}};
  if (version == OpenApi::v2) {
    parameter["type"] = type;
    parameter["uniqueItems"] = true;
  } else {
    parameter["schema"] = json::Object{{"type", type}, {"uniqueItems", true}};
  }
  return parameter;
}

json::Object operation(OpenApi version, const Kind& kind, std::string_view verb, std::string_view action) {
  json::Object operation{
      {"operationId", fmt::format("{}{}{}", action, kind.group.empty() ? "Core" : kind.group, kind.kind)},
      {"x-kubernetes-action", action},
      {"x-kubernetes-group-version-kind",
       json::Object{{"group", kind.group}, {"kind", kind.kind}, {"version", kind.version}}}};
  if (verb != "get" && verb != "delete") {
    operation["parameters"] =
        json::Array{parameter(version, "dryRun", "string"), parameter(version, "fieldManager", "string"),
                    parameter(version, "fieldValidation", "string")};
  }
  if (verb == "delete") operation["parameters"] = json::Array{parameter(version, "dryRun", "string")};
  operation["responses"] = json::Object{{"200", json::Object{{"description", "OK"}}}};
  return operation;
}

}  // namespace

json::Object openapi_definitions(OpenApi version, const std::set<std::string>* only) {
  Definitions definitions(version);
  for (const auto& [name, type] : Schema::builtin().types()) {
    if (only == nullptr || only->contains(name)) definitions.add(*type);
  }
  return definitions.take();
}

json::Object openapi_paths(OpenApi version, const std::string* group) {
  json::Object paths;
  for (const auto& kind : all_kinds()) {
    if (group != nullptr && kind.group != *group) continue;
    const auto root =
        kind.group.empty() ? std::string("/api/v1") : fmt::format("/apis/{}/{}", kind.group, kind.version);
    const auto collection =
        fmt::format("{}{}/{}", root, kind.namespaced ? "/namespaces/{namespace}" : "", kind.plural);
    paths[collection] = json::Object{{"get", operation(version, kind, "get", "list")},
                                     {"post", operation(version, kind, "post", "post")}};
    paths[collection + "/{name}"] = json::Object{{"delete", operation(version, kind, "delete", "delete")},
                                                 {"get", operation(version, kind, "get", "get")},
                                                 {"patch", operation(version, kind, "patch", "patch")},
                                                 {"put", operation(version, kind, "put", "put")}};
  }
  return paths;
}

}  // namespace fairway::kube_api
