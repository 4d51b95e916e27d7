#include "cloud/lbaas_v1/api.h"
#include "cloud/load_balancer/api_test.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

class LbaasV1 : public ::testing::Test {
 protected:
  LbaasV1() {
    add_routes(*cloud_.router, *cloud_.api, *cloud_.gateways);
    balancer_ = cloud_.make_balancer("web");
    vip_ = cloud_.make_listener(balancer_, 80);
    pool_ = cloud_.make_pool(vip_);
    member_ = cloud_.make_member(pool_, "10.0.0.3", 31157);
    monitor_ =
        cloud_
            .call("POST", "/healthmonitors",
                  fmt::format(
                      R"({{"healthmonitor":{{"pool_id":"{}","type":"HTTP","delay":5,"timeout":3,"max_retries":3}}}})",
                      pool_))
            .at("healthmonitor.id");
  }

  // A delete waits for the gateway's word: the loop runs on until it has come.
  Answer call(std::string_view method, const std::string& path, const std::string& body = "",
              std::string_view as = "demo") {
    auto answer = cloud_.ask(method, "/network/v2.0/lb" + path, body, as);
    cloud_.poll();
    return answer;
  }

  static std::vector<std::string> keys(const json::Value& object) {
    std::vector<std::string> names;
    for (const auto& item : object.as_object()) names.emplace_back(item.key());
    return names;
  }

  CloudUnderTest cloud_;
  std::string balancer_, vip_, pool_, member_, monitor_;
};

TEST_F(LbaasV1, ShowsAListenerWithItsPortAsAVip) {
  const auto vip = call("GET", "/vips/" + vip_);
  EXPECT_EQ(vip.status, 200);
  EXPECT_EQ(keys(vip.body.at("vip")),
            (std::vector<std::string>{"id", "tenant_id", "name", "description", "subnet_id", "address", "port_id",
                                      "protocol_port", "protocol", "pool_id", "session_persistence",
                                      "connection_limit", "admin_state_up", "status", "status_description"}));
  EXPECT_EQ(vip.at("vip.port_id"), cloud_.state().find<LoadBalancer>(balancer_)->vip_port_id);
  EXPECT_EQ(vip.at("vip.address"), "198.0.2.5");
  EXPECT_EQ(vip.at("vip.pool_id"), pool_);
  EXPECT_EQ(vip.at("vip.status"), "ACTIVE");
}

TEST_F(LbaasV1, ShowsPoolsMembersAndMonitors) {
  const auto pool = call("GET", "/pools/" + pool_);
  EXPECT_EQ(keys(pool.body.at("pool")),
            (std::vector<std::string>{"id", "tenant_id", "vip_id", "name", "description", "subnet_id", "protocol",
                                      "provider", "lb_method", "members", "health_monitors", "health_monitors_status",
                                      "admin_state_up", "status", "status_description"}));
  EXPECT_EQ(pool.at("pool.vip_id"), vip_);
  EXPECT_EQ(pool.at("pool.provider"), "haproxy");
  EXPECT_EQ(pool.at("pool.subnet_id"), kSubnet);
  EXPECT_EQ(pool.at("pool.health_monitors"), fmt::format(R"(["{}"])", monitor_));

  const auto member = call("GET", "/members/" + member_);
  EXPECT_EQ(keys(member.body.at("member")),
            (std::vector<std::string>{"id", "tenant_id", "pool_id", "address", "protocol_port", "weight",
                                      "admin_state_up", "status", "status_description"}));
  EXPECT_EQ(member.at("member.status"), "ACTIVE");

  const auto monitor = call("GET", "/health_monitors/" + monitor_);
  EXPECT_EQ(keys(monitor.body.at("health_monitor")),
            (std::vector<std::string>{"id", "tenant_id", "type", "delay", "timeout", "max_retries", "http_method",
                                      "url_path", "expected_codes", "admin_state_up", "pools"}));
  EXPECT_EQ(call("GET", "/pools/" + pool_ + "/stats").text,
            R"({"stats":{"bytes_in":0,"bytes_out":0,"active_connections":0,"total_connections":0}})");
}

