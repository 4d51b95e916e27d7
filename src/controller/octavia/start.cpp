#include "controller/octavia/start.h"

#include "controller/octavia/provider.h"

namespace fairway::controller::octavia {

std::unique_ptr<Controller> start_controller(boost::asio::io_context& context, Env& env, kube::Client& kube,
                                             openstack::Client* cloud, ControllerConfig config) {
  ProviderOrReason with;
  if (!config.enabled) {
    with.disabled_reason =
        "load balancers are disabled in the controller's configuration; set enabled: true there (the cluster's "
        "administrator can)";
  } else if (cloud == nullptr) {
    with.disabled_reason =
        "the controller has no credential for OpenStack; the cluster's administrator can give it one (cloud_config)";
  } else {
    with.provider = make_provider(env, *cloud, config);
  }
  return Controller::start(context, env, kube, std::move(with), std::move(config));
}

}  // namespace fairway::controller::octavia
