// The status machine of load balancing (Octavia v2), as pure functions on one decision's Work.
//
// A load balancer is the lock of everything below it: a change turns it, the changed object and the objects in
// between PENDING_*, and nothing else of it can change until settle() has ended that. LBaaS v1 objects without a load
// balancer have no lock and are ACTIVE at once.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud {

inline constexpr std::string_view kActive = "ACTIVE";
inline constexpr std::string_view kError = "ERROR";
inline constexpr std::string_view kPendingCreate = "PENDING_CREATE";
inline constexpr std::string_view kPendingUpdate = "PENDING_UPDATE";
inline constexpr std::string_view kPendingDelete = "PENDING_DELETE";

[[nodiscard]] bool is_pending(std::string_view status);

// "2026-11-22T21:42:06", as all of load balancing stamps its objects.
[[nodiscard]] std::string stamp(const Env& env);

// Locks the load balancer for a change of itself. Error: conflict "Invalid state … of loadbalancer resource …".
[[nodiscard]] Result<> lock_for_update(Work& work, Env& env, const std::string& load_balancer_id);
// Also possible in ERROR. Everything below goes with it when it is settled.
[[nodiscard]] Result<> lock_for_delete(Work& work, Env& env, const std::string& load_balancer_id);
[[nodiscard]] Result<> lock_for_failover(Work& work, Env& env, const std::string& load_balancer_id);

// Lock the load balancer for a change of a child, and mark the objects between. Errors: conflict "Load Balancer … is
// immutable and cannot be updated."; for members and monitors also "Pool … is immutable …"; and for pools without a
// load balancer (LBaaS v1), which the v2 API shows and does not change.
[[nodiscard]] Result<> lock_for_listener(Work& work, Env& env, const std::string& load_balancer_id);
[[nodiscard]] Result<> lock_for_pool(Work& work, Env& env, const Pool& pool);
[[nodiscard]] Result<> lock_for_pool_content(Work& work, Env& env, const std::string& pool_id);

// A pool for a listener that may or may not use it yet: marks the listeners that use `pool_id` PENDING_UPDATE.
void mark_listeners_of(Work& work, Env& env, const std::string& pool_id);

// What a gateway could not do: (kind, id) -> why.
using Failures = std::map<std::pair<std::string, std::string>, std::string>;

// Ends what is pending on one load balancer: created and changed objects turn ACTIVE, or ERROR when `failures` names
// them; deleted ones vanish, with what belongs to them (members and monitor of a pool, the VIP's port). A load
// balancer that is not pending is left alone. Never fails: it only writes down what has happened.
void settle(Work& work, Env& env, const std::string& load_balancer_id, const Failures& failures);

// Objects that are in ERROR for a gateway's reason, and that no gateway complains of any more, turn ACTIVE again. Of
// a pending load balancer: nothing.
void mend(Work& work, Env& env, const std::string& load_balancer_id, const Failures& failures);

}  // namespace fairway::cloud
