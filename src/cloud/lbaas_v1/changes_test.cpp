// Making, changing and associating by LBaaS v1: the bodies are those of the neutron client, numbers as texts included.
#include "cloud/lbaas_v1/api.h"
#include "cloud/load_balancer/api_test.h"
#include "cloud/load_balancer/projection.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

class Changes : public ::testing::Test {
 protected:
  explicit Changes(GatewaysConfig config = {.noop = true}) : cloud_(std::move(config)) {
    add_routes(*cloud_.router, *cloud_.api, *cloud_.gateways, std::chrono::milliseconds(50));
  }

  // What settles in the background has settled when it returns.
  Answer call(std::string_view method, const std::string& path, const std::string& body = "",
              std::string_view as = "demo") {
    auto answer = cloud_.ask(method, "/network/v2.0/lb" + path, body, as);
    cloud_.poll();
    return answer;
  }
  // "409 PoolInUse: Pool … is still in use", with the ids left out.
  std::string refusal(std::string_view method, const std::string& path, const std::string& body = "",
                      std::string_view as = "demo") {
    const auto answer = call(method, path, body, as);
    return fmt::format("{} {}: {}", answer.status, answer.at("NeutronError.type"), answer.at("NeutronError.message"));
  }

  static std::string pool_body(const std::string& more = "") {
    return fmt::format(
        R"({{"pool":{{"admin_state_up":true,"subnet_id":"{}","lb_method":"ROUND_ROBIN","name":"web","protocol":"TCP"{}}}}})",
        kSubnet, more);
  }
  static std::string member_body(const std::string& pool, const std::string& more = R"("address":"10.0.0.3")") {
    return fmt::format(R"({{"member":{{"pool_id":"{}","admin_state_up":true,"protocol_port":"80",{}}}}})", pool,
                       more);
  }
  static std::string vip_body(const std::string& pool, const std::string& more = "") {
    return fmt::format(
        R"({{"vip":{{"pool_id":"{}","admin_state_up":true,"subnet_id":"{}","name":"v1","protocol_port":"80","protocol":"TCP"{}}}}})",
        pool, kSubnet, more);
  }
  static std::string monitor_body(const std::string& more = R"("type":"TCP")", int delay = 5) {
    return fmt::format(
        R"({{"health_monitor":{{"admin_state_up":true,"delay":"{}","max_retries":"3","timeout":"3",{}}}}})", delay,
        more);
  }

  // What stands under the root.
  static std::string inner(const std::string& body) {
    const auto begin = body.find('{', 1);
    return body.substr(begin, body.size() - begin - 1);
  }
  // "id", "id": a key of each in a list.
  static std::vector<std::string> each(const Answer& answer, std::string_view list, std::string_view key) {
    std::vector<std::string> texts;
    for (const auto& one : json::array_or_empty(answer.body, list)) texts.push_back(json::string_or(one, key));
    return texts;
  }
  std::string make(const std::string& path, const std::string& root, const std::string& body) {
    const auto made = call("POST", path, body);
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at(root + ".id");
  }
  std::string make_pool() { return make("/pools", "pool", pool_body()); }
  std::string make_vip(const std::string& pool) { return make("/vips", "vip", vip_body(pool)); }
  std::string make_member(const std::string& pool) { return make("/members", "member", member_body(pool)); }
  std::string make_monitor() { return make("/health_monitors", "health_monitor", monitor_body()); }
  Answer associate(const std::string& pool, const std::string& monitor) {
    return call("POST", "/pools/" + pool + "/health_monitors",
                fmt::format(R"({{"health_monitor":{{"id":"{}"}}}})", monitor));
  }

  CloudUnderTest cloud_;
};

TEST_F(Changes, MakesAServiceInTheOrderOfTheDocument) {
  const auto pool = make_pool();
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.status"), "ACTIVE") << "without a VIP it waits for nobody";
  const auto member = make_member(pool);
  const auto monitor = make_monitor();
  EXPECT_EQ(associate(pool, monitor).text, fmt::format(R"({{"health_monitor":["{}"]}})", monitor));
  EXPECT_TRUE(cloud_.state().table<LoadBalancer>().rows().empty());

  const auto made = call("POST", "/vips", vip_body(pool));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("vip.status"), "PENDING_CREATE");
  EXPECT_EQ(made.at("vip.address"), "198.0.2.5");
  EXPECT_EQ(made.at("vip.protocol_port"), "80");
  EXPECT_EQ(made.at("vip.connection_limit"), "-1");
  const auto vip = made.at("vip.id");
  EXPECT_EQ(call("GET", "/vips/" + vip).at("vip.status"), "ACTIVE");
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.vip_id"), vip);
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.status"), "ACTIVE");

  const auto* port = cloud_.state().find<Port>(made.at("vip.port_id"));
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->name, "vip-" + vip);
  EXPECT_EQ(port->device_owner, "neutron:LOADBALANCER");
  EXPECT_EQ(cloud_.state().find<Member>(member)->protocol_port, 80);
}

