// What is cut off, refused or answered wrongly half way, and must not be lost, doubled or left behind.
#include "controller/octavia/scenario_test.h"

namespace fairway::controller::octavia {
namespace {

using ::testing::Contains;

class Halfway : public Scenario {
 protected:
  void SetUp() override {
    start();
    quiet(seconds(1));
  }
  // By force: nobody waits for our finalizer.
  void forced_deletion() {
    api.merge(shop, parsed(R"({"metadata":{"finalizers":null}})"));
    api.remove(shop);
    ASSERT_EQ(api.find(shop), nullptr);
  }
  // From now on these requests never arrive.
  void refuse(std::string method, std::string path, int status, std::string body) {
    cloud.wire.fault = [=](const http::Request& request) -> testing::Fault {
      if (request.method != method || !request.path.starts_with(path)) return {};
      return {.instead = http::Response::json(status, body)};
    };
  }
  void refuse_listeners() {
    refuse("POST", "/v2.0/lbaas/listeners", 403, R"({"faultcode":"Client","faultstring":"Quota has been met"})");
  }
  // 443 beside 80.
  void add_port() {
    api.merge(shop, parsed(R"({"spec":{"ports":[{"name":"a","port":80,"nodePort":30080},
                                                {"name":"b","port":443,"nodePort":30443}]}})"));
  }
};

TEST_F(Halfway, AServiceThatIsDeletedByForceWhileItIsMadeLeavesNothing) {
  put_service();
  sim.run_for(seconds(2));
  ASSERT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  forced_deletion();
  quiet(minutes(5));
  EXPECT_THAT(cloud.octavia.load_balancers(), IsEmpty());
  EXPECT_THAT(cloud.floating_ips, IsEmpty());
  EXPECT_THAT(controller->services(), IsEmpty());
}

TEST_F(Halfway, OneThatTakesItsNameNeverHasItsAddress) {
  put_service();
  sim.run_for(seconds(2));
  forced_deletion();
  put_service();
  ASSERT_TRUE(served());
  const auto first = address();
  quiet(minutes(5));
  EXPECT_EQ(address(), first);
  ASSERT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
  EXPECT_EQ(annotation(kIdAnnotation), only_lb());
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Halfway, ALoadBalancerThatWasMadeInSpiteOfA500IsFound) {
  cloud.wire.fault = [this, first = std::make_shared<bool>(true)](const http::Request& request) -> testing::Fault {
    if (request.method != "POST" || request.path != "/v2.0/lbaas/loadbalancers" || !std::exchange(*first, false))
      return {};
    cloud.octavia.make(parsed(request.body).at("loadbalancer").as_object());
    return {.instead = http::Response::json(500, R"({"faultcode":"Server","faultstring":"An unknown exception"})")};
  };
  put_service();
  ASSERT_TRUE(served());
  EXPECT_EQ(cloud.wire.count("POST /v2.0/lbaas/loadbalancers"), 1U);
  EXPECT_THAT(cloud.octavia.load_balancers(), SizeIs(1));
}

TEST_F(Halfway, ADeletionThatIsRefusedAgainAndAgainIsTriedEverMoreSlowly) {
  put_service();
  ASSERT_TRUE(served());
  refuse("DELETE", "/v2.0/lbaas/loadbalancers/", 409, R"({"faultcode":"Client","faultstring":"its VIP is in use"})");
  api.remove(shop);
  quiet(minutes(5));
  EXPECT_LT(cloud.wire.count("DELETE /v2.0/lbaas/loadbalancers"), 100U);
  EXPECT_THAT(events(), Contains(HasSubstr("its VIP is in use")));
  cloud.wire.fault = {};
  EXPECT_TRUE(sim.run_until([&] { return address() == "gone"; }, minutes(6)));
}

