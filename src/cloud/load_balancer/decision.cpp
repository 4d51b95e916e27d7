#include "cloud/load_balancer/decision.h"

#include <fmt/format.h>

#include "cloud/api/policy.h"

namespace fairway::cloud {
namespace {

std::optional<std::int64_t> limit_of(const LoadBalancerQuota& quota, std::string_view kind) {
  if (kind == LoadBalancer::kKind) return quota.load_balancer;
  if (kind == Listener::kKind) return quota.listener;
  if (kind == Pool::kKind) return quota.pool;
  if (kind == Member::kKind) return quota.member;
  return quota.health_monitor;
}

}  // namespace

std::unexpected<Error> not_found(std::string_view what, std::string_view id) {
  return fail(Errc::not_found, fmt::format("{} {} not found.", what, id));
}

std::unexpected<Error> validation_failure(std::string_view detail) {
  return fail(Errc::invalid, fmt::format("Validation failure: {}", detail));
}

std::unexpected<Error> not_an_option(std::string_view value, std::string_view option) {
  return fail(Errc::invalid, fmt::format("{} is not a valid option for {}", value, option));
}

std::unexpected<Error> unknown_subresource(std::string_view what, std::string_view id) {
  return fail(Errc::invalid, fmt::format("{} {} not found.", what, id));
}

std::unexpected<Error> not_allowed() {
  return fail(Errc::denied, "Policy does not allow this request to be performed.");
}

std::unexpected<Error> not_supported(std::string_view what) {
  return fail(Errc::unsupported,
              fmt::format("Provider '{}' does not support a requested option: {}", kProvider, what));
}

bool may_read(const Caller& caller, std::string_view project_id) {
  return scope_for(caller, "load_balancer:read_all").sees(project_id);
}

bool may_write(const Caller& caller, std::string_view project_id) {
  if (allowed(caller, "load_balancer:admin")) return true;
  return allowed(caller, "load_balancer:write") && !project_id.empty() && caller.project_id == project_id;
}

template <class T>
Result<> check_quota(const Work& work, std::string_view project_id, std::size_t more) {
  const auto* quota = work.find<LoadBalancerQuota>(project_id);
  const auto limit = quota == nullptr ? std::nullopt : limit_of(*quota, T::kKind);
  if (!limit || *limit < 0) return {};
  const auto used = work.table<T>().find_by("project_id", project_id).size();
  if (std::cmp_less_equal(used + more, *limit)) return {};
  return fail(Errc::exhausted, fmt::format("Quota has been met for resources: {}", kTitle<T>));
}

template Result<> check_quota<LoadBalancer>(const Work&, std::string_view, std::size_t);
template Result<> check_quota<Listener>(const Work&, std::string_view, std::size_t);
template Result<> check_quota<Pool>(const Work&, std::string_view, std::size_t);
template Result<> check_quota<Member>(const Work&, std::string_view, std::size_t);
template Result<> check_quota<HealthMonitor>(const Work&, std::string_view, std::size_t);

}  // namespace fairway::cloud
