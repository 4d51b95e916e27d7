#include "kube_api/plans/endpoint_plan.h"

#include <algorithm>
#include <map>
#include <optional>

#include "kube_api/kinds/selectors.h"
#include "kube_api/kinds/service_rules.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/pod_facts.h"

namespace fairway::kube_api {
namespace {

constexpr std::size_t kPerSlice = 100;

std::vector<const json::Object*> chosen_pods(const json::Object& service, const std::vector<Stored>& pods) {
  std::vector<const json::Object*> chosen;
  const auto& selector = map_at(service, {"spec", "selector"});
  for (const auto& pod : pods) {
    if (namespace_of(*pod.object) != namespace_of(service) || pod_has_ended(*pod.object)) continue;
    if (text_at(*pod.object, {"status", "podIP"}).empty()) continue;
    if (has_labels(map_at(*pod.object, {"metadata", "labels"}), selector)) chosen.push_back(pod.object.get());
  }
  return chosen;
}

// The number of a container's port of that name and protocol; nothing when the container has none.
std::optional<std::int64_t> port_named(const json::Value& container, std::string_view name,
                                       std::string_view protocol) {
  for (const auto& port : json::array_or_empty(container, "ports")) {
    if (text_in(port, "name") == name && text_in(port, "protocol") == protocol)
      return json::int_or(port, "containerPort");
  }
  return std::nullopt;
}

// The number that a Service's port has on a pod; 0 when the pod has no port of that name.
std::int64_t port_on(const json::Object& pod, const json::Value& port) {
  const auto* target = port.as_object().if_contains("targetPort");
  if (target == nullptr) return json::int_or(port, "port");
  if (target->is_int64()) return target->get_int64();
  if (!target->is_string()) return json::int_or(port, "port");
  for (const auto* list : {"containers", "initContainers"}) {
    for (const auto& container : list_at(pod, {"spec", list})) {
      if (const auto number = port_named(container, target->get_string(), text_in(port, "protocol"))) return *number;
    }
  }
  return 0;
}

json::Array ports_on(const json::Object& pod, const json::Object& service, bool slice) {
  json::Array ports;
  for (const auto& port : list_at(service, {"spec", "ports"})) {
    const auto number = port_on(pod, port);
    if (number == 0) continue;
    json::Object found;
    const auto name = text_in(port, "name");
    if (slice || !name.empty()) found["name"] = name;
    found["port"] = number;
    found["protocol"] = text_in(port, "protocol");
    if (const auto app = text_in(port, "appProtocol"); !app.empty()) found["appProtocol"] = app;
    ports.push_back(std::move(found));
  }
  return ports;
}

json::Object pod_reference(const json::Object& pod) {
  return {{"kind", "Pod"}, {"namespace", namespace_of(pod)}, {"name", name_of(pod)}, {"uid", uid_of(pod)}};
}

std::string_view hostname_in(const json::Object& pod, const json::Object& service) {
  const auto host = text_at(pod, {"spec", "hostname"});
  return !host.empty() && text_at(pod, {"spec", "subdomain"}) == name_of(service) ? host : std::string_view{};
}

json::Object endpoint_address(const json::Object& pod, const json::Object& service) {
  json::Object address{{"ip", text_at(pod, {"status", "podIP"})}};
  if (const auto host = hostname_in(pod, service); !host.empty()) address["hostname"] = host;
  if (const auto node = text_at(pod, {"spec", "nodeName"}); !node.empty()) address["nodeName"] = node;
  address["targetRef"] = pod_reference(pod);
  return address;
}

json::Object slice_endpoint(const json::Object& pod, const json::Object& service) {
  const bool publish = bool_at(service, {"spec", "publishNotReadyAddresses"});
  const bool serving = pod_is_ready(pod), terminating = being_deleted(pod);
  json::Object endpoint{{"addresses", json::Array{json::Value(text_at(pod, {"status", "podIP"}))}},
                        {"conditions", json::Object{{"ready", publish || (serving && !terminating)},
                                                    {"serving", serving},
                                                    {"terminating", terminating}}}};
  if (const auto host = hostname_in(pod, service); !host.empty()) endpoint["hostname"] = host;
  endpoint["targetRef"] = pod_reference(pod);
  if (const auto node = text_at(pod, {"spec", "nodeName"}); !node.empty()) endpoint["nodeName"] = node;
  return endpoint;
}

json::Object labels_of(const json::Object& service) {
  auto labels = map_at(service, {"metadata", "labels"});
  if (is_headless(service)) labels["service.kubernetes.io/headless"] = "";
  return labels;
}

json::Object new_slice(const json::Object& service, std::string_view manager, json::Object owner) {
  auto labels = labels_of(service);
  labels[kServiceNameLabel] = name_of(service);
  labels[kManagedByLabel] = manager;
  owner["controller"] = true;
  owner["blockOwnerDeletion"] = true;
  json::Object metadata{{"generateName", std::string(name_of(service)) + "-"}, {"namespace", namespace_of(service)}};
  metadata["labels"] = std::move(labels);
  metadata["ownerReferences"] = json::Array{std::move(owner)};
  return {{"metadata", std::move(metadata)}, {"addressType", "IPv4"}, {"endpoints", nullptr}, {"ports", nullptr}};
}

json::Object owner_of(const json::Object& object, std::string_view kind) {
  return {{"apiVersion", "v1"}, {"kind", kind}, {"name", name_of(object)}, {"uid", uid_of(object)}};
}

bool by_address(const json::Value& a, const json::Value& b) { return text_in(a, "ip") < text_in(b, "ip"); }

// Endpoints of one set of ports, cut into slices.
void cut(std::vector<json::Object>& slices, const json::Object& empty, const json::Array& endpoints,
         const json::Value& ports) {
  for (std::size_t at = 0; at < endpoints.size(); at += kPerSlice) {
    auto slice = empty;
    json::Array some;
    for (std::size_t i = at; i < std::min(endpoints.size(), at + kPerSlice); ++i) some.push_back(endpoints[i]);
    slice["endpoints"] = std::move(some);
    slice["ports"] = ports;
    slices.push_back(std::move(slice));
  }
}

}  // namespace

json::Object plan_endpoints(const json::Object& service, const std::vector<Stored>& pods) {
  struct Subset {
    json::Array ready, not_ready;
  };
  std::map<std::string, Subset> by_ports;
  const bool publish = bool_at(service, {"spec", "publishNotReadyAddresses"});
  const bool portless = list_at(service, {"spec", "ports"}).empty();
  for (const auto* pod : chosen_pods(service, pods)) {
    if (being_deleted(*pod) && !publish) continue;
    const auto ports = ports_on(*pod, service, false);
    if (ports.empty() && !portless) continue;
    auto& subset = by_ports[json::write(ports)];
    (publish || pod_is_ready(*pod) ? subset.ready : subset.not_ready).push_back(endpoint_address(*pod, service));
  }
  json::Array subsets;
  for (auto& [ports, found] : by_ports) {
    std::sort(found.ready.begin(), found.ready.end(), by_address);
    std::sort(found.not_ready.begin(), found.not_ready.end(), by_address);
    json::Object subset;
    if (!found.ready.empty()) subset["addresses"] = std::move(found.ready);
    if (!found.not_ready.empty()) subset["notReadyAddresses"] = std::move(found.not_ready);
    if (!portless) subset["ports"] = *json::parse(ports);
    subsets.push_back(std::move(subset));
  }
  auto labels = labels_of(service);
  labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller";
  json::Object metadata{
      {"name", name_of(service)}, {"namespace", namespace_of(service)}, {"labels", std::move(labels)}};
  return {{"metadata", std::move(metadata)}, {"subsets", std::move(subsets)}};
}

std::vector<json::Object> plan_slices(const json::Object& service, const std::vector<Stored>& pods) {
  std::map<std::string, json::Array> by_ports;
  const bool portless = list_at(service, {"spec", "ports"}).empty();
  for (const auto* pod : chosen_pods(service, pods)) {
    const auto ports = ports_on(*pod, service, true);
    if (ports.empty() && !portless) continue;
    by_ports[json::write(ports)].push_back(slice_endpoint(*pod, service));
  }
  const auto empty = new_slice(service, kSliceController, owner_of(service, "Service"));
  std::vector<json::Object> slices;
  for (const auto& [ports, endpoints] : by_ports) cut(slices, empty, endpoints, *json::parse(ports));
  if (slices.empty()) slices.push_back(empty);
  return slices;
}

namespace {

json::Array mirrored_endpoints(const json::Value& subset) {
  json::Array found;
  for (const auto* list : {"addresses", "notReadyAddresses"}) {
    const bool ready = std::string_view(list) == "addresses";
    for (const auto& address : json::array_or_empty(subset, list)) {
      json::Object endpoint{{"addresses", json::Array{json::Value(text_in(address, "ip"))}},
                            {"conditions", json::Object{{"ready", ready}}}};
      for (const auto* key : {"hostname", "targetRef", "nodeName"}) copy_member(endpoint, address.as_object(), key);
      found.push_back(std::move(endpoint));
    }
  }
  return found;
}

}  // namespace

std::vector<json::Object> plan_mirrored_slices(const json::Object& service, const json::Object& endpoints) {
  const auto empty = new_slice(service, kMirrorController, owner_of(endpoints, "Endpoints"));
  std::vector<json::Object> slices;
  for (const auto& subset : list_at(endpoints, {"subsets"})) {
    json::Array ports;
    for (const auto& port : json::array_or_empty(subset, "ports")) {
      auto slice_port = port.as_object();
      set_default(slice_port, "name", "");
      ports.push_back(std::move(slice_port));
    }
    cut(slices, empty, mirrored_endpoints(subset), ports);
  }
  return slices;
}

}  // namespace fairway::kube_api