TEST_F(Changes, IsTheSameInTheOtherView) {
  const auto pool = make_pool(), other = make_pool(), monitor = make_monitor();
  associate(pool, monitor);
  associate(other, monitor);
  EXPECT_EQ(cloud_.call("GET", "/pools/" + pool).at("pool.loadbalancers"), "[]");
  EXPECT_EQ(cloud_.call("PUT", "/pools/" + pool, R"({"pool":{"name":"x"}})").status, 409);
  auto both = std::vector{pool, other};
  std::ranges::sort(both);
  EXPECT_EQ(cloud_.call("GET", "/healthmonitors/" + monitor).at("healthmonitor.pools"),
            fmt::format(R"([{{"id":"{}"}},{{"id":"{}"}}])", both[0], both[1]));

  const auto vip = make_vip(pool);
  const auto listener = cloud_.call("GET", "/listeners/" + vip);
  EXPECT_EQ(listener.at("listener.protocol_port"), "80");
  EXPECT_EQ(listener.at("listener.default_pool_id"), pool);
  const auto balancer = cloud_.state().find<Listener>(vip)->load_balancer_id;
  EXPECT_EQ(cloud_.call("GET", "/loadbalancers/" + balancer).at("loadbalancer.vip_address"), "198.0.2.5");
  EXPECT_EQ(cloud_.call("GET", "/pools/" + pool).at("pool.loadbalancers"),
            fmt::format(R"([{{"id":"{}"}}])", balancer));
}

TEST_F(Changes, EveryVipHasAPortOfItsOwn) {
  const auto first = make_vip(make_pool()), second = make_vip(make_pool());
  EXPECT_NE(call("GET", "/vips/" + first).at("vip.address"), call("GET", "/vips/" + second).at("vip.address"));
  EXPECT_EQ(refusal("POST", "/vips", vip_body(make_pool(), R"(,"address":"198.0.2.5")")).substr(0, 30),
            "409 IpAddressAlreadyAllocated:");
  const auto chosen = call("POST", "/vips", vip_body(make_pool(), R"(,"address":"198.0.2.77")"));
  EXPECT_EQ(chosen.at("vip.address"), "198.0.2.77");
}

TEST_F(Changes, APoolLosesItsLoadBalancerWithTheVipAndCanHaveAnother) {
  const auto pool = make_pool(), first = make_vip(pool);
  EXPECT_EQ(call("DELETE", "/vips/" + first).status, 204);
  EXPECT_EQ(cloud_.state().find<Pool>(pool)->load_balancer_id, "");
  EXPECT_TRUE(cloud_.state().table<LoadBalancer>().rows().empty());
  const auto second = make_vip(pool);
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.vip_id"), second);
}

TEST_F(Changes, AVipCanHaveAnotherPool) {
  const auto pool = make_pool(), other = make_pool(), vip = make_vip(pool);
  const auto changed = call("PUT", "/vips/" + vip, fmt::format(R"({{"vip":{{"pool_id":"{}"}}}})", other));
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.at("vip.pool_id"), other);
  EXPECT_EQ(cloud_.state().find<Pool>(pool)->load_balancer_id, "");
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.vip_id"), "null");
  EXPECT_EQ(call("GET", "/pools/" + other).at("pool.status"), "ACTIVE");
  EXPECT_EQ(call("DELETE", "/pools/" + pool).status, 204);
}

