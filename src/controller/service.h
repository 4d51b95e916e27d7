// A Service as the controller sees it, read from the API's JSON once. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "json/value.h"

namespace fairway::controller {

inline constexpr std::string_view kFinalizer = "service.kubernetes.io/load-balancer-cleanup";
inline constexpr std::string_view kAnnotationPrefix = "loadbalancer.openstack.org/";
inline constexpr std::string_view kInternalAnnotation = "service.beta.kubernetes.io/openstack-internal-load-balancer";
inline constexpr std::string_view kSourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";
// Written by us (and by an OCCM) on the Service; the first is read as well.
inline constexpr std::string_view kIdAnnotation = "loadbalancer.openstack.org/load-balancer-id";
inline constexpr std::string_view kAddressAnnotation = "loadbalancer.openstack.org/load-balancer-address";

struct ServicePort {
  std::string name;
  std::string protocol = "TCP";
  std::string app_protocol;
  int port = 0;
  int node_port = 0;
};

struct Service {
  std::string ns, name, uid;
  std::string type;
  std::string load_balancer_class;
  bool has_class = false;
  bool deleting = false;
  bool has_finalizer = false;
  std::map<std::string, std::string, std::less<>> annotations;

  std::vector<ServicePort> ports;
  std::vector<std::string> ip_families;
  std::vector<std::string> source_ranges;
  std::string load_balancer_ip;
  int health_check_node_port = 0;
  bool local = false;      // externalTrafficPolicy
  bool client_ip = false;  // sessionAffinity
  std::int64_t affinity_seconds = 0;
  bool allocate_node_ports = true;

  std::string status_ip, status_hostname;

  [[nodiscard]] std::string key() const { return ns + "/" + name; }
  // The annotation's value; empty when it does not stand there.
  [[nodiscard]] std::string annotation(std::string_view key) const;
};

[[nodiscard]] Service read_service(const json::Value& object);

// Whether a load balancer is to be there: of the right type and class, and not in deletion.
[[nodiscard]] bool wants_load_balancer(const Service& service, std::string_view our_class);
// Whether it is ours to clean up.
[[nodiscard]] bool needs_cleanup(const Service& service, std::string_view our_class);

// All of the object that decides what we do, as text, and all of it that we write ourselves (finalizer, annotations,
// status): two with the same are the same to us.
[[nodiscard]] std::string input_fingerprint(const json::Value& object);
[[nodiscard]] std::string output_fingerprint(const json::Value& object);

}  // namespace fairway::controller
