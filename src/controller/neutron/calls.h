// Requests to a cloud's APIs through one turnstile, so that a slow cloud is not flooded. Threads: the loop's.
#pragma once

#include "openstack/client.h"
#include "runtime/env.h"
#include "runtime/sync.h"

namespace fairway::controller::neutron {

class Calls {
 public:
  // At most `concurrency` requests at a time. All by reference outlive this.
  Calls(Env& env, openstack::Client& client, std::size_t concurrency)
      : env_(env), client_(client), free_(concurrency) {}

  Task<Result<json::Value>> send(openstack::Service service, std::string method, std::string path,
                                 json::Value body = nullptr);
  Task<Result<json::Array>> list(openstack::Service service, std::string path, std::string key);
  // The project that we are logged in to.
  Task<Result<std::string>> project() { return client_.project_id(); }

  [[nodiscard]] Env& env() { return env_; }

 private:
  Env& env_;
  openstack::Client& client_;
  std::size_t free_;
  Notify freed_;

  class Turn;
  Task<> enter();
  void leave();
};

}  // namespace fairway::controller::neutron
