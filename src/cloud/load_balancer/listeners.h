// Decisions on listeners: validation and the change itself, pure on one decision's Work.
#pragma once

#include <string>
#include <string_view>

#include "cloud/load_balancer/decision.h"
#include "json/value.h"

namespace fairway::cloud {

// Each returns the id. The request is one that read_wsme has checked (requests.h).
[[nodiscard]] Result<std::string> create_listener(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_listener(const Decision& decision, std::string_view id,
                                                  const json::Object& request);
[[nodiscard]] Result<> delete_listener(const Decision& decision, std::string_view id);

// Part of a single-call create: the load balancer is ours already and locked.
[[nodiscard]] Result<std::string> add_listener(const Decision& decision, const std::string& load_balancer_id,
                                               const std::string& default_pool_id, const json::Object& request);

// 400 "The pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'."
[[nodiscard]] Result<> check_protocols(std::string_view listener, std::string_view pool);

}  // namespace fairway::cloud
