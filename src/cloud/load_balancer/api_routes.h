// Adds a handler under every path by which clients know a resource of this API, behind its check of Accept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/answer.h"
#include "cloud/api/listing.h"
#include "cloud/api/routes.h"
#include "cloud/load_balancer/gateways.h"
#include "cloud/load_balancer/views.h"

namespace fairway::cloud {

class LbRoutes {
 public:
  LbRoutes(http::Router& router, ApiContext& context, Gateways& gateways);

  // `path` is below the collections' root: "/pools/{pool}/members".
  void add(std::string_view method, std::string_view path, std::string_view action, CallHandler handler);
  void add_plain(std::string_view method, std::string_view path, std::string_view action, PlainHandler handler);
  // Below /load-balancer itself, without a token.
  void add_open(std::string_view path, PlainHandler handler);
  // Below /load-balancer itself.
  void add_at_root(std::string_view method, std::string_view path, std::string_view action, PlainHandler handler);

  [[nodiscard]] ApiContext& context() const { return context_; }
  [[nodiscard]] Gateways& gateways() const { return gateways_; }
  [[nodiscard]] View view() const { return {context_.ledger.state(), gateways_.facts()}; }

 private:
  Routes routes_;
  ApiContext& context_;
  Gateways& gateways_;
};

// A page of a collection, as list_page makes it.
[[nodiscard]] Result<http::Response> listed(const ApiContext& context, const Call& call, const ListRules& rules,
                                            std::vector<ListItem> items);
// A flag in the query, as oslo's bool_from_string reads it; absent: false.
[[nodiscard]] bool query_flag(const http::Request& request, std::string_view name);
// What octavia says before it knows the resource: "Pool … not found." with its other body.
[[nodiscard]] std::unexpected<Error> unknown_parent(std::string_view what, std::string_view id);

// The parts of the API, each with its own file.
void add_balancer_routes(LbRoutes& routes);
void add_listener_routes(LbRoutes& routes);
void add_pool_routes(LbRoutes& routes);
void add_member_routes(LbRoutes& routes);
void add_quota_routes(LbRoutes& routes);
void add_catalogue_routes(LbRoutes& routes);  // versions, providers, flavors, …

}  // namespace fairway::cloud
