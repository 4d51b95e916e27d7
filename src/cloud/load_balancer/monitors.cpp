#include <fmt/format.h>

#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/pools.h"
#include "cloud/load_balancer/projection.h"
#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud {
namespace {

bool speaks_http(std::string_view type) { return type == "HTTP" || type == "HTTPS"; }

Result<> check_type(std::string_view type, std::string_view pool_protocol) {
  const bool datagram = type == "UDP-CONNECT" || type == "SCTP";
  if (!datagram || pool_protocol == "UDP" || pool_protocol == "SCTP") return {};
  return validation_failure(fmt::format("The {} type is only supported for pools of type UDP/SCTP.", type));
}

// Settings of HTTP on a monitor that does not speak it. In a change even null is one.
Result<> check_http_settings(std::string_view type, const json::Object& request, bool null_counts) {
  if (speaks_http(type)) return {};
  for (const auto name : {"http_method", "url_path", "expected_codes"}) {
    if (!(null_counts ? request.contains(name) : is_given(request, name))) continue;
    return not_an_option(name, fmt::format("health monitors of type {}", type));
  }
  return {};
}

Result<> check_http_version(const HealthMonitor& monitor) {
  if (!monitor.domain_name) return {};
  if (!monitor.http_version)
    return validation_failure("'http_version' must be specified when 'domain_name' is provided.");
  if (*monitor.http_version < 1.1) {
    return not_an_option(fmt::format("http_version {:.1f}", *monitor.http_version),
                         "health monitors HTTP 1.1 domain name health check");
  }
  return {};
}

void fill_settings(HealthMonitor& monitor, const json::Object& request) {
  monitor.delay = integer_or(request, "delay", monitor.delay);
  monitor.timeout = integer_or(request, "timeout", monitor.timeout);
  monitor.max_retries = integer_or(request, "max_retries", monitor.max_retries);
  if (request.contains("max_retries_down")) monitor.max_retries_down = integer_or(request, "max_retries_down", 3);
  const auto take = [&](std::string_view name, std::optional<std::string>& value) {
    if (request.contains(name)) value.reset();
    if (is_given(request, name)) value = text_or(request, name);
  };
  take("http_method", monitor.http_method);
  take("url_path", monitor.url_path);
  take("expected_codes", monitor.expected_codes);
  take("domain_name", monitor.domain_name);
  if (request.contains("http_version")) monitor.http_version.reset();
  if (is_given(request, "http_version")) monitor.http_version = request.at("http_version").as_double();
  if (!speaks_http(monitor.type)) return;
  if (!monitor.http_method) monitor.http_method = "GET";
  if (!monitor.url_path) monitor.url_path = "/";
  if (!monitor.expected_codes) monitor.expected_codes = "200";
}

// A monitor of several pools (LBaaS v1) is changed when all of them can be.
Result<> lock_pools_of(const Decision& decision, std::string_view monitor_id) {
  std::vector<std::string> pools;
  for (const auto* pool : decision.work.table<Pool>().find_by("health_monitor_id", monitor_id))
    pools.push_back(pool->id);
  if (pools.empty()) {
    return fail(Errc::conflict, fmt::format("Health Monitor {} is immutable and cannot be updated.", monitor_id));
  }
  for (const auto& pool : pools) FW_TRY_DO(lock_for_pool_content(decision.work, decision.env, pool));
  return {};
}

}  // namespace

Result<std::string> add_health_monitor(const Decision& decision, const std::string& pool_id,
                                       const json::Object& request) {
  Pool pool = *decision.work.find<Pool>(pool_id);
  HealthMonitor monitor;
  monitor.type = text_or(request, "type");
  FW_TRY_DO(check_type(monitor.type, pool.protocol));
  FW_TRY_DO(check_http_settings(monitor.type, request, false));
  fill_new(decision, monitor, pool.project_id, request);
  fill_settings(monitor, request);
  FW_TRY_DO(check_http_version(monitor));
  if (!pool.health_monitor_ids.empty()) return fail(Errc::conflict, "This pool already has a health monitor");
  pool.health_monitor_ids.push_back(monitor.id);
  const auto id = monitor.id;
  decision.work.put(std::move(monitor));
  decision.work.put(std::move(pool));
  return id;
}

Result<std::string> create_health_monitor(const Decision& decision, const json::Object& request) {
  const auto pool_id = text_or(request, "pool_id");
  FW_TRY(const auto* pool, find_writable<Pool>(decision, pool_id));
  FW_TRY_DO(check_type(text_or(request, "type"), pool->protocol));
  FW_TRY_DO(check_quota<HealthMonitor>(decision.work, pool->project_id));
  FW_TRY_DO(lock_for_pool_content(decision.work, decision.env, pool_id));
  return add_health_monitor(decision, pool_id, request);
}

Result<std::string> update_health_monitor(const Decision& decision, std::string_view id,
                                          const json::Object& request) {
  FW_TRY(const auto* found, find_writable<HealthMonitor>(decision, id));
  HealthMonitor monitor = *found;
  FW_TRY_DO(check_http_settings(monitor.type, request, true));
  for (const auto name : {"delay", "max_retries", "timeout"}) {
    if (request.contains(name) && !is_given(request, name)) return not_an_option("None", name);
  }
  fill_settings(monitor, request);
  FW_TRY_DO(check_http_version(monitor));
  for (const auto* pool : decision.work.table<Pool>().find_by("health_monitor_id", id)) {
    if (const auto why = why_not_beside(decision.work.state(), *pool, monitor); !why.empty())
      return not_supported(fmt::format("{}.", why));
  }
  FW_TRY_DO(lock_pools_of(decision, id));
  fill_changed(decision, monitor, request);
  decision.work.put(monitor);
  return monitor.id;
}

Result<> delete_health_monitor(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_writable<HealthMonitor>(decision, id));
  HealthMonitor monitor = *found;
  FW_TRY_DO(lock_pools_of(decision, id));
  mark_deleted(decision, std::move(monitor));
  return {};
}

}  // namespace fairway::cloud
