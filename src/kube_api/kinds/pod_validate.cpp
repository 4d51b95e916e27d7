// What is wrong with a Pod, in the order in which the real server says it.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/object_meta.h"
#include "kube_api/kinds/pod_strategy.h"
#include "kube_api/kinds/rules.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

std::size_t check_volume_sources(FieldErrors& errors, const json::Object& volume, const std::string& field) {
  std::size_t sources = volume.contains("emptyDir") ? 1 : 0;  // looked at first
  for (const auto& member : volume) {
    if (member.key() == "name" || member.key() == "emptyDir" || !member.value().is_object()) continue;
    if (++sources > 1) {
      errors.forbidden(fmt::format("{}.{}", field, std::string_view(member.key())),
                       "may not specify more than 1 volume type");
      continue;
    }
    const auto here = fmt::format("{}.{}", field, std::string_view(member.key()));
    const auto& source = member.value().get_object();
    if (member.key() == "hostPath" && text_at(source, {"path"}).empty()) errors.required(here + ".path");
    if (member.key() == "secret" && text_at(source, {"secretName"}).empty()) errors.required(here + ".secretName");
    if (member.key() == "configMap" && text_at(source, {"name"}).empty()) errors.required(here + ".name");
    if (member.key() == "persistentVolumeClaim" && text_at(source, {"claimName"}).empty())
      errors.required(here + ".claimName");
  }
  if (sources == 0) errors.required(field, "must specify a volume type");
  return sources;
}

std::vector<std::string> check_volumes(FieldErrors& errors, const json::Array& volumes, const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const auto& volume = volumes[i].as_object();
    const std::string name(text_at(volume, {"name"}));
    FieldErrors wrong;
    check_volume_sources(wrong, volume, field);
    if (name.empty()) {
      wrong.required(field + ".name");
    } else {
      add_invalid(wrong, field + ".name", json::Value(name), dns1123_label_errors(name));
    }
    if (std::ranges::find(names, name) != names.end()) wrong.duplicate(field + ".name", json::Value(name));
    if (wrong.empty()) names.push_back(name);
    errors.add(wrong);
  }
  return names;
}

void check_one_of(FieldErrors& errors, const std::string& field, std::string_view value,
                  std::initializer_list<std::string_view> allowed) {
  if (value.empty()) {
    errors.required(field);
  } else if (std::ranges::find(allowed, value) == allowed.end()) {
    errors.not_supported(field, json::Value(value), allowed);
  }
}

void check_taint_effect(FieldErrors& errors, const std::string& field, std::string_view effect) {
  if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
    errors.not_supported(field, json::Value(effect), {"NoSchedule", "PreferNoSchedule", "NoExecute"});
  }
}

void check_tolerations(FieldErrors& errors, const json::Array& tolerations, const std::string& list) {
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const auto& toleration = tolerations[i].as_object();
    const auto key = text_at(toleration, {"key"}), how = text_at(toleration, {"operator"}),
               value = text_at(toleration, {"value"}), effect = text_at(toleration, {"effect"});
    if (!key.empty()) add_invalid(errors, field + ".key", json::Value(key), qualified_name_errors(key));
    if (key.empty() && how != "Exists") {
      errors.invalid(field + ".operator", json::Value(how),
                     "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    }
    if (toleration.contains("tolerationSeconds") && effect != "NoExecute")
      errors.invalid(field + ".effect", json::Value(effect),
                     "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (how == "Equal" || how.empty()) {
      if (const auto wrong = label_value_errors(value); !wrong.empty())
        errors.invalid(field + ".operator", json::Value(value), join(wrong, ";"));
    } else if (how == "Exists") {
      if (!value.empty())
        errors.invalid(field + ".operator", json::Value(value), "value must be empty when `operator` is 'Exists'");
    } else if (how == "Lt" || how == "Gt") {
      errors.not_supported(field + ".operator", json::Value(how), {"Equal", "Exists", "Lt", "Gt"});
    } else {
      errors.not_supported(field + ".operator", json::Value(how), {"Equal", "Exists"});
    }
    if (!effect.empty()) check_taint_effect(errors, field + ".effect", effect);
  }
}

void check_host_aliases(FieldErrors& errors, const json::Array& aliases, const std::string& list) {
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    check_ip(errors, fmt::format("{}[{}].ip", list, i), text_in(aliases[i], "ip"));
    for (const auto& name : json::array_or_empty(aliases[i], "hostnames")) {
      add_invalid(errors, fmt::format("{}[{}].hostnames", list, i), name,
                  dns1123_subdomain_errors(std::string_view(name.as_string())));
    }
  }
}

void check_names_of_spec(FieldErrors& errors, const json::Object& spec, const std::string& field) {
  const auto check = [&](std::string_view key, NameRule rule) {
    const auto value = text_at(spec, {key});
    if (!value.empty()) add_invalid(errors, fmt::format("{}.{}", field, key), json::Value(value), rule(value));
  };
  check("serviceAccountName", dns1123_subdomain_errors);
  check("nodeName", dns1123_subdomain_errors);
  if (const auto* deadline = spec.if_contains("activeDeadlineSeconds")) {
    const auto seconds = int_at(spec, {"activeDeadlineSeconds"});
    if (seconds < 1 || seconds > INT32_MAX)
      errors.invalid(field + ".activeDeadlineSeconds", *deadline, "must be between 1 and 2147483647, inclusive");
  }
  check("hostname", dns1123_label_errors);
  check("subdomain", dns1123_label_errors);
}

