#include "cloud/api/routes.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "cloud/api/policy.h"

namespace fairway::cloud {
namespace {

std::string refusal(Api api, std::string_view action) {
  switch (api) {
    case Api::keystone:
      return fmt::format("You are not authorized to perform the requested action: {}.", action);
    case Api::neutron:
      return "rule:" + std::string(action) + " is disallowed by policy";
    case Api::octavia:
      return "Policy does not allow this request to be performed.";
    case Api::magnum:
      return fmt::format("Policy doesn't allow {} to be performed.", action);
  }
  std::unreachable();
}

bool is_read(const http::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

struct Route {
  ApiContext& context;
  Api api;
  std::string action;  // empty: open to everybody
  CallHandler handler;
};

// Who calls, if the route lets them in.
Result<Caller> admit(const Route& route, const http::Request& request) {
  if (route.action.empty()) return Caller{};
  FW_TRY(auto caller, route.context.tokens.verify(request.headers.find("X-Auth-Token").value_or("")));
  if (allowed(caller, route.action)) return caller;
  return fault(Errc::denied, route.api == Api::neutron ? "PolicyNotAuthorized" : "",
               refusal(route.api, route.action));
}

Task<Result<http::Response>> run(const Route& route, Call& call) {
  FW_CO_TRY(auto response, co_await route.handler(call));
  // A reader must not see what a crash could still undo.
  if (is_read(call.request)) FW_CO_TRY_DO(co_await route.context.ledger.settle());
  co_return response;
}

http::Response to_answer(const Route& route, Result<http::Response> result) {
  if (result) return *std::move(result);
  if (result.error().code != Errc::unauthenticated) return to_response(route.api, result.error());
  return unauthenticated_response(route.context.identity_url(), result.error().what);
}

// The route by value: a request in flight keeps what it runs on.
Task<http::Response> answer(std::shared_ptr<const Route> route, http::Request& request) {
  Result<http::Response> result = http::Response::empty(500);
  if (auto caller = admit(*route, request)) {
    Call call{request, *std::move(caller)};
    result = co_await run(*route, call);
  } else {
    result = std::unexpected(std::move(caller).error());
  }
  auto response = to_answer(*route, std::move(result));
  response.headers.set("X-Openstack-Request-Id", "req-" + make_uuid(route->context.env.random));
  if (request.method == "HEAD") response.body.clear();
  co_return response;
}

}  // namespace

void Routes::add(std::string_view method, std::string_view pattern, std::string_view action, CallHandler handler) {
  FW_CHECK(!action.empty());
  add_checked(method, pattern, std::string(action), std::move(handler));
}

void Routes::add_plain(std::string_view method, std::string_view pattern, std::string_view action,
                       PlainHandler handler) {
  add(method, pattern, action,
      [handler = std::move(handler)](Call& call) -> Task<Result<http::Response>> { co_return handler(call); });
}

void Routes::add_open(std::string_view method, std::string_view pattern, CallHandler handler) {
  add_checked(method, pattern, "", std::move(handler));
}

void Routes::add_checked(std::string_view method, std::string_view pattern, std::string action, CallHandler handler) {
  auto route = std::make_shared<const Route>(Route{context_, api_, std::move(action), std::move(handler)});
  router_.add(method, prefix_ + std::string(pattern),
              [route](http::Request& request) { return answer(route, request); });
}

}  // namespace fairway::cloud
