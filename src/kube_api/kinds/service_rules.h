// What a Service may look like, piece by piece: shared between the validation of Services and the allocation of their
// addresses. Pure.
#pragma once

#include <string_view>

#include "json/value.h"
#include "kube_api/object/field_errors.h"

namespace fairway::kube_api {

[[nodiscard]] std::string_view service_type(const json::Object& service);
[[nodiscard]] bool is_headless(const json::Object& service);       // its one cluster IP is None
[[nodiscard]] bool needs_node_ports(const json::Object& service);  // its type has them
[[nodiscard]] bool allocates_node_ports(const json::Object& service);
[[nodiscard]] bool needs_health_port(const json::Object& service);
[[nodiscard]] bool externally_accessible(const json::Object& service);

// clusterIP(s), ipFamilies and ipFamilyPolicy against each other. `before` may be null.
[[nodiscard]] FieldErrors check_cluster_ip_fields(const json::Object& service, const json::Object* before);

}  // namespace fairway::kube_api
