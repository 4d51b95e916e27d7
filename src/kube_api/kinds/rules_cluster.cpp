// The rules of namespaces and nodes.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/object_meta.h"
#include "kube_api/kinds/rules.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

void default_namespace(json::Object& ns) {
  // Whatever selects namespaces by name can.
  auto& metadata = child(ns, "metadata");
  const std::string name(name_of(ns));
  if (!name.empty()) child(metadata, "labels")["kubernetes.io/metadata.name"] = name;
}

void prepare_new_namespace(json::Object& ns) {
  ns["status"] = json::Object{{"phase", "Active"}};
  auto& finalizers = child(ns, "spec")["finalizers"];
  if (!finalizers.is_array()) finalizers.emplace_array();
  auto& list = finalizers.get_array();
  if (std::ranges::find(list, json::Value("kubernetes")) == list.end()) list.push_back("kubernetes");
  default_namespace(ns);
}

void prepare_changed_namespace(json::Object& now, const json::Object& before) {
  copy_member(now, before, "spec");
  copy_member(now, before, "status");
}

void prepare_namespace_status(json::Object& now, const json::Object& before) { copy_member(now, before, "spec"); }

FieldErrors validate_new_namespace(const json::Object& ns) {
  auto errors = validate_meta(ns, false, dns1123_label_errors);
  for (const auto& finalizer : list_at(ns, {"spec", "finalizers"})) {
    const std::string_view name = finalizer.as_string();
    add_invalid(errors, "spec.finalizers", finalizer, qualified_name_errors(name));
    if (!is_qualified_finalizer(name))
      errors.invalid("spec.finalizers", finalizer,
                     "name is neither a standard finalizer name nor is it fully qualified");
  }
  return errors;
}

FieldErrors validate_changed_namespace(const json::Object& now, const json::Object& before) {
  auto errors = validate_new_namespace(now);
  errors.add(validate_meta_update(now, before));
  return errors;
}

FieldErrors validate_namespace_status(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  const auto phase = text_at(now, {"status", "phase"});
  if (!being_deleted(before)) {
    if (phase != "Active")
      errors.invalid("status.Phase", json::Value(phase), "may only be 'Active' if `deletionTimestamp` is empty");
  } else if (phase != "Terminating") {
    errors.invalid("status.Phase", json::Value(phase),
                   "may only be 'Terminating' if `deletionTimestamp` is not empty");
  }
  return errors;
}

void default_node(json::Object& node) {
  auto* status = node.if_contains("status");
  if (status == nullptr || !status->is_object()) return;
  // What a node has is what it offers, unless it says otherwise.
  auto& object = status->get_object();
  if (object.contains("capacity") && !object.contains("allocatable")) object["allocatable"] = object["capacity"];
}

void check_taints(FieldErrors& errors, const json::Object& node) {
  const auto& taints = list_at(node, {"spec", "taints"});
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < taints.size(); ++i) {
    const auto field = fmt::format("metadata.taints[{}]", i);
    const auto key = text_in(taints[i], "key"), value = text_in(taints[i], "value"),
               effect = text_in(taints[i], "effect");
    add_invalid(errors, field + ".key", json::Value(key), qualified_name_errors(key));
    if (const auto wrong = label_value_errors(value); !wrong.empty())
      errors.invalid(field + ".value", json::Value(value), join(wrong, ";"));
    if (effect.empty()) {
      errors.required(field + ".effect");
    } else if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
      errors.not_supported(field + ".effect", json::Value(effect), {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    }
    if (!seen.emplace(key, effect).second) {
      errors.duplicate_because(
          field, json::Object{{"Key", key}, {"Value", value}, {"Effect", effect}, {"TimeAdded", nullptr}},
          "taints must be unique by key and effect pair");
    }
  }
}

FieldErrors validate_new_node(const json::Object& node) {
  auto errors = validate_meta(node, false, dns1123_subdomain_errors);
  check_taints(errors, node);
  const auto& cidrs = list_at(node, {"spec", "podCIDRs"});
  for (std::size_t i = 0; i < cidrs.size(); ++i)
    check_cidr(errors, fmt::format("spec.podCIDRs[{}]", i), cidrs[i].as_string());
  if (cidrs.size() > 2 || (cidrs.size() == 2 && is_ipv6(cidrs[0].as_string()) == is_ipv6(cidrs[1].as_string()))) {
    errors.invalid("spec.podCIDRs", cidrs, "may specify no more than one CIDR for each IP family");
  }
  return errors;
}

FieldErrors validate_node_change(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  const auto& addresses = list_at(now, {"status", "addresses"});
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (addresses[i] == addresses[k]) errors.duplicate(fmt::format("status.addresses[{}]", i), addresses[i]);
    }
  }
  const auto& cidrs = list_at(before, {"spec", "podCIDRs"});
  if (!cidrs.empty() && list_at(now, {"spec", "podCIDRs"}) != cidrs)
    errors.forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
  const auto provider = text_at(before, {"spec", "providerID"});
  if (!provider.empty() && provider != text_at(now, {"spec", "providerID"}))
    errors.forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
  check_taints(errors, now);
  return errors;
}

FieldErrors validate_changed_node(const json::Object& now, const json::Object& before) {
  auto errors = validate_new_node(now);
  errors.add(validate_node_change(now, before));
  return errors;
}

// podCIDR and podCIDRs are one fact under two names.
void follow_pod_cidr(json::Object& node) {
  auto& spec = child(node, "spec");
  const std::string one(text_at(spec, {"podCIDR"}));
  const auto& list = list_at(spec, {"podCIDRs"});
  if (!one.empty() && list.empty()) {
    spec["podCIDRs"] = json::Array{json::Value(one)};
  } else if (one.empty() && !list.empty()) {
    spec["podCIDR"] = list[0];
  }
}

// Configuration through the API, which nobody offers any more, is not kept.
void prepare_new_node(json::Object& node) {
  follow_pod_cidr(node);
  child(node, "spec").erase("configSource");
  if (node.contains("status")) child(node, "status").erase("config");
}

std::vector<std::string> node_warnings(const json::Object& node, const json::Object* /*before*/) {
  if (text_at(node, {"spec", "externalID"}).empty()) return {};
  return {"spec.externalID: this field is deprecated, and is unused by Kubernetes"};
}

void prepare_changed_node(json::Object& now, const json::Object& before) {
  copy_member(now, before, "status");
  follow_pod_cidr(now);
}

void prepare_node_status(json::Object& now, const json::Object& before) { copy_member(now, before, "spec"); }

}  // namespace

Rules namespace_rules() {
  return {.set_defaults = default_namespace,
          .prepare_create = prepare_new_namespace,
          .prepare_update = prepare_changed_namespace,
          .validate_create = validate_new_namespace,
          .validate_update = validate_changed_namespace,
          .prepare_status = prepare_namespace_status,
          .validate_status = validate_namespace_status};
}

Rules node_rules() {
  return {.set_defaults = default_node,
          .prepare_create = prepare_new_node,
          .prepare_update = prepare_changed_node,
          .validate_create = validate_new_node,
          .validate_update = validate_changed_node,
          .prepare_status = prepare_node_status,
          .validate_status = validate_node_change,
          .warnings = node_warnings};
}

}  // namespace fairway::kube_api
