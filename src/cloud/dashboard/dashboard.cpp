#include "cloud/dashboard/dashboard.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/dashboard/assets.h"
#include "cloud/dashboard/parts.h"
#include "cloud/identity/stamps.h"
#include "json/value.h"

namespace fairway::cloud::dashboard {
namespace {

constexpr std::string_view kNoSession = "Your session has ended. Log in again.";

// ---- the pages' files

http::Response serve_file(const http::Request& request, std::string_view name) {
  const auto all = assets();
  const auto found = std::ranges::find(all, name, &Asset::name);
  if (found == all.end()) return http::Response::text(404, "The dashboard has no such file.\n");
  const bool known = request.headers.find("If-None-Match") == found->etag;
  auto response = http::Response::empty(known ? 304 : 200);
  if (!known) response.body = found->bytes;
  response.headers.set("Content-Type", std::string(found->type));
  response.headers.set("ETag", std::string(found->etag));
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

// ---- sessions

json::Object show_session(const ApiContext& context, const Caller& caller, std::string_view token) {
  json::Array roles;
  for (const auto& role : caller.roles) roles.emplace_back(role);
  return {{"user", caller.user_name},
          {"project", caller.project_name},
          {"roles", std::move(roles)},
          {"csrf", csrf_text(token)},
          {"cloud", context.public_url}};
}

json::Value login_body(const json::Value& given) {
  const auto domain_name = json::string_or(given, "domain");
  const json::Object domain =
      domain_name.empty() ? json::Object{{"id", "default"}} : json::Object{{"name", domain_name}};
  const json::Object user{
      {"name", json::string_or(given, "user")}, {"password", json::string_or(given, "password")}, {"domain", domain}};
  const json::Object identity{{"methods", json::Array{"password"}}, {"password", json::Object{{"user", user}}}};
  const json::Object project{{"name", json::string_or(given, "project")}, {"domain", domain}};
  return json::Object{{"auth", json::Object{{"identity", identity}, {"scope", json::Object{{"project", project}}}}}};
}

// How long the token lives from now on.
std::chrono::seconds lifetime_of(const ApiContext& context, const http::Response& issued) {
  const auto body = json::parse(issued.body);
  const auto expires = body ? identity::from_stamp(json::string_or(*body, "token.expires_at")) : std::nullopt;
  const auto left = expires.value_or(0) - identity::stamp_us(context.env.clock.wall());
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::microseconds(std::max<std::int64_t>(0, left)));
}

Task<Result<http::Response>> log_in(SharedParts parts, http::Request& request) {
  FW_CO_TRY_DO(check_origin(request));
  const auto given = json::parse(request.body);
  if (!given || !given->is_object()) co_return fail(Errc::invalid, "Send user, password and project as JSON.");
  const auto user = json::string_or(*given, "user");
  const auto peer = request.peer;
  for (const auto* key : {"user", "password", "project"}) {
    if (json::string_or(*given, key).empty())
      co_return fail(Errc::invalid, fmt::format("Fill in the field {}.", key));
  }
  if (const auto wait = parts->limiter.begin(peer, user)) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
    auto refused = error_response(429, fmt::format("Too many attempts. Try again in {} s.", seconds));
    refused.headers.set("Retry-After", std::to_string(seconds));
    co_return refused;
  }
  InnerRequest inner{"POST", "/identity/v3/auth/tokens?nocatalog", login_body(*given)};
  const auto issued = co_await ask_cloud(parts, "", std::move(inner));
  if (issued.status == 401) co_return fail(Errc::unauthenticated, "User, password or project is wrong.");
  if (issued.status != 201) co_return error_response(issued.status, error_sentence(issued));
  parts->limiter.succeeded(peer, user);
  const std::string token(issued.headers.find("X-Subject-Token").value_or(""));
  FW_CO_TRY(const auto caller, parts->context.tokens.verify(token));
  auto response = http::Response::json(200, json::write(show_session(parts->context, caller, token)));
  response.headers.set("Set-Cookie", begin_session(parts->cookies(), token, lifetime_of(parts->context, issued)));
  co_return response;
}

Task<Result<http::Response>> log_out(SharedParts parts, Asked asked) {
  http::Request request;
  request.method = "DELETE";
  request.target = request.path = "/identity/v3/auth/tokens";
  request.headers.set("X-Auth-Token", asked.token);
  request.headers.set("X-Subject-Token", asked.token);
  auto revoked = co_await parts->router.dispatch(request);
  if (revoked.status != 204) co_return error_response(revoked.status, error_sentence(revoked));
  auto response = http::Response::empty(204);
  response.headers.set("Set-Cookie", end_session(parts->cookies()));
  // Pages of this session that are open elsewhere notice at once.
  ++parts->changes;
  parts->changed.notify_all();
  co_return response;
}

// ---- changes: each is one request to the cloud's own API

Task<Result<http::Response>> pass_on(SharedParts parts, Asked asked, InnerRequest wanted) {
  const auto answer = co_await ask_cloud(parts, asked.token, std::move(wanted));
  if (answer.status >= 300) co_return error_response(answer.status, error_sentence(answer));
  if (answer.body.empty()) co_return http::Response::empty(204);
  co_return http::Response::json(answer.status, answer.body);
}

std::string floating_ip_path(const Asked& asked) {
  return "/network/v2.0/floatingips/" + percent_encode(asked.request.parameter("id"));
}

Task<Result<http::Response>> allocate(SharedParts parts, Asked asked) {
  FW_CO_TRY(const auto given, json::parse(asked.request.body));
  json::Object wanted{{"floating_network_id", json::string_or(given, "network_id")}};
  const auto description = json::string_or(given, "description");
  if (!description.empty()) wanted.emplace("description", description);
  InnerRequest inner{"POST", "/network/v2.0/floatingips", json::Object{{"floatingip", wanted}}};
  auto done = co_await pass_on(std::move(parts), std::move(asked), std::move(inner));
  co_return done;
}

// {"port_id": "…"}, or null to let go.
Task<Result<http::Response>> associate(SharedParts parts, Asked asked) {
  FW_CO_TRY(const auto given, json::parse(asked.request.body));
  const auto port = json::string_or(given, "port_id");
  const json::Object wanted{{"port_id", port.empty() ? json::Value(nullptr) : json::Value(port)}};
  InnerRequest inner{"PUT", floating_ip_path(asked), json::Object{{"floatingip", wanted}}};
  auto done = co_await pass_on(std::move(parts), std::move(asked), std::move(inner));
  co_return done;
}

Task<Result<http::Response>> release(SharedParts parts, Asked asked) {
  InnerRequest inner{"DELETE", floating_ip_path(asked)};
  auto done = co_await pass_on(std::move(parts), std::move(asked), std::move(inner));
  co_return done;
}

// ---- reads

Result<const ViewKind*> view_of(const Asked& asked) {
  const auto* kind = find_view(asked.request.parameter("view"));
  if (kind == nullptr) return fail(Errc::not_found, "The dashboard has no such view.");
  return kind;
}

Task<Result<http::Response>> show_view(SharedParts parts, Asked asked) {
  FW_CO_TRY(const auto* kind, view_of(asked));
  FW_CO_TRY(auto text, co_await look(parts, *kind, asked.caller, asked.request.query));
  co_return http::Response::json(200, std::move(text));
}

Task<Result<http::Response>> watch_view(SharedParts parts, Asked asked) {
  FW_CO_TRY(const auto* kind, view_of(asked));
  co_return watch(parts, *kind, asked);
}

Task<Result<http::Response>> show_own_session(SharedParts parts, Asked asked) {
  co_return http::Response::json(200, json::write(show_session(parts->context, asked.caller, asked.token)));
}

// ---- what stands around every handler

using SessionHandler = Task<Result<http::Response>> (*)(SharedParts, Asked);

http::Response finish(const Parts& parts, Result<http::Response> result) {
  auto response = result ? *std::move(result) : error_response(result.error());
  add_security_headers(response, parts.cookies().secure);
  return response;
}

Task<Result<http::Response>> admit(SharedParts parts, http::Request& request, SessionHandler handler) {
  auto token = session_token(request, parts->cookies());
  auto caller = parts->context.tokens.verify(token);
  if (!caller) {
    auto refused = error_response(401, kNoSession);
    if (!token.empty()) refused.headers.set("Set-Cookie", end_session(parts->cookies()));
    co_return refused;
  }
  if (request.method != "GET" && request.method != "HEAD") FW_CO_TRY_DO(check_csrf(request, token));
  auto response = co_await handler(parts, Asked{request, std::move(token), *std::move(caller)});
  co_return response;
}

// The parts by value: a request in flight keeps what it runs on.
Task<http::Response> answer_admitted(SharedParts parts, http::Request& request, SessionHandler handler) {
  auto result = co_await admit(parts, request, handler);
  co_return finish(*parts, std::move(result));
}

Task<http::Response> answer_login(SharedParts parts, http::Request& request) {
  auto result = co_await log_in(parts, request);
  co_return finish(*parts, std::move(result));
}

Task<http::Response> answer_file(SharedParts parts, http::Request& request, std::string name) {
  co_return finish(*parts, serve_file(request, name));
}

Task<http::Response> answer_redirect(SharedParts parts) {
  auto response = http::Response::empty(302);
  response.headers.set("Location", "/dashboard/");
  co_return finish(*parts, std::move(response));
}

Task<http::Response> answer_text(SharedParts parts, int status, std::string text) {
  co_return finish(*parts, http::Response::text(status, std::move(text)));
}

void add_pages(http::Router& router, const SharedParts& parts) {
  // People who type the bare address; programs are told what is where, as for any unknown path.
  router.add("GET", "/", [parts](http::Request& request) {
    const bool person = request.headers.find("Accept").value_or("").contains("text/html");
    return person ? answer_redirect(parts) : answer_text(parts, 404, "APIs: /identity, /network, /load-balancer.\n");
  });
  router.add("GET", "/dashboard", [parts](http::Request& request) {
    return request.path.ends_with('/') ? answer_file(parts, request, "index.html") : answer_redirect(parts);
  });
  router.add("GET", "/dashboard/{file}",
             [parts](http::Request& request) { return answer_file(parts, request, request.parameter("file")); });
}

void add_api(http::Router& router, const SharedParts& parts) {
  struct Route {
    std::string_view method, pattern;
    SessionHandler handler;
  };
  constexpr std::array kRoutes{
      Route{"GET", "/session", show_own_session},     Route{"POST", "/logout", log_out},
      Route{"GET", "/views/{view}", show_view},       Route{"GET", "/watch/{view}", watch_view},
      Route{"POST", "/floating-ips", allocate},       Route{"PUT", "/floating-ips/{id}/port", associate},
      Route{"DELETE", "/floating-ips/{id}", release},
  };
  router.add("POST", "/dashboard/api/login",
             [parts](http::Request& request) { return answer_login(parts, request); });
  for (const auto& route : kRoutes) {
    router.add(route.method, fmt::format("/dashboard/api{}", route.pattern),
               [parts, handler = route.handler](http::Request& request) {
                 return answer_admitted(parts, request, handler);
               });
  }
}

}  // namespace

const ViewKind* find_view(std::string_view name) {
  static constexpr std::array kViews{
      ViewKind{"floating-ips", "network:read", view_floating_ips},
      ViewKind{"targets", "network:read", view_targets},
      ViewKind{"load-balancers", "load_balancer:read", view_load_balancers},
      ViewKind{"clusters", "container_infra:read", view_clusters},
  };
  const auto* found = std::ranges::find(kViews, name, &ViewKind::name);
  return found == kViews.end() ? nullptr : found;
}

void add_routes(http::Router& router, ApiContext& context, Gateways& gateways, container_infra::Drivers& drivers) {
  const auto parts = std::make_shared<Parts>(router, context, gateways, drivers);
  const auto note = [seen = std::weak_ptr(parts)] {
    const auto alive = seen.lock();
    if (!alive) return;
    ++alive->changes;
    alive->changed.notify_all();
  };
  context.ledger.observe([note](store::Revision, const std::vector<ChangedObject>&) { note(); });
  gateways.observe(note);
  add_pages(router, parts);
  add_api(router, parts);
}

}  // namespace fairway::cloud::dashboard
