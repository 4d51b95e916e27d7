// What every decision on a load-balancing request works with, and how it refuses: Octavia's own words.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/api/caller.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud {

inline constexpr std::string_view kProvider = "fairway";

struct Decision {
  Work& work;
  Env& env;
  const Caller& caller;
};

// ---- refusals

[[nodiscard]] std::unexpected<Error> not_found(std::string_view what, std::string_view id);  // "Pool … not found."
[[nodiscard]] std::unexpected<Error> validation_failure(std::string_view detail);
[[nodiscard]] std::unexpected<Error> not_an_option(std::string_view value, std::string_view option);
[[nodiscard]] std::unexpected<Error> unknown_subresource(std::string_view what, std::string_view id);  // 400
[[nodiscard]] std::unexpected<Error> not_allowed();
// 501, as a provider's driver refuses what it does not do. `what` is a whole sentence.
[[nodiscard]] std::unexpected<Error> not_supported(std::string_view what);

// ---- whose objects: reading needs the project or a global reader, writing the project or an administrator

[[nodiscard]] bool may_read(const Caller& caller, std::string_view project_id);
[[nodiscard]] bool may_write(const Caller& caller, std::string_view project_id);

// The name that the errors use for a kind of object.
template <class T>
inline constexpr std::string_view kTitle = "";
template <>
inline constexpr std::string_view kTitle<LoadBalancer> = "Load Balancer";
template <>
inline constexpr std::string_view kTitle<Listener> = "Listener";
template <>
inline constexpr std::string_view kTitle<Pool> = "Pool";
template <>
inline constexpr std::string_view kTitle<Member> = "Member";
template <>
inline constexpr std::string_view kTitle<HealthMonitor> = "Health Monitor";

template <class T>
[[nodiscard]] Result<const T*> find_readable(const State& state, const Caller& caller, std::string_view id) {
  const auto* object = state.find<T>(id);
  if (object == nullptr) return not_found(kTitle<T>, id);
  if (!may_read(caller, object->project_id)) return not_allowed();
  return object;
}

template <class T>
[[nodiscard]] Result<const T*> find_writable(const Decision& decision, std::string_view id) {
  const auto* object = decision.work.find<T>(id);
  if (object == nullptr) return not_found(kTitle<T>, id);
  if (!may_write(decision.caller, object->project_id)) return not_allowed();
  return object;
}

// ---- quotas

// Error: exhausted, "Quota has been met for resources: Pool".
template <class T>
[[nodiscard]] Result<> check_quota(const Work& work, std::string_view project_id, std::size_t more = 1);

}  // namespace fairway::cloud
