// From a Service's birth to its end, and what it costs.
#include "controller/octavia/scenario_test.h"

namespace fairway::controller::octavia {
namespace {

TEST_F(Scenario, AServiceGetsAnAddressWithFewRequestsAndLittleTime) {
  cloud.octavia.create_time = milliseconds(4200);
  start();
  quiet(seconds(1));
  take_cost();
  const auto began = sim.now();
  put_service();
  ASSERT_TRUE(served());
  EXPECT_LT(sim.now() - began, milliseconds(4700));
  EXPECT_EQ(address(), "172.24.4.50");
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080"));
  EXPECT_EQ(annotation(kIdAnnotation), only_lb());
  EXPECT_EQ(annotation(kAddressAnnotation), "172.24.4.50");
  quiet(seconds(5));
  const auto cost = take_cost();
  EXPECT_EQ(cost.cloud, 2U);  // the load balancer, the floating IP
  EXPECT_LT(cost.polls, 50U);
  EXPECT_EQ(cost.kube, 3U);  // finalizer, annotations, status
  EXPECT_EQ(cost.events, 2U);
  EXPECT_THAT(events(), ElementsAre("Normal EnsuringLoadBalancer: Ensuring load balancer",
                                    "Normal EnsuredLoadBalancer: Ensured load balancer"));
}

TEST_F(Scenario, AFastCloudIsNotKeptWaiting) {
  cloud.octavia.create_time = milliseconds(3);
  start();
  quiet(seconds(1));
  const auto began = sim.now();
  put_service();
  ASSERT_TRUE(served());
  EXPECT_LE(sim.now() - began, milliseconds(6));
}

TEST_F(Scenario, DeletionTakesEverythingAlong) {
  start();
  put_service();
  ASSERT_TRUE(served());
  take_cost();
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.octavia.pools(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
  EXPECT_THAT(events(), ::testing::Contains("Normal DeletedLoadBalancer: Deleted load balancer"));
  EXPECT_LE(take_cost().kube, 1U);
}

TEST_F(Scenario, PortsComeGoAndChange) {
  start();
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080},{"port":443,"nodePort":30443}]})");
  ASSERT_TRUE(served());
  api.merge(shop, parsed(R"({"spec":{"ports":[{"port":80,"nodePort":31080},{"port":8443,"nodePort":30443}]}})"));
  quiet();
  EXPECT_THAT(listeners(),
              ElementsAre("80/TCP -> 10.0.0.5:31080 10.0.0.6:31080", "8443/TCP -> 10.0.0.5:30443 10.0.0.6:30443"));
  EXPECT_THAT(cloud.octavia.pools(), SizeIs(2));
  EXPECT_EQ(address(), "172.24.4.50");
}

TEST_F(Scenario, AChangeOfProtocolOnTheSamePortNeverGetsStuck) {
  start();
  put_service();
  ASSERT_TRUE(served());
  for (const char* on : {"true", "false"}) {
    api.merge(shop,
              parsed(fmt::format(
                  R"({{"metadata":{{"annotations":{{"loadbalancer.openstack.org/x-forwarded-for":"{}"}}}}}})", on)));
    quiet();
    EXPECT_THAT(listeners(), ElementsAre(std::string_view(on) == "true" ? "80/HTTP -> 10.0.0.5:30080 10.0.0.6:30080"
                                                                        : "80/TCP -> 10.0.0.5:30080 10.0.0.6:30080"));
    EXPECT_THAT(cloud.octavia.pools(), SizeIs(1));
  }
  api.merge(shop, parsed(R"({"spec":{"ports":[{"port":80,"protocol":"UDP","nodePort":30080}]}})"));
  quiet();
  EXPECT_THAT(listeners(), ElementsAre("80/UDP -> 10.0.0.5:30080 10.0.0.6:30080"));
}

TEST_F(Scenario, ProxyProtocolComesWithoutAGap) {
  start();
  put_service();
  ASSERT_TRUE(served());
  const auto listener = json::string_or(json::Value(cloud.octavia.listeners().at(0)), "id");
  api.merge(shop, parsed(R"({"metadata":{"annotations":{"loadbalancer.openstack.org/proxy-protocol":"v2"}}})"));
  quiet();
  EXPECT_EQ(json::string_or(json::Value(cloud.octavia.listeners().at(0)), "id"), listener);
  ASSERT_THAT(cloud.octavia.pools(), SizeIs(1));
  EXPECT_EQ(json::string_or(json::Value(cloud.octavia.pools().at(0)), "protocol"), "PROXYV2");
}

