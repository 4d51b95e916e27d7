// The rules of deployments and replica sets.
#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/object_meta.h"
#include "kube_api/kinds/pod_strategy.h"
#include "kube_api/kinds/rules.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kNotNegative = "must be greater than or equal to 0";

void default_template(json::Object& object) {
  auto& spec = child(object, "spec");
  set_default(spec, "replicas", 1);
  default_pod_spec(child(child(spec, "template"), "spec"));
}

void default_deployment(json::Object& deployment) {
  default_template(deployment);
  auto& spec = child(deployment, "spec");
  auto& strategy = child(spec, "strategy");
  set_default(strategy, "type", "RollingUpdate");
  if (text_at(strategy, {"type"}) == "RollingUpdate") {
    auto& rolling = child(strategy, "rollingUpdate");
    set_default(rolling, "maxUnavailable", "25%");
    set_default(rolling, "maxSurge", "25%");
  }
  set_default(spec, "revisionHistoryLimit", 10);
  set_default(spec, "progressDeadlineSeconds", 600);
}

void check_count(FieldErrors& errors, const json::Object& object, std::string_view section, std::string_view key) {
  const auto* value = at(object, {section, key});
  if (value != nullptr && value->is_int64() && value->get_int64() < 0)
    errors.invalid(fmt::format("{}.{}", section, key), *value, kNotNegative);
}

