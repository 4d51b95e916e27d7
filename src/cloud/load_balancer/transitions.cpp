#include "cloud/load_balancer/transitions.h"

#include <fmt/format.h>

#include "cloud/network/ports.h"

namespace fairway::cloud {
namespace {

template <class T>
void set_status(Work& work, Env& env, const T& object, std::string_view status) {
  T changed = object;
  changed.provisioning_status = status;
  changed.updated_at = stamp(env);
  work.put(std::move(changed));
}

// Rows are replaced while we walk, so the walk is over ids.
template <class T>
std::vector<std::string> ids_by(const Work& work, std::string_view index, std::string_view value) {
  std::vector<std::string> ids;
  for (const auto* object : work.table<T>().find_by(index, value)) ids.push_back(object->id);
  return ids;
}

std::unexpected<Error> immutable(std::string_view what, std::string_view id) {
  return fail(Errc::conflict, fmt::format("{} {} is immutable and cannot be updated.", what, id));
}

Result<> lock(Work& work, Env& env, const std::string& id, std::string_view status, bool from_error) {
  const auto* balancer = work.find<LoadBalancer>(id);
  if (balancer == nullptr) return fail(Errc::not_found, fmt::format("Load Balancer {} not found.", id));
  const auto now = std::string_view(balancer->provisioning_status);
  if (now != kActive && !(from_error && now == kError)) {
    return fail(Errc::conflict, fmt::format("Invalid state {} of loadbalancer resource {}", now, id));
  }
  set_status(work, env, *balancer, status);
  return {};
}

Result<> lock_parent(Work& work, Env& env, const std::string& id) {
  const auto* balancer = work.find<LoadBalancer>(id);
  if (balancer == nullptr || balancer->provisioning_status != kActive) return immutable("Load Balancer", id);
  set_status(work, env, *balancer, kPendingUpdate);
  return {};
}

// ---- settling

std::string failure_of(const Failures& failures, std::string_view kind, const std::string& id) {
  const auto at = failures.find({std::string(kind), id});
  return at == failures.end() ? std::string() : at->second;
}

template <class T>
void settle_one(Work& work, Env& env, const T& object, const std::string& failure) {
  if (object.provisioning_status != kPendingCreate && object.provisioning_status != kPendingUpdate) return;
  T settled = object;
  settled.provisioning_status = failure.empty() ? kActive : kError;
  settled.error_reason = failure;
  settled.updated_at = stamp(env);
  work.put(std::move(settled));
}

void erase_listener(Work& work, const std::string& id) {
  work.erase<Listener>(id);
  work.erase<ListenerCounters>(id);
}

// A monitor of several pools (LBaaS v1) outlives one of them.
void leave_monitor(Work& work, const std::string& monitor_id) {
  if (work.table<Pool>().find_by("health_monitor_id", monitor_id).empty()) work.erase<HealthMonitor>(monitor_id);
}

void erase_pool(Work& work, Env& env, const std::string& id) {
  const auto* pool = work.find<Pool>(id);
  if (pool == nullptr) return;
  const auto monitors = pool->health_monitor_ids;
  for (const auto& member : ids_by<Member>(work, "pool_id", id)) work.erase<Member>(member);
  for (const auto& listener_id : ids_by<Listener>(work, "default_pool_id", id)) {
    Listener listener = *work.find<Listener>(listener_id);
    listener.default_pool_id.clear();
    listener.updated_at = stamp(env);
    work.put(std::move(listener));
  }
  work.erase<Pool>(id);
  for (const auto& monitor : monitors) leave_monitor(work, monitor);
}

void settle_monitors(Work& work, Env& env, const std::string& pool_id, const Failures& failures) {
  const auto monitors = work.find<Pool>(pool_id)->health_monitor_ids;
  for (const auto& id : monitors) {
    const auto* monitor = work.find<HealthMonitor>(id);
    if (monitor == nullptr) continue;
    if (monitor->provisioning_status != kPendingDelete) {
      settle_one(work, env, *monitor, failure_of(failures, HealthMonitor::kKind, id));
      continue;
    }
    Pool pool = *work.find<Pool>(pool_id);
    std::erase(pool.health_monitor_ids, id);
    work.put(std::move(pool));
    leave_monitor(work, id);
  }
}

void settle_members(Work& work, Env& env, const std::string& pool_id, const Failures& failures) {
  for (const auto& id : ids_by<Member>(work, "pool_id", pool_id)) {
    const auto* member = work.find<Member>(id);
    if (member->provisioning_status == kPendingDelete) {
      work.erase<Member>(id);
    } else {
      settle_one(work, env, *member, failure_of(failures, Member::kKind, id));
    }
  }
}

void settle_pool(Work& work, Env& env, const std::string& id, const Failures& failures) {
  if (work.find<Pool>(id)->provisioning_status == kPendingDelete) {
    erase_pool(work, env, id);
    return;
  }
  settle_monitors(work, env, id, failures);
  settle_members(work, env, id, failures);
  settle_one(work, env, *work.find<Pool>(id), failure_of(failures, Pool::kKind, id));
}

// What a gateway could not do before and does now.
template <class T>
void mend_one(Work& work, Env& env, const T& object, const Failures& failures) {
  if (object.provisioning_status != kError || object.error_reason.empty()) return;
  if (!failure_of(failures, T::kKind, object.id).empty()) return;
  T mended = object;
  mended.provisioning_status = kActive;
  mended.error_reason.clear();
  mended.updated_at = stamp(env);
  work.put(std::move(mended));
}

void mend_pool(Work& work, Env& env, const std::string& id, const Failures& failures) {
  for (const auto& member : ids_by<Member>(work, "pool_id", id))
    mend_one(work, env, *work.find<Member>(member), failures);
  for (const auto& monitor_id : std::vector(work.find<Pool>(id)->health_monitor_ids)) {
    if (const auto* monitor = work.find<HealthMonitor>(monitor_id)) mend_one(work, env, *monitor, failures);
  }
  mend_one(work, env, *work.find<Pool>(id), failures);
}

void erase_load_balancer(Work& work, Env& env, const std::string& id) {
  const LoadBalancer balancer = *work.find<LoadBalancer>(id);
  for (const auto& listener : ids_by<Listener>(work, "load_balancer_id", id)) erase_listener(work, listener);
  for (const auto& pool : ids_by<Pool>(work, "load_balancer_id", id)) erase_pool(work, env, pool);
  work.erase<LoadBalancer>(id);
  if (balancer.owns_vip_port) {
    delete_port(work, env, balancer.vip_port_id);
  } else if (const auto* port = work.find<Port>(balancer.vip_port_id)) {
    Port freed = *port;  // the user's own port: as it was before
    freed.device_id.clear();
    freed.device_owner.clear();
    stamp_change(freed, env);
    work.put(std::move(freed));
  }
}

}  // namespace

bool is_pending(std::string_view status) { return status.starts_with("PENDING_"); }

std::string stamp(const Env& env) { return to_iso8601(env.clock.wall(), Stamp::seconds); }

Result<> lock_for_update(Work& work, Env& env, const std::string& load_balancer_id) {
  return lock(work, env, load_balancer_id, kPendingUpdate, false);
}

Result<> lock_for_delete(Work& work, Env& env, const std::string& load_balancer_id) {
  return lock(work, env, load_balancer_id, kPendingDelete, true);
}

Result<> lock_for_failover(Work& work, Env& env, const std::string& load_balancer_id) {
  return lock(work, env, load_balancer_id, kPendingUpdate, true);
}

Result<> lock_for_listener(Work& work, Env& env, const std::string& load_balancer_id) {
  return lock_parent(work, env, load_balancer_id);
}

Result<> lock_for_pool(Work& work, Env& env, const Pool& pool) {
  if (pool.load_balancer_id.empty()) return immutable("Pool", pool.id);
  const std::string id = pool.id;  // `pool` may be a row that the next put replaces
  FW_TRY_DO(lock_parent(work, env, pool.load_balancer_id));
  mark_listeners_of(work, env, id);
  return {};
}

Result<> lock_for_pool_content(Work& work, Env& env, const std::string& pool_id) {
  const auto* pool = work.find<Pool>(pool_id);
  FW_CHECK(pool != nullptr);
  if (pool->provisioning_status != kActive || pool->load_balancer_id.empty()) return immutable("Pool", pool_id);
  FW_TRY_DO(lock_for_pool(work, env, *pool));
  set_status(work, env, *work.find<Pool>(pool_id), kPendingUpdate);
  return {};
}

void mark_listeners_of(Work& work, Env& env, const std::string& pool_id) {
  for (const auto& id : ids_by<Listener>(work, "default_pool_id", pool_id)) {
    set_status(work, env, *work.find<Listener>(id), kPendingUpdate);
  }
}

void settle(Work& work, Env& env, const std::string& load_balancer_id, const Failures& failures) {
  const auto* balancer = work.find<LoadBalancer>(load_balancer_id);
  if (balancer == nullptr || !is_pending(balancer->provisioning_status)) return;
  if (balancer->provisioning_status == kPendingDelete) {
    erase_load_balancer(work, env, load_balancer_id);
    return;
  }
  for (const auto& id : ids_by<Pool>(work, "load_balancer_id", load_balancer_id))
    settle_pool(work, env, id, failures);
  for (const auto& id : ids_by<Listener>(work, "load_balancer_id", load_balancer_id)) {
    const auto* listener = work.find<Listener>(id);
    if (listener->provisioning_status == kPendingDelete) {
      erase_listener(work, id);
    } else {
      settle_one(work, env, *listener, failure_of(failures, Listener::kKind, id));
    }
  }
  balancer = work.find<LoadBalancer>(load_balancer_id);
  settle_one(work, env, *balancer, failure_of(failures, LoadBalancer::kKind, load_balancer_id));
}

void mend(Work& work, Env& env, const std::string& load_balancer_id, const Failures& failures) {
  const auto* balancer = work.find<LoadBalancer>(load_balancer_id);
  if (balancer == nullptr || is_pending(balancer->provisioning_status)) return;
  for (const auto& id : ids_by<Pool>(work, "load_balancer_id", load_balancer_id)) mend_pool(work, env, id, failures);
  for (const auto& id : ids_by<Listener>(work, "load_balancer_id", load_balancer_id)) {
    mend_one(work, env, *work.find<Listener>(id), failures);
  }
  mend_one(work, env, *work.find<LoadBalancer>(load_balancer_id), failures);
}

}  // namespace fairway::cloud
