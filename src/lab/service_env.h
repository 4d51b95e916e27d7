// The variables by which a container finds Services: of the API always, of its namespace unless the pod declines
// (enableServiceLinks). Pure.
//
// Reference: Kubernetes, "Service: discovering services, environment variables".
#pragma once

#include <map>
#include <string>

#include "json/value.h"

namespace fairway::lab {

// `services` by "namespace/name".
[[nodiscard]] std::map<std::string, std::string> service_environment(
    const std::map<std::string, json::Value>& services, const json::Value& pod);

}  // namespace fairway::lab
