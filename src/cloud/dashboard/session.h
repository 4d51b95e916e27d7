// A person's session with the dashboard, as HTTP carries it. Pure.
//
// The session is the cloud's own signed token in a cookie that no script can read (HttpOnly), that no other site's
// page can cause to be sent (SameSite=Strict), and that goes over TLS only where the cloud is reached by TLS. Nothing
// is kept in the server, so sessions outlive its restarts; logging out revokes the token.
//
// A change needs, besides, the header X-Fairway-Csrf with a text that only a page of this origin can know: it is
// derived from the token and given to the page in the body of an answer.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace fairway::cloud::dashboard {

// Cookies do not know ports: two clouds of one machine are kept apart by the name.
struct CookieRules {
  std::string name;
  bool secure = false;
};
// From the cloud's public address: "https://cloud.example:35357".
[[nodiscard]] CookieRules cookie_rules(std::string_view public_url);

// The token in the request's cookie; empty: there is none.
[[nodiscard]] std::string session_token(const http::Request& request, const CookieRules& rules);
// Values of Set-Cookie.
[[nodiscard]] std::string begin_session(const CookieRules& rules, std::string_view token,
                                        std::chrono::seconds lifetime);
[[nodiscard]] std::string end_session(const CookieRules& rules);

[[nodiscard]] std::string csrf_text(std::string_view token);

// Refuses a change that another site's page has caused, as far as the browser says so (Origin, Sec-Fetch-Site), and
// one whose body is not JSON (what a form or a picture could send). Error: denied.
[[nodiscard]] Result<> check_origin(const http::Request& request);
// The header with the text. Error: denied.
[[nodiscard]] Result<> check_csrf(const http::Request& request, std::string_view token);

// What every answer of the dashboard carries: what the page may load and do (CSP), that nobody may frame it, …
void add_security_headers(http::Response& response, bool secure);

}  // namespace fairway::cloud::dashboard
