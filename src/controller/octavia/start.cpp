#include "controller/octavia/start.h"

#include "controller/octavia/provider.h"

namespace fairway::controller::octavia {

std::unique_ptr<Controller> start_controller(boost::asio::io_context& context, Env& env, kube::Client& kube,
                                             openstack::Client* cloud, ControllerConfig config) {
  ProviderOrReason with;
  with.disabled_reason = why_disabled(config, cloud != nullptr);
  if (cloud != nullptr) with.provider = make_provider(env, *cloud, config);
  return Controller::start(context, env, kube, std::move(with), std::move(config));
}

}  // namespace fairway::controller::octavia
