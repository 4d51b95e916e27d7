// Who asks, and whether they may. Every known user is an administrator; the rest sees health and version only. Pure.
#pragma once

#include "http/message.h"
#include "kube_api/object/api_error.h"
#include "kube_api/state/config.h"

namespace fairway::kube_api {

struct Caller {
  std::string user;  // empty: nobody known
  std::vector<std::string> groups;
};

// A token first, then a certificate that was verified, then what `anonymous_admin` says of everybody else. Error: 401
// for a token that nobody has. Comparison takes the same time for every token.
[[nodiscard]] ApiResult<Caller> identify(const KubeApiConfig& config, const http::Request& request);

// What `kubectl auth whoami` is told: the caller as a SelfSubjectReview of authentication.k8s.io/v1.
[[nodiscard]] json::Value who_am_i(const Caller& caller, WallTime now);

// Whether a caller without a name may see this path.
[[nodiscard]] bool open_to_all(std::string_view path);

}  // namespace fairway::kube_api