void check_expression(FieldErrors& errors, const json::Value& expression, const std::string& field) {
  const auto how = text_in(expression, "operator"), key = text_in(expression, "key");
  const auto& values = json::array_or_empty(expression, "values");
  if (how == "In" || how == "NotIn") {
    if (values.empty()) errors.required(field + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (how == "Exists" || how == "DoesNotExist") {
    if (!values.empty())
      errors.forbidden(field + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  } else {
    errors.invalid(field + ".operator", json::Value(how), "not a valid selector operator");
  }
  add_invalid(errors, field + ".key", json::Value(key), qualified_name_errors(key));
  for (std::size_t i = 0; i < values.size(); ++i) {
    add_invalid(errors, fmt::format("{}.values[{}]", field, i), values[i],
                label_value_errors(std::string_view(values[i].as_string())));
  }
}

FieldErrors selector_errors(const json::Object& selector) {
  FieldErrors errors;
  check_labels(errors, map_at(selector, {"matchLabels"}), "spec.selector.matchLabels");
  const auto& expressions = list_at(selector, {"matchExpressions"});
  for (std::size_t i = 0; i < expressions.size(); ++i)
    check_expression(errors, expressions[i], fmt::format("spec.selector.matchExpressions[{}]", i));
  return errors;
}

json::Value labels_shown(const json::Object& pod_template) {
  const auto* labels = at(pod_template, {"metadata", "labels"});
  if (labels == nullptr) return nullptr;
  std::vector<std::string> keys;
  for (const auto& label : labels->as_object()) keys.emplace_back(label.key());
  std::ranges::sort(keys);
  json::Object sorted;
  for (const auto& key : keys) sorted[key] = labels->as_object().at(key);
  return sorted;
}

void check_template(FieldErrors& errors, const json::Object& object, bool selected) {
  const auto& pod = map_at(object, {"spec", "template"});
  if (!selected)
    errors.invalid("spec.template.metadata.labels", labels_shown(pod), "`selector` does not match template `labels`");
  check_labels(errors, map_at(pod, {"metadata", "labels"}), "spec.template.labels");
  check_annotations(errors, map_at(pod, {"metadata", "annotations"}), "spec.template.annotations");
  check_pod_spec(errors, map_at(pod, {"spec"}), "spec.template.spec");
  if (!list_at(pod, {"spec", "ephemeralContainers"}).empty())
    errors.forbidden("spec.template.spec.ephemeralContainers", "ephemeral containers not allowed in pod template");
  const auto policy = text_at(pod, {"spec", "restartPolicy"});
  if (policy != "Always") errors.not_supported("spec.template.spec.restartPolicy", json::Value(policy), {"Always"});
  if (at(pod, {"spec", "activeDeadlineSeconds"}) != nullptr)
    errors.forbidden("spec.template.spec.activeDeadlineSeconds",
                     "activeDeadlineSeconds in ReplicaSet is not Supported");
}

void check_selector_and_template(FieldErrors& errors, const json::Object& object) {
  const auto* selector = at(object, {"spec", "selector"});
  if (selector == nullptr) {
    errors.required("spec.selector");
    check_template(errors, object, false);
    return;
  }
  const auto wrong = selector_errors(selector->as_object());
  errors.add(wrong);
  if (selector->as_object().empty())
    errors.invalid("spec.selector", *selector, "empty selector is invalid for deployment");
  if (!wrong.empty()) {
    errors.invalid("spec.selector", *selector, "invalid label selector");
    return;
  }
  const auto& labels = map_at(object, {"spec", "template", "metadata", "labels"});
  check_template(errors, object, LabelSelector::from_object(selector->as_object()).matches(labels));
}

// A percentage's number; nothing for a plain number or a text that is none.
std::optional<std::int64_t> percent(const json::Value& value) {
  if (!value.is_string()) return std::nullopt;
  const std::string_view text = value.get_string();
  if (text.size() < 2 || !text.ends_with('%')) return std::nullopt;
  const auto digits = text.substr(0, text.size() - 1);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return parse_int(digits);
}

std::int64_t amount(const json::Value& value) {
  if (const auto part = percent(value)) return *part;
  return value.is_int64() ? value.get_int64() : parse_int(std::string_view(value.as_string())).value_or(0);
}

void check_number_or_percent(FieldErrors& errors, const std::string& field, const json::Value& value) {
  if (value.is_string() && !percent(value)) {
    errors.invalid(field, value,
                   "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
                   "regex used for validation is '[0-9]+%')");
  } else if (value.is_int64() && value.get_int64() < 0) {
    errors.invalid(field, value, kNotNegative);
  }
}

void check_rolling_update(FieldErrors& errors, const json::Object& rolling) {
  const std::string field = "spec.strategy.rollingUpdate.maxUnavailable";
  const auto unavailable = rolling.contains("maxUnavailable") ? rolling.at("maxUnavailable") : json::Value(0);
  const auto surge = rolling.contains("maxSurge") ? rolling.at("maxSurge") : json::Value(0);
  check_number_or_percent(errors, field, unavailable);
  check_number_or_percent(errors, "spec.strategy.rollingUpdate.maxSurge", surge);
  if (amount(unavailable) == 0 && amount(surge) == 0)
    errors.invalid(field, unavailable, "may not be 0 when `maxSurge` is 0");
  if (percent(unavailable).value_or(0) > 100) errors.invalid(field, unavailable, "must not be greater than 100%");
}

// As the real server names the fields of the strategy in its own memory.
json::Value strategy_shown(const json::Object& strategy) {
  const auto* rolling = strategy.if_contains("rollingUpdate");
  json::Value shown = nullptr;
  if (rolling != nullptr) {
    const auto part = [&](std::string_view key) {
      const auto* value = rolling->as_object().if_contains(key);
      return value == nullptr ? json::Value(0) : *value;
    };
    shown = json::Object{{"MaxUnavailable", part("maxUnavailable")}, {"MaxSurge", part("maxSurge")}};
  }
  return json::Object{{"Type", member_or_null(strategy, "type")}, {"RollingUpdate", std::move(shown)}};
}

void check_strategy(FieldErrors& errors, const json::Object& strategy) {
  const auto type = text_at(strategy, {"type"});
  if (type == "Recreate") {
    if (strategy.contains("rollingUpdate"))
      errors.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
  } else if (type == "RollingUpdate") {
    check_rolling_update(errors, map_at(strategy, {"rollingUpdate"}));
  } else {
    errors.not_supported("spec.strategy", strategy_shown(strategy), {"Recreate", "RollingUpdate"});
  }
}

void check_deployment(FieldErrors& errors, const json::Object& deployment) {
  check_count(errors, deployment, "spec", "replicas");
  check_selector_and_template(errors, deployment);
  check_strategy(errors, map_at(deployment, {"spec", "strategy"}));
  check_count(errors, deployment, "spec", "minReadySeconds");
  check_count(errors, deployment, "spec", "revisionHistoryLimit");
  check_count(errors, deployment, "spec", "progressDeadlineSeconds");
  const auto* deadline = at(deployment, {"spec", "progressDeadlineSeconds"});
  if (deadline != nullptr && deadline->as_int64() <= int_at(deployment, {"spec", "minReadySeconds"}))
    errors.invalid("spec.progressDeadlineSeconds", *deadline, "must be greater than minReadySeconds");
}

void check_replica_set(FieldErrors& errors, const json::Object& set) {
  check_count(errors, set, "spec", "replicas");
  check_count(errors, set, "spec", "minReadySeconds");
  check_selector_and_template(errors, set);
}

template <void (*check)(FieldErrors&, const json::Object&)>
FieldErrors validate_new(const json::Object& object) {
  auto errors = validate_meta(object, true, dns1123_subdomain_errors);
  check(errors, object);
  return errors;
}

template <void (*check)(FieldErrors&, const json::Object&)>
FieldErrors validate_changed(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  check(errors, now);
  check_immutable(errors, "spec.selector", member_or_null(map_at(now, {"spec"}), "selector"),
                  member_or_null(map_at(before, {"spec"}), "selector"));
  return errors;
}

void check_not_more(FieldErrors& errors, const json::Object& object, std::string_view key, std::string_view other,
                    std::string_view why) {
  const auto value = int_at(object, {"status", key});
  if (value > int_at(object, {"status", other})) errors.invalid(fmt::format("status.{}", key), value, why);
}

FieldErrors status_errors(const json::Object& object, const json::Object& before,
                          std::initializer_list<std::string_view> counts, std::string_view first) {
  constexpr std::string_view kWhy = "cannot be greater than status.replicas";
  auto errors = validate_meta_update(object, before);
  for (const auto count : counts) check_count(errors, object, "status", count);
  check_not_more(errors, object, first, "replicas", kWhy);
  check_not_more(errors, object, "readyReplicas", "replicas", kWhy);
  check_not_more(errors, object, "availableReplicas", "replicas", kWhy);
  check_not_more(errors, object, "availableReplicas", "readyReplicas", "cannot be greater than readyReplicas");
  return errors;
}

FieldErrors validate_deployment_status(const json::Object& now, const json::Object& before) {
  auto errors = status_errors(now, before,
                              {"observedGeneration", "replicas", "updatedReplicas", "readyReplicas",
                               "availableReplicas", "unavailableReplicas", "terminatingReplicas", "collisionCount"},
                              "updatedReplicas");
  const auto collisions = int_at(now, {"status", "collisionCount"});
  if (collisions < int_at(before, {"status", "collisionCount"}))
    errors.invalid("status.collisionCount", collisions, "cannot be decremented");
  return errors;
}

FieldErrors validate_replica_set_status(const json::Object& now, const json::Object& before) {
  return status_errors(now, before,
                       {"replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
                        "observedGeneration", "terminatingReplicas"},
                       "fullyLabeledReplicas");
}

void drop_status(json::Object& object) { object.erase("status"); }
void keep_status(json::Object& now, const json::Object& before) { copy_member(now, before, "status"); }
void keep_spec(json::Object& now, const json::Object& before) { copy_member(now, before, "spec"); }
void keep_spec_and_labels(json::Object& now, const json::Object& before) {
  keep_spec(now, before);
  copy_member(child(now, "metadata"), map_at(before, {"metadata"}), "labels");
}

// Pods are named after it, and hosts after pods.
std::vector<std::string> name_warnings(const json::Object& now, const json::Object* before) {
  const auto wrong = before == nullptr ? dns1123_label_errors(name_of(now)) : Texts{};
  if (wrong.empty()) return {};
  return {
      fmt::format("metadata.name: this is used in Pod names and hostnames, which can result in surprising "
                  "behavior; a DNS label is recommended: [{}]",
                  join(wrong, " "))};
}

}  // namespace

Rules deployment_rules() {
  return {.set_defaults = default_deployment,
          .prepare_create = drop_status,
          .prepare_update = keep_status,
          .validate_create = validate_new<check_deployment>,
          .validate_update = validate_changed<check_deployment>,
          .prepare_status = keep_spec_and_labels,
          .validate_status = validate_deployment_status,
          .warnings = name_warnings};
}

Rules replica_set_rules() {
  return {.set_defaults = default_template,
          .prepare_create = drop_status,
          .prepare_update = keep_status,
          .validate_create = validate_new<check_replica_set>,
          .validate_update = validate_changed<check_replica_set>,
          .prepare_status = keep_spec,
          .validate_status = validate_replica_set_status,
          .warnings = name_warnings};
}

}  // namespace fairway::kube_api