TEST_F(Changes, SessionPersistenceIsTheVips) {
  const auto pool = make_pool();
  const auto vip = make("/vips", "vip", vip_body(pool, R"(,"session_persistence":{"type":"SOURCE_IP"})"));
  EXPECT_EQ(cloud_.state().find<Pool>(pool)->session_persistence->type, "SOURCE_IP");
  const auto changed =
      call("PUT", "/vips/" + vip, R"({"vip":{"session_persistence":{"type":"APP_COOKIE","cookie_name":"SID"}}})");
  EXPECT_EQ(changed.at("vip.session_persistence"), R"({"type":"APP_COOKIE","cookie_name":"SID"})");
  const auto limited = call("PUT", "/vips/" + vip, R"({"vip":{"connection_limit":"100"}})");
  EXPECT_EQ(limited.at("vip.connection_limit"), "100");
  EXPECT_EQ(limited.at("vip.session_persistence"), "null") << "a change that does not name it ends it";
}

TEST_F(Changes, ChangesWhatIsThere) {
  const auto pool = make_pool(), member = make_member(pool), monitor = make_monitor();
  associate(pool, monitor);
  for (const auto* when : {"before there is a VIP", "afterwards"}) {
    SCOPED_TRACE(when);
    const auto changed = call("PUT", "/pools/" + pool, R"({"pool":{"lb_method":"LEAST_CONNECTIONS","name":"new"}})");
    EXPECT_EQ(changed.at("pool.lb_method"), "LEAST_CONNECTIONS") << changed.text;
    EXPECT_EQ(changed.at("pool.name"), "new");
    EXPECT_EQ(call("PUT", "/members/" + member, R"({"member":{"weight":"7"}})").at("member.weight"), "7");
    EXPECT_EQ(call("PUT", "/health_monitors/" + monitor, R"({"health_monitor":{"delay":"9","max_retries":"2"}})")
                  .at("health_monitor.delay"),
              "9");
    EXPECT_EQ(cloud_.state().find<HealthMonitor>(monitor)->max_retries_down, 2);
    EXPECT_EQ(call("GET", "/health_monitors/" + monitor).at("health_monitor.max_retries"), "2");
    if (call("GET", "/pools/" + pool).at("pool.vip_id") == "null") make_vip(pool);
  }
  const auto other = make_pool();
  EXPECT_EQ(call("PUT", "/members/" + member, fmt::format(R"({{"member":{{"pool_id":"{}"}}}})", other))
                .at("member.pool_id"),
            other);
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.members"), "[]");
}

TEST_F(Changes, AssociationsComeAndGo) {
  const auto pool = make_pool(), monitor = make_monitor();
  EXPECT_EQ(associate(pool, monitor).status, 201);
  const auto path = "/pools/" + pool + "/health_monitors/" + monitor;
  EXPECT_EQ(call("GET", path).at("health_monitor.status"), "ACTIVE");
  EXPECT_EQ(refusal("DELETE", "/health_monitors/" + monitor),
            fmt::format("409 HealthMonitorInUse: Health monitor {} still has associations with vips", monitor));
  EXPECT_EQ(call("DELETE", path).status, 204);
  EXPECT_EQ(refusal("DELETE", path), fmt::format("404 PoolMonitorAssociationNotFound: Monitor {} is not associated "
                                                 "with Pool {}",
                                                 monitor, pool));
  make_vip(pool);
  EXPECT_EQ(associate(pool, monitor).status, 201);
  EXPECT_EQ(call("DELETE", path).status, 204);
  EXPECT_EQ(call("DELETE", "/health_monitors/" + monitor).status, 204);
}

TEST_F(Changes, APoolHasSeveralMonitorsAndAMonitorSeveralPools) {
  const auto pool = make_pool(), other = make_pool(), tcp = make_monitor();
  const auto http = make("/health_monitors", "health_monitor", monitor_body(R"("type":"HTTP","url_path":"/a")"));
  const auto ping = make("/health_monitors", "health_monitor", monitor_body(R"("type":"PING")", 60));
  make_vip(pool);
  for (const auto& monitor : {tcp, http, ping}) EXPECT_EQ(associate(pool, monitor).status, 201);
  EXPECT_EQ(associate(other, http).status, 201);
  const auto shown = call("GET", "/pools/" + pool);
  EXPECT_EQ(shown.at("pool.health_monitors"), fmt::format(R"(["{}","{}","{}"])", tcp, http, ping));
  EXPECT_EQ(each(shown, "pool.health_monitors_status", "monitor_id"), (std::vector{tcp, http, ping}));
  EXPECT_EQ(each(shown, "pool.health_monitors_status", "status"), std::vector<std::string>(3, "ACTIVE"));
  EXPECT_EQ(each(call("GET", "/health_monitors/" + http), "health_monitor.pools", "status"),
            std::vector<std::string>(2, "ACTIVE"));
  const auto world = project(cloud_.state(), 1);
  ASSERT_TRUE(world.pools.at(pool).monitor);
  EXPECT_EQ(world.pools.at(pool).monitor->id, tcp);
  ASSERT_EQ(world.pools.at(pool).more_monitors.size(), 2U);
  EXPECT_EQ(world.pools.at(pool).more_monitors[0].url_path, "/a");
  EXPECT_EQ(world.pools.at(pool).more_monitors[1].delay_s, 60);
  EXPECT_EQ(cloud_.call("GET", "/pools/" + pool).at("pool.healthmonitor_id"), tcp) << "the other view knows one";
  EXPECT_EQ(call("DELETE", "/pools/" + pool + "/health_monitors/" + tcp).status, 204);
  EXPECT_EQ(cloud_.call("GET", "/pools/" + pool).at("pool.healthmonitor_id"), http);
  EXPECT_EQ(call("DELETE", "/health_monitors/" + tcp).status, 204);
}

