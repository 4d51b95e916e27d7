// What a Service means where it says nothing, and what it loses when its type changes.
#include "kube_api/kinds/rules.h"
#include "kube_api/kinds/service_rules.h"
#include "kube_api/kinds/service_strategy.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

constexpr std::int64_t kDefaultAffinitySeconds = 10800;

void default_affinity(json::Object& spec) {
  set_default(spec, "sessionAffinity", "None");
  if (spec["sessionAffinity"] == "None") {
    spec.erase("sessionAffinityConfig");
  } else if (spec["sessionAffinity"] == "ClientIP" &&
             at(spec, {"sessionAffinityConfig", "clientIP", "timeoutSeconds"}) == nullptr) {
    spec["sessionAffinityConfig"] =
        json::Object{{"clientIP", json::Object{{"timeoutSeconds", kDefaultAffinitySeconds}}}};
  }
}

void default_ports(json::Object& spec) {
  auto* ports = spec.if_contains("ports");
  if (ports == nullptr || !ports->is_array()) return;
  for (auto& item : ports->get_array()) {
    auto& port = item.as_object();
    set_default(port, "protocol", "TCP");
    const auto target = member_or_null(port, "targetPort");
    if (target.is_null() || target == 0 || target == "") port["targetPort"] = int_at(port, {"port"});
  }
}

bool same(const json::Object& a, const json::Object& b, std::string_view key) {
  return member_or_null(map_at(a, {"spec"}), key) == member_or_null(map_at(b, {"spec"}), key);
}

// Whether every node port of `now` was one of `before`.
bool only_old_node_ports(const json::Object& now, const json::Object& before) {
  for (const auto& port : list_at(now, {"spec", "ports"})) {
    const auto number = json::int_or(port, "nodePort");
    bool known = number == 0;
    for (const auto& old : list_at(before, {"spec", "ports"}))
      known = known || json::int_or(old, "nodePort") == number;
    if (!known) return false;
  }
  return true;
}

}  // namespace

void default_service(json::Object& service) {
  auto& spec = child(service, "spec");
  default_affinity(spec);
  set_default(spec, "type", "ClusterIP");
  default_ports(spec);
  if (externally_accessible(service)) set_default(spec, "externalTrafficPolicy", "Cluster");
  const auto type = std::string(service_type(service));
  if (type == "NodePort" || type == "LoadBalancer" || type == "ClusterIP")
    set_default(spec, "internalTrafficPolicy", "Cluster");
  if (type != "LoadBalancer") return;
  set_default(spec, "allocateLoadBalancerNodePorts", true);
  auto* status = service.if_contains("status");
  if (status == nullptr || !status->is_object()) return;
  auto* balancer = status->get_object().if_contains("loadBalancer");
  auto* ingress =
      balancer != nullptr && balancer->is_object() ? balancer->get_object().if_contains("ingress") : nullptr;
  if (ingress == nullptr || !ingress->is_array()) return;
  for (auto& item : ingress->get_array()) {
    if (!text_in(item, "ip").empty()) set_default(item.as_object(), "ipMode", "VIP");
  }
}

// Nothing inside the cluster leads to what has a name only.
void drop_policy_of_external_name(json::Object& service) {
  if (service_type(service) == "ExternalName") child(service, "spec").erase("internalTrafficPolicy");
}

void prepare_new_service(json::Object& service) {
  drop_policy_of_external_name(service);
  service["status"] = json::Object{{"loadBalancer", json::Object{}}};
}

// What the old type had and the new one cannot have goes, unless the change itself set it.
void prepare_changed_service(json::Object& now, const json::Object& before) {
  copy_member(now, before, "status");
  drop_policy_of_external_name(now);
  auto& spec = child(now, "spec");
  const bool was_external = service_type(before) == "ExternalName", is_external = service_type(now) == "ExternalName";
  if (!was_external && is_external) {
    if (same(now, before, "clusterIP") && same(now, before, "clusterIPs")) {
      spec.erase("clusterIP");
      spec.erase("clusterIPs");
    }
    if (same(now, before, "ipFamilies")) spec.erase("ipFamilies");
    if (same(now, before, "ipFamilyPolicy")) spec.erase("ipFamilyPolicy");
  }
  if (needs_node_ports(before) && !needs_node_ports(now) && only_old_node_ports(now, before) &&
      spec.contains("ports")) {
    for (auto& port : spec["ports"].as_array()) port.as_object().erase("nodePort");
  }
  if (needs_health_port(before) && !needs_health_port(now) && same(now, before, "healthCheckNodePort"))
    spec.erase("healthCheckNodePort");
  const bool was_balanced = service_type(before) == "LoadBalancer", is_balanced = service_type(now) == "LoadBalancer";
  if (was_balanced && !is_balanced) {
    if (same(now, before, "allocateLoadBalancerNodePorts")) spec.erase("allocateLoadBalancerNodePorts");
    if (same(now, before, "loadBalancerClass")) spec.erase("loadBalancerClass");
  }
  if (externally_accessible(before) && !externally_accessible(now) && same(now, before, "externalTrafficPolicy"))
    spec.erase("externalTrafficPolicy");
  if (!is_balanced) child(child(now, "status"), "loadBalancer").clear();
}

void prepare_service_status(json::Object& now, const json::Object& before) { copy_member(now, before, "spec"); }

Rules service_rules() {
  return {.set_defaults = default_service,
          .prepare_create = prepare_new_service,
          .prepare_update = prepare_changed_service,
          .validate_create = validate_new_service,
          .validate_update = validate_changed_service,
          .prepare_status = prepare_service_status,
          .validate_status = validate_service_status,
          .warnings = service_warnings};
}

}  // namespace fairway::kube_api
