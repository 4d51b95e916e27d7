// The rules of Pods that kube_api/kinds/rules.h hands out, one by one. Pure.
#pragma once

#include <string_view>

#include "json/value.h"
#include "kube_api/object/field_errors.h"

namespace fairway::kube_api {

// What holds for the spec of a pod and of a pod template; `default_pod` adds what is said of pods alone.
void default_pod_spec(json::Object& spec);
void default_pod(json::Object& pod);
void prepare_new_pod(json::Object& pod);
void prepare_changed_pod(json::Object& now, const json::Object& before);
void prepare_pod_status(json::Object& now, const json::Object& before);
[[nodiscard]] FieldErrors validate_new_pod(const json::Object& pod);
[[nodiscard]] FieldErrors validate_changed_pod(const json::Object& now, const json::Object& before);
[[nodiscard]] std::string_view qos_class(const json::Object& pod);

// A pod's spec, which stands at `field`: "spec", "spec.template.spec".
void check_pod_spec(FieldErrors& errors, const json::Object& spec, const std::string& field);

// Environments: variables, and whole maps of them.
void check_env(FieldErrors& errors, const json::Array& env, const std::string& list);
void check_env_from(FieldErrors& errors, const json::Array& sources, const std::string& list);

// One list of containers; `volumes` are the names that the pod's volumes have.
struct ContainerChecks {
  const json::Object& spec;
  const std::vector<std::string>& volumes;
  bool init = false;
};
void check_containers(FieldErrors& errors, const json::Array& containers, const std::string& field,
                      const ContainerChecks& checks);

}  // namespace fairway::kube_api
