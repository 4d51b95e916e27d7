// What a node must do for each port of each Service, read from Services and EndpointSlices: the view of one node.
//
// Reference: Kubernetes' "Virtual IPs and Service Proxies" and "Services: traffic policies". IPv4.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace fairway::lab {

struct EndpointTarget {
  std::string address;
  std::uint16_t port = 0;
  bool local = false;  // on this very node
  bool ready = true;   // false: it ends, and serves until it has
  bool operator==(const EndpointTarget&) const = default;
};

struct ServicePort {
  std::string service;  // "default/nginxservice"
  std::string protocol = "tcp";
  std::uint16_t port = 0;
  std::uint16_t node_port = 0;            // 0: none
  std::vector<std::string> cluster_ips;   // none for a headless Service
  std::vector<std::string> external_ips;  // spec.externalIPs and the load balancer's addresses
  std::vector<std::string> load_balancer_ips;
  std::vector<std::string> source_ranges;
  bool external_local = false;  // externalTrafficPolicy: Local
  bool internal_local = false;  // internalTrafficPolicy: Local
  std::optional<int> affinity_seconds;
  std::vector<EndpointTarget> endpoints;  // those that take new connections
  // Those of this node that end while others are ready: where a policy is Local and none here is ready, they serve on.
  std::vector<EndpointTarget> local_fallback;
  bool operator==(const ServicePort&) const = default;
};

using Objects = std::map<std::string, json::Value>;

// Endpoints that are ready; where a port has none, those that still serve while they terminate.
[[nodiscard]] std::vector<ServicePort> service_ports(const Objects& services, const Objects& slices,
                                                     std::string_view node);

// Whether some Service chooses this pod, so that a slice lists it, or will.
[[nodiscard]] bool is_chosen(const Objects& services, const json::Value& pod);
// Whether slices list the address, and all that do say that it ends: no new connections are meant for it.
[[nodiscard]] bool is_leaving(const Objects& slices, std::string_view address);

// What GET on a Service's healthCheckNodePort says on this node: endpoints that end are not counted, so that load
// balancers turn away in time.
struct ServiceHealth {
  std::string ns, name;
  std::uint16_t port = 0;
  std::size_t local_endpoints = 0;
  bool operator==(const ServiceHealth&) const = default;
};
[[nodiscard]] std::vector<ServiceHealth> service_health(const Objects& services, const Objects& slices,
                                                        std::string_view node);

}  // namespace fairway::lab
