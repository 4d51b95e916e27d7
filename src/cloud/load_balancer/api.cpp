#include "cloud/load_balancer/api.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/load_balancer/api_routes.h"
#include "json/value.h"

namespace fairway::cloud {
namespace {

// All name the same objects; the ones without lbaas are those of neutron-lbaas' clients.
constexpr std::array kRoots{"/v2/lbaas", "/v2.0/lbaas", "/v2", "/v2.0"};

bool accepts_json(const http::Request& request) {
  const auto accept = trim(request.headers.find("Accept").value_or(""));
  return accept.empty() || accept.contains("application/json") || accept.contains("*/*") ||
         accept.contains("application/*");
}

http::Response not_acceptable(const http::Request& request) {
  const json::Object error{{"status", 406},
                           {"title", "Not Acceptable"},
                           {"detail", fmt::format("Only media type application/json is offered; asked for {}.",
                                                  request.headers.find("Accept").value_or(""))},
                           {"request_id", ""}};
  return http::Response::json(406, json::write(json::Object{{"errors", json::Array{error}}}));
}

PlainHandler accepting(PlainHandler handler) {
  return [handler = std::move(handler)](Call& call) -> Result<http::Response> {
    if (!accepts_json(call.request)) return not_acceptable(call.request);
    return handler(call);
  };
}

Task<Result<http::Response>> refuse_format(const http::Request& request) { co_return not_acceptable(request); }

}  // namespace

LbRoutes::LbRoutes(http::Router& router, ApiContext& context, Gateways& gateways)
    : routes_(router, context, Api::octavia, "/load-balancer"), context_(context), gateways_(gateways) {}

void LbRoutes::add(std::string_view method, std::string_view path, std::string_view action, CallHandler handler) {
  const CallHandler checked = [handler = std::move(handler)](Call& call) -> Task<Result<http::Response>> {
    return accepts_json(call.request) ? handler(call) : refuse_format(call.request);
  };
  for (const auto* root : kRoots) routes_.add(method, root + std::string(path), action, checked);
}

void LbRoutes::add_plain(std::string_view method, std::string_view path, std::string_view action,
                         PlainHandler handler) {
  const auto checked = accepting(std::move(handler));
  for (const auto* root : kRoots) routes_.add_plain(method, root + std::string(path), action, checked);
}

void LbRoutes::add_at_root(std::string_view method, std::string_view path, std::string_view action,
                           PlainHandler handler) {
  routes_.add_plain(method, path, action, accepting(std::move(handler)));
}

void LbRoutes::add_open(std::string_view path, PlainHandler handler) {
  const auto checked = accepting(std::move(handler));
  routes_.add_open("GET", path, [checked](Call& call) -> Task<Result<http::Response>> { co_return checked(call); });
}

Result<http::Response> listed(const ApiContext& context, const Call& call, const ListRules& rules,
                              std::vector<ListItem> items) {
  FW_TRY(const auto page, list_page(call.request, rules, std::move(items), context.public_url + call.request.path));
  return http::Response::json(200, json::write(page));
}

bool query_flag(const http::Request& request, std::string_view name) {
  constexpr std::array kTrue{"1", "t", "true", "on", "y", "yes"};
  return std::ranges::find(kTrue, to_lower(trim(request.query.find(name).value_or("")))) != kTrue.end();
}

std::unexpected<Error> unknown_parent(std::string_view what, std::string_view id) {
  return fault(Errc::not_found, kBeforeDispatch, fmt::format("{} {} not found.", what, id));
}

void add_load_balancer_routes(http::Router& router, ApiContext& context, Gateways& gateways) {
  LbRoutes routes(router, context, gateways);
  add_balancer_routes(routes);
  add_listener_routes(routes);
  add_pool_routes(routes);
  add_member_routes(routes);
  add_quota_routes(routes);
  add_catalogue_routes(routes);
}

}  // namespace fairway::cloud