TEST_F(Scenario, SessionAffinityFollowsTheService) {
  start();
  put_service();
  ASSERT_TRUE(served());
  for (const char* affinity : {"ClientIP", "None"}) {
    api.merge(shop, parsed(fmt::format(R"({{"spec":{{"sessionAffinity":"{}"}}}})", affinity)));
    quiet();
    EXPECT_EQ(json::string_or(json::Value(cloud.octavia.pools().at(0)), "session_persistence.type"),
              std::string_view(affinity) == "ClientIP" ? "SOURCE_IP" : "");
  }
}

TEST_F(Scenario, SourceRangesAreKept) {
  start();
  put_service(
      R"({"type":"LoadBalancer","loadBalancerSourceRanges":["192.168.32.1/24"],"ports":[{"port":80,"nodePort":30080}]})");
  ASSERT_TRUE(served());
  EXPECT_EQ(json::write(cloud.octavia.listeners().at(0).at("allowed_cidrs")), R"(["192.168.32.0/24"])");
  api.merge(shop, parsed(R"({"spec":{"loadBalancerSourceRanges":["10.1.0.0/16"]}})"));
  quiet();
  EXPECT_EQ(json::write(cloud.octavia.listeners().at(0).at("allowed_cidrs")), R"(["10.1.0.0/16"])");
  api.merge(shop, parsed(R"({"spec":{"loadBalancerSourceRanges":["nonsense"]}})"));
  quiet();
  EXPECT_THAT(events(), ::testing::Contains(HasSubstr("\"nonsense\" in loadBalancerSourceRanges is not a CIDR")));
}

TEST_F(Scenario, ANodeMoreIsOneRequestForEachPort) {
  start();
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080},{"port":443,"nodePort":30443}]})");
  ASSERT_TRUE(served());
  quiet(seconds(1));
  take_cost();
  put_node("node-3", "10.0.0.7");
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080 10.0.0.7:30080",
                                       "443/TCP -> 10.0.0.5:30443 10.0.0.6:30443 10.0.0.7:30443"));
  const auto cost = take_cost();
  EXPECT_EQ(cost.cloud, 3U);  // two batch updates, and a look at the floating IP
  EXPECT_EQ(cost.kube, 0U);
  EXPECT_THAT(events(), ::testing::Contains("Normal UpdatedLoadBalancer: Updated load balancer with new hosts"));
}

TEST_F(Scenario, NodesComeAndGoAsTheirLabelsTaintsAndAddressesSay) {
  start();
  put_service();
  ASSERT_TRUE(served());
  put_node("late", "");
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080"));
  EXPECT_THAT(
      events(),
      ::testing::Contains("Warning LoadBalancerNodeSkipped: Node late has no IPv4 address yet and is not a member"));
  put_node("late", "10.0.0.9");
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.9:30080 10.0.0.5:30080 10.0.0.6:30080"));
  put_node("node-1", "10.0.0.5",
           R"({"metadata":{"labels":{"node.kubernetes.io/exclude-from-external-load-balancers":""}}})");
  put_node("late", "10.0.0.9", R"({"spec":{"taints":[{"key":"ToBeDeletedByClusterAutoscaler"}]}})");
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.6:30080"));
  api.remove("/api/v1/nodes/node-2");
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> "));
  EXPECT_THAT(events(),
              ::testing::Contains("Warning UnAvailableLoadBalancer: There are no available nodes for LoadBalancer"));
}

TEST_F(Scenario, AHeartbeatOfANodeCostsNothing) {
  start();
  put_service();
  ASSERT_TRUE(served());
  quiet(seconds(1));
  take_cost();
  put_node("node-1", "10.0.0.5", R"({"status":{"conditions":[{"type":"Ready","lastHeartbeatTime":"now"}]}})");
  quiet(seconds(5));
  EXPECT_EQ(take_cost().cloud, 0U);
}