TEST_F(Changes, MonitorsThatAreAskedTogetherHaveOneRhythm) {
  const auto pool = make_pool(), tcp = make_monitor();
  const auto slow = make("/health_monitors", "health_monitor", monitor_body(R"("type":"HTTP")", 20));
  associate(pool, tcp);
  const auto refused = associate(pool, slow);
  EXPECT_EQ(refused.status, 501) << refused.text;
  EXPECT_NE(refused.at("NeutronError.message").find("the same delay, timeout and max_retries"), std::string::npos);
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.health_monitors"), fmt::format(R"(["{}"])", tcp));
  call("PUT", "/health_monitors/" + slow, R"({"health_monitor":{"delay":"5"}})");
  EXPECT_EQ(associate(pool, slow).status, 201);
  EXPECT_EQ(call("PUT", "/health_monitors/" + slow, R"({"health_monitor":{"delay":"9"}})").status, 501);
  EXPECT_EQ(call("PUT", "/health_monitors/" + slow, R"({"health_monitor":{"url_path":"/b"}})").status, 200);
  EXPECT_EQ(call("GET", "/health_monitors/" + slow).at("health_monitor.delay"), "5");
  make_vip(pool);
  EXPECT_EQ(cloud_.call("PUT", "/healthmonitors/" + slow, R"({"healthmonitor":{"delay":9}})").status, 501);
}

TEST_F(Changes, ManyAreMadeAtOnceOrNone) {
  const auto pools = call("POST", "/pools", fmt::format(R"({{"pools":[{0},{0}]}})", inner(pool_body())));
  ASSERT_EQ(pools.status, 201) << pools.text;
  EXPECT_EQ(each(pools, "pools", "name"), std::vector<std::string>(2, "web"));
  const auto made = each(pools, "pools", "id");
  const auto& pool = made.at(0);
  make_vip(pool);
  const auto with = [&](const std::string& address) {
    return inner(member_body(pool, fmt::format(R"("address":"{}")", address)));
  };
  const auto members =
      call("POST", "/members", fmt::format(R"({{"members":[{},{}]}})", with("10.0.0.3"), with("10.0.0.4")));
  ASSERT_EQ(members.status, 201) << members.text;
  EXPECT_EQ(each(members, "members", "status"), std::vector<std::string>(2, "PENDING_CREATE"));
  EXPECT_EQ(each(members, "members", "address"), (std::vector<std::string>{"10.0.0.3", "10.0.0.4"}));
  EXPECT_EQ(
      refusal("POST", "/members", fmt::format(R"({{"members":[{},{}]}})", with("10.0.0.5"), with("10.0.0.4"))),
      fmt::format("409 MemberExists: Member with address 10.0.0.4 and port 80 already present in pool {}", pool));
  EXPECT_EQ(cloud_.state().table<Member>().rows().size(), 2U);
  EXPECT_EQ(refusal("POST", "/members", R"({"members":[]})").substr(0, 4), "400 ");
  cloud_.change([](Work& work) { work.put(NetworkQuota{"p-demo", {{"vip", 2}}}); });
  const auto second = inner(vip_body(made.at(1))), third = inner(vip_body(make_pool()));
  EXPECT_EQ(refusal("POST", "/vips", fmt::format(R"({{"vips":[{},{}]}})", second, third)),
            "409 OverQuota: Quota exceeded for resources: ['vip'].");
  EXPECT_EQ(cloud_.state().table<LoadBalancer>().rows().size(), 1U) << "nothing is left of the first";
  EXPECT_EQ(cloud_.state().table<Port>().size(), 2U) << "the router's, and the first VIP's";
}

