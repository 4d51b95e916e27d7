#include "cleanup/inventory.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "cleanup/belongings.h"
#include "controller/lbaas_v1/plan.h"
#include "controller/texts.h"

namespace fairway::cleanup {

namespace {

using controller::texts_in;
using openstack::Service;
namespace lbaas_v1 = controller::lbaas_v1;

Port read_port(const json::Value& object) {
  Port port{.id = json::string_or(object, "id"),
            .name = json::string_or(object, "name"),
            .network_id = json::string_or(object, "network_id"),
            .device_owner = json::string_or(object, "device_owner"),
            .addresses = {},
            .subnet_ids = {}};
  for (const auto& ip : json::array_or_empty(object, "fixed_ips")) {
    port.addresses.push_back(json::string_or(ip, "ip_address"));
    port.subnet_ids.push_back(json::string_or(ip, "subnet_id"));
  }
  return port;
}

// One reading of one project.
class Reader {
 public:
  Reader(openstack::Client& cloud, std::string project) : cloud_(cloud), project_(std::move(project)) {}

  // A cloud without that API, or that path, has none.
  Task<Result<json::Array>> list(Service service, std::string path, std::string collection) {
    auto all = co_await openstack::list_all(cloud_, service, std::move(path), std::move(collection));
    if (!all && all.error().code == Errc::not_found) co_return json::Array();
    if (!all) co_return std::unexpected(std::move(all).error());
    json::Array ours;
    for (json::Value& object : *all) {
      const std::string of = json::string_or(object, "project_id", json::string_or(object, "tenant_id"));
      if (of.empty() || of == project_) ours.push_back(std::move(object));
    }
    co_return ours;
  }

  Task<Result<>> read_balancers() {
    FW_CO_TRY(const auto all, co_await list(Service::load_balancer, "/v2.0/lbaas/loadbalancers", "loadbalancers"));
    for (const auto& object : all) found.balancers.push_back(read_balancer(object));
    for (Balancer& balancer : found.balancers) {
      if (needs_listeners(balancer)) FW_CO_TRY_DO(co_await read_listeners(balancer.id));
      if (!needs_members(balancer)) continue;
      FW_CO_TRY(balancer.members, co_await read_members(balancer.id));
    }
    co_return Result<>{};
  }

  Task<Result<>> read_listeners(std::string balancer_id) {
    FW_CO_TRY(const auto all, co_await list(Service::load_balancer,
                                            "/v2.0/lbaas/listeners?loadbalancer_id=" + balancer_id, "listeners"));
    for (const auto& object : all) {
      found.listeners.push_back({.id = json::string_or(object, "id"),
                                 .load_balancer_id = balancer_id,
                                 .default_pool_id = json::string_or(object, "default_pool_id"),
                                 .tags = texts_in(object, "tags")});
    }
    co_return Result<>{};
  }

  Task<Result<std::vector<std::string>>> read_members(std::string balancer_id) {
    std::vector<std::string> addresses;
    FW_CO_TRY(const auto pools,
              co_await list(Service::load_balancer, "/v2.0/lbaas/pools?loadbalancer_id=" + balancer_id, "pools"));
    for (const auto& pool : pools) {
      const std::string path = fmt::format("/v2.0/lbaas/pools/{}/members", json::string_or(pool, "id"));
      FW_CO_TRY(const auto members, co_await list(Service::load_balancer, path, "members"));
      for (const auto& member : members) addresses.push_back(json::string_or(member, "address"));
    }
    co_return addresses;
  }

  Task<Result<>> read_network(std::string network_id) {
    FW_CO_TRY(const auto floating, co_await list(Service::network, "/v2.0/floatingips", "floatingips"));
    for (const auto& object : floating) {
      found.floating_ips.push_back({.id = json::string_or(object, "id"),
                                    .address = json::string_or(object, "floating_ip_address"),
                                    .port_id = json::string_or(object, "port_id"),
                                    .description = json::string_or(object, "description")});
    }
    FW_CO_TRY(const auto groups, co_await list(Service::network, "/v2.0/security-groups", "security_groups"));
    for (const auto& object : groups) {
      found.security_groups.push_back({.id = json::string_or(object, "id"),
                                       .name = json::string_or(object, "name"),
                                       .description = json::string_or(object, "description")});
    }
    if (network_id.empty()) co_return Result<>{};
    FW_CO_TRY(const auto ports, co_await openstack::list_all(cloud_, Service::network,
                                                             "/v2.0/ports?network_id=" + network_id, "ports"));
    for (const auto& object : ports) found.ports.push_back(read_port(object));
    co_return Result<>{};
  }

  Task<Result<>> read_v1() {
    lbaas_v1::Lists lists;
    FW_CO_TRY(lists.vips, co_await list(Service::network, std::string(lbaas_v1::kVips), "vips"));
    FW_CO_TRY(lists.pools, co_await list(Service::network, std::string(lbaas_v1::kPools), "pools"));
    if (lists.vips.empty() && lists.pools.empty()) co_return Result<>{};
    FW_CO_TRY(lists.members, co_await list(Service::network, std::string(lbaas_v1::kMembers), "members"));
    FW_CO_TRY(lists.monitors, co_await list(Service::network, std::string(lbaas_v1::kMonitors), "health_monitors"));
    found.v1 = lbaas_v1::assemble(lists);
    co_return Result<>{};
  }

  Inventory found;

 private:
  openstack::Client& cloud_;
  const std::string project_;
};

}  // namespace

Balancer read_balancer(const json::Value& object) {
  return {.id = json::string_or(object, "id"),
          .name = json::string_or(object, "name"),
          .description = json::string_or(object, "description"),
          .provisioning_status = json::string_or(object, "provisioning_status"),
          .vip_address = json::string_or(object, "vip_address"),
          .vip_port_id = json::string_or(object, "vip_port_id"),
          .vip_network_id = json::string_or(object, "vip_network_id"),
          .tags = texts_in(object, "tags"),
          .members = {}};
}

Task<Result<Inventory>> read_inventory(openstack::Client& cloud, std::string network_id) {
  FW_CO_TRY(std::string project, co_await cloud.project_id());
  using namespace boost::asio::experimental::awaitable_operators;
  Reader reader(cloud, std::move(project));
  const auto [balancers, network, v1] =
      co_await (reader.read_balancers() && reader.read_network(std::move(network_id)) && reader.read_v1());
  for (const Result<>* part : {&balancers, &network, &v1}) {
    if (!*part) co_return std::unexpected(part->error());
  }
  co_return std::move(reader.found);
}

}  // namespace fairway::cleanup
