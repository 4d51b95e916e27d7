#include "cloud/dashboard/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/identity/passwords.h"

namespace fairway::cloud::dashboard {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types "
    "'none'";

// "http://127.0.0.1:35357" -> "127.0.0.1:35357"
std::string_view authority_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

std::string port_of(std::string_view authority) {
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos) return "";
  return "_" + std::string(authority.substr(colon + 1));
}

std::string attributes(const CookieRules& rules) {
  return fmt::format("; Path=/dashboard; HttpOnly; SameSite=Strict{}", rules.secure ? "; Secure" : "");
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

bool is_foreign(const http::Request& request) {
  const auto site = request.headers.find("Sec-Fetch-Site");
  if (site && *site != "same-origin") return true;
  const auto origin = request.headers.find("Origin");
  return origin && authority_of(*origin) != request.headers.find("Host").value_or("");
}

}  // namespace

CookieRules cookie_rules(std::string_view public_url) {
  const bool secure = public_url.starts_with("https://");
  return {.name = fmt::format("{}fairway_session{}", secure ? "__Secure-" : "", port_of(authority_of(public_url))),
          .secure = secure};
}

std::string session_token(const http::Request& request, const CookieRules& rules) {
  for (const auto& [header, value] : request.headers) {
    if (to_lower(header) != "cookie") continue;
    for (const auto part : split(value, ';')) {
      const auto pair = trim(part);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == rules.name)
        return std::string(pair.substr(equals + 1));
    }
  }
  return "";
}

std::string begin_session(const CookieRules& rules, std::string_view token, std::chrono::seconds lifetime) {
  return fmt::format("{}={}; Max-Age={}{}", rules.name, token, lifetime.count(), attributes(rules));
}

std::string end_session(const CookieRules& rules) {
  return fmt::format("{}=; Max-Age=0{}", rules.name, attributes(rules));
}

std::string csrf_text(std::string_view token) {
  return hexadecimal(identity::hmac_sha256(token, "fairway dashboard: a change from our own page"));
}

Result<> check_origin(const http::Request& request) {
  if (is_foreign(request)) {
    return fail(Errc::denied,
                "This request was caused by another site's page and is refused. Use the dashboard itself.");
  }
  const auto type = to_lower(trim(request.headers.find("Content-Type").value_or("")));
  if (!request.body.empty() && type.substr(0, type.find(';')) != "application/json") {
    return fail(Errc::denied, "The dashboard takes JSON only; send Content-Type: application/json.");
  }
  return {};
}

Result<> check_csrf(const http::Request& request, std::string_view token) {
  FW_TRY_DO(check_origin(request));
  const auto given = request.headers.find("X-Fairway-Csrf").value_or("");
  if (identity::equal_in_constant_time(given, csrf_text(token))) return {};
  return fail(Errc::denied, "This change does not carry this session's mark and is refused. Load the page again.");
}

void add_security_headers(http::Response& response, bool secure) {
  response.headers.set("Content-Security-Policy", std::string(kContentSecurityPolicy));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  if (secure) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  if (!response.headers.find("Cache-Control")) response.headers.set("Cache-Control", "no-store");
}

}  // namespace fairway::cloud::dashboard
