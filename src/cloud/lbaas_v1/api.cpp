#include "cloud/lbaas_v1/api.h"

#include <functional>

#include <fmt/format.h>

#include "cloud/api/listing.h"
#include "cloud/api/policy.h"
#include "cloud/api/routes.h"
#include "cloud/lbaas_v1/decisions.h"
#include "cloud/lbaas_v1/views.h"
#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

constexpr std::string_view kRead = "load_balancer:read", kWrite = "load_balancer:write";
// How long a delete waits for the load balancer to be free before it, and to be done after it: v1's clients do not
// poll.
constexpr Duration kPatience = std::chrono::seconds(10);

struct Handlers {
  ApiContext& context;
  Gateways& gateways;

  [[nodiscard]] const State& state() const { return context.ledger.state(); }
  [[nodiscard]] View view() const { return {state(), gateways.facts()}; }
};

struct Resource {
  std::string_view root, collection, path;
  std::vector<std::string_view> attributes;
};

const Resource& vips() {
  static const Resource kVips{
      "vip",
      "vips",
      "/vips",
      {"id", "tenant_id", "name", "description", "subnet_id", "address", "port_id", "protocol_port", "protocol",
       "pool_id", "connection_limit", "admin_state_up", "status"}};
  return kVips;
}

const Resource& pools() {
  static const Resource kPools{"pool",
                               "pools",
                               "/pools",
                               {"id", "tenant_id", "vip_id", "name", "description", "subnet_id", "protocol",
                                "provider", "lb_method", "members", "health_monitors", "admin_state_up", "status"}};
  return kPools;
}

const Resource& members() {
  static const Resource kMembers{
      "member",
      "members",
      "/members",
      {"id", "tenant_id", "pool_id", "address", "protocol_port", "weight", "admin_state_up", "status"}};
  return kMembers;
}

const Resource& monitors() {
  static const Resource kMonitors{"health_monitor",
                                  "health_monitors",
                                  "/health_monitors",
                                  {"id", "tenant_id", "type", "delay", "timeout", "max_retries", "http_method",
                                   "url_path", "expected_codes", "admin_state_up"}};
  return kMonitors;
}

Scope reading(const Call& call) { return scope_for(call.caller, "load_balancer:read_all"); }
Scope writing(const Call& call) { return scope_for(call.caller, "load_balancer:admin"); }

http::Response shown(std::string_view root, json::Object object) {
  json::Object body;
  body.emplace(root, std::move(object));
  return http::Response::json(200, json::write(body));
}

template <class T>
Result<http::Response> list(const Handlers& handlers, const Call& call, const Resource& resource) {
  const auto scope = reading(call);
  std::vector<ListItem> items;
  for (const auto& [id, row] : handlers.state().table<T>().rows()) {
    if (scope.sees(row.object->project_id)) items.push_back({handlers.view().show(*row.object)});
  }
  const ListRules rules{.api = Api::neutron, .collection = resource.collection, .attributes = resource.attributes};
  FW_TRY(const auto page,
         list_page(call.request, rules, std::move(items), handlers.context.public_url + call.request.path));
  return http::Response::json(200, json::write(page));
}

template <class T>
Result<http::Response> get(const Handlers& handlers, const Call& call, const Resource& resource) {
  FW_TRY(const auto* object, find<T>(handlers.state(), reading(call), call.parameter("id")));
  return shown(resource.root, select_fields(call.request, handlers.view().show(*object)));
}

using Remove = std::function<Result<>(Work&, const Scope&)>;

// Waits for the lock, decides, and waits until what was deleted is gone.
Task<Result<http::Response>> remove(const Handlers& handlers, Call& call, std::string lock, Remove decide) {
  if (!lock.empty()) co_await handlers.gateways.wait_settled(lock, kPatience);
  const auto done = co_await handlers.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    FW_TRY_DO(decide(work, writing(call)));
    return true;
  });
  if (!done) co_return std::unexpected(done.error());
  if (!lock.empty()) co_await handlers.gateways.wait_settled(lock, kPatience);
  co_return http::Response::empty(204);
}

