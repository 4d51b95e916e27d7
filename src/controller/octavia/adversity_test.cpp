// What goes wrong, and what belongs to others.
#include "controller/octavia/scenario_test.h"

namespace fairway::controller::octavia {
namespace {

using ::testing::Contains;
using ::testing::StartsWith;

class Adversity : public Scenario {
 protected:
  // As an OCCM leaves it: its names and tags, no mark of the cluster.
  json::Object make_like_the_old_controller(const std::string& name = "kube_service_kubernetes_web_shop") {
    return cloud.octavia.make(parsed(fmt::format(R"({{"name":"{0}","vip_subnet_id":"sub-private","tags":["{0}"],
      "description":"Kubernetes external service web/shop from cluster kubernetes",
      "listeners":[{{"name":"listener_0_{0}","protocol":"TCP","protocol_port":80,"allowed_cidrs":["0.0.0.0/0"],"tags":["{0}"],
      "default_pool":{{"name":"pool_0_{0}","protocol":"TCP","lb_algorithm":"ROUND_ROBIN","members":[
        {{"name":"node-1","address":"10.0.0.5","protocol_port":30080,"subnet_id":"sub-private"}},
        {{"name":"node-2","address":"10.0.0.6","protocol_port":30080,"subnet_id":"sub-private"}}]}}}}]}})",
                                                 name))
                                  .as_object());
  }
  static std::string text(const json::Object& row, std::string_view key) {
    return json::string_or(json::Value(row), key);
  }
};

TEST_F(Adversity, ALoadBalancerWhoseAnswerWasLostIsFoundByItsMark) {
  start();
  quiet(seconds(1));
  lose_answer_once("POST", "/v2.0/lbaas/loadbalancers");
  put_service();
  ASSERT_TRUE(served());
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, ALostFloatingIpIsFoundAtItsPort) {
  start();
  quiet(seconds(1));
  lose_answer_once("POST", "/v2.0/floatingips");
  put_service();
  ASSERT_TRUE(served());
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, OfTwoThatALostCreateHasMadeTheOneInUseStays) {
  start();
  put_service();
  ASSERT_TRUE(served());
  const auto kept = only_lb();
  auto late = make_like_the_old_controller();
  (*cloud.octavia.find("loadbalancers", text(late, "id")))["tags"] =
      json::Array{"kube_service_kubernetes_web_shop", "kube_cluster_id_cluster-1"};
  quiet(minutes(2));
  ASSERT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_EQ(only_lb(), kept);
}

TEST_F(Adversity, ALockHeldByAnotherIsWaitedFor) {
  start();
  put_service();
  ASSERT_TRUE(served());
  cloud.octavia.keep_busy(only_lb(), seconds(20));
  put_node("node-3", "10.0.0.7");
  quiet(seconds(40));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080 10.0.0.7:30080"));
  EXPECT_THAT(events(), Not(Contains(StartsWith("Warning"))));
}

TEST_F(Adversity, OneThatGoesIntoErrorWhileItIsMadeIsMadeAnew) {
  cloud.octavia.create_fails = true;
  start();
  put_service();
  sim.run_for(seconds(5));
  cloud.octavia.create_fails = false;
  ASSERT_TRUE(served());
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
  EXPECT_THAT(events(), Contains(HasSubstr("has gone into ERROR state")));
}

TEST_F(Adversity, OneThatIsInErrorLaterIsSaidAndLeftServing) {
  start();
  put_service();
  ASSERT_TRUE(served());
  cloud.octavia.set_status(only_lb(), "ERROR");
  quiet(minutes(2));
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_THAT(events(), Contains(HasSubstr("is in ERROR and cannot be changed; it may still serve")));
  api.remove(shop);
  EXPECT_TRUE(sim.run_until([&] { return address() == "gone"; }));
}

TEST_F(Adversity, OneDeletedByAnotherIsMadeAnewWithTheSameAddress) {
  start();
  put_service();
  ASSERT_TRUE(served());
  const auto was = address();
  cloud.octavia.vanish(only_lb());
  quiet(minutes(1));
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_EQ(address(), was);
  EXPECT_EQ(annotation(kIdAnnotation), only_lb());
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, WhatAnotherChangedIsPutRight) {
  start();
  put_service();
  ASSERT_TRUE(served());
  const auto listener = text(cloud.octavia.listeners().at(0), "id");
  (*cloud.octavia.find("listeners", listener))["connection_limit"] = 7;
  cloud.octavia.keep_busy(only_lb(), seconds(1));
  quiet(minutes(1));
  EXPECT_EQ(cloud.octavia.listeners().at(0).at("connection_limit"), -1);
  cloud.floating_ips.clear();
  quiet(minutes(1));
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, AnExhaustedPoolIsSaidOnceAndOvercome) {
  cloud.floating_ips_exhausted = true;
  start();
  put_service();
  quiet(minutes(3));
  EXPECT_EQ(address(), "");
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_THAT(events(), Contains(HasSubstr("No more IP addresses available on network net-public.")));
  EXPECT_LE(api.all("/api/v1/namespaces/web/events").size(), 3U);  // repetitions are counted
  cloud.floating_ips_exhausted = false;
  EXPECT_TRUE(served(minutes(3)));
}