TEST_F(Scenario, WithPolicyLocalOnlyNodesWithReadyEndpointsAreMembers) {
  const auto slice = [&](const char* node, bool ready) {
    api.put("/apis/discovery.k8s.io/v1/namespaces/web/endpointslices",
            parsed(fmt::format(R"({{"metadata":{{"name":"shop-1","labels":{{"kubernetes.io/service-name":"shop"}}}},
                                  "endpoints":[{{"nodeName":"{}","conditions":{{"ready":{}}}}}]}})",
                               node, ready)));
  };
  slice("node-2", true);
  start();
  put_service(
      R"({"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":32000,"ports":[{"port":80,"nodePort":30080}]})");
  ASSERT_TRUE(served());
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.6:30080"));
  slice("node-1", true);
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080"));
  slice("node-1", false);
  quiet(seconds(5));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> "));
}

TEST_F(Scenario, ATypeFlippedAwayLeavesNothingBehindAndMayComeBack) {
  start();
  put_service();
  ASSERT_TRUE(served());
  api.merge(shop, parsed(R"({"spec":{"type":"ClusterIP"}})"));
  quiet();
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
  EXPECT_EQ(address(), "");
  EXPECT_EQ(annotation(kIdAnnotation), "");
  EXPECT_THAT(json::array_or_empty(*api.find(shop), "metadata.finalizers"), IsEmpty());
  api.merge(shop, parsed(R"({"spec":{"type":"LoadBalancer"}})"));
  EXPECT_TRUE(served());
}

TEST_F(Scenario, AServiceMadeAnewUnderTheSameNameGetsItsOwn) {
  start();
  put_service();
  ASSERT_TRUE(served());
  const auto first = only_lb();
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  put_service();
  ASSERT_TRUE(served());
  EXPECT_NE(only_lb(), first);
}

TEST_F(Scenario, AServiceWhoseFinalizerWasTornOffIsCleanedUpAfter) {
  start();
  put_service();
  ASSERT_TRUE(served());
  // Both within one blink, so that the controller sees it only gone.
  testing::Fault none;
  api.remove(shop);
  api.merge(shop, parsed(R"({"metadata":{"finalizers":null}})"));
  quiet();
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
}

TEST_F(Scenario, ADeletionDuringTheCreationWaitsAndThenDeletes) {
  cloud.octavia.create_time = seconds(30);
  start();
  put_service();
  sim.run_for(seconds(3));
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
}

TEST_F(Scenario, OneThatIsSlowDelaysNoOther) {
  start();
  quiet(seconds(1));
  cloud.octavia.create_time = minutes(5);
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080}]})", "{}", "slow");
  sim.run_for(seconds(2));
  cloud.octavia.create_time = seconds(1);
  put_service();
  EXPECT_TRUE(served(seconds(2)));
  EXPECT_EQ(address(web + "/slow"), "");
}

TEST_F(Scenario, ARestartChangesNothing) {
  start();
  put_service();
  ASSERT_TRUE(served());
  quiet();
  stop();
  take_cost();
  start();
  quiet(seconds(5));
  const auto cost = take_cost();
  EXPECT_EQ(cost.kube, 0U);
  EXPECT_LE(cost.cloud, 7U);
  EXPECT_EQ(cloud.wire.count("P"), 0U);
  api.remove(shop);
  EXPECT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
}

TEST_F(Scenario, SwitchedOffItLeavesWhatRunsAloneUntilTheServiceIsDeleted) {
  start();
  put_service();
  ASSERT_TRUE(served());
  stop();
  cloud.wire.requests.clear();
  auto off = quick();
  off.enabled = false;
  start(off);
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30081}]})", "{}", "other");
  quiet();
  EXPECT_EQ(cloud.wire.count("P"), 0U);
  EXPECT_EQ(address(web + "/other"), "");
  EXPECT_THAT(events(), ::testing::Contains(HasSubstr("No load balancer is made for this Service")));
  EXPECT_THAT(events(), ::testing::Contains(HasSubstr("The load balancer of this Service is left as it is")));
  api.remove(shop);
  EXPECT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
}

TEST_F(Scenario, TheSecondTakesOverWhenTheFirstGoes) {
  auto config = quick();
  config.lease_enabled = true;
  config.lease.identity = "one";
  start(config);
  config.lease.identity = "two";
  auto standby = start_one(config);
  put_service();
  ASSERT_TRUE(served());
  EXPECT_TRUE(controller->ready());
  EXPECT_THAT(standby->trouble(), HasSubstr("held by one"));
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  stop();
  controller = std::move(standby);
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30081}]})", "{}", "other");
  EXPECT_TRUE(sim.run_until([&] { return !address(web + "/other").empty(); }, seconds(20)));
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(2));
}

}  // namespace
}  // namespace fairway::controller::octavia
