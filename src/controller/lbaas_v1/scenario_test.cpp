// The controller with LBaaS v1 between two honest fakes, on hand-wound time.
#include "controller/explain.h"
#include "controller/lbaas_v1/provider.h"
#include "controller/rig_test.h"

namespace fairway::controller::lbaas_v1 {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ControllerConfig config() {
  ControllerConfig config = quick();
  config.provider = ProviderKind::lbaas_v1;
  config.create_monitor = true;
  return config;
}

class LbaasV1Scenario : public Rig {
 protected:
  LbaasV1Scenario() : Rig(make_provider) {
    for (const int i : {5, 6}) {
      api.put("/api/v1/nodes", parsed(fmt::format(R"({{"metadata":{{"name":"node-{0}"}},"spec":{{}},"status":
        {{"addresses":[{{"type":"InternalIP","address":"10.0.0.{0}"}}]}}}})",
                                                  i)));
    }
  }
  void start(ControllerConfig with = config()) { Rig::start(std::move(with)); }
  void put_service(const std::string& ports = R"([{"port":80,"nodePort":30080}])") {
    api.put(
        web,
        parsed(fmt::format(
            R"({{"apiVersion":"v1","kind":"Service","metadata":{{"name":"shop"}},"spec":{{"type":"LoadBalancer","ports":{}}}}})",
            ports)));
  }
  std::string name() { return uid_name(json::string_or(*api.find(shop), "metadata.uid")); }
  // "10.0.0.5:30080", in the order of their making.
  std::vector<std::string> members() {
    std::vector<std::string> lines;
    for (const auto& row : cloud.lbaas_v1.rows("members")) {
      lines.push_back(fmt::format("{}:{}", json::string_or(json::Value(row), "address"),
                                  json::int_or(json::Value(row), "protocol_port")));
    }
    return lines;
  }
  std::string text(const std::string& collection, std::string_view key) {
    return json::string_or(json::Value(cloud.lbaas_v1.rows(collection).at(0)), key);
  }
  // How much there is of everything: pools, members, monitors, VIPs, floating IPs.
  std::vector<std::size_t> census() {
    auto& v1 = cloud.lbaas_v1;
    return {v1.rows("pools").size(), v1.rows("members").size(), v1.rows("health_monitors").size(),
            v1.rows("vips").size(), cloud.floating_ips.size()};
  }
};

TEST_F(LbaasV1Scenario, AServiceGetsPoolMembersMonitorVipAndAFloatingIp) {
  start();
  sim.run_for(seconds(1));
  cloud.wire.requests.clear();
  put_service();
  ASSERT_TRUE(served());
  EXPECT_EQ(address(), "172.24.4.50");
  std::vector<std::string> posts;
  for (const auto& line : cloud.wire.requests) {
    if (line.starts_with("POST /v2.0/lb/")) posts.push_back(line.substr(14));
  }
  const auto pool = text("pools", "id");
  EXPECT_THAT(posts, ElementsAre("pools", "members", "members", "health_monitors",
                                 fmt::format("pools/{}/health_monitors", pool), "vips"));
  EXPECT_EQ(text("pools", "name"), name());
  EXPECT_EQ(text("vips", "name"), name());
  EXPECT_EQ(text("vips", "status"), "ACTIVE");
  EXPECT_EQ(text("vips", "subnet_id"), "sub-private");
  EXPECT_THAT(members(), ElementsAre("10.0.0.5:30080", "10.0.0.6:30080"));
}

TEST_F(LbaasV1Scenario, WithInternalLbTheFloatingIpIsAPersons) {
  auto internal = config();
  internal.internal_lb = true;
  start(internal);
  put_service();
  ASSERT_TRUE(served());
  EXPECT_EQ(address(), text("vips", "address"));
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
}