TEST_F(Adversity, ARefusalOfTheProviderIsAnEventAndTheNextManifestWorks) {
  cloud.octavia.refuses_udp = true;
  start();
  put_service(R"({"type":"LoadBalancer","ports":[{"port":53,"protocol":"UDP","nodePort":30053}]})");
  quiet();
  EXPECT_THAT(events(), Contains(HasSubstr("Error syncing load balancer: failed to ensure load balancer: create load "
                                           "balancer kube_service_kubernetes_web_shop: "
                                           "POST /v2.0/lbaas/loadbalancers: Provider 'fairway' does not support a "
                                           "requested option: UDP listeners (HTTP 501)")));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  api.merge(shop, parsed(R"({"spec":{"ports":[{"port":53,"protocol":"TCP","nodePort":30053}]}})"));
  EXPECT_TRUE(served(seconds(10)));
}

TEST_F(Adversity, ACloudThatIsAwayIsWaitedFor) {
  start();
  cloud.wire.fault = [](const http::Request&) { return testing::Fault{.refuse = true}; };
  put_service();
  quiet(minutes(2));
  EXPECT_EQ(address(), "");
  EXPECT_THAT(controller->services().at(0).detail, HasSubstr("refused"));
  cloud.wire.fault = {};
  EXPECT_TRUE(served(minutes(3)));
}

TEST_F(Adversity, AStaleCopyOfTheServiceIsNoObstacle) {
  start();
  auto conflicts = std::make_shared<int>(0);
  wire.fault = [conflicts](const http::Request& request) -> testing::Fault {
    if (request.method != "PATCH" || (*conflicts)++ > 0) return {};
    return {.instead = http::Response::json(
                409, R"({"kind":"Status","code":409,"reason":"Conflict","message":"the object has been modified"})")};
  };
  put_service();
  EXPECT_TRUE(served());
}

TEST_F(Adversity, AddressesAskedForAreUsedFoundOrRefused) {
  const std::string spec =
      R"({"type":"LoadBalancer","loadBalancerIP":"172.24.4.99","ports":[{"port":80,"nodePort":30080}]})";
  cloud.allocate_floating_ip("172.24.4.99");
  start();
  put_service(spec);
  ASSERT_TRUE(served());
  EXPECT_EQ(address(), "172.24.4.99");
  put_service(R"({"type":"LoadBalancer","loadBalancerIP":"172.24.4.99","ports":[{"port":80,"nodePort":30081}]})",
              "{}", "second");
  quiet(minutes(1));
  EXPECT_EQ(address(web + "/second"), "");
  EXPECT_THAT(events(), Contains(HasSubstr("floating IP 172.24.4.99 is not available: it is associated with port")));
  EXPECT_EQ(address(), "172.24.4.99");
  // A person's stays when the Service goes, and the second gets it then.
  api.remove(shop);
  EXPECT_TRUE(sim.run_until([&] { return address(web + "/second") == "172.24.4.99"; }, minutes(5)));
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, TwoThatWantTheSameAddressAtOnceNeverStealIt) {
  cloud.allocate_floating_ip("172.24.4.99");
  start();
  quiet(seconds(1));
  // Between looking and taking there is time for the other to look.
  cloud.wire.fault = [](const http::Request& request) {
    return testing::Fault{.delay = request.path == "/v2.0/floatingips" || request.method == "PUT" ? milliseconds(50)
                                                                                                  : milliseconds(0)};
  };
  put_service(R"({"type":"LoadBalancer","loadBalancerIP":"172.24.4.99","ports":[{"port":80,"nodePort":30080}]})");
  put_service(R"({"type":"LoadBalancer","loadBalancerIP":"172.24.4.99","ports":[{"port":80,"nodePort":30081}]})",
              "{}", "second");
  quiet(minutes(2));
  EXPECT_NE(address().empty(), address(web + "/second").empty());
}

