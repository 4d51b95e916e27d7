#include "cloud/load_balancer/handlers.h"
#include "cloud/load_balancer/pools.h"
#include "cloud/load_balancer/requests.h"

namespace fairway::cloud {
namespace {

const Resource<Pool>& pools() {
  static const Resource<Pool> kResource{
      .root = "pool",
      .collection = "pools",
      .argument = "pool_",
      .attributes = {"id", "name", "description", "provisioning_status", "operating_status", "admin_state_up",
                     "protocol", "lb_algorithm", "project_id", "loadbalancers", "loadbalancer_id", "listeners",
                     "created_at", "updated_at", "healthmonitor_id", "members", "tls_enabled"},
      .hidden = [](const Pool& pool) { return json::Object{{"loadbalancer_id", pool.load_balancer_id}}; }};
  return kResource;
}

const Resource<HealthMonitor>& monitors() {
  // pool_id is answered by the list's own query of that name.
  static const Resource<HealthMonitor> kResource{
      .root = "healthmonitor",
      .collection = "healthmonitors",
      .argument = "health_monitor_",
      .attributes = {"id", "name", "type", "delay", "timeout", "max_retries", "max_retries_down", "http_method",
                     "url_path", "expected_codes", "admin_state_up", "project_id", "pools", "provisioning_status",
                     "operating_status", "created_at", "updated_at", "http_version", "domain_name"}};
  return kResource;
}

Result<http::Response> list_pools(const Handlers& handlers, const Call& call) {
  const auto balancer = call.request.query.find("loadbalancer_id");
  if (!balancer) return handlers.list_all(call, pools());
  return handlers.list(call, pools(),
                       handlers.context.ledger.state().table<Pool>().find_by("load_balancer_id", *balancer));
}

Result<http::Response> list_monitors(const Handlers& handlers, const Call& call) {
  const auto pool_id = call.request.query.find("pool_id");
  if (!pool_id) return handlers.list_all(call, monitors());
  auto of_pool = monitors();
  of_pool.attributes.push_back("pool_id");
  of_pool.hidden = [wanted = std::string(*pool_id)](const HealthMonitor&) {
    return json::Object{{"pool_id", wanted}};
  };
  std::vector<const HealthMonitor*> found;
  if (const auto* pool = handlers.context.ledger.state().find<Pool>(*pool_id)) {
    for (const auto& id : pool->health_monitor_ids)
      found.push_back(handlers.context.ledger.state().find<HealthMonitor>(id));
  }
  return handlers.list(call, of_pool, found);
}

void add_monitor_routes(LbRoutes& routes, const Handlers& handlers) {
  routes.add_plain("GET", "/healthmonitors", "load_balancer:read",
                   [handlers](Call& call) { return list_monitors(handlers, call); });
  routes.add_plain("GET", "/healthmonitors/{id}", "load_balancer:read",
                   [handlers](Call& call) { return handlers.get(call, monitors(), call.parameter("id")); });
  routes.add("POST", "/healthmonitors", "load_balancer:write", [handlers](Call& call) {
    return handlers.make(call, 201, monitors(), health_monitor_post(), create_health_monitor);
  });
  routes.add("PUT", "/healthmonitors/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.make(call, 200, monitors(), health_monitor_put(),
                         [&call](const Decision& decision, const json::Object& request) {
                           return update_health_monitor(decision, call.parameter("id"), request);
                         });
  });
  routes.add("DELETE", "/healthmonitors/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.remove(call, 204, [&call](const Decision& decision) {
      return delete_health_monitor(decision, call.parameter("id"));
    });
  });
}

}  // namespace

void add_pool_routes(LbRoutes& routes) {
  const Handlers handlers{routes.context(), routes.gateways()};
  routes.add_plain("GET", "/pools", "load_balancer:read",
                   [handlers](Call& call) { return list_pools(handlers, call); });
  routes.add_plain("GET", "/pools/{id}", "load_balancer:read",
                   [handlers](Call& call) { return handlers.get(call, pools(), call.parameter("id")); });
  routes.add("POST", "/pools", "load_balancer:write",
             [handlers](Call& call) { return handlers.make(call, 201, pools(), pool_post(), create_pool); });
  routes.add("PUT", "/pools/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.make(call, 200, pools(), pool_put(),
                         [&call](const Decision& decision, const json::Object& request) {
                           return update_pool(decision, call.parameter("id"), request);
                         });
  });
  routes.add("DELETE", "/pools/{id}", "load_balancer:write", [handlers](Call& call) {
    return handlers.remove(call, 204,
                           [&call](const Decision& decision) { return delete_pool(decision, call.parameter("id")); });
  });
  add_monitor_routes(routes, handlers);
}

}  // namespace fairway::cloud
