// How an object is, in one word that has a colour and a shape, one that is read, and the sentences that say why it is
// not ready. Pure: from wishes and facts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/load_balancer/facts.h"

namespace fairway::cloud::dashboard {

// What a view is made from.
struct World {
  const State& state;
  const Facts& facts;
  std::size_t gateways = 0;         // that are connected
  std::string missing_driver = {};  // what clusters wait for; empty: a cluster driver is connected
};

// "ok", "pending", "warn", "bad", "off": what a person is to do is nothing, wait, look, act, decide.
struct Condition {
  std::string tone;
  std::string text;  // "online", "2 of 3 members are down"
};

[[nodiscard]] Condition condition_of(const World& world, const LoadBalancer& balancer);
[[nodiscard]] Condition condition_of(const World& world, const Listener& listener);
[[nodiscard]] Condition condition_of(const World& world, const Pool& pool);
[[nodiscard]] Condition condition_of(const World& world, const Member& member);

// Whole sentences, the most important first; none when all is well.
[[nodiscard]] std::vector<std::string> reasons(const World& world, const LoadBalancer& balancer);

}  // namespace fairway::cloud::dashboard
