#include "cluster_driver/balancers.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "cluster_driver/cloud_calls.h"
#include "cluster_driver/names.h"

namespace fairway::cluster_driver {

namespace {

using cluster_link::ClusterWish;
using openstack::Service;

constexpr const char* kBalancers = "/v2.0/lbaas/loadbalancers";
// Watches of the API are quiet for long.
constexpr std::int64_t kIdleMilliseconds = 3'600'000;

// Quick, since the load balancer stands before what it leads to.
json::Object monitor_of() {
  return {{"type", "TCP"}, {"delay", 1}, {"timeout", 1}, {"max_retries", 1}, {"max_retries_down", 3}};
}

json::Object request_for(const ClusterWish& wish, const BalancerPlan& plan) {
  const Names names(wish);
  json::Object member{{"name", names.master()},
                      {"address", plan.member},
                      {"protocol_port", plan.port},
                      {"subnet_id", plan.subnet_id}};
  json::Object pool{{"name", names.pool(plan.role)},
                    {"protocol", plan.protocol},
                    {"lb_algorithm", "ROUND_ROBIN"},
                    {"healthmonitor", monitor_of()},
                    {"members", json::Array{std::move(member)}}};
  json::Object listener{{"name", Names::vip(plan.role)},
                        {"protocol", plan.protocol},
                        {"protocol_port", plan.port},
                        {"timeout_client_data", kIdleMilliseconds},
                        {"timeout_member_data", kIdleMilliseconds},
                        {"default_pool", std::move(pool)}};
  return {{"name", Names::vip(plan.role)},
          {"description", names.owner_mark(plan.role)},
          {"vip_subnet_id", plan.subnet_id},
          {"listeners", json::Array{std::move(listener)}}};
}

Balancer balancer_of(const json::Value& lb) {
  return {.id = json::string_or(lb, "id"),
          .vip_address = json::string_or(lb, "vip_address"),
          .vip_port_id = json::string_or(lb, "vip_port_id"),
          .provisioning_status = json::string_or(lb, "provisioning_status")};
}

bool is_own(const ClusterWish& wish, const json::Value& lb) {
  const Names names(wish);
  const std::string description = json::string_or(lb, "description");
  return description == names.owner_mark("api_pool") || description == names.owner_mark("etcd_pool");
}

// Made for a Service of this cluster, by the controller or by any that names them as OCCM does.
bool is_of_service(const ClusterWish& wish, const json::Value& object) {
  const std::string description = json::string_or(object, "description");
  return description.ends_with(service_mark(wish.id)) ||
         json::string_or(object, "name").starts_with(fmt::format("kube_service_{}_", wish.id));
}

Task<Result<>> remove_floating_ips(openstack::Client& cloud, ClusterWish wish) {
  FW_CO_TRY(const json::Array all,
            co_await openstack::list_all(cloud, Service::network, "/v2.0/floatingips", "floatingips"));
  const std::string own = Names(wish).owner_mark("api");
  for (const json::Value& one : all) {
    const bool ours = json::string_or(one, "description") == own || is_of_service(wish, one);
    if (!ours) continue;
    FW_CO_TRY_DO(co_await delete_one(cloud, Service::network, "/v2.0/floatingips/" + json::string_or(one, "id")));
  }
  // What a person associated by hand is the person's: it stays, without its port.
  co_return Result<>{};
}

}  // namespace

Task<Result<Balancer>> ensure_balancer(openstack::Client& cloud, ClusterWish wish, BalancerPlan plan) {
  const std::string path = fmt::format("{}?name={}&description={}", kBalancers, Names::vip(plan.role),
                                       percent_encode(Names(wish).owner_mark(plan.role)));
  FW_CO_TRY(const auto found, co_await find_one(cloud, Service::load_balancer, path, "loadbalancers"));
  if (found) {
    Balancer balancer = balancer_of(*found);
    if (balancer.provisioning_status != "ERROR") co_return balancer;
    FW_CO_TRY_DO(co_await delete_one(cloud, Service::load_balancer,
                                     fmt::format("{}/{}?cascade=true", kBalancers, balancer.id)));
    co_return fail(Errc::unavailable, fmt::format("load balancer {} went into ERROR and is made anew", balancer.id));
  }
  FW_CO_TRY(const json::Value made,
            co_await make_one(cloud, Service::load_balancer, kBalancers, "loadbalancer", request_for(wish, plan)));
  co_return balancer_of(made);
}

Task<Result<std::string>> ensure_floating_ip(openstack::Client& cloud, ClusterWish wish,
                                             std::string external_network_id, std::string port_id) {
  FW_CO_TRY(const auto found,
            co_await find_one(cloud, Service::network, "/v2.0/floatingips?port_id=" + port_id, "floatingips"));
  if (found) co_return json::string_or(*found, "floating_ip_address");
  json::Object wanted{{"floating_network_id", std::move(external_network_id)},
                      {"port_id", std::move(port_id)},
                      {"description", Names(wish).owner_mark("api")}};
  FW_CO_TRY(const json::Value made,
            co_await make_one(cloud, Service::network, "/v2.0/floatingips", "floatingip", std::move(wanted)));
  co_return json::string_or(made, "floating_ip_address");
}

Task<Result<>> remove_balancers(openstack::Client& cloud, ClusterWish wish) {
  FW_CO_TRY(const json::Array all,
            co_await openstack::list_all(cloud, Service::load_balancer, kBalancers, "loadbalancers"));
  std::string left;
  for (const json::Value& lb : all) {
    if (!is_own(wish, lb) && !is_of_service(wish, lb)) continue;
    const std::string id = json::string_or(lb, "id");
    left = json::string_or(lb, "name", id);
    if (json::string_or(lb, "provisioning_status") == "PENDING_DELETE") continue;
    const Result<> removed =
        co_await delete_one(cloud, Service::load_balancer, fmt::format("{}/{}?cascade=true", kBalancers, id));
    // Somebody works on it: the next time it is not busy any more.
    if (!removed && removed.error().code != Errc::conflict) co_return removed;
  }
  FW_CO_TRY_DO(co_await remove_floating_ips(cloud, wish));
  if (!left.empty()) co_return fail(Errc::unavailable, fmt::format("load balancer {} is being deleted", left));
  co_return Result<>{};
}

}  // namespace fairway::cluster_driver
