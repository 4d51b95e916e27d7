// What happens to an object before it is judged: the namespace must be alive, a pod gets its service account and
// default tolerations, a new node is not ready until it says so. Reference:
// kubernetes.io/docs/reference/access-authn-authz/admission-controllers (those that are on by default).
#pragma once

#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

[[nodiscard]] ApiResult<> admit_create(const Api& api, const Kind& kind, const std::string& ns, json::Object& object);

// The same for an object that is changed: a pod's default tolerations.
void admit_update(const Kind& kind, json::Object& object);

}  // namespace fairway::kube_api
