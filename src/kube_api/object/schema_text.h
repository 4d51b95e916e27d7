// The schema's text (format: schema.h), in four parts that are read one after the other.
#pragma once

#include <string_view>

namespace fairway::kube_api {

extern const std::string_view kCoreSchemaText;   // namespaces, nodes, services, endpoints, events, secrets, …
extern const std::string_view kPodSchemaText;    // pods and all that stands in their spec
extern const std::string_view kAppsSchemaText;   // deployments, replica sets and their pod templates
extern const std::string_view kOtherSchemaText;  // other groups, and what all objects share

}  // namespace fairway::kube_api
