// Octavia's load balancers as the provider needs them: read whole, found by name, waited for. One turnstile for all
// requests keeps a slow cloud from being flooded. Threads: the loop's.
#pragma once

#include "controller/octavia/observed.h"
#include "controller/octavia/wait.h"
#include "openstack/client.h"
#include "runtime/env.h"
#include "runtime/sync.h"

namespace fairway::controller::octavia {

inline constexpr std::string_view kLoadBalancers = "/v2.0/lbaas/loadbalancers";

class Cloud {
 public:
  // At most `concurrency` requests at a time. All by reference outlive this.
  Cloud(Env& env, openstack::Client& client, std::size_t concurrency);

  Task<Result<json::Value>> send(openstack::Service service, std::string method, std::string path,
                                 json::Value body = nullptr);
  Task<Result<json::Array>> list(openstack::Service service, std::string path, std::string key);

  Task<Result<Seen>> load_balancer(std::string id);  // without what it holds
  Task<Result<std::vector<Seen>>> load_balancers(std::string query);
  // Reads listeners, pools, members and monitors of `seen.id`.
  Task<Result<>> fill(Seen& seen);

  // Until the load balancer may be changed. `since`: when the work on it began. `kind` ("create", "update") tells
  // apart what takes differently long. Errors: not_found; conflict when it has gone into ERROR; unavailable after
  // kPatience.
  Task<Result<Seen>> wait_active(std::string id, std::string kind, SteadyTime since);
  Task<Result<>> wait_gone(std::string id, SteadyTime since);

  [[nodiscard]] Env& env() { return env_; }

 private:
  static constexpr std::chrono::minutes kPatience{15};
  Env& env_;
  openstack::Client& client_;
  std::size_t free_;
  Notify freed_;
  Expectations expectations_;

  Task<> enter();
  void leave();
  void learn(const std::string& kind, SteadyTime since);
};

}  // namespace fairway::controller::octavia
