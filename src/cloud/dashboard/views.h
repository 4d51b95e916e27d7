// What the pages show, as JSON: made anew from the state and the facts whenever one of them changes. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cloud/api/caller.h"
#include "cloud/dashboard/condition.h"
#include "http/message.h"
#include "json/value.h"

namespace fairway::cloud::dashboard {

// One look: who looks, and at what part (search=, show=, page=, id=).
struct Look {
  World world;
  const Caller& caller;
  const http::Query& query;
};

// A view, by the name in its path. Errors: not_found.
struct ViewKind {
  std::string_view name;
  std::string_view action;  // what the policy must allow
  Result<json::Object> (*make)(const Look&);
};
[[nodiscard]] const ViewKind* find_view(std::string_view name);

// {"items":[…], "external_networks":[{"id","name"}], …}
[[nodiscard]] Result<json::Object> view_floating_ips(const Look& look);
// What the floating IP id= could lead to, best first: {"items":[{"port_id","kind","title","detail","address"}]}.
// Errors: not_found.
[[nodiscard]] Result<json::Object> view_targets(const Look& look);
// A page of load balancers, each with its way, and how many there are in each condition.
[[nodiscard]] Result<json::Object> view_load_balancers(const Look& look);

// A page of clusters, with their node groups and hosts.
[[nodiscard]] Result<json::Object> view_clusters(const Look& look);

}  // namespace fairway::cloud::dashboard