FieldErrors check_pod(const json::Object& pod) {
  auto errors = validate_meta(pod, true, dns1123_subdomain_errors);
  check_pod_spec(errors, map_at(pod, {"spec"}), "spec");
  // Judged of pods, not of templates.
  for (const auto* list : {"containers", "initContainers"}) {
    const auto& containers = list_at(pod, {"spec", list});
    for (std::size_t i = 0; i < containers.size(); ++i) {
      const auto image = text_in(containers[i], "image");
      if (image != trim(image))
        errors.invalid(fmt::format("spec.{}[{}].image", list, i), json::Value(image),
                       "must not have leading or trailing whitespace");
    }
  }
  return errors;
}

constexpr std::string_view kUpdatable =
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

// The spec with what may change put back to what it was.
json::Object without_allowed_changes(const json::Object& now, const json::Object& before) {
  auto spec = map_at(now, {"spec"});
  const auto& old = map_at(before, {"spec"});
  for (const auto* list : {"containers", "initContainers"}) {
    auto* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    const auto& olds = list_at(old, {list});
    for (std::size_t i = 0; i < std::min(olds.size(), containers->get_array().size()); ++i) {
      copy_member(containers->get_array()[i].as_object(), olds[i].as_object(), "image");
    }
  }
  for (const auto* key : {"activeDeadlineSeconds", "tolerations", "schedulingGates"}) copy_member(spec, old, key);
  return spec;
}

bool same_count(FieldErrors& errors, const json::Object& now, const json::Object& before, std::string_view list) {
  if (list_at(now, {"spec", list}).size() == list_at(before, {"spec", list}).size()) return true;
  errors.forbidden(fmt::format("spec.{}", list), "pod updates may not add or remove containers");
  return false;
}

}  // namespace

void check_pod_spec(FieldErrors& errors, const json::Object& spec, const std::string& field) {
  const auto volumes = check_volumes(errors, list_at(spec, {"volumes"}), field + ".volumes");
  check_containers(errors, list_at(spec, {"containers"}), field + ".containers", {spec, volumes, false});
  check_containers(errors, list_at(spec, {"initContainers"}), field + ".initContainers", {spec, volumes, true});
  check_one_of(errors, field + ".restartPolicy", text_at(spec, {"restartPolicy"}), {"Always", "OnFailure", "Never"});
  check_one_of(errors, field + ".dnsPolicy", text_at(spec, {"dnsPolicy"}),
               {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  check_labels(errors, map_at(spec, {"nodeSelector"}), field + ".nodeSelector");
  check_names_of_spec(errors, spec, field);
  check_tolerations(errors, list_at(spec, {"tolerations"}), field + ".tolerations");
  check_host_aliases(errors, list_at(spec, {"hostAliases"}), field + ".hostAliases");
  const auto preemption = text_at(spec, {"preemptionPolicy"});
  if (!preemption.empty() && preemption != "Never" && preemption != "PreemptLowerPriority")
    errors.not_supported(field + ".preemptionPolicy", json::Value(preemption), {"Never", "PreemptLowerPriority"});
}

FieldErrors validate_new_pod(const json::Object& pod) {
  auto errors = check_pod(pod);
  if (!list_at(pod, {"spec", "ephemeralContainers"}).empty())
    errors.forbidden("spec.ephemeralContainers", "cannot be set on create");
  if (!text_at(pod, {"spec", "nodeName"}).empty() && !list_at(pod, {"spec", "schedulingGates"}).empty()) {
    errors.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
  }
  return errors;
}

FieldErrors validate_changed_pod(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  errors.add(check_pod(now));
  if (!same_count(errors, now, before, "containers") || !same_count(errors, now, before, "initContainers"))
    return errors;
  for (const auto* list : {"containers", "initContainers"}) {
    const auto& containers = list_at(now, {"spec", list});
    for (std::size_t i = 0; i < containers.size(); ++i) {
      if (trim(text_in(containers[i], "image")).empty()) errors.required(fmt::format("spec.{}[{}].image", list, i));
    }
  }
  const auto* deadline = at(now, {"spec", "activeDeadlineSeconds"});
  if (deadline != nullptr && (deadline->get_int64() < 0 || deadline->get_int64() > INT32_MAX)) {
    errors.invalid("spec.activeDeadlineSeconds", *deadline, "must be between 0 and 2147483647, inclusive");
    return errors;
  }
  const auto* old_deadline = at(before, {"spec", "activeDeadlineSeconds"});
  if (deadline == nullptr && old_deadline != nullptr) {
    errors.invalid("spec.activeDeadlineSeconds", nullptr, "must not update from a positive integer to nil value");
  } else if (deadline != nullptr && old_deadline != nullptr && old_deadline->get_int64() < deadline->get_int64()) {
    errors.invalid("spec.activeDeadlineSeconds", *deadline, "must be less than or equal to previous value");
    return errors;
  }
  const auto& tolerations = list_at(now, {"spec", "tolerations"});
  for (const auto& old : list_at(before, {"spec", "tolerations"})) {
    if (std::ranges::find(tolerations, old) != tolerations.end()) continue;
    errors.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
    break;
  }
  if (without_allowed_changes(now, before) != map_at(before, {"spec"})) {
    errors.forbidden("spec", fmt::format("pod updates may not change fields other than {}\n", kUpdatable));
  }
  return errors;
}

Rules pod_rules() {
  return {.set_defaults = default_pod,
          .prepare_create = prepare_new_pod,
          .prepare_update = prepare_changed_pod,
          .validate_create = validate_new_pod,
          .validate_update = validate_changed_pod,
          .prepare_status = prepare_pod_status,
          .validate_status = validate_meta_update};
}

}  // namespace fairway::kube_api
