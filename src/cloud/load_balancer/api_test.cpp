// The Load Balancing API v2 beyond what Octavia's recordings hold: whose objects, which state, how many, what is
// refused.
#include "cloud/load_balancer/api_test.h"

namespace fairway::cloud {
namespace {

class LoadBalancingApi : public ::testing::Test {
 protected:
  CloudUnderTest cloud_;
};

TEST_F(LoadBalancingApi, ObjectsBelongToTheirProject) {
  const auto id = cloud_.make_balancer();
  const auto listener = cloud_.make_listener(id);
  const auto pool = cloud_.make_pool(listener);
  const auto member = cloud_.make_member(pool, "10.0.0.3");
  struct Case {
    std::string_view as, method;
    std::string path, body;
    int status;
  };
  const std::string name = R"({"loadbalancer":{"name":"mine"}})";
  for (const auto& [as, method, path, body, status] : {
           Case{"other", "GET", "/loadbalancers/" + id, "", 403},
           Case{"other", "PUT", "/loadbalancers/" + id, name, 403},
           Case{"other", "DELETE", "/loadbalancers/" + id + "?cascade=true", "", 403},
           Case{"other", "GET", "/loadbalancers/" + id + "/status", "", 403},
           Case{"other", "GET", "/loadbalancers/" + id + "/stats", "", 403},
           Case{"other", "GET", "/listeners/" + listener, "", 403},
           Case{"other", "DELETE", "/listeners/" + listener, "", 403},
           Case{"other", "GET", "/pools/" + pool + "/members", "", 403},
           Case{"other", "PUT", "/pools/" + pool + "/members", R"({"members":[]})", 403},
           Case{"other", "GET", "/pools/" + pool + "/members/" + member, "", 403},
           Case{"reader", "GET", "/loadbalancers/" + id, "", 200},
           Case{"reader", "PUT", "/loadbalancers/" + id, name, 403},
           Case{"reader", "DELETE", "/pools/" + pool, "", 403},
           Case{"stranger", "GET", "/loadbalancers", "", 403},
           Case{"nobody", "GET", "/loadbalancers", "", 401},
           Case{"demo", "PUT", "/loadbalancers/" + id + "/failover", "", 403},
           Case{"demo", "PUT", "/quotas/p-demo", R"({"quota":{"pool":1}})", 403},
           Case{"other", "GET", "/quotas/p-demo", "", 403},
           Case{"admin", "GET", "/loadbalancers/" + id, "", 200},
       }) {
    EXPECT_EQ(cloud_.call(method, path, body, as).status, status) << as << " " << method << " " << path;
  }
  for (const auto* collection : {"/loadbalancers", "/listeners", "/pools", "/healthmonitors"}) {
    const auto answer = cloud_.call("GET", collection, "", "other");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.text.find("[]"), std::string::npos) << answer.text;
  }
  EXPECT_EQ(cloud_.call("GET", "/loadbalancers?project_id=p-demo", "", "other").text,
            R"({"loadbalancers":[],"loadbalancers_links":[]})");
}

TEST_F(LoadBalancingApi, NobodyUsesTheNetworksOfOthers) {
  const auto body = fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}"}}}})", kSubnet);
  const auto refused = cloud_.call("POST", "/loadbalancers", body, "other");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.fault(), fmt::format("Subnet {} not found.", kSubnet));
  const auto for_others =
      cloud_.call("POST", "/loadbalancers",
                  fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}","project_id":"p-other"}}}})", kSubnet));
  EXPECT_EQ(for_others.status, 403);
}

// ---- VIPs

