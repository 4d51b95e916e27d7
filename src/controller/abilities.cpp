#include "controller/abilities.h"

namespace fairway::controller {

Abilities octavia_abilities(const openstack::ApiVersion& version, std::string_view provider) {
  const auto since = [&](int minor) { return version >= openstack::ApiVersion{2, minor}; };
  const bool ovn = provider == "ovn";
  Abilities can;
  can.timeouts = since(1) && !ovn;
  can.tags = since(5);
  can.flavors = since(6) && !ovn;
  can.allowed_cidrs = since(12) && !ovn;
  can.zones = since(14) && !ovn;
  can.http_monitor_on_udp = since(16) && !ovn;
  can.http_monitor = !ovn;
  return can;
}

Abilities lbaas_v1_abilities() {
  return {.name = "LBaaS v1",
          .timeouts = false,
          .tags = false,
          .flavors = false,
          .allowed_cidrs = false,
          .zones = false,
          .http_monitor_on_udp = false,
          .http_monitor = false,  // its monitors ask the member's own port
          .many_ports = false,
          .udp = false,
          .tls = false,
          .x_forwarded_for = false,
          .proxy_protocol = false,
          .zones_remedy = "LBaaS v1 has none: this one has no effect",
          .chosen_port = false};
}

}  // namespace fairway::controller
