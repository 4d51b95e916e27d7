#include "openstack/faults.h"

#include "base/strings.h"
#include "http/message.h"
#include "json/value.h"

namespace fairway::openstack {
namespace {

bool mentions(std::string_view text, std::string_view word) { return to_lower(text).find(word) != std::string::npos; }

// A quota or a pool that is used up comes as 403 from Octavia and as 409 or 400 from Neutron.
bool used_up(int status, std::string_view body, std::string_view message) {
  if (status != 400 && status != 403 && status != 409 && status != 413) return false;
  return mentions(message, "quota") || body.find("OverQuota") != std::string_view::npos ||
         body.find("IpAddressGenerationFailure") != std::string_view::npos ||
         body.find("ExternalIpAddressExhausted") != std::string_view::npos;
}

Errc errc_of(int status) {
  switch (status) {
    case 401:
      return Errc::unauthenticated;
    case 403:
      return Errc::denied;
    case 404:
      return Errc::not_found;
    case 409:
      return Errc::conflict;
    case 413:
      return Errc::too_large;
    case 501:
      return Errc::unsupported;
    default:
      return status == 429 || status >= 500 ? Errc::unavailable : Errc::invalid;
  }
}

}  // namespace

std::string fault_message(int status, std::string_view body) {
  if (const auto parsed = json::parse(body)) {
    for (const char* path :
         {"faultstring", "NeutronError.message", "NeutronError", "error.message", "description", "message"}) {
      if (auto text = json::string_or(*parsed, path); !text.empty()) return text;
    }
    if (const auto& errors = json::array_or_empty(*parsed, "errors"); !errors.empty()) {
      if (auto text = json::string_or(errors.front(), "detail"); !text.empty()) return text;
    }
  }
  return fmt::format("{} {}", status, http::reason(status));
}

Error fault(int status, std::string_view body, std::string_view request) {
  const auto message = fault_message(status, body);
  const auto code = used_up(status, body, message) ? Errc::exhausted : errc_of(status);
  return Error{code, fmt::format("{}: {} (HTTP {})", request, message, status)};
}

}  // namespace fairway::openstack