TEST_F(Halfway, AnAddressThatIsRefusedDoesNotCostTheOneThatServes) {
  put_service();
  ASSERT_TRUE(served());
  const auto before = address();
  refuse("POST", "/v2.0/floatingips", 403,
         R"({"NeutronError":{"type":"PolicyNotAuthorized","message":"disallowed by policy","detail":""}})");
  api.merge(shop, parsed(R"({"spec":{"loadBalancerIP":"172.24.4.77"}})"));
  quiet(minutes(2));
  EXPECT_THAT(events(), Contains(HasSubstr("disallowed by policy")));
  EXPECT_EQ(address(), before);
  ASSERT_THAT(cloud.floating_ips, SizeIs(1));
  EXPECT_EQ(json::string_or(json::Value(cloud.floating_ips.at(0)), "floating_ip_address"), before);
  EXPECT_TRUE(cloud.floating_ips.at(0).at("port_id").is_string());
  cloud.wire.fault = {};
  quiet(minutes(6));
  EXPECT_EQ(address(), "172.24.4.77");
  EXPECT_THAT(cloud.floating_ips, SizeIs(1));
}

TEST_F(Halfway, AListenerThatIsRefusedAgainAndAgainLeavesOnePool) {
  put_service();
  ASSERT_TRUE(served());
  refuse_listeners();
  add_port();
  quiet(minutes(20));
  EXPECT_THAT(events(), Contains(HasSubstr("Quota has been met")));
  EXPECT_LE(cloud.octavia.pools().size(), 2U);
  put_node("node-3", "10.0.0.7");
  cloud.wire.fault = {};
  quiet(minutes(6));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080 10.0.0.7:30080",
                                       "443/TCP -> 10.0.0.5:30443 10.0.0.6:30443 10.0.0.7:30443"));
  EXPECT_THAT(cloud.octavia.pools(), SizeIs(2));
}

TEST_F(Halfway, AChangeThatFailedHalfWayAndIsTakenBackIsUndone) {
  put_service();
  ASSERT_TRUE(served());
  refuse_listeners();
  api.merge(shop, parsed(R"({"spec":{"sessionAffinity":"ClientIP","ports":[{"port":443,"nodePort":30080}]}})"));
  quiet(minutes(1));
  cloud.wire.fault = [](const http::Request& request) -> testing::Fault {
    return {.refuse = request.method == "DELETE" && request.path.starts_with("/v2.0/lbaas/listeners")};
  };
  quiet(minutes(6));
  EXPECT_THAT(listeners(), SizeIs(2));
  cloud.wire.fault = {};
  api.merge(shop, parsed(R"({"spec":{"sessionAffinity":"None","ports":[{"port":80,"nodePort":30080}]}})"));
  quiet(minutes(6));
  EXPECT_THAT(listeners(), ElementsAre("80/TCP -> 10.0.0.5:30080 10.0.0.6:30080"));
  EXPECT_THAT(cloud.octavia.pools(), SizeIs(1));
}

TEST_F(Halfway, OneThatWasMadeTwiceAndCannotBeDeletedKeepsNothingElseFromBeingPutRight) {
  put_service();
  ASSERT_TRUE(served());
  cloud.octavia.make(parsed(R"({"name":"kube_service_kubernetes_web_shop","vip_subnet_id":"sub-private",
      "tags":["kube_service_kubernetes_web_shop","kube_cluster_id_cluster-1"]})")
                         .as_object());
  refuse("DELETE", "/v2.0/lbaas/loadbalancers", 500, R"({"faultcode":"Server","faultstring":"no"})");
  const auto listener = json::string_or(json::Value(cloud.octavia.listeners().at(0)), "id");
  (*cloud.octavia.find("listeners", listener))["connection_limit"] = 7;
  cloud.octavia.keep_busy(only_lb(), seconds(1));
  quiet(minutes(5));
  EXPECT_EQ(cloud.octavia.listeners().at(0).at("connection_limit"), -1);
}

TEST_F(Halfway, APoolWithoutAListenerGoesWithThePortThatItWasMeantFor) {
  put_service();
  ASSERT_TRUE(served());
  refuse_listeners();
  add_port();
  quiet(minutes(1));
  ASSERT_THAT(cloud.octavia.pools(), SizeIs(2));
  cloud.wire.fault = {};
  api.merge(shop, parsed(R"({"spec":{"ports":[{"name":"a","port":80,"nodePort":30080}]}})"));
  quiet(minutes(6));
  EXPECT_THAT(cloud.octavia.pools(), SizeIs(1));
}

}  // namespace
}  // namespace fairway::controller::octavia
