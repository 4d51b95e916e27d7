// What is wrong with a Service, in the order in which the real server says it.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/object_meta.h"
#include "kube_api/kinds/service_rules.h"
#include "kube_api/kinds/service_strategy.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kOnlyBalanced = "may only be used when `type` is 'LoadBalancer'";
constexpr std::string_view kSourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";
constexpr std::string_view kTopologyHints = "service.kubernetes.io/topology-aware-hints";
constexpr std::string_view kTopologyMode = "service.kubernetes.io/topology-mode";

std::vector<std::string> old_texts(const json::Object* before, std::string_view key) {
  std::vector<std::string> texts;
  if (before == nullptr) return texts;
  for (const auto& item : list_at(*before, {"spec", key}))
    texts.emplace_back(trim(std::string_view(item.as_string())));
  return texts;
}

void check_topology(FieldErrors& errors, const json::Object& service) {
  const auto& annotations = map_at(service, {"metadata", "annotations"});
  const auto* hints = annotations.if_contains(kTopologyHints);
  const auto* mode = annotations.if_contains(kTopologyMode);
  if (hints == nullptr || mode == nullptr || *hints == *mode) return;
  errors.invalid(fmt::format("metadata.annotations[{}]", kTopologyMode), *mode,
                 fmt::format("must match annotations[{}] when both are specified", kTopologyHints));
}

void check_type_and_ips(FieldErrors& errors, const json::Object& service) {
  const auto type = service_type(service);
  const auto& ips = list_at(service, {"spec", "clusterIPs"});
  if (list_at(service, {"spec", "ports"}).empty() && !is_headless(service) && type != "ExternalName")
    errors.required("spec.ports");
  if ((type == "LoadBalancer" || type == "NodePort") && is_headless(service)) {
    errors.invalid("spec.clusterIPs[0]", ips[0], fmt::format("may not be set to 'None' for {} services", type));
  }
  if (type != "ExternalName") return;
  if (!ips.empty()) errors.forbidden("spec.clusterIPs", "may not be set for ExternalName services");
  if (!list_at(service, {"spec", "ipFamilies"}).empty())
    errors.forbidden("spec.ipFamilies", "may not be set for ExternalName services");
  if (at(service, {"spec", "ipFamilyPolicy"}) != nullptr)
    errors.forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services");
  auto name = text_at(service, {"spec", "externalName"});
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) {
    errors.required("spec.externalName");
  } else {
    add_invalid(errors, "spec.externalName", json::Value(name), dns1123_subdomain_errors(name));
  }
}

void check_target_port(FieldErrors& errors, const std::string& field, const json::Value& target) {
  if (target.is_string()) {
    add_invalid(errors, field, target, port_name_errors(std::string_view(target.get_string())));
  } else {
    add_invalid(errors, field, target, port_number_errors(target.is_int64() ? target.get_int64() : 0));
  }
}

void check_port(FieldErrors& errors, const json::Object& port, const std::string& field, bool name_needed,
                std::set<std::string>& names) {
  const std::string name(text_at(port, {"name"}));
  if (name_needed && name.empty()) {
    errors.required(field + ".name");
  } else if (!name.empty()) {
    add_invalid(errors, field + ".name", json::Value(name), dns1123_label_errors(name));
    if (!names.insert(name).second) errors.duplicate(field + ".name", json::Value(name));
  }
  const auto number = int_at(port, {"port"});
  add_invalid(errors, field + ".port", number, port_number_errors(number));
  const auto protocol = text_at(port, {"protocol"});
  if (protocol.empty()) {
    errors.required(field + ".protocol");
  } else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    errors.not_supported(field + ".protocol", json::Value(protocol), {"SCTP", "TCP", "UDP"});
  }
  check_target_port(errors, field + ".targetPort", member_or_null(port, "targetPort"));
  if (port.contains("appProtocol")) {
    const auto app = text_at(port, {"appProtocol"});
    add_invalid(errors, field + ".appProtocol", json::Value(app), qualified_name_errors(app));
  }
}

void check_affinity(FieldErrors& errors, const json::Object& service) {
  constexpr std::int64_t kMaxSeconds = 86400;
  const auto affinity = text_at(service, {"spec", "sessionAffinity"});
  if (affinity.empty()) {
    errors.required("spec.sessionAffinity");
  } else if (affinity != "ClientIP" && affinity != "None") {
    errors.not_supported("spec.sessionAffinity", json::Value(affinity), {"ClientIP", "None"});
  }
  if (affinity == "ClientIP") {
    const auto seconds = int_at(service, {"spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"});
    if (seconds <= 0 || seconds > kMaxSeconds) {
      errors.invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds,
                     fmt::format("must be greater than 0 and less than {}", kMaxSeconds));
    }
  } else if (affinity == "None" && at(service, {"spec", "sessionAffinityConfig"}) != nullptr) {
    errors.forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None");
  }
}

