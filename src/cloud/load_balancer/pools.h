// Decisions on pools, their members and their health monitors: validation and the change itself, pure on one
// decision's Work. The requests are ones that read_wsme has checked (requests.h); a create returns the id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/load_balancer/decision.h"
#include "json/value.h"

namespace fairway::cloud {

[[nodiscard]] Result<std::string> create_pool(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_pool(const Decision& decision, std::string_view id,
                                              const json::Object& request);
[[nodiscard]] Result<> delete_pool(const Decision& decision, std::string_view id);
// Part of a single-call create, with its members and its monitor.
[[nodiscard]] Result<std::string> add_pool(const Decision& decision, const std::string& load_balancer_id,
                                           const json::Object& request);

[[nodiscard]] Result<std::string> create_health_monitor(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_health_monitor(const Decision& decision, std::string_view id,
                                                        const json::Object& request);
[[nodiscard]] Result<> delete_health_monitor(const Decision& decision, std::string_view id);
// Of a pool that is locked already.
[[nodiscard]] Result<std::string> add_health_monitor(const Decision& decision, const std::string& pool_id,
                                                     const json::Object& request);

[[nodiscard]] Result<std::string> create_member(const Decision& decision, std::string_view pool_id,
                                                const json::Object& request);
[[nodiscard]] Result<std::string> update_member(const Decision& decision, std::string_view pool_id,
                                                std::string_view id, const json::Object& request);
[[nodiscard]] Result<> delete_member(const Decision& decision, std::string_view pool_id, std::string_view id);
// Of a pool that is locked already.
[[nodiscard]] Result<std::string> add_member(const Decision& decision, const Pool& pool, const json::Object& request);

// The members that the pool shall have: by address and port, what is new is made, what is there takes the request's
// attributes and the defaults of those that it leaves out, what is missing goes (unless `additive`).
[[nodiscard]] Result<> replace_members(const Decision& decision, std::string_view pool_id,
                                       const std::vector<json::Object>& requests, bool additive);

}  // namespace fairway::cloud
