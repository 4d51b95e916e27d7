#include "kube_api/kinds/table_cells.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

std::string or_else(std::string_view text, std::string_view otherwise) {
  return std::string(text.empty() ? otherwise : text);
}

std::string age_of(const json::Object& object, WallTime now) {
  return age_since(text_at(object, {"metadata", "creationTimestamp"}), now);
}

std::string joined(const json::Array& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ",") + std::string(text.as_string());
  return all;
}

std::string format_labels(const json::Object& labels) {
  std::set<std::string> sorted;
  for (const auto& label : labels)
    sorted.insert(std::string(label.key()) + "=" + std::string(label.value().as_string()));
  return sorted.empty() ? "<none>" : join({sorted.begin(), sorted.end()}, ",");
}

std::string load_balancer_addresses(const json::Object& service) {
  std::set<std::string> sorted;
  for (const auto& ingress : list_at(service, {"status", "loadBalancer", "ingress"})) {
    const auto ip = text_in(ingress, "ip"), host = text_in(ingress, "hostname");
    if (!ip.empty() || !host.empty()) sorted.insert(std::string(ip.empty() ? host : ip));
  }
  return join({sorted.begin(), sorted.end()}, ",");
}

std::string external_ip(const json::Object& service) {
  const auto type = text_at(service, {"spec", "type"});
  const auto external = joined(list_at(service, {"spec", "externalIPs"}));
  if (type == "ClusterIP" || type == "NodePort") return or_else(external, "<none>");
  if (type == "ExternalName") return std::string(text_at(service, {"spec", "externalName"}));
  if (type != "LoadBalancer") return "<unknown>";
  const auto given = load_balancer_addresses(service);
  if (!external.empty()) return given.empty() ? external : given + "," + external;
  return or_else(given, "<pending>");
}

std::string service_ports(const json::Object& service) {
  std::string all;
  for (const auto& port : list_at(service, {"spec", "ports"})) {
    const auto node_port = json::int_or(port, "nodePort");
    all += (all.empty() ? "" : ",") + fmt::format("{}{}/{}", json::int_or(port, "port"),
                                                  node_port > 0 ? fmt::format(":{}", node_port) : "",
                                                  text_in(port, "protocol"));
  }
  return or_else(all, "<none>");
}

std::string node_status(const json::Object& node) {
  std::string status = "Unknown";
  for (const auto& condition : list_at(node, {"status", "conditions"})) {
    if (text_in(condition, "type") == "Ready") status = text_in(condition, "status") == "True" ? "Ready" : "NotReady";
  }
  if (bool_at(node, {"spec", "unschedulable"})) status += ",SchedulingDisabled";
  return status;
}

std::string node_roles(const json::Object& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  for (const auto& label : map_at(node, {"metadata", "labels"})) {
    const std::string_view key = label.key();
    if (key.starts_with(kPrefix) && key.size() > kPrefix.size()) roles.emplace(key.substr(kPrefix.size()));
    if (key == "kubernetes.io/role" && !label.value().as_string().empty()) roles.emplace(label.value().as_string());
  }
  return roles.empty() ? "<none>" : join({roles.begin(), roles.end()}, ",");
}

std::string node_address(const json::Object& node, std::string_view type) {
  for (const auto& address : list_at(node, {"status", "addresses"})) {
    if (text_in(address, "type") == type) return std::string(text_in(address, "address"));
  }
  return "<none>";
}

// At most three, and how many more there are.
class FirstThree {
 public:
  void add(std::string text) {
    if (++count_ <= 3) list_.push_back(std::move(text));
  }
  [[nodiscard]] std::string text(std::string_view none) const {
    if (count_ == 0) return std::string(none);
    const auto shown = join(list_, ",");
    return count_ > 3 ? fmt::format("{} + {} more...", shown, count_ - 3) : shown;
  }

 private:
  std::vector<std::string> list_;
  int count_ = 0;
};

std::string host_port(std::string_view host, std::int64_t port) {
  return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port)
                                                  : fmt::format("[{}]:{}", host, port);
}

std::string endpoint_addresses(const json::Object& endpoints) {
  FirstThree list;
  for (const auto& subset : list_at(endpoints, {"subsets"})) {
    const auto& addresses = json::array_or_empty(subset, "addresses");
    const auto& ports = json::array_or_empty(subset, "ports");
    if (ports.empty()) {
      for (const auto& address : addresses) list.add(std::string(text_in(address, "ip")));
    }
    for (const auto& port : ports) {
      for (const auto& address : addresses) list.add(host_port(text_in(address, "ip"), json::int_or(port, "port")));
    }
  }
  return list.text("<none>");
}

std::string micro_or(const json::Object& event, std::string_view key, WallTime now) {
  return age_since(text_at(event, {key}), now);
}

std::string event_source(const json::Object& event) {
  const auto component = or_else(text_at(event, {"source", "component"}), text_at(event, {"reportingComponent"}));
  const auto host = or_else(text_at(event, {"source", "host"}), text_at(event, {"reportingInstance"}));
  return host.empty() ? component : component + ", " + host;
}

}  // namespace

