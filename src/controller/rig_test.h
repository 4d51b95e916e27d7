// The whole controller between two honest fakes, a Kubernetes API and an OpenStack, on hand-wound time: what the tests of
// all providers share.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/start.h"
#include "openstack/fake_login_test.h"
#include "testing/fake_kube_api.h"
#include "testing/fake_openstack.h"
#include "testing/simulation.h"

namespace fairway::controller {

inline json::Value parsed(std::string_view text) { return *json::parse(text); }

inline ControllerConfig quick() {
  ControllerConfig config;
  config.subnet_id = "sub-private";
  config.floating_network_id = "net-public";
  config.lease_enabled = false;
  return config;
}

class Rig : public ::testing::Test {
 protected:
  testing::Simulation sim;
  testing::FakeKubeApi api{sim.env()};
  testing::FakeOpenStack cloud{sim.env()};
  testing::Wire wire;  // to the Kubernetes API
  std::unique_ptr<kube::Client> kube = kube::make_client(
      testing::make_loopback(sim.env(), wire, "", [this](http::Request& request) { return api.handle(request); }),
      kube::Config{});
  std::unique_ptr<openstack::Client> openstack =
      openstack::make_client(sim.env(), openstack::fake_login(), cloud.connect());
  std::unique_ptr<Controller> controller;

  const std::string web = kube::kServices.path("web");
  const std::string shop = web + "/shop";

  explicit Rig(MakeProvider make) : make_(make) {
    api.put("/api/v1/namespaces", parsed(R"({"metadata":{"name":"kube-system","uid":"cluster-1"}})"));
  }
  // The fakes' coroutines end before what they refer to.
  void TearDown() override {
    if (controller) stop();
  }

  std::unique_ptr<Controller> start_one(ControllerConfig config, bool with_cloud = true) {
    return start_controller(sim.context(), sim.env(), *kube, {with_cloud ? openstack.get() : nullptr, make_},
                            std::move(config));
  }
  void start(ControllerConfig config, bool with_cloud = true) {
    controller = start_one(std::move(config), with_cloud);
    sim.settle();
  }
  void stop() {
    sim.run([](Controller& of) -> Task<bool> {
      co_await of.stop(std::chrono::seconds(1));
      co_return true;
    }(*controller));
    sim.settle();
    controller.reset();
  }

  // In the Service's status; "gone" when there is none.
  std::string address(const std::string& path = "") {
    const auto* object = api.find(path.empty() ? shop : path);
    if (object == nullptr) return "gone";
    const auto& ingress = json::array_or_empty(*object, "status.loadBalancer.ingress");
    return ingress.empty() ? ""
                           : json::string_or(ingress.front(), "ip", json::string_or(ingress.front(), "hostname"));
  }
  bool served(Duration within = std::chrono::minutes(2)) {
    return sim.run_until([&] { return !address().empty() && address() != "gone"; }, within);
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
  void lose_answer_once(std::string method, std::string path) {
    auto left = std::make_shared<int>(1);
    cloud.wire.fault = [=](const http::Request& request) {
      const bool hit = request.method == method && request.path == path && *left > 0;
      if (hit) --*left;
      return testing::Fault{.lose_answer = hit};
    };
  }

 private:
  MakeProvider make_;
};

}  // namespace fairway::controller
