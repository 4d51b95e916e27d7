// Load-balancing objects as LBaaS v1 shows them. Pure.
#pragma once

#include "cloud/load_balancer/facts.h"
#include "json/value.h"

namespace fairway::cloud::lbaas_v1 {

struct View {
  const State& state;
  const Facts& facts;

  [[nodiscard]] json::Object show(const Listener& vip) const;
  [[nodiscard]] json::Object show(const Pool& pool) const;
  [[nodiscard]] json::Object show(const Member& member) const;
  [[nodiscard]] json::Object show(const HealthMonitor& monitor) const;
  [[nodiscard]] json::Object show_statistics(const Pool& pool) const;
};

}  // namespace fairway::cloud::lbaas_v1
