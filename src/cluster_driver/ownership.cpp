#include "cluster_driver/ownership.h"

#include "cluster_driver/cloud_calls.h"
#include "cluster_driver/names.h"
#include "cluster_driver/network.h"

namespace fairway::cluster_driver {

Task<Result<cleanup::Owner>> owner_of(openstack::Client& cloud, cluster_link::ClusterWish wish,
                                      std::set<std::string> identities, bool with_services) {
  const Names names(wish);
  cleanup::Owner owner{
      .cluster_name = with_services ? wish.id : "",
      .identities = std::move(identities),
      .own_descriptions = {names.owner_mark("api_pool"), names.owner_mark("etcd_pool"), names.owner_mark("api")},
      .host_prefix = wish.stack_name.empty() ? "" : wish.stack_name + "-",
      .network_id = "",
      .network_is_own = !has_given_network(wish)};
  std::optional<json::Value> network;
  if (owner.network_is_own) {
    FW_CO_TRY(network, co_await find_named(cloud, "network", names.network()));
    if (network) owner.network_id = json::string_or(*network, "id");
  } else if (!wish.fixed_subnet.empty()) {
    FW_CO_TRY(network, co_await find_named(cloud, "subnet", wish.fixed_subnet));
    if (network) owner.network_id = json::string_or(*network, "network_id");
  } else {
    FW_CO_TRY(network, co_await find_named(cloud, "network", wish.fixed_network));
    if (network) owner.network_id = json::string_or(*network, "id");
  }
  co_return owner;
}

}  // namespace fairway::cluster_driver
