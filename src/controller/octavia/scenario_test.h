// The whole controller with Octavia.
#pragma once

#include "controller/octavia/provider.h"
#include "controller/rig_test.h"

namespace fairway::controller::octavia {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Scenario : public Rig {
 protected:
  Scenario() : Rig(make_provider) {
    put_node("node-1", "10.0.0.5");
    put_node("node-2", "10.0.0.6");
  }
  void start(ControllerConfig config = quick(), bool with_cloud = true) { Rig::start(std::move(config), with_cloud); }

  void put_node(const std::string& name, const std::string& address, const std::string& more = "{}") {
    json::Value node = parsed(R"({"metadata":{"name":")" + name + R"("},"spec":{"providerID":"openstack:///server-)" +
                              name + R"("}})");
    if (!address.empty())
      node.as_object()["status"] = parsed(R"({"addresses":[{"type":"InternalIP","address":")" + address + R"("}]})");
    testing::merge_patch(node, parsed(more));
    api.put("/api/v1/nodes", node);
  }
  json::Value put_service(
      const std::string& spec = R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080}]})",
      const std::string& metadata = "{}", const std::string& name = "shop") {
    json::Value object = parsed(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":")" + name + R"("}})");
    object.as_object()["spec"] = parsed(spec);
    testing::merge_patch(object.at("metadata"), parsed(metadata));
    return api.put(web, object);
  }
  bool quiet(Duration time = seconds(20)) {
    sim.run_for(time);
    return true;
  }
  std::string annotation(std::string_view key) {
    const auto& all = json::object_or_empty(*api.find(shop), "metadata.annotations");
    const auto* value = all.if_contains(key);
    return value == nullptr ? "" : std::string(value->get_string());
  }
  // The load balancer's ports and members: "80/TCP -> 10.0.0.5:30080 10.0.0.6:30080".
  std::vector<std::string> listeners() {
    std::vector<std::string> lines;
    for (const auto& row : cloud.octavia.listeners()) {
      lines.push_back(fmt::format("{}/{} -> {}", row.at("protocol_port").to_number<int>(),
                                  json::string_or(json::Value(row), "protocol"),
                                  cloud.octavia.members_of(json::string_or(json::Value(row), "default_pool_id"))));
    }
    return lines;
  }
  std::string only_lb() { return json::string_or(json::Value(cloud.octavia.load_balancers().at(0)), "id"); }
  // Requests to OpenStack (logins aside) and to the Kubernetes API for one Service, since the last call.
  struct Cost {
    std::size_t cloud, polls, kube, events;
  };
  Cost take_cost() {
    Cost cost{};
    for (const auto& line : cloud.wire.requests) {
      if (line.find("/auth/tokens") != std::string::npos) continue;
      (line.starts_with("GET /v2.0/lbaas/loadbalancers/") ? cost.polls : cost.cloud) += 1;
    }
    for (const auto& line : wire.requests) {
      if (line.starts_with("GET")) continue;
      (line.find("/events") != std::string::npos ? cost.events : cost.kube) += 1;
    }
    cloud.wire.requests.clear();
    wire.requests.clear();
    return cost;
  }
};

}  // namespace fairway::controller::octavia