TEST_F(LoadBalancingApi, TheVipsPortIsMadeAndDeletedWithTheLoadBalancer) {
  const auto id = cloud_.make_balancer();
  const auto port_id = cloud_.state().find<LoadBalancer>(id)->vip_port_id;
  const auto* port = cloud_.state().find<Port>(port_id);
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->name, "octavia-lb-" + id);
  EXPECT_EQ(port->device_owner, "Octavia");
  EXPECT_EQ(port->device_id, "lb-" + id);
  EXPECT_EQ(port->project_id, "p-demo");
  EXPECT_EQ(cloud_.call("DELETE", "/loadbalancers/" + id).status, 204);
  EXPECT_EQ(cloud_.state().find<Port>(port_id), nullptr);
}

struct VipCase {
  std::string vip;
  int status;
  std::string_view says;
};

TEST_F(LoadBalancingApi, AVipIsFoundByPortNetworkOrSubnet) {
  cloud_.change([](Work& work) {
    Port port;
    port.id = "88888888-1111-1111-1111-111111111111";
    port.project_id = "p-demo";
    port.network_id = kNetwork;
    port.fixed_ips = {{kSubnet, "198.0.2.77"}};
    work.put(port);
    port.id = "88888888-2222-1111-1111-111111111111";
    port.device_id = "somebody";
    port.fixed_ips = {{kSubnet, "198.0.2.78"}};
    work.put(port);
  });
  const std::string network = R"("vip_network_id":"44444444-1111-1111-1111-111111111111")";
  const std::string subnet = R"("vip_subnet_id":"11111111-1111-1111-1111-111111111111")";
  for (const auto& [vip, status, says] : {
           VipCase{network, 201, "198.0.2."},
           VipCase{network + R"(,"vip_address":"198.0.3.9")", 201, "198.0.3.9"},
           VipCase{network + R"(,"vip_address":"10.9.9.9")", 400,
                   "Validation failure: Supplied network does not contain a subnet for VIP address specified."},
           VipCase{subnet + R"(,"vip_address":"198.0.2.50")", 201, "198.0.2.50"},
           VipCase{subnet + R"(,"vip_address":"198.0.2.50")", 409, "198.0.2.50"},
           VipCase{subnet + R"(,"vip_address":"10.9.9.9")", 400, "10.9.9.9"},
           VipCase{R"("vip_port_id":"88888888-1111-1111-1111-111111111111")", 201, "198.0.2.77"},
           VipCase{R"("vip_port_id":"88888888-1111-1111-1111-111111111111")", 400, "is already used by device lb-"},
           VipCase{
               R"("vip_port_id":"88888888-2222-1111-1111-111111111111")", 400,
               "Validation failure: Port 88888888-2222-1111-1111-111111111111 is already used by device somebody "},
           VipCase{R"("vip_port_id":"99999999-1111-1111-1111-111111111111")", 400,
                   "Port 99999999-1111-1111-1111-111111111111 not found."},
           VipCase{R"("vip_network_id":"99999999-1111-1111-1111-111111111111")", 400,
                   "Network 99999999-1111-1111-1111-111111111111 not found."},
           VipCase{R"("vip_subnet_id":"99999999-1111-1111-1111-111111111111")", 400,
                   "Subnet 99999999-1111-1111-1111-111111111111 not found."},
           VipCase{subnet + R"(,"vip_qos_policy_id":"99999999-1111-1111-1111-111111111111")", 400,
                   "Validation failure: VIP QoS policy is not allowed in this deployment."},
       }) {
    const auto answer = cloud_.call("POST", "/loadbalancers", fmt::format(R"({{"loadbalancer":{{{}}}}})", vip));
    EXPECT_EQ(answer.status, status) << vip << answer.text;
    EXPECT_NE(answer.text.find(says), std::string::npos) << vip << answer.text;
  }
}

