// What a person calls the objects of the cloud: Services, load balancers, minions, instead of ids. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cloud/model/state.h"

namespace fairway::cloud::dashboard {

// "default/nginxservice", when a controller made the load balancer for it (its description says so); else empty.
[[nodiscard]] std::string service_of(const LoadBalancer& balancer);
// The Service, else the load balancer's own name, else the beginning of its id.
[[nodiscard]] std::string title_of(const LoadBalancer& balancer);
[[nodiscard]] std::string title_of(const Network& network);

// The load balancer whose VIP this port is; null: none.
[[nodiscard]] const LoadBalancer* balancer_of_port(const State& state, std::string_view port_id);

// A port's part in the world.
struct PortName {
  std::string kind;    // "vip", "node", "port", "own" (of the cloud itself: routers, floating IPs)
  std::string title;   // "VIP of default/nginxservice", "minion-1"
  std::string detail;  // "load balancer kube_service_…", "node on the network private"
};
[[nodiscard]] PortName name_of(const State& state, const Port& port);

// Who has the address on the subnet: a node's name, a port's; empty: nobody that the cloud knows.
[[nodiscard]] std::string name_at(const State& state, std::string_view subnet_id, std::string_view address);

[[nodiscard]] std::string project_name(const State& state, std::string_view project_id);

}  // namespace fairway::cloud::dashboard