void check_external_ips(FieldErrors& errors, const json::Object& service, const json::Object* before) {
  const auto& ips = list_at(service, {"spec", "externalIPs"});
  const auto old = old_texts(before, "externalIPs");
  for (std::size_t i = 0; i < ips.size(); ++i) {
    const auto field = fmt::format("spec.externalIPs[{}]", i);
    const auto so_far = errors.list().size();
    check_ip(errors, field, ips[i].as_string(), old);
    if (errors.list().size() == so_far) check_endpoint_ip(errors, field, ips[i].as_string());
  }
}

void check_ports_together(FieldErrors& errors, const json::Object& service) {
  const auto& ports = list_at(service, {"spec", "ports"});
  const bool cluster_only = service_type(service) == "ClusterIP";
  std::set<std::pair<std::string, std::int64_t>> node_ports, seen;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto node_port = json::int_or(ports[i], "nodePort");
    if (cluster_only && node_port != 0)
      errors.forbidden(fmt::format("spec.ports[{}].nodePort", i), "may not be used when `type` is 'ClusterIP'");
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto node_port = json::int_or(ports[i], "nodePort");
    if (node_port != 0 && !node_ports.emplace(text_in(ports[i], "protocol"), node_port).second)
      errors.duplicate(fmt::format("spec.ports[{}].nodePort", i), node_port);
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto number = json::int_or(ports[i], "port");
    const auto protocol = text_in(ports[i], "protocol");
    if (seen.emplace(protocol, number).second) continue;
    errors.duplicate(fmt::format("spec.ports[{}]", i), json::Object{{"Name", ""},
                                                                    {"Protocol", protocol},
                                                                    {"AppProtocol", nullptr},
                                                                    {"Port", number},
                                                                    {"TargetPort", 0},
                                                                    {"NodePort", 0}});
  }
}

void check_source_ranges(FieldErrors& errors, const json::Object& service, const json::Object* before) {
  const bool balanced = service_type(service) == "LoadBalancer";
  const auto& ranges = list_at(service, {"spec", "loadBalancerSourceRanges"});
  if (!ranges.empty()) {
    const std::string field = "spec.LoadBalancerSourceRanges";
    if (!balanced) errors.forbidden(field, kOnlyBalanced);
    const auto old = old_texts(before, "loadBalancerSourceRanges");
    for (std::size_t i = 0; i < ranges.size(); ++i)
      check_cidr(errors, fmt::format("{}[{}]", field, i), trim(std::string_view(ranges[i].as_string())), old);
    return;
  }
  const auto* annotation = map_at(service, {"metadata", "annotations"}).if_contains(kSourceRangesAnnotation);
  if (annotation == nullptr) return;
  const auto field = fmt::format("metadata.annotations[{}]", kSourceRangesAnnotation);
  if (!balanced) errors.forbidden(field, kOnlyBalanced);
  if (before != nullptr &&
      member_or_null(map_at(*before, {"metadata", "annotations"}), kSourceRangesAnnotation) == *annotation)
    return;
  const auto text = trim(std::string_view(annotation->as_string()));
  if (text.empty()) return;
  for (const auto range : split(text, ',')) check_cidr(errors, field, trim(range));
}

void check_load_balancer_class(FieldErrors& errors, const json::Object& service, const json::Object* before) {
  const auto* present = at(service, {"spec", "loadBalancerClass"});
  const bool balanced = service_type(service) == "LoadBalancer";
  if (before != nullptr && balanced && service_type(*before) == "LoadBalancer") {
    const auto old = member_or_null(map_at(*before, {"spec"}), "loadBalancerClass");
    const auto now = present == nullptr ? json::Value(nullptr) : *present;
    if (old != now) errors.invalid("spec.loadBalancerClass", now, "may not change once set");
  }
  if (present == nullptr) return;
  if (!balanced) {
    errors.forbidden("spec.loadBalancerClass", kOnlyBalanced);
  } else {
    add_invalid(errors, "spec.loadBalancerClass", *present,
                qualified_name_errors(std::string_view(present->as_string())));
  }
}