TEST_F(LoadBalancingApi, AUsersOwnPortSurvivesTheLoadBalancer) {
  const std::string own = "88888888-1111-1111-1111-111111111111";
  cloud_.change([&](Work& work) {
    Port port;
    port.id = own;
    port.project_id = "p-demo";
    port.network_id = kNetwork;
    port.fixed_ips = {{kSubnet, "198.0.2.77"}};
    work.put(port);
  });
  const auto made =
      cloud_.call("POST", "/loadbalancers", fmt::format(R"({{"loadbalancer":{{"vip_port_id":"{}"}}}})", own));
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(cloud_.state().find<Port>(own)->device_owner, "Octavia");
  EXPECT_EQ(cloud_.call("DELETE", "/loadbalancers/" + made.at("loadbalancer.id")).status, 204);
  ASSERT_NE(cloud_.state().find<Port>(own), nullptr);
  EXPECT_EQ(cloud_.state().find<Port>(own)->device_id, "");
}

TEST_F(LoadBalancingApi, AnExhaustedPoolOfAddressesIsAConflict) {
  cloud_.change([](Work& work) {
    Subnet subnet = *work.find<Subnet>(kSubnet);
    subnet.allocation_pools = {{"198.0.2.5", "198.0.2.5"}};
    work.put(subnet);
  });
  cloud_.make_balancer();
  const auto answer =
      cloud_.call("POST", "/loadbalancers", fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}"}}}})", kSubnet));
  EXPECT_EQ(answer.status, 409) << answer.text;
  EXPECT_EQ(cloud_.state().table<LoadBalancer>().size(), 1U);
}

// ---- single-call create

constexpr auto kGraph = R"({"loadbalancer":{"name":"full","vip_subnet_id":"11111111-1111-1111-1111-111111111111",
  "listeners":[{"name":"a","protocol":"TCP","protocol_port":80,"default_pool":{"name":"pa"},"allowed_cidrs":["10.0.0.0/8"]},
               {"name":"b","protocol":"HTTP","protocol_port":8080,
                "default_pool":{"name":"pb","protocol":"HTTP","lb_algorithm":"SOURCE_IP"}}],
  "pools":[{"name":"pa","protocol":"TCP","lb_algorithm":"ROUND_ROBIN","session_persistence":{"type":"SOURCE_IP"},
            "healthmonitor":{"type":"TCP","delay":3,"timeout":1,"max_retries":2},
            "members":[{"address":"10.0.0.7","protocol_port":80},{"address":"10.0.0.8","protocol_port":80}]}]}})";

TEST_F(LoadBalancingApi, AWholeGraphIsMadeInOneCall) {
  const auto made = cloud_.call("POST", "/loadbalancers", kGraph);
  ASSERT_EQ(made.status, 201) << made.text;
  const auto& balancer = made.body.at("loadbalancer").as_object();
  EXPECT_EQ(balancer.at("listeners").as_array().size(), 2U);
  EXPECT_EQ(balancer.at("pools").as_array().size(), 2U);
  std::size_t members = 0, monitors = 0;
  for (const auto& pool : balancer.at("pools").as_array()) {
    EXPECT_EQ(pool.at("provisioning_status"), "PENDING_CREATE");
    EXPECT_EQ(pool.at("listeners").as_array().size(), 1U);
    members += pool.at("members").as_array().size();
    monitors += pool.at("healthmonitor").is_object() ? 1U : 0U;
  }
  EXPECT_EQ(members, 2U);
  EXPECT_EQ(monitors, 1U);
  const auto tree = cloud_.call("GET", "/loadbalancers/" + made.at("loadbalancer.id") + "/status");
  EXPECT_EQ(tree.text.find("PENDING"), std::string::npos) << "all turn ACTIVE together";
  EXPECT_EQ(cloud_.call("DELETE", "/loadbalancers/" + made.at("loadbalancer.id") + "?cascade=true").status, 204);
  EXPECT_EQ(cloud_.state().table<Listener>().size() + cloud_.state().table<Pool>().size() +
                cloud_.state().table<Member>().size() + cloud_.state().table<HealthMonitor>().size(),
            0U);
}

