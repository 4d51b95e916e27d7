// What names, labels, annotations, ports and addresses may look like; each function gives the real server's texts,
// none when all is well. Pure. Reference: apimachinery's util/validation; RFC 1123, RFC 1035, RFC 6335.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "kube_api/object/field_errors.h"

namespace fairway::kube_api {

using Texts = std::vector<std::string>;

[[nodiscard]] Texts dns1123_label_errors(std::string_view text);
[[nodiscard]] Texts dns1123_subdomain_errors(std::string_view text);
[[nodiscard]] Texts dns1035_label_errors(std::string_view text);
[[nodiscard]] Texts qualified_name_errors(std::string_view text);
[[nodiscard]] Texts label_value_errors(std::string_view text);
[[nodiscard]] Texts port_number_errors(std::int64_t port);
[[nodiscard]] Texts port_name_errors(std::string_view name);
[[nodiscard]] Texts config_map_key_errors(std::string_view key);
[[nodiscard]] Texts env_var_name_errors(std::string_view name);

// Each text as an "Invalid value" of the field.
void add_invalid(FieldErrors& errors, const std::string& field, const json::Value& value, const Texts& texts);

// A map of labels (values checked) and one of annotations (size and keys checked).
void check_labels(FieldErrors& errors, const json::Object& labels, const std::string& field);
void check_annotations(FieldErrors& errors, const json::Object& annotations, const std::string& field);

}  // namespace fairway::kube_api
