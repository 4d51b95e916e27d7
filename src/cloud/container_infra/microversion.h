// Microversions of the Container Infrastructure API, 1.1 to 1.14: "OpenStack-API-Version: container-infra 1.9". Pure.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "http/message.h"

namespace fairway::cloud::container_infra {

constexpr std::int64_t kMinMinor = 1, kMaxMinor = 14;

// What came with 1.n.
constexpr std::int64_t kSinceQuotas = 6, kSinceResize = 7, kSinceUpgrade = 8, kSinceNodeGroups = 9,
                       kSinceZeroNodes = 10, kWithoutBays = 11, kSinceCredentials = 12, kSinceClusterId = 13,
                       kSinceNodeLabels = 14;

// The n of the 1.n that a request asks for; 1 without the header. Errors: of type kNotAcceptable (an unknown service,
// no version), and of type kUnsupportedVersion (one that is not offered).
inline constexpr std::string_view kUnsupportedVersion = "unsupported_version";
[[nodiscard]] Result<std::int64_t> requested_minor(const http::Request& request);

// For handlers, whose request has been checked.
[[nodiscard]] std::int64_t minor_of(const http::Request& request);
// Error: of type kNotAcceptable, when the request asks for less than 1.`minor`.
[[nodiscard]] Result<> check_since(const http::Request& request, std::int64_t minor, std::string_view what);

// Puts the three version headers on an answer.
void show_versions(http::Response& response, std::int64_t minor);
// 406 in Magnum's form, which names the range.
[[nodiscard]] http::Response unsupported_version_response(const Error& error);

}  // namespace fairway::cloud::container_infra