TEST_F(LoadBalancingApi, AGraphThatFailsLeavesNothing) {
  struct Case {
    std::string_view graph, says;
    int status;
  };
  const auto before = cloud_.state().table<Port>().size();
  for (
      const auto& [graph, says, status] : {
          Case{
              R"("listeners":[{"protocol":"TCP","protocol_port":80,"default_pool":{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN"}}])",
              "Pools must be named when creating a fully populated loadbalancer.", 400},
          Case{R"("pools":[{"name":"a"},{"name":"a"}])", "Pool names must be unique", 400},
          Case{R"("pools":[{"name":"a","protocol":"TCP"}])",
               "Pool definition for 'a' missing required attribute: lb_algorithm", 400},
          Case{
              R"("listeners":[{"protocol":"HTTP","protocol_port":80,"default_pool":{"name":"p","protocol":"TCP","lb_algorithm":"ROUND_ROBIN"}}])",
              "The pool protocol 'TCP' is invalid while the listener protocol is 'HTTP'.", 400},
          Case{R"("listeners":[{"protocol":"TCP","protocol_port":80},{"protocol":"HTTP","protocol_port":80}])",
               "Another Listener on this Load Balancer is already using protocol TCP and protocol_port 80", 409},
          Case{R"("listeners":[{"protocol":"UDP","protocol_port":53}])",
               "Provider 'fairway' does not support a requested option: UDP protocol listeners.", 501},
          Case{R"("listeners":[{"protocol":"HTTP","protocol_port":80,"l7policies":[{"action":"REJECT"}]}])",
               "L7 policies.", 501},
          Case{
              R"("pools":[{"name":"a","protocol":"TCP","lb_algorithm":"ROUND_ROBIN","members":[{"address":"10.0.0.1","protocol_port":1},{"address":"10.0.0.1","protocol_port":1}]}])",
              "Another member on this pool is already using ip 10.0.0.1 on protocol_port 1", 409},
          Case{
              R"("pools":[{"name":"a","protocol":"TCP","lb_algorithm":"ROUND_ROBIN","members":[{"address":"169.254.169.254","protocol_port":1}]}])",
              "169.254.169.254 is not a valid option for member address", 400},
      }) {
    const auto answer = cloud_.call("POST", "/loadbalancers",
                                    fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}",{}}}}})", kSubnet, graph));
    EXPECT_EQ(answer.status, status) << graph << answer.text;
    EXPECT_NE(answer.fault().find(says), std::string::npos) << answer.text;
  }
  EXPECT_EQ(cloud_.state().table<Port>().size(), before);
  EXPECT_EQ(cloud_.state().table<LoadBalancer>().size() + cloud_.state().table<Listener>().size() +
                cloud_.state().table<Pool>().size() + cloud_.state().table<Member>().size(),
            0U);
}

// ---- members in a batch

class MemberBatch : public LoadBalancingApi {
 protected:
  MemberBatch() { pool_ = cloud_.make_pool(cloud_.make_listener(cloud_.make_balancer())); }

  Answer put(const std::string& members, const std::string& query = "") {
    return cloud_.call("PUT", "/pools/" + pool_ + "/members" + query, fmt::format(R"({{"members":[{}]}})", members));
  }
  // "10.0.0.1:80 w7" for each.
  [[nodiscard]] std::vector<std::string> members() const {
    std::vector<std::string> shown;
    for (const auto* member : cloud_.state().table<Member>().find_by("pool_id", pool_)) {
      shown.push_back(fmt::format("{}:{} w{}{}", member->address, member->protocol_port, member->weight,
                                  member->backup ? " backup" : ""));
    }
    std::ranges::sort(shown);
    return shown;
  }
  std::string pool_;
};

