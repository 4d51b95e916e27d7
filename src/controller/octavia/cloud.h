// Octavia's load balancers as the provider needs them: read whole, found by name, waited for. Threads: the
// loop's.
#pragma once

#include "controller/neutron/calls.h"
#include "controller/neutron/wait.h"
#include "controller/octavia/observed.h"

namespace fairway::controller::octavia {

inline constexpr std::string_view kLoadBalancers = "/v2.0/lbaas/loadbalancers";

class Cloud : public neutron::Calls {
 public:
  using Calls::Calls;

  Task<Result<Seen>> load_balancer(std::string id);  // without what it holds
  Task<Result<std::vector<Seen>>> load_balancers(std::string query);
  // Reads listeners, pools, members and monitors of `seen.id`.
  Task<Result<>> fill(Seen& seen);

  // Until the load balancer may be changed. `since`: when the work on it began. `kind` ("create", "update") tells
  // apart what takes differently long. Errors: not_found; conflict when it has gone into ERROR; unavailable after
  // a quarter of an hour.
  Task<Result<Seen>> wait_active(std::string id, std::string kind, SteadyTime since);
  Task<Result<>> wait_gone(std::string id, SteadyTime since);

 private:
  neutron::Expectations expectations_;

  void learn(const std::string& kind, SteadyTime since);
};

}  // namespace fairway::controller::octavia