Task<Result<http::Response>> pool_statistics(const Handlers& handlers, Call& call) {
  FW_CO_TRY_DO(co_await handlers.gateways.keep_counters());
  FW_CO_TRY(const auto* pool, find<Pool>(handlers.state(), reading(call), call.parameter("id")));
  co_return shown("stats", handlers.view().show_statistics(*pool));
}

template <class T>
void add_reads(Routes& routes, const Handlers& handlers, const Resource& resource) {
  const auto path = fmt::format("/v2.0/lb{}", resource.path);
  routes.add_plain("GET", path, kRead,
                   [handlers, &resource](Call& call) { return list<T>(handlers, call, resource); });
  routes.add_plain("GET", path + "/{id}", kRead,
                   [handlers, &resource](Call& call) { return get<T>(handlers, call, resource); });
}

void add_deletes(Routes& routes, const Handlers& handlers) {
  routes.add("DELETE", "/v2.0/lb/vips/{id}", kWrite, [handlers](Call& call) {
    return remove(handlers, call, lock_of_vip(handlers.state(), call.parameter("id")),
                  [&call, handlers](Work& work, const Scope& scope) {
                    return delete_vip(work, handlers.context.env, scope, call.parameter("id"));
                  });
  });
  routes.add("DELETE", "/v2.0/lb/pools/{id}", kWrite, [handlers](Call& call) {
    return remove(handlers, call, lock_of_pool(handlers.state(), call.parameter("id")),
                  [&call, handlers](Work& work, const Scope& scope) {
                    return delete_pool(work, handlers.context.env, scope, call.parameter("id"));
                  });
  });
  routes.add("DELETE", "/v2.0/lb/members/{id}", kWrite, [handlers](Call& call) {
    return remove(handlers, call, lock_of_member(handlers.state(), call.parameter("id")),
                  [&call, handlers](Work& work, const Scope& scope) {
                    return delete_member(work, handlers.context.env, scope, call.parameter("id"));
                  });
  });
  routes.add("DELETE", "/v2.0/lb/health_monitors/{id}", kWrite, [handlers](Call& call) {
    return remove(handlers, call, "", [&call](Work& work, const Scope& scope) {
      return delete_health_monitor(work, scope, call.parameter("id"));
    });
  });
}

// What this API does not do yet is refused in words, so that no client takes silence for success.
void add_refusals(Routes& routes) {
  const auto refuse = [](std::string_view what) -> PlainHandler {
    return [what](Call&) -> Result<http::Response> {
      return fault(Errc::unsupported, "NotImplemented",
                   fmt::format("{} through LBaaS v1 is not offered here; use the Load Balancing API v2.", what));
    };
  };
  for (const auto* resource : {&vips(), &pools(), &members(), &monitors()}) {
    const auto path = fmt::format("/v2.0/lb{}", resource->path);
    routes.add_plain("POST", path, kWrite, refuse("Creating"));
    routes.add_plain("PUT", path + "/{id}", kWrite, refuse("Changing"));
  }
  routes.add_plain("POST", "/v2.0/lb/pools/{id}/health_monitors", kWrite, refuse("Associating monitors"));
  routes.add_plain("DELETE", "/v2.0/lb/pools/{id}/health_monitors/{monitor}", kWrite,
                   refuse("Disassociating monitors"));
}

}  // namespace

void add_routes(http::Router& router, ApiContext& context, Gateways& gateways) {
  Routes routes(router, context, Api::neutron, "/network");
  const Handlers handlers{context, gateways};
  add_reads<Listener>(routes, handlers, vips());
  add_reads<Pool>(routes, handlers, pools());
  add_reads<Member>(routes, handlers, members());
  add_reads<HealthMonitor>(routes, handlers, monitors());
  routes.add("GET", "/v2.0/lb/pools/{id}/stats", kRead,
             [handlers](Call& call) { return pool_statistics(handlers, call); });
  add_deletes(routes, handlers);
  add_refusals(routes);
}

}  // namespace fairway::cloud::lbaas_v1
