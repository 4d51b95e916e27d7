// The cloud's materialised state: one table for each kind of object. Read freely; changed only through
// Ledger::change.
#pragma once

#include <string_view>
#include <tuple>

#include "cloud/model/container_infra.h"
#include "cloud/model/identity.h"
#include "cloud/model/load_balancer.h"
#include "cloud/model/network.h"
#include "cloud/model/table.h"

namespace fairway::cloud {

template <class... Kinds>
struct KindList {
  using Tables = std::tuple<Table<Kinds>...>;
  // Calls each.template operator()<Kind>() for every kind.
  template <class F>
  static void for_each(F each) {
    (each.template operator()<Kinds>(), ...);
  }
};

// Every kind that the store knows; a new kind is a new line here.
using AllKinds = KindList<
    // identity
    Domain, Project, User, Role, RoleAssignment, ApplicationCredential, SigningKey, RevokedToken,
    // network
    Network, Subnet, Port, Router, FloatingIp, SecurityGroup, NetworkQuota,
    // load_balancer
    LoadBalancer, Listener, Pool, Member, HealthMonitor, LoadBalancerQuota, ListenerCounters,
    // container_infra
    ClusterTemplate, Cluster, NodeGroup, ClusterFacts, ClusterQuota>;

class State {
 public:
  template <class T>
  [[nodiscard]] const Table<T>& table() const {
    return std::get<Table<T>>(tables_);
  }
  template <class T>
  [[nodiscard]] const T* find(std::string_view id) const {
    return table<T>().find(id);
  }
  // For Work and Ledger only.
  template <class T>
  [[nodiscard]] Table<T>& mutable_table() {
    return std::get<Table<T>>(tables_);
  }

 private:
  AllKinds::Tables tables_;
};

}  // namespace fairway::cloud
