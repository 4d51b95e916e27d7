#include "controller/nodes.h"

#include "base/strings.h"

namespace fairway::controller {
namespace {

constexpr std::string_view kExclude = "node.kubernetes.io/exclude-from-external-load-balancers";
constexpr std::string_view kAutoscalerTaint = "ToBeDeletedByClusterAutoscaler";

// Go's strconv.ParseBool: present and not plainly false means excluded.
bool excludes(const std::string& label) {
  static const std::set<std::string, std::less<>> kFalse{"0", "f", "F", "false", "FALSE", "False"};
  return !kFalse.contains(label);
}

}  // namespace

std::string Node::member_address(bool ipv6) const {
  for (const std::string_view type : {"InternalIP", "ExternalIP"}) {
    for (const auto& [has, address] : addresses) {
      if (has == type && (address.find(':') != std::string::npos) == ipv6) return address;
    }
  }
  return {};
}

Node read_node(const json::Value& object) {
  Node node;
  node.name = json::string_or(object, "metadata.name");
  node.provider_id = json::string_or(object, "spec.providerID");
  for (const auto& item : json::object_or_empty(object, "metadata.labels")) {
    if (item.value().is_string()) node.labels.emplace(item.key(), item.value().get_string());
  }
  for (const auto& item : json::array_or_empty(object, "status.addresses")) {
    node.addresses.emplace_back(json::string_or(item, "type"), json::string_or(item, "address"));
  }
  if (!json::string_or(object, "metadata.deletionTimestamp").empty()) node.eligible = false;
  if (const auto label = node.labels.find(kExclude); label != node.labels.end() && excludes(label->second))
    node.eligible = false;
  for (const auto& taint : json::array_or_empty(object, "spec.taints")) {
    if (json::string_or(taint, "key") == kAutoscalerTaint) node.eligible = false;
  }
  return node;
}

NodeSelector parse_node_selector(std::string_view text) {
  NodeSelector selector;
  for (const auto part : split(text, ',')) {
    const auto item = trim(part);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    selector.emplace(trim(item.substr(0, equals)),
                     equals == std::string_view::npos ? "" : std::string(trim(item.substr(equals + 1))));
  }
  return selector;
}

bool selects(const NodeSelector& selector, const Node& node) {
  return std::ranges::all_of(selector, [&](const auto& wanted) {
    const auto label = node.labels.find(wanted.first);
    return label != node.labels.end() && (wanted.second.empty() || label->second == wanted.second);
  });
}

std::set<std::string> nodes_with_ready_endpoints(const std::vector<const json::Value*>& slices) {
  std::set<std::string> nodes;
  for (const auto* slice : slices) {
    for (const auto& endpoint : json::array_or_empty(*slice, "endpoints")) {
      const auto node = json::string_or(endpoint, "nodeName");
      // An absent condition means ready (discovery.k8s.io/v1).
      if (!node.empty() && json::bool_or(endpoint, "conditions.ready", true)) nodes.insert(node);
    }
  }
  return nodes;
}

}  // namespace fairway::controller
