// The provider for Octavia and Neutron (real ones or Fairway's own).
#pragma once

#include <memory>

#include "controller/provider.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::controller::octavia {

// `env` and `client` outlive the provider.
[[nodiscard]] std::unique_ptr<Provider> make_provider(Env& env, openstack::Client& client, ControllerConfig config);

}  // namespace fairway::controller::octavia
