#include "cloud/identity/identity.h"

#include "cloud/api/listing.h"

namespace fairway::cloud::identity {

void add_routes(http::Router& router, ApiContext& context, Tokens& tokens, Passwords& passwords) {
  Routes routes(router, context, Api::keystone, "/identity");
  const IdentityParts parts{context, tokens, passwords};
  add_discovery_routes(routes, parts);
  add_token_routes(routes, parts);
  add_catalog_routes(routes, parts);
  add_domain_routes(routes, parts);
  add_project_routes(routes, parts);
  add_user_routes(routes, parts);
  add_role_routes(routes, parts);
  add_assignment_routes(routes, parts);
  add_credential_routes(routes, parts);
}

Result<http::Response> keystone_list(const Call& call, std::string_view collection, std::vector<json::Object> objects,
                                     std::vector<std::string_view> filters, const std::string& self) {
  std::vector<ListItem> items;
  items.reserve(objects.size());
  for (auto& object : objects) items.push_back({std::move(object)});
  const ListRules rules{.api = Api::keystone, .collection = collection, .attributes = std::move(filters)};
  FW_TRY(const auto page, list_page(call.request, rules, std::move(items), self));
  return http::Response::json(200, json::write(page));
}

}  // namespace fairway::cloud::identity
