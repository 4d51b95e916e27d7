// The provider for LBaaS v1 (Neutron's of old, or Fairway's own): the plugin's sequence, pool, members, health
// monitor, VIP, with its names.
//
// A Service's objects are named `a` and its UID without dashes, cut to 32 characters, in the project of the login. By
// that name they are found again, whoever made them; nothing else is adopted, and nothing else is deleted. Members
// and monitors have no names in this API: those in the Service's pool are its own, but for a monitor that other pools
// have too.
//
// One port a Service, TCP: what this API cannot express is refused by desired(), before anything is made.
#pragma once

#include <memory>

#include "controller/provider.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::controller::lbaas_v1 {

// `env` and `client` outlive the provider.
[[nodiscard]] std::unique_ptr<Provider> make_provider(Env& env, openstack::Client& client, ControllerConfig config);

}  // namespace fairway::controller::lbaas_v1
