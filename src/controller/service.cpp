#include "controller/service.h"

#include "controller/texts.h"

namespace fairway::controller {
namespace {

bool is_output(std::string_view annotation) {
  return annotation == kIdAnnotation || annotation == kAddressAnnotation;
}

}  // namespace

std::string Service::annotation(std::string_view key) const {
  const auto found = annotations.find(key);
  return found == annotations.end() ? std::string() : found->second;
}

Service read_service(const json::Value& object) {
  Service service;
  service.ns = json::string_or(object, "metadata.namespace");
  service.name = json::string_or(object, "metadata.name");
  service.uid = json::string_or(object, "metadata.uid");
  service.type = json::string_or(object, "spec.type");
  service.load_balancer_class = json::string_or(object, "spec.loadBalancerClass");
  service.has_class = json::find(object, "spec.loadBalancerClass") != nullptr;
  service.deleting = !json::string_or(object, "metadata.deletionTimestamp").empty();
  const auto finalizers = texts_in(object, "metadata.finalizers");
  service.has_finalizer = std::ranges::find(finalizers, kFinalizer) != finalizers.end();
  for (const auto& item : json::object_or_empty(object, "metadata.annotations")) {
    if (item.value().is_string()) service.annotations.emplace(item.key(), item.value().get_string());
  }
  for (const auto& item : json::array_or_empty(object, "spec.ports")) {
    service.ports.push_back({.name = json::string_or(item, "name"),
                             .protocol = json::string_or(item, "protocol", "TCP"),
                             .app_protocol = json::string_or(item, "appProtocol"),
                             .port = static_cast<int>(json::int_or(item, "port")),
                             .node_port = static_cast<int>(json::int_or(item, "nodePort"))});
  }
  service.ip_families = texts_in(object, "spec.ipFamilies");
  service.source_ranges = texts_in(object, "spec.loadBalancerSourceRanges");
  service.load_balancer_ip = json::string_or(object, "spec.loadBalancerIP");
  service.health_check_node_port = static_cast<int>(json::int_or(object, "spec.healthCheckNodePort"));
  service.local = json::string_or(object, "spec.externalTrafficPolicy") == "Local";
  service.client_ip = json::string_or(object, "spec.sessionAffinity") == "ClientIP";
  service.affinity_seconds = json::int_or(object, "spec.sessionAffinityConfig.clientIP.timeoutSeconds");
  service.allocate_node_ports = json::bool_or(object, "spec.allocateLoadBalancerNodePorts", true);
  if (const auto& ingress = json::array_or_empty(object, "status.loadBalancer.ingress"); !ingress.empty()) {
    service.status_ip = json::string_or(ingress.front(), "ip");
    service.status_hostname = json::string_or(ingress.front(), "hostname");
  }
  return service;
}

bool wants_load_balancer(const Service& service, std::string_view our_class) {
  if (service.type != "LoadBalancer" || service.deleting) return false;
  return !service.has_class || (!our_class.empty() && service.load_balancer_class == our_class);
}

bool needs_cleanup(const Service& service, std::string_view our_class) {
  return service.has_finalizer && !wants_load_balancer(service, our_class) &&
         // One that another controller serves carries the same finalizer, and that one takes it off.
         (!service.has_class || (!our_class.empty() && service.load_balancer_class == our_class));
}

std::string input_fingerprint(const json::Value& object) {
  json::Object annotations;
  for (const auto& item : json::object_or_empty(object, "metadata.annotations")) {
    if (!is_output(item.key())) annotations.emplace(item.key(), item.value());
  }
  const auto* spec = json::find(object, "spec");
  return json::write(json::Object{{"uid", json::string_or(object, "metadata.uid")},
                                  {"deleting", json::string_or(object, "metadata.deletionTimestamp")},
                                  {"annotations", std::move(annotations)},
                                  {"spec", spec == nullptr ? json::Value(nullptr) : *spec}});
}

std::string output_fingerprint(const json::Value& object) {
  const auto service = read_service(object);
  return fmt::format("{}|{}|{}|{}|{}", service.has_finalizer, service.annotation(kIdAnnotation),
                     service.annotation(kAddressAnnotation), service.status_ip, service.status_hostname);
}

}  // namespace fairway::controller