TEST_F(LbaasV1Scenario, DeletionLeavesNothingButWhatOthersHave) {
  cloud.lbaas_v1.make("pools", parsed(R"({"name":"a-persons"})").as_object());
  start();
  put_service();
  ASSERT_TRUE(served());
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }, minutes(2)));
  EXPECT_THAT(census(), ElementsAre(1, 0, 0, 0, 0));
  EXPECT_EQ(text("pools", "name"), "a-persons");
}

TEST_F(LbaasV1Scenario, ARestartAndASecondPassChangeNothing) {
  start();
  put_service();
  ASSERT_TRUE(served());
  stop();
  cloud.wire.requests.clear();
  start();
  sim.run_for(minutes(2));
  EXPECT_EQ(cloud.wire.count("POST /v2.0"), 0U);
  EXPECT_EQ(cloud.wire.count("PUT /v2.0"), 0U);
  EXPECT_EQ(cloud.wire.count("DELETE /v2.0"), 0U);
}

TEST_F(LbaasV1Scenario, NodesAndPortsAreFollowed) {
  start();
  put_service();
  ASSERT_TRUE(served());
  api.put("/api/v1/nodes", parsed(R"({"metadata":{"name":"node-7"},"status":
    {"addresses":[{"type":"InternalIP","address":"10.0.0.7"}]}})"));
  sim.run_for(seconds(20));
  EXPECT_THAT(members(), ElementsAre("10.0.0.5:30080", "10.0.0.6:30080", "10.0.0.7:30080"));
  api.merge(shop, parsed(R"({"spec":{"ports":[{"port":8080,"nodePort":31080}]}})"));
  sim.run_for(seconds(20));
  EXPECT_THAT(members(), ElementsAre("10.0.0.5:31080", "10.0.0.6:31080", "10.0.0.7:31080"));
  EXPECT_EQ(json::int_or(json::Value(cloud.lbaas_v1.rows("vips").at(0)), "protocol_port"), 8080);
  EXPECT_EQ(address(), "172.24.4.50") << "the address stays when the VIP is made anew";
  EXPECT_THAT(census(), ElementsAre(1, 3, 1, 1, 1));
}

TEST_F(LbaasV1Scenario, WhatOthersChangeIsPutRight) {
  start();
  put_service();
  ASSERT_TRUE(served());
  cloud.lbaas_v1.vanish("members", text("members", "id"));
  cloud.lbaas_v1.vanish("vips", text("vips", "id"));
  sim.run_for(minutes(2));
  EXPECT_THAT(census(), ElementsAre(1, 2, 1, 1, 1));
  EXPECT_EQ(text("vips", "status"), "ACTIVE");
}

TEST_F(LbaasV1Scenario, ALostAnswerLeavesNoSecondOne) {
  for (const auto* path : {"/v2.0/lb/pools", "/v2.0/lb/members", "/v2.0/lb/vips"}) {
    SCOPED_TRACE(path);
    start();
    lose_answer_once("POST", path);
    put_service();
    ASSERT_TRUE(served());
    sim.run_for(minutes(2));
    EXPECT_THAT(census(), ElementsAre(1, 2, 1, 1, 1));
    api.remove(shop);
    ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }, minutes(2)));
    EXPECT_THAT(census(), ElementsAre(0, 0, 0, 0, 0));
    stop();
  }
}

// What a controller leaves that is killed between a monitor's making and its association.
TEST_F(LbaasV1Scenario, AMonitorThatWasLeftIsUsedInsteadOfANewOne) {
  const auto values = R"({"type":"TCP","delay":5,"timeout":3,"max_retries":3,"admin_state_up":false})";
  const auto left = cloud.lbaas_v1.make("health_monitors", parsed(values).as_object());
  auto persons = parsed(values).as_object();
  persons["admin_state_up"] = true;
  cloud.lbaas_v1.make("health_monitors", persons);
  start();
  put_service();
  ASSERT_TRUE(served());
  EXPECT_THAT(census(), ElementsAre(1, 2, 2, 1, 1));
  const auto& pool = cloud.lbaas_v1.rows("pools").at(0);
  EXPECT_EQ(pool.at("health_monitors"), json::Value(json::Array{left.at("id")}));
  EXPECT_EQ(cloud.lbaas_v1.rows("health_monitors").at(0).at("admin_state_up"), json::Value(true));
}