TEST_F(MemberBatch, MakesChangesAndDeletes) {
  EXPECT_EQ(
      put(R"({"address":"10.0.0.1","protocol_port":80,"weight":7,"backup":true},{"address":"10.0.0.2","protocol_port":80})")
          .status,
      202);
  EXPECT_EQ(members(), (std::vector<std::string>{"10.0.0.1:80 w7 backup", "10.0.0.2:80 w1"}));
  EXPECT_EQ(put(R"({"address":"10.0.0.1","protocol_port":80},{"address":"10.0.0.3","protocol_port":80})").status,
            202);
  EXPECT_EQ(members(), (std::vector<std::string>{"10.0.0.1:80 w1", "10.0.0.3:80 w1"}))
      << "what is left out has its default again";
  EXPECT_EQ(put(R"({"address":"10.0.0.4","protocol_port":80})", "?additive_only=True").status, 202);
  EXPECT_EQ(members().size(), 3U);
  EXPECT_EQ(put("").status, 202);
  EXPECT_TRUE(members().empty());
}

TEST_F(MemberBatch, OneBadMemberChangesNothing) {
  ASSERT_EQ(put(R"({"address":"10.0.0.1","protocol_port":80})").status, 202);
  for (const auto* bad :
       {R"({"address":"10.0.0.2","protocol_port":80},{"address":"10.0.0.2","protocol_port":80})",
        R"({"address":"10.0.0.2","protocol_port":80},{"address":"169.254.169.254","protocol_port":80})",
        R"({"address":"10.0.0.2","protocol_port":80,"subnet_id":"99999999-1111-1111-1111-111111111111"})",
        R"({"address":"10.0.0.2","protocol_port":0})", R"({"address":"nowhere","protocol_port":1})"}) {
    const auto answer = put(bad);
    EXPECT_GE(answer.status, 400) << bad;
    EXPECT_EQ(members(), (std::vector<std::string>{"10.0.0.1:80 w1"})) << bad;
  }
}

TEST_F(MemberBatch, IPv6AddressesAreOneTextEach) {
  EXPECT_EQ(put(R"({"address":"2001:DB8:0:0::1","protocol_port":80})").status, 202);
  EXPECT_EQ(members(), (std::vector<std::string>{"2001:db8::1:80 w1"}));
  EXPECT_EQ(
      cloud_
          .call("POST", "/pools/" + pool_ + "/members", R"({"member":{"address":"2001:db8::1","protocol_port":80}})")
          .status,
      409);
}

// ---- quotas

TEST_F(LoadBalancingApi, QuotasAreKept) {
  EXPECT_EQ(cloud_
                .call("PUT", "/quotas/p-demo",
                      R"({"quota":{"loadbalancer":1,"listener":1,"pool":1,"member":1,"healthmonitor":0}})", "admin")
                .status,
            202);
  const auto id = cloud_.make_balancer();
  const auto quota_met = [&](const Answer& answer, std::string_view what) {
    EXPECT_EQ(answer.status, 403) << answer.text;
    EXPECT_EQ(answer.fault(), fmt::format("Quota has been met for resources: {}", what));
  };
  quota_met(
      cloud_.call("POST", "/loadbalancers", fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}"}}}})", kSubnet)),
      "Load Balancer");
  const auto listener = cloud_.make_listener(id);
  quota_met(cloud_.call(
                "POST", "/listeners",
                fmt::format(R"({{"listener":{{"protocol":"TCP","protocol_port":81,"loadbalancer_id":"{}"}}}})", id)),
            "Listener");
  const auto pool = cloud_.make_pool(listener);
  quota_met(
      cloud_.call(
          "POST", "/pools",
          fmt::format(R"({{"pool":{{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN","loadbalancer_id":"{}"}}}})", id)),
      "Pool");
  cloud_.make_member(pool, "10.0.0.1");
  quota_met(
      cloud_.call("POST", "/pools/" + pool + "/members", R"({"member":{"address":"10.0.0.2","protocol_port":80}})"),
      "Member");
  quota_met(
      cloud_.call(
          "PUT", "/pools/" + pool + "/members",
          R"({"members":[{"address":"10.0.0.2","protocol_port":80},{"address":"10.0.0.3","protocol_port":80}]})"),
      "Member");
  EXPECT_EQ(
      cloud_.call("PUT", "/pools/" + pool + "/members", R"({"members":[{"address":"10.0.0.2","protocol_port":80}]})")
          .status,
      202)
      << "one for one";
  quota_met(
      cloud_.call(
          "POST", "/healthmonitors",
          fmt::format(R"({{"healthmonitor":{{"pool_id":"{}","type":"TCP","delay":1,"timeout":1,"max_retries":1}}}})",
                      pool)),
      "Health Monitor");
  EXPECT_EQ(cloud_.call("DELETE", "/quotas/p-demo", "", "admin").status, 202);
  EXPECT_EQ(cloud_.call("GET", "/quotas/p-demo").at("quota.pool"), "-1");
  EXPECT_EQ(cloud_.call("POST", "/loadbalancers", kGraph).status, 201);
}

