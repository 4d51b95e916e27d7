// What the controller remembers of one Service, and small questions about it. Pure but for the waiting it offers.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/backoff.h"
#include "controller/provider.h"
#include "runtime/env.h"
#include "runtime/sync.h"

namespace fairway::controller {

// One Service's state machine.
struct Machine {
  Machine(std::string of, Env& env, const ControllerConfig& config)
      : key(std::move(of)),
        backoff(env.random, config.retry_first, config.retry_limit),
        seen_at(env.clock.steady()) {}

  std::string key;
  json::Value object;  // as last seen, or as our own last write left it
  bool present = true;
  bool dirty = true;
  bool running = false;
  bool drifted = false;  // somebody changed the load balancer
  Notify wake;
  Backoff backoff;
  std::optional<SteadyTime> retry_at;
  SteadyTime seen_at;

  // What the last pass has dealt with.
  std::string settled_inputs, settled_outputs;
  std::optional<LoadBalancer> served;  // as it was brought about
  json::Value owned;                   // the object that the load balancer was made for; null when there is none
  std::set<std::string> said;          // notices, so that each is said once
  std::string state = "waiting", detail;
};
using MachinePtr = std::shared_ptr<Machine>;

// How many writes the object has behind it; the newer of two has the greater.
[[nodiscard]] std::int64_t revision_of(const json::Value& object);
[[nodiscard]] std::string uid_of(const json::Value& object);
// What the Service names in the cloud.
[[nodiscard]] Claim claim_of(const Service& service);
// Whether the Service's status says `wanted` (in the form of load_balancer_status).
[[nodiscard]] bool status_is(const Service& service, const json::Value& wanted);
[[nodiscard]] bool only_members_differ(const LoadBalancer& a, LoadBalancer b);

}  // namespace fairway::controller
