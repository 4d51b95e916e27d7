// The service catalogue: what this cloud offers and where. Three interfaces with one URL each, unversioned, as
// clients want it (Octavia's clients append the version themselves), but for Magnum's, whose clients take it off paths.
#pragma once

#include <string_view>

#include "json/value.h"

namespace fairway::cloud::identity {

inline constexpr std::string_view kRegion = "RegionOne";

// As in a token: [{"type":"network","name":"neutron","id":…,"endpoints":[{…}]}, …].
[[nodiscard]] json::Array catalog(std::string_view public_url);
// As /v3/services, /v3/endpoints and /v3/regions list them; `url` is ".../identity/v3".
[[nodiscard]] json::Array services(std::string_view url);
[[nodiscard]] json::Array endpoints(std::string_view public_url, std::string_view url);
[[nodiscard]] json::Array regions(std::string_view url);

}  // namespace fairway::cloud::identity
