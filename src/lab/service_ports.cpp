#include "lab/service_ports.h"

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "net/address.h"

namespace fairway::lab {

namespace {

std::string service_of(const json::Value& slice) {
  const auto& labels = json::object_or_empty(slice, "metadata.labels");
  const auto* name = labels.if_contains("kubernetes.io/service-name");
  if (name == nullptr || !name->is_string()) return "";
  return json::string_or(slice, "metadata.namespace") + "/" + std::string(name->get_string());
}

// Slices by "namespace/service".
std::multimap<std::string, const json::Value*> by_service(const Objects& slices) {
  std::multimap<std::string, const json::Value*> found;
  for (const auto& [key, slice] : slices) {
    if (json::string_or(slice, "addressType") == "IPv4") found.emplace(service_of(slice), &slice);
  }
  return found;
}

std::uint16_t to_port(std::int64_t number) {
  return number > 0 && number <= 65535 ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

struct Found {
  std::vector<EndpointTarget> ready, draining;
};

void add_endpoints(const json::Value& slice, std::uint16_t port, std::string_view node, Found& to) {
  for (const auto& endpoint : json::array_or_empty(slice, "endpoints")) {
    const bool ready = json::bool_or(endpoint, "conditions.ready", true);
    const bool draining =
        json::bool_or(endpoint, "conditions.terminating") && json::bool_or(endpoint, "conditions.serving");
    if (!ready && !draining) continue;
    for (const auto& address : json::array_or_empty(endpoint, "addresses")) {
      if (!address.is_string()) continue;
      EndpointTarget target{std::string(address.get_string()), port, json::string_or(endpoint, "nodeName") == node,
                            ready};
      (ready ? to.ready : to.draining).push_back(std::move(target));
    }
  }
}

using Slices = std::multimap<std::string, const json::Value*>;

void sort_once(std::vector<EndpointTarget>& targets) {
  const auto order = [](const EndpointTarget& a, const EndpointTarget& b) {
    return std::tie(a.address, a.port) < std::tie(b.address, b.port);
  };
  std::ranges::sort(targets, order);
  const auto same = [](const EndpointTarget& a, const EndpointTarget& b) {
    return a.address == b.address && a.port == b.port;
  };
  targets.erase(std::unique(targets.begin(), targets.end(), same), targets.end());
}

// The endpoints of the Service's port with this name.
void find_endpoints(const Slices& slices, const std::string& port_name, std::string_view node, ServicePort& to) {
  Found found;
  const auto [begin, end] = slices.equal_range(to.service);
  for (auto at = begin; at != end; ++at) {
    for (const auto& port : json::array_or_empty(*at->second, "ports")) {
      if (json::string_or(port, "name") != port_name) continue;
      add_endpoints(*at->second, to_port(json::int_or(port, "port")), node, found);
    }
  }
  sort_once(found.ready);
  sort_once(found.draining);
  if (found.ready.empty()) {
    to.endpoints = std::move(found.draining);
    return;
  }
  to.endpoints = std::move(found.ready);
  for (auto& target : found.draining) {
    if (target.local) to.local_fallback.push_back(std::move(target));
  }
}

void add_if_v4(std::vector<std::string>& to, const json::Value& text) {
  if (!text.is_string()) return;
  const auto address = net::Address::parse(std::string_view(text.get_string()));
  if (address && address->is_v4()) to.push_back(address->text());
}

ServicePort common_part(const std::string& key, const json::Value& service) {
  ServicePort common;
  common.service = key;
  for (const auto& ip : json::array_or_empty(service, "spec.clusterIPs")) add_if_v4(common.cluster_ips, ip);
  if (common.cluster_ips.empty()) {
    if (const auto* ip = json::find(service, "spec.clusterIP")) add_if_v4(common.cluster_ips, *ip);
  }
  for (const auto& ip : json::array_or_empty(service, "spec.externalIPs")) add_if_v4(common.external_ips, ip);
  for (const auto& ingress : json::array_or_empty(service, "status.loadBalancer.ingress")) {
    if (json::string_or(ingress, "ipMode", "VIP") != "VIP") continue;
    if (const auto* ip = json::find(ingress, "ip")) add_if_v4(common.load_balancer_ips, *ip);
  }
  for (const auto& range : json::array_or_empty(service, "spec.loadBalancerSourceRanges")) {
    const auto prefix = range.is_string() ? net::Prefix::parse(trim(std::string_view(range.get_string())))
                                          : std::optional<net::Prefix>{};
    if (prefix && prefix->is_v4()) common.source_ranges.push_back(prefix->text());
  }
  common.external_local = json::string_or(service, "spec.externalTrafficPolicy") == "Local";
  common.internal_local = json::string_or(service, "spec.internalTrafficPolicy") == "Local";
  if (json::string_or(service, "spec.sessionAffinity") == "ClientIP") {
    common.affinity_seconds =
        static_cast<int>(json::int_or(service, "spec.sessionAffinityConfig.clientIP.timeoutSeconds", 10800));
  }
  return common;
}

}  // namespace

std::vector<ServicePort> service_ports(const Objects& services, const Objects& slices, std::string_view node) {
  const Slices sorted = by_service(slices);
  std::vector<ServicePort> found;
  for (const auto& [key, service] : services) {
    if (json::string_or(service, "spec.type") == "ExternalName") continue;
    const ServicePort common = common_part(key, service);
    if (common.cluster_ips.empty()) continue;  // headless: the name's resolver hands out the pods themselves
    for (const auto& port : json::array_or_empty(service, "spec.ports")) {
      ServicePort one = common;
      one.protocol = to_lower(json::string_or(port, "protocol", "TCP"));
      one.port = to_port(json::int_or(port, "port"));
      one.node_port = to_port(json::int_or(port, "nodePort"));
      find_endpoints(sorted, json::string_or(port, "name"), node, one);
      if (one.port != 0) found.push_back(std::move(one));
    }
  }
  return found;
}

bool is_chosen(const Objects& services, const json::Value& pod) {
  const auto ns = json::string_or(pod, "metadata.namespace");
  const auto& labels = json::object_or_empty(pod, "metadata.labels");
  return std::ranges::any_of(services, [&](const auto& entry) {
    const auto& selector = json::object_or_empty(entry.second, "spec.selector");
    return json::string_or(entry.second, "metadata.namespace") == ns && !selector.empty() &&
           std::ranges::all_of(selector, [&](const auto& pair) {
             const auto* label = labels.if_contains(pair.key());
             return label != nullptr && *label == pair.value();
           });
  });
}

bool is_leaving(const Objects& slices, std::string_view address) {
  bool listed = false;
  for (const auto& [key, slice] : slices) {
    for (const auto& endpoint : json::array_or_empty(slice, "endpoints")) {
      const auto& addresses = json::array_or_empty(endpoint, "addresses");
      if (std::ranges::find(addresses, json::Value(address)) == addresses.end()) continue;
      if (!json::bool_or(endpoint, "conditions.terminating")) return false;
      listed = true;
    }
  }
  return listed;
}

namespace {

// How many of the Service's ready endpoints run on the node.
std::size_t count_local(const Objects::value_type& service, const Objects& slices, std::string_view node) {
  std::set<std::string> local;
  for (const ServicePort& one : service_ports({service}, slices, node)) {
    for (const EndpointTarget& target : one.endpoints) {
      if (target.local && target.ready) local.insert(target.address);
    }
  }
  return local.size();
}

}  // namespace

std::vector<ServiceHealth> service_health(const Objects& services, const Objects& slices, std::string_view node) {
  std::vector<ServiceHealth> found;
  for (const auto& entry : services) {
    const json::Value& service = entry.second;
    const std::uint16_t port = to_port(json::int_or(service, "spec.healthCheckNodePort"));
    if (port == 0) continue;
    found.push_back({json::string_or(service, "metadata.namespace"), json::string_or(service, "metadata.name"), port,
                     count_local(entry, slices, node)});
  }
  return found;
}

}  // namespace fairway::lab
