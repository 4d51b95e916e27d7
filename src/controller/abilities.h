// What the API behind a provider can express. desired() asks for no more, and says on the Service what is left out.
#pragma once

#include <string>
#include <string_view>

#include "openstack/client.h"

namespace fairway::controller {

struct Abilities {
  std::string name = "Octavia provider";  // in notices
  bool timeouts = true, tags = true, flavors = true, allowed_cidrs = true, zones = true;
  bool http_monitor_on_udp = true, http_monitor = true;
  bool many_ports = true;  // more than one listener at an address
  bool udp = true;
  bool tls = true, x_forwarded_for = true, proxy_protocol = true;
  std::string zones_remedy = "Please, upgrade Octavia API to version 2.14 or later (Ussuri release) to use them";
  bool chosen_port = true;  // a VIP on a port that is there already
};

// Octavia's, by its API version and its provider (OCCM's gates).
[[nodiscard]] Abilities octavia_abilities(const openstack::ApiVersion& version, std::string_view provider);
[[nodiscard]] Abilities lbaas_v1_abilities();

}  // namespace fairway::controller
