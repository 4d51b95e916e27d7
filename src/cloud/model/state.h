// The cloud's materialised state: one table for each kind of object. Read freely; changed only through
// Ledger::change.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cloud/model/container_infra.h"
#include "cloud/model/identity.h"
#include "cloud/model/load_balancer.h"
#include "cloud/model/network.h"
#include "cloud/model/table.h"

namespace fairway::cloud {

template <class... Kinds>
struct KindList {
  // Calls each.template operator()<Kind>() for every kind.
  template <class F>
  static void for_each(F each) {
    (each.template operator()<Kinds>(), ...);
  }
  // The place of a kind in the list.
  template <class T>
  static constexpr std::size_t index() {
    static_assert((std::is_same_v<T, Kinds> || ...), "a kind that the list lacks");
    std::size_t place = 0;
    (void)((std::is_same_v<T, Kinds> || (++place, false)) || ...);
    return place;
  }
};

// Every kind that the store knows; a new kind is a new word here and a line in the *_kinds.cpp of its API.
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
  State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  template <class T>
  [[nodiscard]] const Table<T>& table() const {
    return *static_cast<const Table<T>*>(tables_[AllKinds::index<T>()].get());
  }
  template <class T>
  [[nodiscard]] const T* find(std::string_view id) const {
    return table<T>().find(id);
  }
  // For Work and Ledger only.
  template <class T>
  [[nodiscard]] Table<T>& mutable_table() {
    return *static_cast<Table<T>*>(tables_[AllKinds::index<T>()].get());
  }

 private:
  std::vector<std::shared_ptr<void>> tables_;  // Table<Kind> each, in the order of AllKinds
};

}  // namespace fairway::cloud
