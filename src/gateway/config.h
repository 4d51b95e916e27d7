// The section `gateway` of the configuration.
#pragma once

#include <chrono>
#include <string>

#include "config/reader.h"
#include "gateway/engine.h"

namespace fairway::gateway {

struct GatewayConfig {
  std::string name = "gateway";  // stable: the cloud knows us by it
  std::string cloud_address;     // "unix:/…/gateway.sock"
  std::string state_directory;   // the last world that the cloud told
  // Of counters, and of looking at members' health without being told.
  std::chrono::milliseconds report_interval{2000};
  EngineConfig engine;
};

// gateway:
//   name: gateway
//   cloud_address: unix:/run/fairway/gateway.sock    # required
//   state_directory: /var/lib/fairway/gateway        # required
//   prefix: fwabcd                    # required: "fw" and what keeps instances apart; 2 to 8 letters and digits
//   run_directory: /run/fairway/fwabcd
//   haproxy: /usr/sbin/haproxy
//   haproxy_user, haproxy_group: haproxy   # default: that user where it exists and we are root
//   haproxy_threads: 1
//   max_connections: 20000            # of one router
//   report_interval: 2s
[[nodiscard]] GatewayConfig read_gateway_config(config::Section section);

}  // namespace fairway::gateway
