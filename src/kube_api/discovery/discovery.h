// What this API offers, as clients ask for it before anything else: groups, versions and resources, one by one and
// all at once (aggregated discovery), and the server's version. Pure. Reference:
// kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace fairway::kube_api {

// The document at "/api", "/apis", "/api/v1", "/apis/G", "/apis/G/V" or "/version"; nothing for other paths.
// `aggregated` is "v2" or "v2beta1" when the client asked for that form of /api and /apis.
[[nodiscard]] std::optional<json::Value> discovery_document(std::string_view path, const std::string& address);
[[nodiscard]] json::Value aggregated_discovery(std::string_view path, std::string_view version);

[[nodiscard]] json::Value version_document();

}  // namespace fairway::kube_api
