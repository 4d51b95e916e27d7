#include "cloud/container_infra/microversion.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/api/fault.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::string_view kHeader = "OpenStack-API-Version";
constexpr std::array<std::string_view, 3> kServices{"container-infrastructure-management", "container-infrastructure",
                                                    "container-infra"};

std::string shown(std::int64_t minor) { return fmt::format("{} 1.{}", kServices.front(), minor); }

std::unexpected<Error> not_acceptable(std::string what) {
  return fault(Errc::invalid, kNotAcceptable, std::move(what));
}

// "1.9" -> 1, 9
Result<std::pair<std::int64_t, std::int64_t>> read_version(std::string_view text) {
  const auto parts = split(text, '.');
  const auto major = parse_int(parts.front());
  const auto minor = parts.size() == 2 ? parse_int(parts.back()) : std::nullopt;
  if (!major || !minor) return not_acceptable(fmt::format("Invalid value for {} header", kHeader));
  return std::pair{*major, *minor};
}

}  // namespace

Result<std::int64_t> requested_minor(const http::Request& request) {
  const auto header = request.headers.find(kHeader);
  if (!header) return kMinMinor;
  const auto text = trim(*header);
  const auto blank = text.find(' ');
  const auto service = text.substr(0, blank);
  const auto version = blank == std::string_view::npos ? "" : trim(text.substr(blank));
  if (std::ranges::find(kServices, service) == kServices.end() || version.empty() || version.contains(' ')) {
    return not_acceptable(fmt::format("Invalid service type for {} header", kHeader));
  }
  if (to_lower(version) == "latest") return kMaxMinor;
  FW_TRY(const auto asked, read_version(version));
  if (asked.first == 1 && asked.second >= kMinMinor && asked.second <= kMaxMinor) return asked.second;
  return fault(Errc::invalid, kUnsupportedVersion,
               fmt::format("Version {}.{} was requested but the {} version is not supported by this service. The "
                           "supported version range is: [{}, {}].",
                           asked.first, asked.second, asked.first == 1 ? "minor" : "major", shown(kMinMinor),
                           shown(kMaxMinor)));
}

std::int64_t minor_of(const http::Request& request) { return requested_minor(request).value_or(kMinMinor); }

Result<> check_since(const http::Request& request, std::int64_t minor, std::string_view what) {
  if (minor_of(request) >= minor) return {};
  return not_acceptable(
      fmt::format("Version 1.{} was requested but the requested API {} is not supported for this "
                  "version. Ask for 1.{} or later.",
                  minor_of(request), what, minor));
}

void show_versions(http::Response& response, std::int64_t minor) {
  response.headers.set("OpenStack-API-Minimum-Version", shown(kMinMinor));
  response.headers.set("OpenStack-API-Maximum-Version", shown(kMaxMinor));
  response.headers.set(kHeader, shown(minor));
  response.headers.set("Vary", std::string(kHeader));
}

http::Response unsupported_version_response(const Error& error) {
  const json::Object link{{"rel", "help"},
                          {"href", "https://docs.openstack.org/api-guide/compute/microversions.html"}};
  const json::Object shown_error{{"request_id", ""},
                                 {"code", "magnum.microversion-unsupported"},
                                 {"status", 406},
                                 {"title", "Requested microversion is unsupported"},
                                 {"detail", error.what},
                                 {"max_version", fmt::format("1.{}", kMaxMinor)},
                                 {"min_version", fmt::format("1.{}", kMinMinor)},
                                 {"links", json::Array{link}}};
  return http::Response::json(406, json::write(json::Object{{"errors", json::Array{shown_error}}}));
}

}  // namespace fairway::cloud::container_infra
