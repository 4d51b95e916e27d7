#include "base/strings.h"
#include "controller/desired.h"
#include "controller/explain.h"

namespace fairway::controller {
namespace {

using json::Object;

Task<Result<json::Array>> read(openstack::Client& cloud, std::string collection, std::string query) {
  FW_CO_TRY(const auto project, co_await cloud.project_id());
  const auto path = fmt::format("/v2.0/lb/{}?{}&tenant_id={}", collection, query, percent_encode(project));
  co_return co_await openstack::list_all(cloud, openstack::Service::network, path, collection);
}

// What v1 says of a member's health stands in its status.
std::string health_of(const json::Value& member, bool monitored) {
  if (json::string_or(member, "status") == "INACTIVE") return "ERROR";
  return monitored ? "ONLINE" : "NO_MONITOR";
}

Object as_pool(const json::Value& pool, const json::Array& members) {
  const bool monitored = !json::array_or_empty(pool, "health_monitors").empty();
  json::Array shown;
  for (const auto& member : members) {
    shown.push_back(Object{{"address", json::string_or(member, "address")},
                           {"protocol_port", json::int_or(member, "protocol_port")},
                           {"operating_status", health_of(member, monitored)}});
  }
  return {{"id", json::string_or(pool, "id")},
          {"name", json::string_or(pool, "name")},
          {"provisioning_status", json::string_or(pool, "status")},
          {"members", std::move(shown)}};
}

Object as_listener(const json::Value& vip, json::Array pools) {
  const auto status = json::string_or(vip, "status");
  return {{"id", json::string_or(vip, "id")},
          {"name", fmt::format("{} port {}", json::string_or(vip, "name"), json::int_or(vip, "protocol_port"))},
          {"provisioning_status", status},
          {"operating_status", status == "ACTIVE"  ? "ONLINE"
                               : status == "ERROR" ? "ERROR"
                                                   : "OFFLINE"},
          {"pools", std::move(pools)}};
}

}  // namespace

Task<Result<>> gather_lbaas_v1(openstack::Client& cloud, Gathered& to) {
  const auto name = "name=" + percent_encode(uid_name(json::string_or(*to.service, "metadata.uid")));
  FW_CO_TRY(const auto vips, co_await read(cloud, "vips", name));
  if (vips.empty()) co_return Result<>{};
  const auto& vip = vips.front();
  FW_CO_TRY(const auto pools, co_await read(cloud, "pools", "id=" + percent_encode(json::string_or(vip, "pool_id"))));
  json::Array shown;
  for (const auto& pool : pools) {
    FW_CO_TRY(const auto members,
              co_await read(cloud, "members", "pool_id=" + percent_encode(json::string_or(pool, "id"))));
    shown.push_back(as_pool(pool, members));
  }
  const auto port = json::string_or(vip, "port_id");
  to.load_balancer = Object{{"id", json::string_or(vip, "id")},
                            {"provisioning_status", json::string_or(vip, "status")},
                            {"vip_address", json::string_or(vip, "address")},
                            {"vip_port_id", port}};
  json::Array listeners;
  listeners.push_back(as_listener(vip, std::move(shown)));
  to.status_tree = Object{{"statuses", Object{{"loadbalancer", Object{{"listeners", std::move(listeners)}}}}}};
  FW_CO_TRY(const auto ips,
            co_await openstack::list_all(cloud, openstack::Service::network,
                                         "/v2.0/floatingips?port_id=" + percent_encode(port), "floatingips"));
  to.floating_ips.assign(ips.begin(), ips.end());
  co_return Result<>{};
}

}  // namespace fairway::controller
