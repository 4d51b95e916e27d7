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

}  // namespace fairway::cluster_driver
