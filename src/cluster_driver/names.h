// What a cluster's parts are called: in the cloud, on the machine, in the cluster. As Heat names a stack's, so that a
// person who knows Magnum's clusters finds their way. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cluster_link/messages.h"

namespace fairway::cluster_driver {

class Names {
 public:
  explicit Names(const cluster_link::ClusterWish& wish) : stack_(wish.stack_name), cluster_id_(wish.id) {}

  [[nodiscard]] std::string network() const { return stack_ + "-private_network"; }
  [[nodiscard]] std::string subnet() const { return stack_ + "-private_subnet"; }
  [[nodiscard]] std::string router() const { return stack_ + "-extrouter"; }
  [[nodiscard]] std::string master() const { return stack_ + "-master-0"; }
  // Workers of the default group are <stack>-node-0; another group has its own name there.
  [[nodiscard]] std::string worker(const cluster_link::NodeGroupWish& group, std::size_t index) const;
  // "k8s-abc-api_pool-fydshw7uvr7h": the end is the same each time for a cluster.
  [[nodiscard]] std::string pool(std::string_view role) const;
  // The load balancer, its VIP and its listener: "api_pool.vip".
  [[nodiscard]] static std::string vip(std::string_view role) { return std::string(role) + ".vip"; }
  // What marks a load balancer or a floating IP as the cluster's own: its description.
  [[nodiscard]] std::string owner_mark(std::string_view role) const;

 private:
  std::string stack_, cluster_id_;
};

// Of all its objects in the cloud, those that Kubernetes' Services made carry this at the end of the description.
[[nodiscard]] std::string service_mark(std::string_view cluster_id);

}  // namespace fairway::cluster_driver
