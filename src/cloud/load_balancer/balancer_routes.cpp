#include "cloud/load_balancer/balancers.h"
#include "cloud/load_balancer/handlers.h"
#include "cloud/load_balancer/requests.h"

namespace fairway::cloud {
namespace {

const Resource<LoadBalancer>& resource() {
  static const Resource<LoadBalancer> kResource{
      .root = "loadbalancer",
      .collection = "loadbalancers",
      .argument = "load_balancer",
      .attributes = {"id", "name", "description", "provisioning_status", "operating_status", "admin_state_up",
                     "project_id", "created_at", "updated_at", "vip_address", "vip_port_id", "vip_subnet_id",
                     "vip_network_id", "listeners", "pools", "provider", "flavor_id", "vip_qos_policy_id",
                     "availability_zone"}};
  return kResource;
}

// The answer has every child in full.
Task<Result<http::Response>> create(const Handlers& handlers, Call& call) {
  FW_CO_TRY(const auto request,
            read_wsme(call.request.body, resource().argument, resource().root, load_balancer_post()));
  auto made = co_await handlers.context.ledger.change<json::Object>([&](Work& work) -> Result<json::Object> {
    FW_TRY(const auto id, create_load_balancer(Decision{work, handlers.context.env, call.caller}, request));
    return View{work.state(), handlers.gateways.facts()}.show_full(*work.find<LoadBalancer>(id));
  });
  if (!made) co_return std::unexpected(std::move(made).error());
  co_return rooted(201, resource().root, *std::move(made));
}

Task<Result<http::Response>> statistics(const Handlers& handlers, Call& call) {
  // What is shown must not fall later, so it is durable first.
  FW_CO_TRY_DO(co_await handlers.gateways.keep_counters());
  const auto& state = handlers.context.ledger.state();
  FW_CO_TRY(const auto* balancer, find_readable<LoadBalancer>(state, call.caller, call.parameter("id")));
  co_return rooted(200, "stats", show(statistics_of(state, handlers.gateways.facts(), *balancer)));
}

Result<http::Response> status_tree(const Handlers& handlers, const Call& call) {
  FW_TRY(const auto* balancer,
         find_readable<LoadBalancer>(handlers.context.ledger.state(), call.caller, call.parameter("id")));
  return rooted(200, "statuses", handlers.view().show_status_tree(*balancer));
}

Task<Result<http::Response>> fail_over_now(const Handlers& handlers, Call& call) {
  handlers.gateways.send_again(call.parameter("id"));
  return handlers.remove(call, 202,
                         [&call](const Decision& decision) { return fail_over(decision, call.parameter("id")); });
}

void add_collection(LbRoutes& routes, const Handlers& handlers) {
  routes.add_plain("GET", "/loadbalancers", "load_balancer:read",
                   [handlers](Call& call) { return handlers.list_all(call, resource()); });
  routes.add("POST", "/loadbalancers", "load_balancer:write",
             [handlers](Call& call) { return create(handlers, call); });
}

void add_facts(LbRoutes& routes, const Handlers& handlers) {
  for (const auto* path : {"/loadbalancers/{id}/status", "/loadbalancers/{id}/statuses"}) {
    routes.add_plain("GET", path, "load_balancer:read",
                     [handlers](Call& call) { return status_tree(handlers, call); });
  }
  routes.add("GET", "/loadbalancers/{id}/stats", "load_balancer:read",
             [handlers](Call& call) { return statistics(handlers, call); });
}

}  // namespace

void add_balancer_routes(LbRoutes& routes) {
  const Handlers handlers{routes.context(), routes.gateways()};
  add_collection(routes, handlers);
  add_facts(routes, handlers);
  routes.add_plain("GET", "/loadbalancers/{id}", "load_balancer:read",
                   [handlers](Call& call) { return handlers.get(call, resource(), call.parameter("id")); });
  routes.add("PUT", "/loadbalancers/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.make(call, 200, resource(), load_balancer_put(),
                         [&call](const Decision& decision, const json::Object& request) {
                           return update_load_balancer(decision, call.parameter("id"), request);
                         });
  });
  routes.add("DELETE", "/loadbalancers/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.remove(call, 204, [&call](const Decision& decision) {
      const bool cascade = query_flag(call.request, "cascade");
      return delete_load_balancer(decision, call.parameter("id"), cascade);
    });
  });
  routes.add("PUT", "/loadbalancers/{id}/failover", "load_balancer:admin",
             [handlers](Call& call) { return fail_over_now(handlers, call); });
}

}  // namespace fairway::cloud
