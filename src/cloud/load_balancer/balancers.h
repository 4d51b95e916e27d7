// Decisions on load balancers: validation and the change itself, pure on one decision's Work.
#pragma once

#include <string>
#include <string_view>

#include "cloud/load_balancer/decision.h"
#include "json/value.h"

namespace fairway::cloud {

// With all that the request holds below it (a fully populated graph). Returns the id. The request is one that
// read_wsme has checked (requests.h).
[[nodiscard]] Result<std::string> create_load_balancer(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_load_balancer(const Decision& decision, std::string_view id,
                                                       const json::Object& request);
[[nodiscard]] Result<> delete_load_balancer(const Decision& decision, std::string_view id, bool cascade);
[[nodiscard]] Result<> fail_over(const Decision& decision, std::string_view id);

}  // namespace fairway::cloud