TEST_F(Adversity, ANewAddressAskedForReplacesTheOld) {
  start();
  put_service();
  ASSERT_TRUE(served());
  api.merge(shop, parsed(R"({"spec":{"loadBalancerIP":"172.24.4.77"}})"));
  quiet();
  EXPECT_EQ(address(), "172.24.4.77");
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, InternallyAPersonsFloatingIpIsLeftAlone) {
  auto config = quick();
  config.internal_lb = true;
  start(config);
  put_service();
  ASSERT_TRUE(served());
  EXPECT_EQ(address(), "10.0.0.10");
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
  cloud.allocate_floating_ip("172.24.4.60")["port_id"] = cloud.octavia.load_balancers().at(0).at("vip_port_id");
  put_node("node-3", "10.0.0.7");
  quiet(minutes(2));
  ASSERT_THAT(cloud.floating_ips, SizeIs(1));
  EXPECT_NE(text(cloud.floating_ips.at(0), "port_id"), "");
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, InternalAndBackAgain) {
  start();
  put_service();
  ASSERT_TRUE(served());
  api.merge(
      shop,
      parsed(
          R"({"metadata":{"annotations":{"service.beta.kubernetes.io/openstack-internal-load-balancer":"true"}}})"));
  quiet();
  EXPECT_EQ(address(), "10.0.0.10");
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
  api.merge(
      shop,
      parsed(R"({"metadata":{"annotations":{"service.beta.kubernetes.io/openstack-internal-load-balancer":null}}})"));
  quiet();
  EXPECT_EQ(address(), "172.24.4.51");
}

TEST_F(Adversity, AFloatingIpToKeepIsKept) {
  start();
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080}]})",
              R"({"annotations":{"loadbalancer.openstack.org/keep-floatingip":"true"}})");
  ASSERT_TRUE(served());
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, WhatTheOldControllerMadeIsTakenOverByOneMark) {
  const auto old = make_like_the_old_controller();
  auto& fip = cloud.allocate_floating_ip("172.24.4.44");
  fip["port_id"] = old.at("vip_port_id");
  fip["description"] = "Floating IP for Kubernetes external service web/shop from cluster kubernetes";
  put_service(
      R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080}]})",
      fmt::format(
          R"({{"finalizers":["service.kubernetes.io/load-balancer-cleanup"],"annotations":{{"loadbalancer.openstack.org/load-balancer-id":"{}",
                "loadbalancer.openstack.org/load-balancer-address":"172.24.4.44"}}}})",
          text(old, "id")));
  api.merge(shop, parsed(R"({"status":{"loadBalancer":{"ingress":[{"ip":"172.24.4.44","ipMode":"VIP"}]}}})"));
  start();
  quiet();
  std::vector<std::string> writes;
  for (const auto& line : cloud.wire.requests) {
    if (!line.starts_with("GET") && line.find("/auth/") == std::string::npos) writes.push_back(line);
  }
  EXPECT_THAT(writes, ElementsAre("PUT /v2.0/lbaas/loadbalancers/" + text(old, "id")));
  EXPECT_EQ(json::write(cloud.octavia.load_balancers().at(0).at("tags")),
            R"(["kube_service_kubernetes_web_shop","kube_cluster_id_cluster-1"])");
  EXPECT_EQ(take_cost().kube, 0U);
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
}

TEST_F(Adversity, AnotherClustersOfTheSameNameIsNeverTouched) {
  const auto theirs = make_like_the_old_controller();
  start();
  put_service();
  ASSERT_TRUE(served());
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(2));
  EXPECT_NE(annotation(kIdAnnotation), text(theirs, "id"));
  EXPECT_THAT(events(),
              Contains(HasSubstr("has this Service's name but no mark of this cluster, and is left alone")));
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  ASSERT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_EQ(only_lb(), text(theirs, "id"));
}

TEST_F(Adversity, AnAnnotationCopiedFromAnotherClusterStealsNothing) {
  auto theirs = make_like_the_old_controller();
  (*cloud.octavia.find("loadbalancers", text(theirs, "id")))["tags"] =
      json::Array{"kube_service_kubernetes_web_shop", "kube_cluster_id_cluster-2"};
  start();
  put_service(
      R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":31080}]})",
      fmt::format(R"({{"annotations":{{"loadbalancer.openstack.org/load-balancer-id":"{}"}}}})", text(theirs, "id")));
  quiet();
  EXPECT_THAT(events(),
              Contains(HasSubstr("belongs to another cluster of the same name (kube_cluster_id_cluster-2)")));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080"));
  api.remove(shop);
  ASSERT_TRUE(sim.run_until([&] { return address() == "gone"; }));
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
}

