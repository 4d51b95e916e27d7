// From an HTTP request to its answer: who asks, where the path leads, which part answers, and in which form.
#pragma once

#include "http/message.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

// `ready` says whether /readyz holds. Everything referred to outlives the server that calls this.
Task<http::Response> answer(Api& api, const bool& ready, http::Request& request);

// An error as its Status document.
[[nodiscard]] http::Response fault_response(const ApiError& error, bool pretty = false);

}  // namespace fairway::kube_api
