// How many of each kind a project may have. Neutron's defaults; an administrator changes them for each project.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/model/state.h"

namespace fairway::cloud {

// By Neutron's names: "network", "floatingip", "vip", … -1: no limit.
[[nodiscard]] const std::map<std::string, std::int64_t, std::less<>>& default_quotas();
[[nodiscard]] std::int64_t quota_of(const State& state, std::string_view project_id, std::string_view resource);

[[nodiscard]] std::unexpected<Error> over_quota(std::string_view resource);

// May the project have one more T? Objects of nobody are not counted. Error: OverQuota.
template <class T>
[[nodiscard]] Result<> check_quota(const State& state, std::string_view project_id, std::string_view resource) {
  if (project_id.empty()) return {};
  const auto limit = quota_of(state, project_id, resource);
  const auto used = static_cast<std::int64_t>(state.table<T>().count_by("project_id", project_id));
  if (limit >= 0 && used >= limit) return over_quota(resource);
  return {};
}

}  // namespace fairway::cloud
