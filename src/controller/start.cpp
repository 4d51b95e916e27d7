#include "controller/start.h"

namespace fairway::controller {

std::unique_ptr<Controller> start_controller(boost::asio::io_context& context, Env& env, kube::Client& kube,
                                             CloudAndProvider with, ControllerConfig config) {
  ProviderOrReason provider;
  provider.disabled_reason = why_disabled(config, with.cloud != nullptr);
  if (with.cloud != nullptr) provider.provider = with.make(env, *with.cloud, config);
  return Controller::start(context, env, kube, std::move(provider), std::move(config));
}

}  // namespace fairway::controller
