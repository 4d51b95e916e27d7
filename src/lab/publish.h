// Connections of this machine's loopback carried on from the client host to a Service's own address, so that the
// person's browser gets in by the way that strangers take.
#pragma once

#include <memory>

#include "kube/reflector.h"
#include "lab/config.h"
#include "lab/forwarder.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::lab {

// Error: the address is taken. All outlive the forwarder. `cloud` is asked for the floating IP of an internal address.
[[nodiscard]] Result<std::unique_ptr<Forwarder>> publish_service(boost::asio::io_context& context, Env& env,
                                                                 PublishConfig config, std::string client_namespace,
                                                                 const kube::Reflector& services,
                                                                 openstack::Client& cloud);

}  // namespace fairway::lab