// ---- lists

TEST_F(LoadBalancingApi, ListsAreFilteredSortedAndCut) {
  for (const auto* name : {"c", "a", "b"}) cloud_.make_balancer(name);
  const auto names = [&](const std::string& query) {
    std::string all;
    const auto answer = cloud_.call("GET", "/loadbalancers?" + query);
    for (const auto& item : json::array_or_empty(answer.body, "loadbalancers")) all += json::string_or(item, "name");
    return all;
  };
  EXPECT_EQ(names("sort=name:asc"), "abc");
  EXPECT_EQ(names("sort_key=name&sort_dir=desc"), "cba");
  EXPECT_EQ(names("name=a"), "a");
  EXPECT_EQ(names("name=nobody"), "");
  EXPECT_EQ(names("provisioning_status=ACTIVE&sort=name"), "abc");
  EXPECT_EQ(names("operating_status=ONLINE"), "");
  EXPECT_EQ(names("vip_address=198.0.2.5"), "c");
  const auto page = cloud_.call("GET", "/loadbalancers?limit=2&sort=name");
  const auto& link = page.body.at("loadbalancers_links").as_array().at(0).as_object();
  EXPECT_EQ(link.at("rel"), "next");
  const std::string next(link.at("href").as_string());
  EXPECT_EQ(next.substr(0, next.find("marker=")),
            "http://localhost/load-balancer/v2/lbaas/loadbalancers?limit=2&sort=name&");
  EXPECT_EQ(names(next.substr(next.find('?') + 1)), "c");
}

TEST_F(LoadBalancingApi, MonitorsAreFoundByTheirPool) {
  const auto pool = cloud_.make_pool(cloud_.make_listener(cloud_.make_balancer()));
  const auto made = cloud_.call(
      "POST", "/healthmonitors",
      fmt::format(R"({{"healthmonitor":{{"pool_id":"{}","type":"TCP","delay":1,"timeout":1,"max_retries":1}}}})",
                  pool));
  EXPECT_EQ(
      cloud_.call("GET", "/healthmonitors?fields=id&pool_id=" + pool).text,
      fmt::format(R"({{"healthmonitors":[{{"id":"{}"}}],"healthmonitors_links":[]}})", made.at("healthmonitor.id")));
  EXPECT_EQ(cloud_.call("GET", "/healthmonitors?pool_id=" + std::string(kSubnet)).text,
            R"({"healthmonitors":[],"healthmonitors_links":[]})");
}

// ---- the lock