void check_traffic_policies(FieldErrors& errors, const json::Object& service) {
  const auto external = text_at(service, {"spec", "externalTrafficPolicy"});
  if (!externally_accessible(service)) {
    if (!external.empty())
      errors.invalid("spec.externalTrafficPolicy", json::Value(external),
                     "may only be set for externally-accessible services");
  } else if (external.empty()) {
    errors.required("spec.externalTrafficPolicy");
  } else if (external != "Cluster" && external != "Local") {
    errors.not_supported("spec.externalTrafficPolicy", json::Value(external), {"Cluster", "Local"});
  }
  const auto health = int_at(service, {"spec", "healthCheckNodePort"});
  if (!needs_health_port(service)) {
    if (health != 0)
      errors.invalid("spec.healthCheckNodePort", health,
                     "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  } else if (health == 0) {
    errors.required("spec.healthCheckNodePort");
  } else {
    add_invalid(errors, "spec.healthCheckNodePort", health, port_number_errors(health));
  }
  const auto* internal = at(service, {"spec", "internalTrafficPolicy"});
  const auto type = service_type(service);
  if (internal == nullptr && (type == "NodePort" || type == "LoadBalancer" || type == "ClusterIP"))
    errors.required("spec.internalTrafficPolicy");
  if (internal != nullptr && *internal != "Cluster" && *internal != "Local")
    errors.not_supported("spec.internalTrafficPolicy", *internal, {"Cluster", "Local"});
  const auto* spread = at(service, {"spec", "trafficDistribution"});
  if (spread != nullptr && *spread != "PreferClose" && *spread != "PreferSameZone" && *spread != "PreferSameNode") {
    errors.not_supported("spec.trafficDistribution", *spread, {"PreferClose", "PreferSameZone", "PreferSameNode"});
  }
}

FieldErrors check_service(const json::Object& service, const json::Object* before) {
  FieldErrors errors;
  check_topology(errors, service);
  check_type_and_ips(errors, service);
  const auto& ports = list_at(service, {"spec", "ports"});
  std::set<std::string> names;
  for (std::size_t i = 0; i < ports.size(); ++i)
    check_port(errors, ports[i].as_object(), fmt::format("spec.ports[{}]", i), ports.size() > 1, names);
  check_labels(errors, map_at(service, {"spec", "selector"}), "spec.selector");
  check_affinity(errors, service);
  errors.add(check_cluster_ip_fields(service, before));
  check_external_ips(errors, service, before);
  const auto type = service_type(service);
  if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName") {
    errors.not_supported("spec.type", json::Value(type), {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  }
  check_ports_together(errors, service);
  check_source_ranges(errors, service, before);
  if (type != "LoadBalancer" && at(service, {"spec", "allocateLoadBalancerNodePorts"}) != nullptr)
    errors.forbidden("spec.allocateLoadBalancerNodePorts", kOnlyBalanced);
  check_load_balancer_class(errors, service, nullptr);
  check_traffic_policies(errors, service);
  return errors;
}

// One value after the other against what was there; `what` is "clusterIPs" or "ipFamilies".
void check_unchanged(FieldErrors& errors, const json::Object& now, const json::Object& before, std::string_view what,
                     bool index_each) {
  const auto& old = list_at(before, {"spec", what});
  const auto& fresh = list_at(now, {"spec", what});
  const std::string field = fmt::format("spec.{}", what);
  if (old.size() == fresh.size()) {
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i] != fresh[i])
        errors.invalid(fmt::format("{}[{}]", field, index_each ? i : 0), fresh, "may not change once set");
    }
  } else if (!old.empty() && !fresh.empty() && old[0] != fresh[0]) {
    errors.invalid(field + "[0]", list_at(now, {"spec", "clusterIPs"}), "may not change once set");
  } else if (old.size() > fresh.size() && fresh.empty()) {
    errors.invalid(field + "[0]", at(now, {"spec", what}) == nullptr ? json::Value(nullptr) : json::Value(fresh),
                   what == "clusterIPs" ? "primary clusterIP can not be unset" : "primary ipFamily can not be unset");
  }
}

}  // namespace

FieldErrors validate_new_service(const json::Object& service) {
  auto errors = validate_meta(service, true, dns1123_label_errors);
  errors.add(check_service(service, nullptr));
  return errors;
}

