#include "cluster_driver/network.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "cluster_driver/cloud_calls.h"
#include "cluster_driver/master_files.h"
#include "cluster_driver/names.h"
#include "net/address.h"

namespace fairway::cluster_driver {

namespace {

using cluster_link::ClusterWish;
using openstack::Service;

constexpr std::string_view kDefaultCidr = "10.0.0.0/24";

Task<Result<json::Value>> named_or_fail(openstack::Client& cloud, std::string kind, std::string name) {
  FW_CO_TRY(const auto found, co_await find_named(cloud, kind, name));
  if (!found)
    co_return fail(
        Errc::not_found,
        fmt::format("the cloud has no {} {} that the cluster's project can see; name another in the cluster "
                    "template",
                    kind, name));
  co_return *found;
}

// Finds it by name or makes it.
Task<Result<json::Value>> ensure(openstack::Client& cloud, std::string kind, json::Object object) {
  FW_CO_TRY(const auto found, co_await find_named(cloud, kind, json::string_or(object, "name")));
  if (found) co_return *found;
  FW_CO_TRY(auto made,
            co_await make_one(cloud, Service::network, fmt::format("/v2.0/{}s", kind), kind, std::move(object)));
  co_return made;
}

Result<json::Object> subnet_request(const ClusterWish& wish, const std::string& network_id) {
  const std::string cidr = label_or(wish, "fixed_network_cidr", kDefaultCidr);
  const auto prefix = net::Prefix::parse(cidr);
  if (!prefix || !prefix->is_v4() || prefix->length() > 28)
    return fail(Errc::invalid,
                fmt::format("the label fixed_network_cidr is {}; give an IPv4 network of a /28 or more, such as {}",
                            cidr, kDefaultCidr));
  json::Object subnet{{"name", Names(wish).subnet()},
                      {"network_id", network_id},
                      {"ip_version", 4},
                      {"cidr", prefix->text()},
                      {"enable_dhcp", true}};
  if (!wish.dns_nameserver.empty()) {
    json::Array servers;
    for (const std::string_view server : split(wish.dns_nameserver, ','))
      servers.emplace_back(std::string(trim(server)));
    subnet.emplace("dns_nameservers", std::move(servers));
  }
  return subnet;
}

Task<Result<>> ensure_router(openstack::Client& cloud, ClusterWish wish, ClusterNetwork network) {
  json::Object gateway{{"network_id", network.external_network_id}};
  json::Object wanted{{"name", Names(wish).router()}, {"external_gateway_info", std::move(gateway)}};
  FW_CO_TRY(const json::Value router, co_await ensure(cloud, "router", std::move(wanted)));
  const std::string id = json::string_or(router, "id");
  FW_CO_TRY(
      const auto leg,
      co_await find_one(cloud, Service::network,
                        fmt::format("/v2.0/ports?device_id={}&network_id={}", id, network.network_id), "ports"));
  if (leg) co_return Result<>{};
  json::Object interface{{"subnet_id", network.subnet_id}};
  auto added = co_await cloud.send(Service::network, "PUT", fmt::format("/v2.0/routers/{}/add_router_interface", id),
                                   json::Value(std::move(interface)));
  if (!added) co_return std::unexpected(std::move(added).error().within("give the router its interface"));
  co_return Result<>{};
}

Task<Result<ClusterNetwork>> given_network(openstack::Client& cloud, ClusterWish wish) {
  ClusterNetwork network;
  if (!wish.fixed_network.empty()) {
    FW_CO_TRY(const json::Value found, co_await named_or_fail(cloud, "network", wish.fixed_network));
    network.network_id = json::string_or(found, "id");
  }
  json::Value subnet;
  if (!wish.fixed_subnet.empty()) {
    FW_CO_TRY(subnet, co_await named_or_fail(cloud, "subnet", wish.fixed_subnet));
  } else {
    FW_CO_TRY(const auto first,
              co_await find_one(cloud, Service::network,
                                "/v2.0/subnets?ip_version=4&network_id=" + network.network_id, "subnets"));
    if (!first) co_return fail(Errc::not_found, fmt::format("network {} has no IPv4 subnet", wish.fixed_network));
    subnet = *first;
  }
  const std::string of = json::string_or(subnet, "network_id");
  if (!network.network_id.empty() && network.network_id != of)
    co_return fail(Errc::invalid,
                   fmt::format("subnet {} is not on network {}", wish.fixed_subnet, wish.fixed_network));
  network.network_id = of;
  network.subnet_id = json::string_or(subnet, "id");
  network.cidr = json::string_or(subnet, "cidr");
  co_return network;
}

Task<Result<>> remove_router(openstack::Client& cloud, std::string name) {
  FW_CO_TRY(const auto router, co_await find_named(cloud, "router", name));
  if (!router) co_return Result<>{};
  const std::string id = json::string_or(*router, "id");
  FW_CO_TRY(const json::Array legs,
            co_await openstack::list_all(cloud, Service::network,
                                         fmt::format("/v2.0/ports?device_id={}&device_owner={}", id,
                                                     percent_encode("network:router_interface")),
                                         "ports"));
  for (const json::Value& leg : legs) {
    json::Object interface{{"port_id", json::string_or(leg, "id")}};
    const auto removed =
        co_await cloud.send(Service::network, "PUT", fmt::format("/v2.0/routers/{}/remove_router_interface", id),
                            json::Value(std::move(interface)));
    if (!removed && removed.error().code != Errc::not_found) co_return std::unexpected(removed.error());
  }
  FW_CO_TRY_DO(co_await delete_one(cloud, Service::network, "/v2.0/routers/" + id));
  co_return Result<>{};
}

}  // namespace

bool has_given_network(const ClusterWish& wish) { return !wish.fixed_network.empty() || !wish.fixed_subnet.empty(); }

Task<Result<ClusterNetwork>> ensure_network(openstack::Client& cloud, ClusterWish wish) {
  std::string external;
  // An adopted cluster may do without.
  if (!wish.external_network.empty() || !wish.adopted) {
    FW_CO_TRY(const json::Value outside, co_await named_or_fail(cloud, "network", wish.external_network));
    external = json::string_or(outside, "id");
  }
  if (has_given_network(wish)) {
    FW_CO_TRY(ClusterNetwork network, co_await given_network(cloud, std::move(wish)));
    network.external_network_id = external;
    co_return network;
  }
  json::Object wanted{{"name", Names(wish).network()}};
  FW_CO_TRY(const json::Value made, co_await ensure(cloud, "network", std::move(wanted)));
  ClusterNetwork network{.network_id = json::string_or(made, "id"), .external_network_id = external};
  FW_CO_TRY(json::Object request, subnet_request(wish, network.network_id));
  FW_CO_TRY(const json::Value subnet, co_await ensure(cloud, "subnet", std::move(request)));
  network.subnet_id = json::string_or(subnet, "id");
  network.cidr = json::string_or(subnet, "cidr");
  FW_CO_TRY_DO(co_await ensure_router(cloud, std::move(wish), network));
  co_return network;
}

Task<Result<>> remove_network(openstack::Client& cloud, ClusterWish wish) {
  if (has_given_network(wish)) co_return Result<>{};
  const Names names(wish);
  FW_CO_TRY_DO(co_await remove_router(cloud, names.router()));
  FW_CO_TRY(const auto network, co_await find_named(cloud, "network", names.network()));
  if (!network) co_return Result<>{};
  const std::string id = json::string_or(*network, "id");
  // As a stack does it, whose subnet goes first: Neutron's refusal names what is in use.
  FW_CO_TRY(const auto subnet, co_await find_named(cloud, "subnet", names.subnet()));
  if (subnet) {
    const std::string subnet_id = json::string_or(*subnet, "id");
    FW_CO_TRY_DO(co_await delete_one(cloud, Service::network, "/v2.0/subnets/" + subnet_id));
  }
  FW_CO_TRY_DO(co_await delete_one(cloud, Service::network, "/v2.0/networks/" + id));
  co_return Result<>{};
}

}  // namespace fairway::cluster_driver
