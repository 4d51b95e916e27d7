// A Service's cluster IPs and IP families against each other.
#include <algorithm>

#include <fmt/format.h>

#include "kube_api/kinds/service_rules.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

std::vector<std::string> texts_of(const json::Array& list) {
  std::vector<std::string> texts;
  for (const auto& item : list) texts.emplace_back(item.as_string());
  return texts;
}

void check_families(FieldErrors& errors, const json::Object& service) {
  const auto& families = list_at(service, {"spec", "ipFamilies"});
  for (std::size_t i = 0; i < families.size(); ++i) {
    const auto field = fmt::format("spec.ipFamilies[{}]", i);
    if (families[i] != "IPv4" && families[i] != "IPv6") errors.not_supported(field, families[i], {"IPv4", "IPv6"});
    if (std::find(families.begin(), families.begin() + static_cast<std::ptrdiff_t>(i), families[i]) !=
        families.begin() + static_cast<std::ptrdiff_t>(i)) {
      errors.duplicate(field, families[i]);
    }
  }
  const auto policy = text_at(service, {"spec", "ipFamilyPolicy"});
  if (at(service, {"spec", "ipFamilyPolicy"}) != nullptr && policy != "SingleStack" && policy != "PreferDualStack" &&
      policy != "RequireDualStack") {
    errors.not_supported("spec.ipFamilyPolicy", json::Value(policy),
                         {"PreferDualStack", "RequireDualStack", "SingleStack"});
  }
}

// False when one of them is no address at all, so that the rest makes no sense.
bool check_each(FieldErrors& errors, const json::Array& ips, const std::vector<std::string>& old) {
  bool good = true;
  for (std::size_t i = 0; i < ips.size(); ++i) {
    const std::string_view ip = ips[i].as_string();
    if (i == 0 && ip == "None") {
      if (ips.size() == 1) continue;
      good = false;
      errors.invalid("spec.clusterIPs", ips, "'None' must be the first and only value");
      continue;
    }
    const auto before = errors.list().size();
    check_ip(errors, fmt::format("spec.clusterIPs[{}]", i), ip, old);
    good = good && errors.list().size() == before;
  }
  return good;
}

}  // namespace

FieldErrors check_cluster_ip_fields(const json::Object& service, const json::Object* before) {
  FieldErrors errors;
  if (service_type(service) == "ExternalName") return errors;
  const auto ip = text_at(service, {"spec", "clusterIP"});
  const auto& ips = list_at(service, {"spec", "clusterIPs"});
  if (!ip.empty()) {
    if (ips.empty()) {
      errors.required("spec.clusterIPs");
    } else if (ips[0].as_string() != ip) {
      errors.invalid("spec.clusterIPs", ips, "first value must match `clusterIP`");
    }
  } else if (!ips.empty()) {
    errors.invalid("spec.clusterIPs", ips, "must be empty when `clusterIP` is not specified");
  }
  check_families(errors, service);
  const bool good =
      check_each(errors, ips,
                 before == nullptr ? std::vector<std::string>{} : texts_of(list_at(*before, {"spec", "clusterIPs"})));
  if (ips.size() > 2) errors.invalid("spec.clusterIPs", ips, "may only hold up to 2 values");
  if (!good) return errors;
  if (ips.size() > 1 && is_ipv6(ips[0].as_string()) == is_ipv6(ips[1].as_string())) {
    errors.invalid("spec.clusterIPs", ips, "may specify no more than one IP for each IP family");
  }
  const auto& families = list_at(service, {"spec", "ipFamilies"});
  if (is_headless(service)) return errors;
  for (std::size_t i = 0; i < std::min(ips.size(), families.size()); ++i) {
    const bool six = is_ipv6(ips[i].as_string());
    if (families[i] == "IPv4" && six)
      errors.invalid(fmt::format("spec.clusterIPs[{}]", i), ips[i],
                     fmt::format("expected an IPv4 value as indicated by `ipFamilies[{}]`", i));
    if (families[i] == "IPv6" && !six)
      errors.invalid(fmt::format("spec.clusterIPs[{}]", i), ips[i],
                     fmt::format("expected an IPv6 value as indicated by `ipFamilies[{}]`", i));
  }
  return errors;
}

std::string_view service_type(const json::Object& service) { return text_at(service, {"spec", "type"}); }

bool is_headless(const json::Object& service) {
  const auto& ips = list_at(service, {"spec", "clusterIPs"});
  return ips.size() == 1 && ips[0] == "None";
}

bool needs_node_ports(const json::Object& service) {
  const auto type = service_type(service);
  return type == "NodePort" || type == "LoadBalancer";
}

bool allocates_node_ports(const json::Object& service) {
  const auto type = service_type(service);
  return type == "NodePort" ||
         (type == "LoadBalancer" && bool_at(service, {"spec", "allocateLoadBalancerNodePorts"}, true));
}

bool needs_health_port(const json::Object& service) {
  return service_type(service) == "LoadBalancer" && text_at(service, {"spec", "externalTrafficPolicy"}) == "Local";
}

bool externally_accessible(const json::Object& service) {
  return needs_node_ports(service) ||
         (service_type(service) == "ClusterIP" && !list_at(service, {"spec", "externalIPs"}).empty());
}

}  // namespace fairway::kube_api