TEST_F(Adversity, ASharedLoadBalancerIsSharedAndLeft) {
  start();
  put_service();
  ASSERT_TRUE(served());
  const auto annotations =
      fmt::format(R"({{"annotations":{{"loadbalancer.openstack.org/load-balancer-id":"{}"}}}})", only_lb());
  put_service(R"({"type":"LoadBalancer","ports":[{"port":8080,"nodePort":30081}]})", annotations, "second");
  quiet();
  EXPECT_THAT(listeners(),
              ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080", "8080/TCP -> 10.0.0.5:30081 10.0.0.6:30081"));
  EXPECT_EQ(address(web + "/second"), address());
  put_service(R"({"type":"LoadBalancer","ports":[{"port":80,"nodePort":30082}]})", annotations, "third");
  quiet();
  EXPECT_THAT(events(), Contains(HasSubstr("already shared with 2 Services")));
  api.remove(web + "/second");
  ASSERT_TRUE(sim.run_until([&] { return address(web + "/second") == "gone"; }));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080"));
  quiet(minutes(2));
  EXPECT_THAT(events(), Contains(HasSubstr("the listener port 80 already exists on load balancer")));
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Adversity, AForeignClassIsLeftAlone) {
  start();
  put_service(
      R"({"type":"LoadBalancer","loadBalancerClass":"example.com/other","ports":[{"port":80,"nodePort":30080}]})");
  quiet(minutes(1));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_THAT(json::array_or_empty(*api.find(shop), "metadata.finalizers"), IsEmpty());
}

TEST_F(Adversity, AClassOfOurOwnIsServed) {
  auto config = quick();
  config.load_balancer_class = "fairway.example/lb";
  start(config);
  put_service(
      R"({"type":"LoadBalancer","loadBalancerClass":"fairway.example/lb","ports":[{"port":80,"nodePort":30080}]})");
  EXPECT_TRUE(served());
}

TEST_F(Adversity, WhileDisabledServicesAreLeftAloneAndToldSo) {
  start(quick(), false);
  put_service();
  quiet(minutes(1));
  EXPECT_THAT(events(), ElementsAre("Warning LoadBalancerDisabled: No load balancer is made for this Service: the "
                                    "controller has no credential for OpenStack; "
                                    "the cluster's administrator can give it one (cloud_config)"));
  EXPECT_THAT(json::array_or_empty(*api.find(shop), "metadata.finalizers"), IsEmpty());
  EXPECT_THAT(cloud.wire.requests, IsEmpty());
}

TEST_F(Adversity, NothingIsIgnoredInSilence) {
  start();
  put_service(
      R"({"type":"LoadBalancer","sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}},"ipFamilies":["IPv4","IPv6"],
                  "ports":[{"port":80,"nodePort":30080,"appProtocol":"http"}]})",
      R"({"annotations":{"loadbalancer.openstack.org/floating-subnet":"a*","loadbalancer.openstack.org/connection-limit":"many"}})");
  ASSERT_TRUE(served());
  quiet(minutes(2));
  std::vector<std::string> warnings;
  for (const auto& line : events()) {
    if (line.starts_with("Warning")) warnings.push_back(line);
  }
  EXPECT_THAT(warnings, ::testing::UnorderedElementsAre(
                            HasSubstr("timeoutSeconds (60) is not honoured"), HasSubstr("only IPv4 is served"),
                            HasSubstr("appProtocol (http)"), HasSubstr("floating-subnet is not supported"),
                            HasSubstr("connection-limit: \"many\" is not a number")));
}

TEST_F(Adversity, ASlowCreateBehindALostAnswerMakesNoSecond) {
  start();
  quiet(seconds(1));
  // The request itself arrives, late; its answer never does.
  cloud.wire.fault = [first = std::make_shared<bool>(true)](const http::Request& request) -> testing::Fault {
    const bool hit = request.method == "POST" && request.path == "/v2.0/lbaas/loadbalancers" && *first;
    if (hit) *first = false;
    return {.lose_answer = hit, .delay = hit ? seconds(3) : seconds(0)};
  };
  put_service();
  ASSERT_TRUE(served());
  EXPECT_EQ(cloud.wire.count("POST /v2.0/lbaas/loadbalancers"), 1U);
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
}

}  // namespace
}  // namespace fairway::controller::octavia
