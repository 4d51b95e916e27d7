// Watch: changes as they become durable, from where the client stands. Several watches cost nothing but their own
// writing: each walks the shared history.
#pragma once

#include "http/message.h"
#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

// The answer's head and stream. Errors: 400 for options that make no sense; a revision that is too old is told in the
// stream, as the real server does (an ERROR event with a 410 Status).
[[nodiscard]] ApiResult<http::Response> watch_objects(Api& api, Call call);

}  // namespace fairway::kube_api