FieldErrors validate_changed_service(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  if (service_type(now) != "ExternalName" && service_type(before) != "ExternalName") {
    const bool was = is_headless(before), is = is_headless(now);
    if (!was || !is) check_unchanged(errors, now, before, "clusterIPs", true);
    if (was == is && !is) check_unchanged(errors, now, before, "ipFamilies", false);
  }
  check_load_balancer_class(errors, now, &before);
  if (needs_health_port(before) && needs_health_port(now) &&
      int_at(now, {"spec", "healthCheckNodePort"}) != int_at(before, {"spec", "healthCheckNodePort"})) {
    errors.forbidden("spec.healthCheckNodePort", "field is immutable");
  }
  errors.add(check_service(now, &before));
  return errors;
}

FieldErrors validate_service_status(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  const auto& ingress = list_at(now, {"status", "loadBalancer", "ingress"});
  if (service_type(now) != "LoadBalancer" && !ingress.empty()) {
    errors.forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'");
    return errors;
  }
  std::vector<std::string> old;
  for (const auto& item : list_at(before, {"status", "loadBalancer", "ingress"}))
    old.emplace_back(text_in(item, "ip"));
  for (std::size_t i = 0; i < ingress.size(); ++i) {
    const auto field = fmt::format("status.loadBalancer.ingress[{}]", i);
    const auto& item = ingress[i].as_object();
    const auto ip = text_at(item, {"ip"}), host = text_at(item, {"hostname"});
    if (!ip.empty()) check_ip(errors, field + ".ip", ip, old);
    const auto* mode = item.if_contains("ipMode");
    if (mode == nullptr && !ip.empty()) errors.required(field + ".ipMode", "must be specified when `ip` is set");
    if (mode != nullptr && ip.empty()) {
      errors.forbidden(field + ".ipMode", "may not be specified when `ip` is not set");
    } else if (mode != nullptr && *mode != "VIP" && *mode != "Proxy") {
      errors.not_supported(field + ".ipMode", *mode, {"Proxy", "VIP"});
    }
    if (host.empty()) continue;
    add_invalid(errors, field + ".hostname", json::Value(host), dns1123_subdomain_errors(host));
    if (net::Address::parse(host))
      errors.invalid(field + ".hostname", json::Value(host), "must be a DNS name, not an IP address");
  }
  return errors;
}

std::vector<std::string> service_warnings(const json::Object& service, const json::Object* /*before*/) {
  std::vector<std::string> texts;
  const auto add = [&](std::vector<std::string> more) { texts.insert(texts.end(), more.begin(), more.end()); };
  if (map_at(service, {"metadata", "annotations"}).contains(kTopologyHints)) {
    texts.push_back(fmt::format("annotation {} is deprecated, please use {} instead", kTopologyHints, kTopologyMode));
  }
  const auto type = service_type(service);
  const bool headless = type == "ClusterIP" && text_at(service, {"spec", "clusterIP"}) == "None";
  const auto& external = list_at(service, {"spec", "externalIPs"});
  if (headless) {
    if (!text_at(service, {"spec", "loadBalancerIP"}).empty())
      texts.emplace_back("spec.loadBalancerIP is ignored for headless services");
    if (!external.empty()) texts.emplace_back("spec.externalIPs is ignored for headless services");
    if (text_at(service, {"spec", "sessionAffinity"}) != "None")
      texts.emplace_back("spec.SessionAffinity is ignored for headless services");
  }
  for (std::size_t i = 0; i < external.size(); ++i)
    add(ip_warnings(fmt::format("spec.externalIPs[{}]", i), external[i].as_string()));
  if (!external.empty() && !headless && type != "ExternalName")
    texts.emplace_back("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  const auto balancer_ip = text_at(service, {"spec", "loadBalancerIP"});
  if (!balancer_ip.empty()) add(ip_warnings("spec.loadBalancerIP", balancer_ip));
  const auto& ranges = list_at(service, {"spec", "loadBalancerSourceRanges"});
  for (std::size_t i = 0; i < ranges.size(); ++i)
    add(cidr_warnings(fmt::format("spec.loadBalancerSourceRanges[{}]", i), ranges[i].as_string()));
  if (type == "ExternalName" && !external.empty())
    texts.emplace_back("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
  if (type != "ExternalName" && !text_at(service, {"spec", "externalName"}).empty())
    texts.emplace_back("spec.externalName is ignored when spec.type is not \"ExternalName\"");
  if (text_at(service, {"spec", "trafficDistribution"}) == "PreferClose") {
    texts.emplace_back("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
  }
  return texts;
}

}  // namespace fairway::kube_api
