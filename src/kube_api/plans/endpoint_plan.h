// Which endpoints a Service has: from the Service and the pods of its namespace to the Endpoints object and the
// EndpointSlices that should exist. Pure.
// Reference: kubernetes.io/docs/concepts/services-networking/endpoint-slices.
#pragma once

#include <string_view>
#include <vector>

#include "kube_api/state/objects.h"

namespace fairway::kube_api {

inline constexpr std::string_view kServiceNameLabel = "kubernetes.io/service-name";
inline constexpr std::string_view kManagedByLabel = "endpointslice.kubernetes.io/managed-by";
inline constexpr std::string_view kSliceController = "endpointslice-controller.k8s.io";
inline constexpr std::string_view kMirrorController = "endpointslicemirroring-controller.k8s.io";

// The Endpoints object of a Service with a selector.
[[nodiscard]] json::Object plan_endpoints(const json::Object& service, const std::vector<Stored>& pods);
// Its slices, without names: at most 100 endpoints each; one empty slice when there are none.
[[nodiscard]] std::vector<json::Object> plan_slices(const json::Object& service, const std::vector<Stored>& pods);
// The slices that mirror Endpoints which somebody made for a Service without selector.
[[nodiscard]] std::vector<json::Object> plan_mirrored_slices(const json::Object& service,
                                                             const json::Object& endpoints);

}  // namespace fairway::kube_api