TEST(LoadBalancerLock, OneChangeAtATime) {
  CloudUnderTest cloud({.away_patience = std::chrono::hours(1)});
  const auto id = cloud.make_balancer();
  cloud.settle_all();
  const auto listener = cloud.make_listener(id);
  cloud.settle_all();
  const auto pool = cloud.make_pool(listener);
  cloud.settle_all();
  const auto member = cloud.make_member(pool, "10.0.0.1");
  const auto status = [&](std::string_view path, std::string_view key) {
    return cloud.call("GET", std::string(path)).at(key);
  };
  EXPECT_EQ(status("/loadbalancers/" + id, "loadbalancer.provisioning_status"), "PENDING_UPDATE");
  EXPECT_EQ(status("/listeners/" + listener, "listener.provisioning_status"), "PENDING_UPDATE");
  EXPECT_EQ(status("/pools/" + pool, "pool.provisioning_status"), "PENDING_UPDATE");
  EXPECT_EQ(status("/pools/" + pool + "/members/" + member, "member.provisioning_status"), "PENDING_CREATE");
  struct Case {
    std::string_view method;
    std::string path, body, says;
  };
  const auto immutable = fmt::format("Load Balancer {} is immutable and cannot be updated.", id);
  for (const auto& [method, path, body, says] : {
           Case{"PUT", "/loadbalancers/" + id, R"({"loadbalancer":{}})",
                fmt::format("Invalid state PENDING_UPDATE of loadbalancer resource {}", id)},
           Case{"DELETE", "/loadbalancers/" + id + "?cascade=true", "",
                fmt::format("Invalid state PENDING_UPDATE of loadbalancer resource {}", id)},
           Case{"PUT", "/listeners/" + listener, R"({"listener":{}})", immutable},
           Case{"DELETE", "/listeners/" + listener, "", immutable},
           Case{"PUT", "/pools/" + pool, R"({"pool":{}})", immutable},
           Case{"DELETE", "/pools/" + pool, "", immutable},
           Case{"PUT", "/pools/" + pool + "/members/" + member, R"({"member":{}})",
                fmt::format("Pool {} is immutable and cannot be updated.", pool)},
           Case{"PUT", "/pools/" + pool + "/members", R"({"members":[]})",
                fmt::format("Pool {} is immutable and cannot be updated.", pool)},
       }) {
    const auto answer = cloud.call(method, path, body);
    EXPECT_EQ(answer.status, 409) << method << path << answer.text;
    EXPECT_EQ(answer.fault(), says);
  }
  cloud.settle_all();
  EXPECT_EQ(status("/loadbalancers/" + id, "loadbalancer.provisioning_status"), "ACTIVE");
  EXPECT_EQ(status("/listeners/" + listener, "listener.provisioning_status"), "ACTIVE");
  EXPECT_EQ(status("/pools/" + pool + "/members/" + member, "member.provisioning_status"), "ACTIVE");
  EXPECT_EQ(cloud.call("DELETE", "/pools/" + pool).status, 204);
  EXPECT_EQ(status("/pools/" + pool, "pool.provisioning_status"), "PENDING_DELETE");
  EXPECT_EQ(status("/listeners/" + listener, "listener.default_pool_id"), pool);
  cloud.settle_all();
  EXPECT_EQ(cloud.call("GET", "/pools/" + pool).status, 404);
  EXPECT_EQ(status("/listeners/" + listener, "listener.default_pool_id"), "null");
  EXPECT_EQ(cloud.state().find<Member>(member), nullptr);
}

TEST(LoadBalancerLock, TwoWritersAtOnceOneWins) {
  CloudUnderTest cloud({.away_patience = std::chrono::hours(1)});
  const auto id = cloud.make_balancer();
  cloud.settle_all();
  const auto body =
      fmt::format(R"({{"listener":{{"protocol":"TCP","protocol_port":80,"loadbalancer_id":"{}"}}}})", id);
  EXPECT_EQ(cloud.ask("POST", "/load-balancer/v2/lbaas/listeners", body).status, 201);
  EXPECT_EQ(cloud.ask("POST", "/load-balancer/v2/lbaas/listeners", body).status, 409);
}

// ---- refused and unknown

