// The whole controller between two honest fakes: a Kubernetes API and an OpenStack, on hand-wound time.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/octavia/start.h"
#include "testing/fake_kube_api.h"
#include "testing/fake_openstack.h"
#include "testing/simulation.h"

namespace fairway::controller::octavia {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

inline json::Value parsed(std::string_view text) { return *json::parse(text); }

inline ControllerConfig quick() {
  ControllerConfig config;
  config.subnet_id = "sub-private";
  config.floating_network_id = "net-public";
  config.lease_enabled = false;
  return config;
}

class Scenario : public ::testing::Test {
 protected:
  testing::Simulation sim;
  testing::FakeKubeApi api{sim.env()};
  testing::FakeOpenStack cloud{sim.env()};
  testing::Wire wire;  // to the Kubernetes API
  std::unique_ptr<kube::Client> kube = kube::make_client(
      testing::make_loopback(sim.env(), wire, "", [this](http::Request& request) { return api.handle(request); }),
      kube::Config{});
  std::unique_ptr<openstack::Client> openstack = openstack::make_client(sim.env(), credentials(), cloud.connect());
  std::unique_ptr<Controller> controller;

  const std::string web = kube::kServices.path("web");
  const std::string shop = web + "/shop";

  static openstack::Credentials credentials() {
    openstack::Credentials to;
    to.auth_url = "http://identity:5000";
    to.application_credential_id = "a";
    to.application_credential_secret = "secret";
    return to;
  }

  Scenario() {
    api.put("/api/v1/namespaces", parsed(R"({"metadata":{"name":"kube-system","uid":"cluster-1"}})"));
    put_node("node-1", "10.0.0.5");
    put_node("node-2", "10.0.0.6");
  }
  // The fakes' coroutines end before what they refer to.
  void TearDown() override {
    if (!controller) return;
    sim.run([](Controller& of) -> Task<bool> {
      co_await of.stop(seconds(1));
      co_return true;
    }(*controller));
    sim.settle();
  }

  void start(ControllerConfig config = quick(), bool with_cloud = true) {
    controller =
        start_controller(sim.context(), sim.env(), *kube, with_cloud ? openstack.get() : nullptr, std::move(config));
    sim.settle();
  }
  void stop() {
    sim.run([](Controller& of) -> Task<bool> {
      co_await of.stop(seconds(1));
      co_return true;
    }(*controller));
    sim.settle();
    controller.reset();
  }

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
  std::string address(const std::string& path = "") {
    const auto* object = api.find(path.empty() ? shop : path);
    if (object == nullptr) return "gone";
    const auto& ingress = json::array_or_empty(*object, "status.loadBalancer.ingress");
    return ingress.empty() ? ""
                           : json::string_or(ingress.front(), "ip", json::string_or(ingress.front(), "hostname"));
  }
  bool served(Duration within = minutes(2)) {
    return sim.run_until([&] { return !address().empty() && address() != "gone"; }, within);
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
  // "Warning SyncLoadBalancerFailed: …", oldest first.
  std::vector<std::string> events() {
    std::vector<std::string> lines;
    for (const auto& event : api.all("/api/v1/namespaces/web/events")) {
      lines.push_back(fmt::format("{} {}: {}", json::string_or(event, "type"), json::string_or(event, "reason"),
                                  json::string_or(event, "message")));
    }
    return lines;
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
