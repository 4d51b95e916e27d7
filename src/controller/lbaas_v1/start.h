// The controller with the LBaaS v1 provider: what `fairway controller` runs with `provider: lbaas_v1`.
#pragma once

#include "controller/controller.h"
#include "openstack/client.h"

namespace fairway::controller::lbaas_v1 {

// `cloud` null, or enabled false in the configuration: the feature is disabled, and Services are told why. All by
// reference (and `cloud`) outlive the controller.
[[nodiscard]] std::unique_ptr<Controller> start_controller(boost::asio::io_context& context, Env& env,
                                                           kube::Client& kube, openstack::Client* cloud,
                                                           ControllerConfig config);

}  // namespace fairway::controller::lbaas_v1