std::string age_since(std::string_view time, WallTime now) {
  const auto since = parse_time(time);
  return since ? human_duration(now - *since) : "<unknown>";
}

json::Array service_cells(const json::Object& service, WallTime now) {
  const auto& ips = list_at(service, {"spec", "clusterIPs"});
  return {json::Value(name_of(service)),
          json::Value(text_at(service, {"spec", "type"})),
          ips.empty() ? json::Value("<none>") : ips.front(),
          json::Value(external_ip(service)),
          json::Value(service_ports(service)),
          json::Value(age_of(service, now)),
          json::Value(format_labels(map_at(service, {"spec", "selector"})))};
}

json::Array node_cells(const json::Object& node, WallTime now) {
  auto kernel = or_else(text_at(node, {"status", "nodeInfo", "kernelVersion"}), "<unknown>");
  if (const auto arch = text_at(node, {"status", "nodeInfo", "architecture"}); !arch.empty())
    kernel += fmt::format(" ({})", arch);
  return {json::Value(name_of(node)),
          json::Value(node_status(node)),
          json::Value(node_roles(node)),
          json::Value(age_of(node, now)),
          json::Value(text_at(node, {"status", "nodeInfo", "kubeletVersion"})),
          json::Value(node_address(node, "InternalIP")),
          json::Value(node_address(node, "ExternalIP")),
          json::Value(or_else(text_at(node, {"status", "nodeInfo", "osImage"}), "<unknown>")),
          json::Value(kernel),
          json::Value(or_else(text_at(node, {"status", "nodeInfo", "containerRuntimeVersion"}), "<unknown>"))};
}

json::Array namespace_cells(const json::Object& ns, WallTime now) {
  return {json::Value(name_of(ns)), json::Value(text_at(ns, {"status", "phase"})), json::Value(age_of(ns, now))};
}

json::Array endpoints_cells(const json::Object& endpoints, WallTime now) {
  return {json::Value(name_of(endpoints)), json::Value(endpoint_addresses(endpoints)),
          json::Value(age_of(endpoints, now))};
}

json::Array endpoint_slice_cells(const json::Object& slice, WallTime now) {
  FirstThree ports, addresses;
  for (const auto& port : list_at(slice, {"ports"})) {
    const auto* number = json::find(port, "port");
    const auto name = text_in(port, "name");
    ports.add(number != nullptr ? std::to_string(json::int_or(port, "port"))
                                : or_else(name, port.as_object().contains("name") ? "" : "*"));
  }
  for (const auto& endpoint : list_at(slice, {"endpoints"})) {
    for (const auto& address : json::array_or_empty(endpoint, "addresses"))
      addresses.add(std::string(address.as_string()));
  }
  return {json::Value(name_of(slice)), json::Value(text_at(slice, {"addressType"})),
          json::Value(ports.text("<unset>")), json::Value(addresses.text("<unset>")),
          json::Value(age_of(slice, now))};
}

json::Array event_cells(const json::Object& event, WallTime now) {
  auto first = age_since(text_at(event, {"firstTimestamp"}), now);
  if (text_at(event, {"firstTimestamp"}).empty()) first = micro_or(event, "eventTime", now);
  auto last = text_at(event, {"lastTimestamp"}).empty() ? first : age_since(text_at(event, {"lastTimestamp"}), now);
  auto count = int_at(event, {"count"});
  if (at(event, {"series"}) != nullptr) {
    last = age_since(text_at(event, {"series", "lastObservedTime"}), now);
    count = int_at(event, {"series", "count"});
  } else if (count == 0) {
    count = 1;
  }
  const auto object_name = text_at(event, {"involvedObject", "name"});
  const auto kind = to_lower(text_at(event, {"involvedObject", "kind"}));
  return {json::Value(last),
          json::Value(text_at(event, {"type"})),
          json::Value(text_at(event, {"reason"})),
          json::Value(object_name.empty() ? kind : fmt::format("{}/{}", kind, object_name)),
          json::Value(text_at(event, {"involvedObject", "fieldPath"})),
          json::Value(event_source(event)),
          json::Value(trim(text_at(event, {"message"}))),
          json::Value(first),
          json::Value(count),
          json::Value(name_of(event))};
}

json::Array secret_cells(const json::Object& secret, WallTime now) {
  return {json::Value(name_of(secret)), json::Value(text_at(secret, {"type"})),
          json::Value(static_cast<std::int64_t>(map_at(secret, {"data"}).size())), json::Value(age_of(secret, now))};
}

json::Array config_map_cells(const json::Object& map, WallTime now) {
  const auto count = map_at(map, {"data"}).size() + map_at(map, {"binaryData"}).size();
  return {json::Value(name_of(map)), json::Value(static_cast<std::int64_t>(count)), json::Value(age_of(map, now))};
}

json::Array service_account_cells(const json::Object& account, WallTime now) {
  return {json::Value(name_of(account)), json::Value(age_of(account, now))};
}

json::Array lease_cells(const json::Object& lease, WallTime now) {
  return {json::Value(name_of(lease)), json::Value(text_at(lease, {"spec", "holderIdentity"})),
          json::Value(age_of(lease, now))};
}

}  // namespace fairway::kube_api
