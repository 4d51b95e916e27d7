// Connections of this machine's loopback carried on from the client host to a Service's own address, so that the
// person's browser gets in by the way that strangers take.
#pragma once

#include <memory>
#include <string>

#include "kube/reflector.h"
#include "lab/config.h"
#include "lab/forwarder.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::lab {

// Where a Service's address is found, and from where connections go there. `cloud` is asked for the floating IP of an
// internal address.
struct PublishSources {
  std::string client_namespace;
  const kube::Reflector& services;
  openstack::Client& cloud;
};

// Error: the address is taken. All outlive the forwarder.
[[nodiscard]] Result<std::unique_ptr<Forwarder>> publish_service(boost::asio::io_context& context, Env& env,
                                                                 PublishConfig config, PublishSources sources);

}  // namespace fairway::lab
