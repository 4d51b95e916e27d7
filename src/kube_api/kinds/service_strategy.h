// The rules of Services that kube_api/kinds/rules.h hands out, one by one. Pure.
#pragma once

#include <string>
#include <vector>

#include "json/value.h"
#include "kube_api/object/field_errors.h"

namespace fairway::kube_api {

void default_service(json::Object& service);
void prepare_new_service(json::Object& service);
void prepare_changed_service(json::Object& now, const json::Object& before);
void prepare_service_status(json::Object& now, const json::Object& before);
[[nodiscard]] FieldErrors validate_new_service(const json::Object& service);
[[nodiscard]] FieldErrors validate_changed_service(const json::Object& now, const json::Object& before);
[[nodiscard]] FieldErrors validate_service_status(const json::Object& now, const json::Object& before);
[[nodiscard]] std::vector<std::string> service_warnings(const json::Object& service, const json::Object* before);

}  // namespace fairway::kube_api
