// What is wrong with the environment of a container, in the order in which the real server says it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "kube_api/kinds/pod_strategy.h"
#include "kube_api/object/names.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/quantity.h"

namespace fairway::kube_api {
namespace {

// Fields of a pod that the API knows, and those of them that a variable may hold.
constexpr std::array<std::string_view, 14> kKnown{
    "metadata.annotations", "metadata.labels", "metadata.name",      "metadata.namespace",
    "metadata.uid",         "spec.nodeName",   "spec.restartPolicy", "spec.serviceAccountName",
    "spec.schedulerName",   "status.phase",    "status.hostIP",      "status.hostIPs",
    "status.podIP",         "status.podIPs"};

void check_field_ref(FieldErrors& errors, const json::Value& ref, const std::string& field) {
  const auto path = text_in(ref, "fieldPath"), version = text_in(ref, "apiVersion");
  const auto cannot = [&](std::string_view why) {
    errors.invalid(field, json::Value(path), fmt::format("error converting fieldPath: {}", why));
  };
  if (path.empty()) return errors.required(field);
  if (!version.empty() && version != "v1") return cannot(fmt::format("unsupported pod version: {}", version));
  const bool one_entry =
      (path.starts_with("metadata.labels['") || path.starts_with("metadata.annotations['")) && path.ends_with("']");
  if (one_entry) return;
  if (std::ranges::find(kKnown, path) == kKnown.end())
    return cannot(fmt::format("field label not supported: {}", path));
  constexpr std::array<std::string_view, 5> kNotOfAVariable{
      "metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName", "status.phase"};
  if (std::ranges::find(kNotOfAVariable, path) == kNotOfAVariable.end()) return;
  errors.not_supported(
      field, json::Value(path),
      {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
       "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"});
}

void check_divisor(FieldErrors& errors, const json::Value& ref, const std::string& field, std::string_view resource) {
  const auto divisor = text_in(ref, "divisor");
  if (divisor.empty() || divisor == "0") return;
  const auto kind = resource.substr(resource.find('.') + 1);
  constexpr std::array<std::string_view, 2> kOfProcessors{"1m", "1"};
  constexpr std::array<std::string_view, 13> kOfBytes{"1",   "1k",  "1M",  "1G",  "1T",  "1P", "1E",
                                                      "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"};
  if (kind == "cpu") {
    if (std::ranges::find(kOfProcessors, divisor) == kOfProcessors.end())
      errors.invalid(field, json::Value(resource),
                     "only divisor's values 1m and 1 are supported with the cpu resource");
    return;
  }
  const std::string_view name = kind == "ephemeral-storage" ? "local ephemeral storage"
                                : kind == "memory"          ? kind
                                                            : "hugepages";
  if (std::ranges::find(kOfBytes, divisor) == kOfBytes.end()) {
    errors.invalid(field, json::Value(resource),
                   fmt::format("only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are "
                               "supported with the {} resource",
                               name));
  }
}

void check_resource_ref(FieldErrors& errors, const json::Value& ref, const std::string& field) {
  const auto resource = text_in(ref, "resource");
  if (resource.empty()) return errors.required(field + ".resource");
  constexpr std::array<std::string_view, 6> kKnownResources{
      "limits.cpu",   "limits.ephemeral-storage",   "limits.memory",
      "requests.cpu", "requests.ephemeral-storage", "requests.memory"};
  const bool pages = resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
  if (!pages && std::ranges::find(kKnownResources, resource) == kKnownResources.end()) {
    return errors.not_supported(field + ".resource", json::Value(resource),
                                {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
                                 "requests.ephemeral-storage", "requests.memory"});
  }
  check_divisor(errors, ref, field + ".divisor", resource);
}

// A key of a config map or secret.
void check_key_ref(FieldErrors& errors, const json::Value& ref, const std::string& field) {
  const auto name = text_in(ref, "name"), key = text_in(ref, "key");
  add_invalid(errors, field + ".name", json::Value(name), dns1123_subdomain_errors(name));
  if (key.empty()) {
    errors.required(field + ".key");
  } else {
    add_invalid(errors, field + ".key", json::Value(key), config_map_key_errors(key));
  }
}

void check_value_from(FieldErrors& errors, const json::Object& variable, const std::string& field) {
  if (!variable.contains("valueFrom")) return;
  int sources = 0;
  for (const auto* source : {"fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"}) {
    const auto* present = at(variable, {"valueFrom", source});
    if (present == nullptr) continue;
    ++sources;
    const std::string_view kind(source);
    const auto here = fmt::format("{}.{}", field, kind);
    if (kind == "fieldRef") check_field_ref(errors, *present, here + ".fieldPath");
    if (kind == "resourceFieldRef") check_resource_ref(errors, *present, here);
    if (kind == "configMapKeyRef" || kind == "secretKeyRef") check_key_ref(errors, *present, here);
  }
  if (sources == 0) {
    errors.invalid(
        field, "",
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
  } else if (!text_at(variable, {"value"}).empty()) {
    errors.invalid(field, "", "may not be specified when `value` is not empty");
  } else if (sources > 1) {
    errors.invalid(field, "", "may not have more than one field specified at a time");
  }
}

// A whole config map or secret; gives how many there are: 0 or 1.
int check_map_ref(FieldErrors& errors, const json::Object& source, const std::string& field, std::string_view kind) {
  const auto* present = at(source, {kind});
  if (present == nullptr) return 0;
  const auto name = text_in(*present, "name");
  const auto here = fmt::format("{}.{}.name", field, kind);
  if (name.empty()) {
    errors.required(here);
  } else {
    add_invalid(errors, here, json::Value(name), dns1123_subdomain_errors(name));
  }
  return 1;
}

}  // namespace

void check_env(FieldErrors& errors, const json::Array& env, const std::string& list) {
  for (std::size_t i = 0; i < env.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const auto name = text_in(env[i], "name");
    if (name.empty()) {
      errors.required(field + ".name");
    } else {
      add_invalid(errors, field + ".name", json::Value(name), env_var_name_errors(name));
    }
    check_value_from(errors, env[i].as_object(), field + ".valueFrom");
  }
}

void check_env_from(FieldErrors& errors, const json::Array& sources, const std::string& list) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const auto prefix = text_in(sources[i], "prefix");
    if (!prefix.empty()) add_invalid(errors, field + ".prefix", json::Value(prefix), env_var_name_errors(prefix));
    const int maps = check_map_ref(errors, sources[i].as_object(), field, "configMapRef") +
                     check_map_ref(errors, sources[i].as_object(), field, "secretRef");
    if (maps == 0) errors.invalid(list, "", "must specify one of: `configMapRef` or `secretRef`");
    if (maps > 1) errors.invalid(list, "", "may not have more than one field specified at a time");
  }
}

}  // namespace fairway::kube_api