TEST_F(Changes, RefusesWithNeutronsWords) {
  const auto pool = make_pool(), monitor = make_monitor(), member = make_member(pool);
  const std::string nobody = "99999999-9999-9999-9999-999999999999";
  EXPECT_EQ(refusal("POST", "/vips", vip_body(nobody)),
            fmt::format("404 PoolNotFound: Pool {} could not be found", nobody));
  EXPECT_EQ(
      refusal("POST", "/members", member_body(pool)),
      fmt::format("409 MemberExists: Member with address 10.0.0.3 and port 80 already present in pool {}", pool));
  EXPECT_EQ(
      refusal("POST", "/vips", vip_body(pool, R"(,"session_persistence":{"type":"APP_COOKIE"})")),
      "400 HTTPBadRequest: Invalid input for session_persistence. Reason: 'cookie_name' should be specified for "
      "this type of session persistence.");
  EXPECT_EQ(refusal("POST", "/health_monitors", monitor_body(R"("type":"TCP","delay":"1")")).substr(0, 4), "400 ");
  EXPECT_EQ(refusal("PUT", "/health_monitors/" + monitor, R"({"health_monitor":{"timeout":"6"}})"),
            "400 DelayOrTimeoutInvalid: Delay must be greater than or equal to timeout");
  EXPECT_EQ(refusal("POST", "/pools/" + pool + "/health_monitors",
                    fmt::format(R"({{"health_monitor":{{"id":"{}"}}}})", nobody)),
            fmt::format("404 HealthMonitorNotFound: Health_monitor {} could not be found", nobody));
  associate(pool, monitor);
  EXPECT_EQ(associate(pool, monitor).at("NeutronError.type"), "PoolMonitorAssociationExists");
  make_vip(pool);
  EXPECT_EQ(refusal("POST", "/vips", vip_body(pool)),
            fmt::format("409 VipExists: Another Vip already exists for pool {}", pool));
  EXPECT_EQ(refusal("DELETE", "/pools/" + pool), fmt::format("409 PoolInUse: Pool {} is still in use", pool));
  EXPECT_EQ(refusal("POST", "/pools", pool_body(R"(,"provider":"f5")")),
            "404 ServiceProviderNotFound: Service provider 'f5' could not be found for service type LOADBALANCER");
  EXPECT_EQ(refusal("PUT", "/members/" + member, R"({"member":{"address":"10.0.0.4"}})"),
            "400 HTTPBadRequest: Cannot update read-only attribute address");
}

TEST_F(Changes, ProtocolsOfVipAndPoolAreTheSame) {
  const auto pool = make("/pools", "pool", pool_body());
  auto body = vip_body(pool);
  body.replace(body.find(R"("protocol":"TCP")"), 16, R"("protocol":"HTTP")");
  EXPECT_EQ(refusal("POST", "/vips", body), "400 ProtocolMismatch: Protocol HTTP does not match pool protocol TCP");
  EXPECT_EQ(cloud_.state().table<Port>().size(), 1) << "only the router's";
  EXPECT_TRUE(cloud_.state().table<LoadBalancer>().rows().empty());
}

TEST_F(Changes, QuotasOfBothViewsHold) {
  cloud_.change([](Work& work) { work.put(NetworkQuota{"p-demo", {{"pool", 1}, {"vip", 0}}}); });
  const auto pool = make_pool();
  EXPECT_EQ(refusal("POST", "/pools", pool_body()), "409 OverQuota: Quota exceeded for resources: ['pool'].");
  EXPECT_EQ(refusal("POST", "/vips", vip_body(pool)), "409 OverQuota: Quota exceeded for resources: ['vip'].");
  cloud_.change([](Work& work) {
    work.put(NetworkQuota{"p-demo", {}});
    LoadBalancerQuota quota;
    quota.id = "p-demo";
    quota.member = 0;
    work.put(quota);
  });
  EXPECT_EQ(refusal("POST", "/members", member_body(pool)),
            "409 OverQuota: Quota exceeded for resources: ['member'].");
}

