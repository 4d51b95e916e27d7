// The controller with a provider: what `fairway controller` runs.
#pragma once

#include "controller/controller.h"
#include "openstack/client.h"

namespace fairway::controller {

// octavia::make_provider, lbaas_v1::make_provider.
using MakeProvider = std::unique_ptr<Provider> (*)(Env& env, openstack::Client& client, ControllerConfig config);

struct CloudAndProvider {
  openstack::Client* cloud = nullptr;
  MakeProvider make = nullptr;
};

// `cloud` null, or enabled false in the configuration: the feature is disabled, and Services are told why. All by
// reference (and the cloud) outlive the controller.
[[nodiscard]] std::unique_ptr<Controller> start_controller(boost::asio::io_context& context, Env& env,
                                                           kube::Client& kube, CloudAndProvider with,
                                                           ControllerConfig config);

}  // namespace fairway::controller
