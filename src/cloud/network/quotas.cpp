#include "cloud/network/quotas.h"

#include <fmt/format.h>

#include "cloud/api/fault.h"

namespace fairway::cloud {

const std::map<std::string, std::int64_t, std::less<>>& default_quotas() {
  static const std::map<std::string, std::int64_t, std::less<>> defaults{
      {"network", 100},
      {"subnet", 100},
      {"port", 500},
      {"router", 10},
      {"floatingip", 50},
      {"security_group", 10},
      {"security_group_rule", 100},
      {"subnetpool", -1},
      {"vip", 10},
      {"pool", 10},
      {"member", -1},
      {"health_monitor", -1},
  };
  return defaults;
}

std::int64_t quota_of(const State& state, std::string_view project_id, std::string_view resource) {
  if (const auto* quota = state.find<NetworkQuota>(project_id)) {
    if (const auto at = quota->limits.find(std::string(resource)); at != quota->limits.end()) return at->second;
  }
  const auto at = default_quotas().find(resource);
  return at == default_quotas().end() ? -1 : at->second;
}

std::unexpected<Error> over_quota(std::string_view resource) {
  return fault(Errc::exhausted, "OverQuota", fmt::format("Quota exceeded for resources: ['{}'].", resource));
}

}  // namespace fairway::cloud
