// Get and list, from memory: pages, selectors, resourceVersion. The memory is never behind what a client saw
// acknowledged, so every list is a consistent one; a page's continuation shows the present state after the last name
// of the page before.
#pragma once

#include "kube_api/requests/call.h"
#include "kube_api/state/api.h"

namespace fairway::kube_api {

[[nodiscard]] ApiResult<json::Value> get_object(const Api& api, const Call& call);
[[nodiscard]] ApiResult<json::Value> list_objects(const Api& api, const Call& call);

// The number in a resourceVersion of a request; "" and "0" give 0. Error: 400; 504 for one that is still to come.
[[nodiscard]] ApiResult<store::Revision> wanted_revision(const Api& api, const std::string& text);

// The same as a get and a watch say it: 500.
[[nodiscard]] ApiError as_server_error(ApiError error);

// All items that the call's namespace and selectors choose.
[[nodiscard]] std::vector<Stored> selected(const Api& api, const Call& call);

}  // namespace fairway::kube_api