TEST_F(LbaasV1, ResolvesNamesAndIdsAsTheClientDoes) {
  EXPECT_EQ(call("GET", "/vips?id=" + vip_ + "&fields=id").text, fmt::format(R"({{"vips":[{{"id":"{}"}}]}})", vip_));
  EXPECT_EQ(call("GET", "/pools?name=nobody&fields=id").text, R"({"pools":[]})");
}

TEST_F(LbaasV1, ShowsNobodyTheObjectsOfOthers) {
  EXPECT_EQ(call("GET", "/vips", "", "other").text, R"({"vips":[]})");
  const auto answer = call("GET", "/vips/" + vip_, "", "other");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.at("NeutronError.type"), "VipNotFound");
  EXPECT_EQ(answer.at("NeutronError.message"), fmt::format("Vip {} could not be found", vip_));
  EXPECT_EQ(call("DELETE", "/vips/" + vip_, "", "other").status, 404);
  EXPECT_EQ(call("DELETE", "/vips/" + vip_, "", "reader").status, 403);
  EXPECT_EQ(call("GET", "/vips/" + vip_, "", "admin").status, 200);
  EXPECT_EQ(call("GET", "/vips", "", "nobody").status, 401);
}

TEST_F(LbaasV1, DeletesInTheOrderThatPeopleDo) {
  EXPECT_EQ(call("DELETE", "/pools/" + pool_).at("NeutronError.type"), "PoolInUse");
  EXPECT_EQ(call("DELETE", "/health_monitors/" + monitor_).at("NeutronError.type"), "HealthMonitorInUse");

  const auto port = cloud_.state().find<LoadBalancer>(balancer_)->vip_port_id;
  EXPECT_EQ(call("DELETE", "/vips/" + vip_).status, 204);
  EXPECT_EQ(call("GET", "/vips/" + vip_).status, 404);
  EXPECT_EQ(cloud_.state().find<LoadBalancer>(balancer_), nullptr) << "the last VIP takes the load balancer along";
  EXPECT_EQ(cloud_.state().find<Port>(port), nullptr);

  const auto pool = call("GET", "/pools/" + pool_);
  EXPECT_EQ(pool.at("pool.vip_id"), "null");
  EXPECT_EQ(pool.at("pool.subnet_id"), kSubnet);
  EXPECT_EQ(call("DELETE", "/members/" + member_).status, 204);
  EXPECT_EQ(call("DELETE", "/pools/" + pool_).status, 204);
  EXPECT_EQ(call("DELETE", "/health_monitors/" + monitor_).status, 204);
  EXPECT_EQ(call("GET", "/health_monitors").text, R"({"health_monitors":[]})");
}

TEST_F(LbaasV1, OneOfSeveralVipsLeavesTheLoadBalancer) {
  const auto second = cloud_.make_listener(balancer_, 443);
  EXPECT_EQ(call("DELETE", "/vips/" + vip_).status, 204);
  EXPECT_NE(cloud_.state().find<LoadBalancer>(balancer_), nullptr);
  EXPECT_EQ(cloud_.state().find<LoadBalancer>(balancer_)->provisioning_status, "ACTIVE");
  EXPECT_NE(cloud_.state().find<Listener>(second), nullptr);
  EXPECT_EQ(call("DELETE", "/pools/" + pool_).status, 204);
  EXPECT_EQ(cloud_.state().find<Pool>(pool_), nullptr);
  EXPECT_NE(cloud_.state().find<HealthMonitor>(monitor_), nullptr) << "monitors outlive their pools in v1";
}

TEST_F(LbaasV1, APoolWithoutALoadBalancerIsShownInV2AndNotChanged) {
  ASSERT_EQ(call("DELETE", "/vips/" + vip_).status, 204);
  const auto shown = cloud_.call("GET", "/pools/" + pool_);
  EXPECT_EQ(shown.at("pool.loadbalancers"), "[]");
  const auto refused = cloud_.call("PUT", "/pools/" + pool_, R"({"pool":{"name":"x"}})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.fault(), fmt::format("Pool {} is immutable and cannot be updated.", pool_));
  EXPECT_EQ(
      cloud_.call("POST", "/pools/" + pool_ + "/members", R"({"member":{"address":"10.0.0.9","protocol_port":1}})")
          .status,
      409);
}

}  // namespace
}  // namespace fairway::cloud::lbaas_v1
