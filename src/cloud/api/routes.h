// Adds one API's handlers to the router, each behind its token check and its action in the policy table.
//
//   Routes routes(router, context, Api::neutron, "/network");
//   routes.add("GET", "/v2.0/networks/{id}", "network:read", [this](Call& call) -> Task<Result<http::Response>> { …
//   });
//
// Around every handler: the token becomes a Caller (401 in Keystone's shape), the policy is asked (403), an Error
// becomes the API's own body, an answer to a read waits until what it shows is durable, X-Openstack-Request-Id is
// set, and a
// ".json" at the end of the path is tolerated.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cloud/api/caller.h"
#include "cloud/api/context.h"
#include "cloud/api/fault.h"
#include "http/router.h"

namespace fairway::cloud {

// One request on its way: good until the handler's answer.
struct Call {
  http::Request& request;
  Caller caller;  // without a user on open routes

  [[nodiscard]] const std::string& parameter(std::string_view name) const { return request.parameter(name); }
};

using CallHandler = std::function<Task<Result<http::Response>>(Call&)>;
// For answers that wait for nothing.
using PlainHandler = std::function<Result<http::Response>(Call&)>;

class Routes {
 public:
  // router and context outlive the routes.
  Routes(http::Router& router, ApiContext& context, Api api, std::string prefix)
      : router_(router), context_(context), api_(api), prefix_(std::move(prefix)) {}

  void add(std::string_view method, std::string_view pattern, std::string_view action, CallHandler handler);
  void add_plain(std::string_view method, std::string_view pattern, std::string_view action, PlainHandler handler);
  // Needs no token (discovery, login).
  void add_open(std::string_view method, std::string_view pattern, CallHandler handler);

 private:
  void add_checked(std::string_view method, std::string_view pattern, std::string action, CallHandler handler);
  http::Router& router_;
  ApiContext& context_;
  Api api_;
  std::string prefix_;
};

}  // namespace fairway::cloud
