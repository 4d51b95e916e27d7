#include "cloud/load_balancer/handlers.h"
#include "cloud/load_balancer/listeners.h"
#include "cloud/load_balancer/requests.h"

namespace fairway::cloud {
namespace {

const Resource<Listener>& resource() {
  static const Resource<Listener> kResource{.root = "listener",
                                            .collection = "listeners",
                                            .argument = "listener_",
                                            .attributes = {"id",
                                                           "name",
                                                           "description",
                                                           "provisioning_status",
                                                           "operating_status",
                                                           "admin_state_up",
                                                           "protocol",
                                                           "protocol_port",
                                                           "connection_limit",
                                                           "default_tls_container_ref",
                                                           "project_id",
                                                           "default_pool_id",
                                                           "created_at",
                                                           "updated_at",
                                                           "loadbalancers",
                                                           "loadbalancer_id",
                                                           "timeout_client_data",
                                                           "timeout_member_connect",
                                                           "timeout_member_data",
                                                           "timeout_tcp_inspect",
                                                           "client_authentication",
                                                           "allowed_cidrs"},
                                            .hidden = [](const Listener& listener) {
                                              return json::Object{{"loadbalancer_id", listener.load_balancer_id}};
                                            }};
  return kResource;
}

// Of one load balancer, when that is asked for; else of all.
Result<http::Response> list(const Handlers& handlers, const Call& call) {
  const auto balancer = call.request.query.find("loadbalancer_id");
  if (!balancer) return handlers.list_all(call, resource());
  return handlers.list(call, resource(),
                       handlers.context.ledger.state().table<Listener>().find_by("load_balancer_id", *balancer));
}

Task<Result<http::Response>> statistics(const Handlers& handlers, Call& call) {
  FW_CO_TRY_DO(co_await handlers.gateways.keep_counters());
  FW_CO_TRY(const auto* listener,
            find_readable<Listener>(handlers.context.ledger.state(), call.caller, call.parameter("id")));
  co_return rooted(200, "stats", show(handlers.gateways.facts().statistics(listener->id)));
}

}  // namespace

void add_listener_routes(LbRoutes& routes) {
  const Handlers handlers{routes.context(), routes.gateways()};
  routes.add_plain("GET", "/listeners", "load_balancer:read",
                   [handlers](Call& call) { return list(handlers, call); });
  routes.add_plain("GET", "/listeners/{id}", "load_balancer:read",
                   [handlers](Call& call) { return handlers.get(call, resource(), call.parameter("id")); });
  routes.add("GET", "/listeners/{id}/stats", "load_balancer:read",
             [handlers](Call& call) { return statistics(handlers, call); });
  routes.add("POST", "/listeners", "load_balancer:write", [handlers](Call& call) {
    return handlers.make(call, 201, resource(), listener_post(), create_listener);
  });
  routes.add("PUT", "/listeners/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.make(call, 200, resource(), listener_put(),
                         [&call](const Decision& decision, const json::Object& request) {
                           return update_listener(decision, call.parameter("id"), request);
                         });
  });
  routes.add("DELETE", "/listeners/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.remove(
        call, 204, [&call](const Decision& decision) { return delete_listener(decision, call.parameter("id")); });
  });
}

}  // namespace fairway::cloud
