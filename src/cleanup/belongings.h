// What of a cloud's objects belongs to one cluster, so that all of it can go, and nothing else. Pure.
//
// Whose a load balancer is, in this order; the first that says something wins:
//   1. its description is one that the cluster's maker gives to the cluster's own;
//   2. its tags name a cluster by identity (kube_cluster_id_<UID of the namespace kube-system>): that one's;
//   3. its name (kube_service_<cluster>_…) or its description ("Kubernetes … from cluster <cluster>") names the cluster,
//      as OCCM and our controller have it. A name that is a UUID is the cluster's alone. Any other may be the name of
//      several: with a known identity it proves nothing, without one it does while no tags say otherwise;
//   4. it is named as Kubernetes of old did, `a` and a Service's UID, and stands on a network that was made for the
//      cluster, or all its members are hosts of the cluster. LBaaS v1's pools and VIPs likewise.
// One that other clusters' Services use as well is shared: only what this cluster's Services put there goes.
//
// A floating IP with the controller's mark goes, unless a person has led it elsewhere; one without it that leads to
// something which goes is a person's, and stays, without its port.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cleanup/inventory.h"

namespace fairway::cleanup {

struct Owner {
  // What its Services' load balancers are named by: the cluster's UUID under Magnum. Empty: they are left.
  std::string cluster_name;
  // UIDs of the namespace kube-system that it is known to have, or to have had. Empty: not known.
  std::set<std::string> identities;
  // Whole descriptions of what is the cluster's itself, of no Service.
  std::set<std::string> own_descriptions;
  // Ports with such a name are its hosts': "k8s-abcdefghijkl-". Empty: none.
  std::string host_prefix;
  std::string network_id;
  bool network_is_own = false;  // made for the cluster: whoever is on it is the cluster's
};

// One that several share: these listeners and pools go, these tags stay.
struct Share {
  Balancer balancer;
  std::vector<std::string> listener_ids, pool_ids, tags;
};

// Left alone although it looks like the cluster's.
struct Spared {
  std::string what, why;
};

struct Belongings {
  std::vector<Balancer> balancers;
  std::vector<Share> shares;
  std::vector<FloatingIp> floating_ips;
  std::vector<FloatingIp> disassociated;  // persons', which stay
  std::vector<SecurityGroup> security_groups;
  std::vector<Port> ports;
  controller::lbaas_v1::Seen v1;  // what no load balancer of `balancers` takes along
  std::vector<Spared> spared;
  // Set when a name means several clusters: nothing that has only the name is touched.
  std::set<std::string> ambiguous;

  [[nodiscard]] bool empty() const;
};

[[nodiscard]] Belongings belongings_of(const Owner& owner, const Inventory& inventory);

// What the cluster of this identity is called in the descriptions of load balancers that have its mark.
[[nodiscard]] std::set<std::string> names_of(const std::string& identity, const Inventory& inventory);

// Whether only its members, or who else uses it, can say whose it is: for who reads inventories.
[[nodiscard]] bool needs_members(const Balancer& balancer);
[[nodiscard]] bool needs_listeners(const Balancer& balancer);

}  // namespace fairway::cleanup
