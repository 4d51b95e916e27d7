#include "cluster_driver/node_view.h"

#include "net/address.h"

namespace fairway::cluster_driver {

namespace {

void take_address(NodeView& view, const std::string& text) {
  const auto is_v4 = [](const std::string& one) {
    const auto address = net::Address::parse(one);
    return address && address->is_v4();
  };
  if (view.address.empty() || (!is_v4(view.address) && is_v4(text))) view.address = text;
}

}  // namespace

NodeView view_of(const json::Value& node) {
  NodeView view{.name = json::string_or(node, "metadata.name"),
                .uuid = {},
                .runtime = json::string_or(node, "status.nodeInfo.containerRuntimeVersion"),
                .address = {}};
  const std::string provider = json::string_or(node, "spec.providerID");
  view.uuid = provider.substr(provider.rfind('/') + 1);
  for (const json::Value& address : json::array_or_empty(node, "status.addresses")) {
    if (json::string_or(address, "type") == "InternalIP") take_address(view, json::string_or(address, "address"));
  }
  for (const json::Value& condition : json::array_or_empty(node, "status.conditions")) {
    if (json::string_or(condition, "type") == "Ready") view.ready = json::string_or(condition, "status") == "True";
  }
  const json::Object& labels = json::object_or_empty(node, "metadata.labels");
  view.control_plane =
      labels.contains("node-role.kubernetes.io/control-plane") || labels.contains("node-role.kubernetes.io/master");
  return view;
}

}  // namespace fairway::cluster_driver
