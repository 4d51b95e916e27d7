#include "kube_api/kinds/object_meta.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

void check_owners(FieldErrors& errors, const json::Array& owners) {
  const std::string field = "metadata.ownerReferences";
  std::string controller;
  for (const auto& owner : owners) {
    const auto version = text_in(owner, "apiVersion");
    if (version.empty() || version.ends_with('/')) {
      errors.invalid(field + ".apiVersion", json::Value(version), "version must not be empty");
    }
    if (text_in(owner, "kind").empty()) errors.invalid(field + ".kind", "", "must not be empty");
    if (text_in(owner, "name").empty()) errors.invalid(field + ".name", "", "must not be empty");
    if (text_in(owner, "uid").empty()) errors.invalid(field + ".uid", "", "must not be empty");
    if (version == "v1" && text_in(owner, "kind") == "Event") {
      errors.invalid(field, owner, "/v1, Kind=Event is disallowed from being an owner");
    }
    if (!json::bool_or(owner, "controller")) continue;
    const auto name = fmt::format("{}/{}", text_in(owner, "kind"), text_in(owner, "name"));
    if (!controller.empty()) {
      errors.invalid(
          field, owners,
          fmt::format(
              "Only one reference can have Controller set to true. Found \"true\" in references for {} and {}",
              controller, name));
    } else {
      controller = name;
    }
  }
}

// Labels, annotations and references: judged on create and update alike.
void check_common(FieldErrors& errors, const json::Object& object) {
  check_labels(errors, map_at(object, {"metadata", "labels"}), "metadata.labels");
  check_annotations(errors, map_at(object, {"metadata", "annotations"}), "metadata.annotations");
  check_owners(errors, list_at(object, {"metadata", "ownerReferences"}));
}

void check_finalizers(FieldErrors& errors, const json::Object& object) {
  const auto& finalizers = list_at(object, {"metadata", "finalizers"});
  bool orphan = false, foreground = false;
  for (const auto& finalizer : finalizers) {
    const std::string_view name = finalizer.as_string();
    add_invalid(errors, "metadata.finalizers", finalizer, qualified_name_errors(name));
    orphan = orphan || name == "orphan";
    foreground = foreground || name == "foregroundDeletion";
  }
  if (orphan && foreground) {
    errors.invalid("metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
  }
}

void check_finalizers_are_qualified(FieldErrors& errors, const json::Array& finalizers) {
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    const std::string_view name = finalizers[i].as_string();
    if (is_qualified_finalizer(name)) continue;
    errors.invalid(fmt::format("metadata.finalizers[{}]", i), finalizers[i],
                   "name is neither a standard finalizer name nor is it fully qualified");
  }
}

// A generated name ends with a dash that the real name will not have.
std::string masked(std::string_view name) {
  if (name.size() > 1 && name.ends_with('-')) return std::string(name.substr(0, name.size() - 2)) + "a";
  return std::string(name);
}

void check_new_finalizers(FieldErrors& errors, const json::Object& now, const json::Object& before) {
  if (!being_deleted(before)) return;
  const auto& old = list_at(before, {"metadata", "finalizers"});
  std::vector<std::string> added;
  for (const auto& finalizer : list_at(now, {"metadata", "finalizers"})) {
    if (std::ranges::find(old, finalizer) == old.end())
      added.push_back(in_quotes(std::string_view(finalizer.as_string())));
  }
  if (added.empty()) return;
  std::ranges::sort(added);
  errors.forbidden(
      "metadata.finalizers",
      fmt::format(
          "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
          join(added, ", ")));
}

}  // namespace

FieldErrors validate_any_meta(const json::Object& object, bool namespaced, NameRule rule, bool judge_generate_name) {
  FieldErrors errors;
  const auto generate = text_at(object, {"metadata", "generateName"});
  if (judge_generate_name && !generate.empty()) {
    add_invalid(errors, "metadata.generateName", json::Value(generate), rule(masked(generate)));
  }
  const auto name = name_of(object);
  if (name.empty()) {
    errors.required("metadata.name", "name or generateName is required");
  } else {
    add_invalid(errors, "metadata.name", json::Value(name), rule(name));
  }
  const auto ns = namespace_of(object);
  if (namespaced) {
    if (ns.empty()) {
      errors.required("metadata.namespace");
    } else {
      add_invalid(errors, "metadata.namespace", json::Value(ns), dns1123_label_errors(ns));
    }
  } else if (!ns.empty()) {
    errors.forbidden("metadata.namespace", "not allowed on this type");
  }
  const auto generation = int_at(object, {"metadata", "generation"});
  if (generation < 0) errors.invalid("metadata.generation", generation, "must be greater than or equal to 0");
  check_common(errors, object);
  check_finalizers(errors, object);
  return errors;
}

FieldErrors validate_meta(const json::Object& object, bool namespaced, NameRule rule, bool judge_generate_name) {
  auto errors = validate_any_meta(object, namespaced, rule, judge_generate_name);
  check_finalizers_are_qualified(errors, list_at(object, {"metadata", "finalizers"}));
  return errors;
}

FieldErrors validate_any_meta_update(const json::Object& now, const json::Object& before) {
  FieldErrors errors;
  check_new_finalizers(errors, now, before);
  if (text_at(now, {"metadata", "resourceVersion"}).empty()) {
    errors.invalid("metadata.resourceVersion", "", "must be specified for an update");
  }
  for (const auto* key :
       {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    check_immutable(errors, std::string("metadata.") + key, member_or_null(map_at(now, {"metadata"}), key),
                    member_or_null(map_at(before, {"metadata"}), key));
  }
  check_common(errors, now);
  return errors;
}

FieldErrors validate_meta_update(const json::Object& now, const json::Object& before) {
  auto errors = validate_any_meta_update(now, before);
  check_finalizers_are_qualified(errors, list_at(now, {"metadata", "finalizers"}));
  return errors;
}

bool is_qualified_finalizer(std::string_view name) {
  return name == "orphan" || name == "foregroundDeletion" || name == "kubernetes" || name.contains('/');
}

void check_immutable(FieldErrors& errors, const std::string& field, const json::Value& now,
                     const json::Value& before) {
  if (now != before) errors.invalid(field, now, "field is immutable");
}

}  // namespace fairway::kube_api
