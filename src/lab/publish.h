// Connections of this machine's loopback carried on from the client host to a Service's own address, so that the
// person's browser gets in by the way that strangers take.
#pragma once

#include <memory>

#include "kube/reflector.h"
#include "lab/hosts.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::lab {

class Publisher {
 public:
  // Error: the address is taken. All outlive this. `cloud` is asked for the floating IP of an internal address.
  [[nodiscard]] static Result<std::unique_ptr<Publisher>> listen(boost::asio::io_context& context, Env& env,
                                                                 PublishConfig config, std::string client_namespace,
                                                                 const kube::Reflector& services,
                                                                 openstack::Client& cloud);
  virtual ~Publisher() = default;
  // Until cancelled.
  virtual Task<> run() = 0;
};

}  // namespace fairway::lab