TEST_F(LbaasV1Scenario, AMonitorWhoseAssociationFailedIsUsedLater) {
  start();
  int left = 2;
  cloud.wire.fault = [&left](const http::Request& request) {
    testing::Fault fault;
    if (request.path.ends_with("/health_monitors") && request.path.contains("/pools/") && left-- > 0)
      fault.instead = http::Response::json(500, "{}");
    return fault;
  };
  put_service();
  ASSERT_TRUE(served());
  sim.run_for(minutes(1));
  EXPECT_THAT(census(), ElementsAre(1, 2, 1, 1, 1));
  cloud.wire.fault = nullptr;
  lose_answer_once("POST", "/v2.0/lb/health_monitors");
  cloud.lbaas_v1.vanish("health_monitors", text("health_monitors", "id"));
  sim.run_for(minutes(3));
  EXPECT_THAT(census(), ElementsAre(1, 2, 1, 1, 1));
}

TEST_F(LbaasV1Scenario, AMonitorThatWasLeftGoesWithTheService) {
  start();
  put_service();
  ASSERT_TRUE(served());
  stop();
  cloud.lbaas_v1.make(
      "health_monitors",
      parsed(R"({"type":"TCP","delay":5,"timeout":3,"max_retries":3,"admin_state_up":false})").as_object());
  start();
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }, minutes(2)));
  EXPECT_THAT(census(), ElementsAre(0, 0, 0, 0, 0));
}

TEST_F(LbaasV1Scenario, SeveralPortsAreSaidAndNothingIsBegun) {
  start();
  put_service(R"([{"name":"a","port":80,"nodePort":1},{"name":"b","port":443,"nodePort":2}])");
  sim.run_for(seconds(20));
  EXPECT_EQ(address(), "");
  EXPECT_THAT(events(),
              Contains(HasSubstr("Warning SyncLoadBalancerFailed: Error syncing load balancer: LBaaS v1 serves one "
                                 "port at an address, and the Service has 2")));
  EXPECT_THAT(census(), ElementsAre(0, 0, 0, 0, 0));
}

TEST_F(LbaasV1Scenario, AnErrorIsSaidInTheCloudsWords) {
  cloud.lbaas_v1.vip_fails = true;
  start();
  put_service();
  sim.run_for(seconds(20));
  EXPECT_THAT(events(), Contains(HasSubstr("is in ERROR")));
  EXPECT_EQ(address(), "");
}

TEST_F(LbaasV1Scenario, SaysWhatItWaitsForAndExplains) {
  cloud.lbaas_v1.vip_time = minutes(1);
  start();
  put_service();
  sim.run_for(seconds(10));
  EXPECT_EQ(controller->services().at(0).detail, "the VIP to become ACTIVE");
  const auto explained = [&] {
    return render(explain(sim.run(gather(sim.env(), *kube, openstack.get(), config(), {"web", "shop"}))));
  };
  EXPECT_THAT(explained(), HasSubstr("is PENDING_CREATE"));
  ASSERT_TRUE(served());
  EXPECT_THAT(explained(), HasSubstr(fmt::format("{} is ACTIVE, VIP 10.0.0.10", text("vips", "id"))));
  EXPECT_THAT(explained(), HasSubstr(fmt::format("{} port 80 is ACTIVE, ONLINE", name())));
  EXPECT_THAT(explained(), HasSubstr("2, all healthy"));
  EXPECT_THAT(explained(), HasSubstr("172.24.4.50 is associated with the VIP"));
}

}  // namespace
}  // namespace fairway::controller::lbaas_v1