TEST_F(LoadBalancingApi, WhatIsNotOfferedIsRefusedInWords) {
  const auto id = cloud_.make_balancer();
  struct Case {
    std::string_view path;
    std::string body;
    int status;
    std::string_view says;
  };
  for (
      const auto& [path, body, status, says] : {
          Case{"/listeners",
               fmt::format(R"({{"listener":{{"protocol":"UDP","protocol_port":53,"loadbalancer_id":"{}"}}}})", id),
               501, "UDP protocol listeners."},
          Case{"/listeners",
               fmt::format(R"({{"listener":{{"protocol":"SCTP","protocol_port":53,"loadbalancer_id":"{}"}}}})", id),
               501, "SCTP protocol listeners."},
          Case{"/listeners",
               fmt::format(R"({{"listener":{{"protocol":"PROMETHEUS","protocol_port":53,"loadbalancer_id":"{}"}}}})",
                           id),
               501, "PROMETHEUS protocol listeners."},
          Case{
              "/listeners",
              fmt::format(
                  R"({{"listener":{{"protocol":"TERMINATED_HTTPS","protocol_port":443,"loadbalancer_id":"{}","default_tls_container_ref":"http://x"}}}})",
                  id),
              400, "Could not retrieve certificate: http://x"},
          Case{
              "/listeners",
              fmt::format(
                  R"({{"listener":{{"protocol":"TCP","protocol_port":443,"loadbalancer_id":"{}","default_tls_container_ref":"http://x"}}}})",
                  id),
              400, "Certificate container references are not allowed on TCP protocol listeners."},
          Case{
              "/listeners",
              fmt::format(
                  R"({{"listener":{{"protocol":"HTTP","protocol_port":443,"loadbalancer_id":"{}","insert_headers":{{"X-Forwarded-For":"a\nb"}}}}}})",
                  id),
              400, "X-Forwarded-For"},
          Case{"/pools",
               fmt::format(R"({{"pool":{{"protocol":"UDP","lb_algorithm":"ROUND_ROBIN","loadbalancer_id":"{}"}}}})",
                           id),
               501, "UDP protocol pools."},
          Case{"/pools",
               fmt::format(
                   R"({{"pool":{{"protocol":"TCP","lb_algorithm":"SOURCE_IP_PORT","loadbalancer_id":"{}"}}}})", id),
               501, "SOURCE_IP_PORT"},
          Case{
              "/pools",
              fmt::format(
                  R"({{"pool":{{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN","loadbalancer_id":"{}","tls_enabled":true}}}})",
                  id),
              501, "TLS"},
          Case{"/l7policies", R"({"l7policy":{}})", 501, "L7 policies."},
      }) {
    const auto answer = cloud_.call("POST", std::string(path), body);
    EXPECT_EQ(answer.status, status) << body << answer.text;
    EXPECT_NE(answer.fault().find(says), std::string::npos) << answer.text;
  }
  EXPECT_EQ(cloud_.call("GET", "/loadbalancers/" + id).at("loadbalancer.provisioning_status"), "ACTIVE")
      << "nothing was left locked";
}

TEST_F(LoadBalancingApi, DiscoveryNeedsNoToken) {
  for (const auto* path : {"/load-balancer", "/load-balancer/"}) {
    const auto answer = cloud_.ask("GET", path, "", "nobody");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.at("versions").as_array().back().at("id"), "v2.26");
    EXPECT_EQ(answer.body.at("versions").as_array().back().at("status"), "CURRENT");
  }
  EXPECT_EQ(cloud_.ask("GET", "/load-balancer/v2.0/lbaas/loadbalancers", "", "nobody").status, 401);
  EXPECT_EQ(cloud_.ask("GET", "/load-balancer/v2.0/loadbalancers").status, 200);
  EXPECT_EQ(cloud_.ask("GET", "/load-balancer/v2/lbaas/nosuch").text,
            R"({"code": 404, "title": "Not Found", "description": ""})");
}

}  // namespace
}  // namespace fairway::cloud
