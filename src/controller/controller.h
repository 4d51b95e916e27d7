// The controller: follows Services, nodes and endpoints, and sees to it that each Service of type LoadBalancer has
// one.
//
// One state machine a Service, each a coroutine of its own with its own back-off: none waits for another. A pass is
// level-based: what it does depends on what is, not on what has happened, so that running twice changes nothing. What
// it writes itself (one patch each for finalizer, annotations and status) does not make it run again.
//
// Threads: the loop's. Lifetime: stop() before the context ends; context, env, kube and provider outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/config.h"
#include "controller/provider.h"
#include "kube/client.h"
#include "runtime/env.h"

namespace fairway::controller {

// One Service as `fairway status` shows it.
struct ServiceState {
  std::string key;      // "web/shop"
  std::string state;    // "serving", "working", "waiting", "disabled"
  std::string address;  // as in its status
  std::string detail;   // what it waits for, or what went wrong
};

// A reason: the feature is disabled; Services are left alone and an event says so. With a provider all the same, the load
// balancer of a Service that is deleted still goes.
struct ProviderOrReason {
  std::unique_ptr<Provider> provider;
  std::string disabled_reason;
};

// Why no load balancers are made; empty: they are.
[[nodiscard]] std::string why_disabled(const ControllerConfig& config, bool has_cloud);

class Controller {
 public:
  [[nodiscard]] static std::unique_ptr<Controller> start(boost::asio::io_context& context, Env& env,
                                                         kube::Client& kube, ProviderOrReason provider,
                                                         ControllerConfig config);
  virtual ~Controller() = default;
  // Ends in order: passes in flight end within the patience or are abandoned (the next start goes on from what is
  // there), events are written, the Lease is given back.
  virtual Task<> stop(Duration patience) = 0;

  [[nodiscard]] virtual std::vector<ServiceState> services() const = 0;
  // Reads both APIs and holds the Lease: it would act on a new Service.
  [[nodiscard]] virtual bool ready() const = 0;
  // Why it is not ready, for people; empty when it is.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace fairway::controller
