// The cloud's state as gateways see it: which objects concern packets, and what of them. Pure.
//
// What is being deleted is not in the world any more, and neither is anything below it; what has no load balancer
// (LBaaS v1) is not in it yet.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cloud/model/ledger.h"
#include "cloud/model/state.h"
#include "gateway_link/messages.h"

namespace fairway::cloud {

// All of it.
[[nodiscard]] gateway_link::World project(const State& state, store::Revision revision);

// A monitor as a gateway sees it.
[[nodiscard]] gateway_link::HealthMonitor project_monitor(const HealthMonitor& monitor);
// Why gateways cannot carry it out beside the other monitors that the pool has (gateway_link/monitors.h); empty: they
// can.
[[nodiscard]] std::string why_not_beside(const State& state, const Pool& pool, const HealthMonitor& monitor);

// Keeps a world in step with the state, at a cost that is proportional to the change.
class Projector {
 public:
  Projector(const State& state, store::Revision revision);

  [[nodiscard]] const gateway_link::World& world() const { return world_; }

  // Looks again at all that `changed` can have touched. The answer is empty when no packet is concerned; else its
  // revision is `revision`, and world() shows it.
  [[nodiscard]] gateway_link::ChangeSet advance(const State& state, store::Revision revision,
                                                const std::vector<ChangedObject>& changed);

 private:
  void note_legs(const gateway_link::Router& router);
  // Adds to `change` what the world's `table` must learn of one object.
  template <class Kind, class Table>
  void note_difference(const State& state, const std::string& id, Table table, gateway_link::ChangeSet& change) const;
  gateway_link::World world_;
  std::map<std::string, std::string>
      router_of_port_;  // the legs that the world shows: a deleted port names no router
};

}  // namespace fairway::cloud