TEST_F(Changes, NobodyChangesTheObjectsOfOthers) {
  const auto pool = make_pool(), vip = make_vip(pool);
  EXPECT_EQ(call("POST", "/members", member_body(pool), "other").status, 404);
  EXPECT_EQ(call("PUT", "/vips/" + vip, R"({"vip":{"name":"x"}})", "other").status, 404);
  EXPECT_EQ(call("POST", "/pools", pool_body(), "reader").status, 403);
  EXPECT_EQ(call("POST", "/pools", pool_body(), "other").at("NeutronError.type"), "SubnetNotFound");
  EXPECT_EQ(call("POST", "/pools", pool_body(R"(,"tenant_id":"p-other")")).status, 403);
  EXPECT_EQ(call("POST", "/pools", pool_body(R"(,"tenant_id":"p-other")"), "admin").at("pool.tenant_id"), "p-other");
}

TEST_F(Changes, AVipJoinsTheLoadBalancerThatItsPoolHasInV2) {
  const auto balancer = cloud_.make_balancer("web");
  const auto listener = cloud_.make_listener(balancer, 443);
  const auto pool = cloud_.make_pool(listener);
  EXPECT_EQ(cloud_.call("DELETE", "/listeners/" + listener).status, 204);
  EXPECT_EQ(refusal("POST", "/vips", vip_body(pool, R"(,"address":"198.0.2.99")")).substr(0, 18),
            "409 VipNotPossible");
  const auto vip = make_vip(pool);
  EXPECT_EQ(cloud_.state().find<Listener>(vip)->load_balancer_id, balancer);
}

// ---- with a gateway that takes its time

class PendingChanges : public Changes {
 protected:
  PendingChanges() : Changes(GatewaysConfig{.away_patience = std::chrono::hours(1)}) {}

  // Does it when everything else waits.
  void later(std::function<void()> what, int turns = 50) {
    boost::asio::post(cloud_.context, [this, what = std::move(what), turns] {
      if (turns == 0) return what();
      later(what, turns - 1);
    });
  }
};

TEST_F(PendingChanges, IsActiveWhenAGatewayHasAcknowledgedIt) {
  const auto pool = make_pool(), vip = make_vip(pool);
  EXPECT_EQ(call("GET", "/vips/" + vip).at("vip.status"), "PENDING_CREATE");
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.status"), "PENDING_UPDATE");
  cloud_.settle_all();
  EXPECT_EQ(call("GET", "/vips/" + vip).at("vip.status"), "ACTIVE");
  EXPECT_EQ(call("GET", "/pools/" + pool).at("pool.status"), "ACTIVE");
}

TEST_F(PendingChanges, SaysWhatAGatewayCouldNotDoAndIsDeletedAllTheSame) {
  const auto pool = make_pool(), vip = make_vip(pool);
  const auto balancer = cloud_.state().find<Listener>(vip)->load_balancer_id;
  cloud_.settle_all({{{"listener", vip}, "no port is free"}, {{"load_balancer", balancer}, "no router"}});
  const auto shown = call("GET", "/vips/" + vip);
  EXPECT_EQ(shown.at("vip.status"), "ERROR");
  EXPECT_EQ(shown.at("vip.status_description"), "no port is free");
  EXPECT_EQ(call("DELETE", "/vips/" + vip).status, 204);
  cloud_.settle_all();
  EXPECT_EQ(call("GET", "/vips/" + vip).status, 404);
  EXPECT_EQ(call("DELETE", "/pools/" + pool).status, 204);
}

TEST_F(PendingChanges, AChangeWaitsForItsTurn) {
  const auto pool = make_pool();
  make_vip(pool);
  later([this] {
    boost::asio::co_spawn(cloud_.context, cloud_.ledger->change<bool>([this](Work& work) -> Result<bool> {
      const auto id = work.table<LoadBalancer>().rows().begin()->first;
      settle(work, cloud_.test.env, std::string(id), {});
      return true;
    }),
                          [](std::exception_ptr, const Result<bool>&) {});
  });
  EXPECT_EQ(call("POST", "/members", member_body(pool)).status, 201);
}

TEST_F(PendingChanges, AndIsRefusedWhenItDoesNotCome) {
  const auto pool = make_pool();
  make_vip(pool);
  EXPECT_EQ(refusal("POST", "/members", member_body(pool)).substr(0, 49),
            "409 StateInvalid: Invalid state PENDING_CREATE of");
}

}  // namespace
}  // namespace fairway::cloud::lbaas_v1
