// Projected volumes: several sources in one directory. Above all the service account's (token, ca.crt, namespace), by
// which a program in a pod talks to the API.
//
// Reference: Kubernetes' ProjectedVolumeSource v1 core.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/container_spec.h"

namespace fairway::lab {

// A token that a volume wants, and under which name.
struct WantedToken {
  std::string volume, path, audience;
  std::int64_t seconds = 3600;
};
[[nodiscard]] std::vector<WantedToken> wanted_tokens(const json::Value& pod);

// The body of a request for it (authentication.k8s.io/v1 TokenRequest), bound to the pod.
[[nodiscard]] json::Value token_request(const json::Value& pod, const WantedToken& token);

// What a projected volume consists of: path -> content, tokens excepted. A source that is not there is left out.
[[nodiscard]] std::map<std::string, std::string> projected_files(const json::Value& pod, const json::Value& volume,
                                                                 const PodPlace& place, const ConfigLookup& lookup);

}  // namespace fairway::lab
