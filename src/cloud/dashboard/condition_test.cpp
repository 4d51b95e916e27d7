// What is said of load balancers, from wishes and facts that a test makes up.
#include "cloud/dashboard/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/dashboard/names.h"
#include "cloud/dashboard/views.h"
#include "cloud/network/ports.h"
#include "testing/env.h"
#include "testing/memory_store.h"

namespace fairway::cloud::dashboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ToldFacts final : Facts {
  bool served = true;
  std::map<std::string, std::string> members;
  std::map<std::string, std::string> complaints;
  [[nodiscard]] bool serves(const std::string&) const override { return served; }
  [[nodiscard]] std::string_view member_status(const std::string& id) const override {
    const auto at = members.find(id);
    return at == members.end() ? std::string_view() : at->second;
  }
  [[nodiscard]] std::string_view complaint(std::string_view, const std::string& id) const override {
    const auto at = complaints.find(id);
    return at == complaints.end() ? std::string_view() : at->second;
  }
  [[nodiscard]] Statistics statistics(const std::string&) const override { return {}; }
};

// The document's Service: a VIP on the private network, one listener, two minions.
struct ConditionTest : ::testing::Test {
  ConditionTest() : ledger(testing::run_on(io, Ledger::open(store, env.env)).value()) {
    put<Network>({{"n1", "p", "private"}});
    put<Subnet>({{"s1", "p", "private-subnet"}});
    Port leg{{"leg", "p"}, "n1"};
    leg.device_id = "r1";
    leg.device_owner = kRouterInterface;
    leg.fixed_ips = {{"s1", "10.0.0.1"}};
    put(leg);
    put<Router>({{"r1", "p", "router"}});
    make_node("minion-1", "10.0.0.3");
    make_node("minion-2", "10.0.0.4");
    LoadBalancer balancer;
    balancer.id = "lb";
    balancer.project_id = "p";
    balancer.name = "kube_service_k8s_default_nginxservice";
    balancer.description = "Kubernetes external service default/nginxservice from cluster k8s";
    balancer.provisioning_status = "ACTIVE";
    balancer.vip_address = "10.0.0.5";
    balancer.vip_subnet_id = "s1";
    balancer.vip_network_id = "n1";
    balancer.vip_port_id = "vip";
    put(balancer);
    Port vip{{"vip", "p"}, "n1"};
    vip.fixed_ips = {{"s1", "10.0.0.5"}};
    put(vip);
    Listener listener;
    listener.id = "l1";
    listener.load_balancer_id = "lb";
    listener.protocol = "TCP";
    listener.protocol_port = 80;
    listener.default_pool_id = "pool";
    listener.provisioning_status = "ACTIVE";
    put(listener);
    Pool pool;
    pool.id = "pool";
    pool.load_balancer_id = "lb";
    pool.provisioning_status = "ACTIVE";
    pool.health_monitor_ids = {"hm"};
    put(pool);
    make_member("m1", "10.0.0.3");
    make_member("m2", "10.0.0.4");
    facts.members = {{"m1", "ONLINE"}, {"m2", "ONLINE"}};
  }

  void make_node(const std::string& name, const std::string& address) {
    Port port{{name + "-port", "p", name}, "n1"};
    port.device_owner = "compute:nova";
    port.fixed_ips = {{"s1", address}};
    put(port);
  }
  void make_member(const std::string& id, const std::string& address) {
    Member member;
    member.id = id;
    member.pool_id = "pool";
    member.address = address;
    member.protocol_port = 31157;
    member.provisioning_status = "ACTIVE";
    put(member);
  }

  template <class T>
  void put(T object) {
    ASSERT_TRUE(testing::run_on(io, ledger->change<bool>([&](Work& work) -> Result<bool> {
      work.put(std::move(object));
      return true;
    })));
  }
  template <class T, class Change>
  void alter(const std::string& id, Change change) {
    auto object = *ledger->state().find<T>(id);
    change(object);
    put(std::move(object));
  }
  [[nodiscard]] World world() const { return {ledger->state(), facts, gateways, missing_driver}; }
  [[nodiscard]] const LoadBalancer& balancer() const { return *ledger->state().find<LoadBalancer>("lb"); }
  [[nodiscard]] std::vector<std::string> why() const { return reasons(world(), balancer()); }
  [[nodiscard]] std::string tone() const { return condition_of(world(), balancer()).tone; }

  testing::TestEnv env;  // outlives the waiting coroutines that io destroys
  boost::asio::io_context io;
  store::memory::MemoryStore store{io};
  std::unique_ptr<Ledger> ledger;
  ToldFacts facts;
  std::size_t gateways = 1;
  std::string missing_driver;
};

TEST_F(ConditionTest, AClusterFromWaitingToHealthy) {
  Cluster cluster{{"c1", "p"}};
  cluster.name = "k8sbayv1";
  cluster.status = "CREATE_IN_PROGRESS";
  put(cluster);
  NodeGroup group{{"g1", "p"}};
  group.cluster_id = "c1";
  group.name = "default-worker";
  group.node_count = 2;
  put(group);
  const Caller caller{.user_id = "u", .project_id = "p", .roles = {"member"}};
  const http::Query query;
  const auto shown = [&](std::string_view path) {
    const auto view = view_clusters({world(), caller, query}).value();
    const auto* value = json::find(view.at("items").at(0), path);
    return value->is_string() ? std::string(value->get_string()) : json::write(*value);
  };
  missing_driver = "no cluster driver is connected.";
  EXPECT_EQ(shown("condition.tone"), "pending");
  EXPECT_EQ(shown("why"), R"(["Waiting: no cluster driver is connected."])");
  EXPECT_EQ(shown("hosts_wanted"), "2");
  missing_driver.clear();
  alter<Cluster>("c1", [](auto& c) { c.status_reason = "hosts: 1 of 2"; });
  ClusterFacts told{.id = "c1"};
  told.nodes["g1"] = {{"k8sbayv1-node-0", "u0", "10.0.0.7"}};
  put(told);
  EXPECT_EQ(shown("why"), R"(["hosts: 1 of 2"])");
  EXPECT_EQ(shown("hosts"), "1");
  alter<Cluster>("c1", [](auto& c) {
    c.status = "CREATE_COMPLETE";
    c.status_reason.clear();
  });
  alter<ClusterFacts>("c1", [](auto& f) {
    f.health = "UNHEALTHY";
    f.health_reason = {{"api", "ok"}, {"k8sbayv1-node-0.Ready", "False"}};
  });
  EXPECT_EQ(shown("condition.text"), "unhealthy");
  EXPECT_EQ(shown("why"), R"(["k8sbayv1-node-0.Ready: False."])");
  alter<ClusterFacts>("c1", [](auto& f) { f.health = "HEALTHY"; });
  EXPECT_EQ(shown("condition.tone"), "ok");
  alter<Cluster>("c1", [](auto& c) {
    c.status = "DELETE_FAILED";
    c.status_reason = "Timed out.";
  });
  EXPECT_EQ(shown("condition.text"), "not deleted");
  EXPECT_EQ(shown("why"), R"(["Timed out."])");
}

TEST_F(ConditionTest, AllWell) {
  EXPECT_EQ(tone(), "ok");
  EXPECT_THAT(why(), IsEmpty());
}

TEST_F(ConditionTest, MembersThatAreDownAreNamedByTheirNodes) {
  facts.members["m2"] = "ERROR";
  EXPECT_EQ(tone(), "warn");
  EXPECT_THAT(why(),
              ElementsAre("1 of 2 members of TCP 80 is down by the health checks: minion-2 (10.0.0.4:31157)."));
  facts.members["m1"] = "ERROR";
  EXPECT_EQ(tone(), "bad");
  EXPECT_THAT(why(), ElementsAre("All 2 members of TCP 80 are down by their health checks: minion-1 "
                                 "(10.0.0.3:31157), minion-2 (10.0.0.4:31157)."));
}

TEST_F(ConditionTest, PendingSaysWhatItWaitsFor) {
  alter<LoadBalancer>("lb", [](auto& b) { b.provisioning_status = "PENDING_CREATE"; });
  EXPECT_EQ(tone(), "pending");
  EXPECT_THAT(why(), ElementsAre("It is being created and waits until the gateway has confirmed that."));
  gateways = 0;
  EXPECT_THAT(why(), ElementsAre(HasSubstr("no gateway is connected")));
}

TEST_F(ConditionTest, NobodyServesIt) {
  facts.served = false;
  EXPECT_EQ(tone(), "off");
  EXPECT_THAT(why(), ElementsAre("The gateway has not put it in force yet."));
  gateways = 0;
  EXPECT_THAT(why(), ElementsAre(HasSubstr("No gateway is connected")));
  gateways = 1;
  alter<Port>("leg", [](auto& port) { port.device_owner = "compute:nova"; });
  EXPECT_THAT(
      why(), ElementsAre(
                 "Its subnet private-subnet has no router, so no gateway can serve it: add the subnet to a router."));
}

TEST_F(ConditionTest, WhatTheGatewaySaysIsPassedOn) {
  facts.complaints["l1"] = "port 80 is taken";
  EXPECT_EQ(tone(), "bad");
  EXPECT_THAT(why(), ElementsAre("The gateway cannot serve TCP 80: port 80 is taken."));
  alter<LoadBalancer>("lb", [](auto& b) {
    b.provisioning_status = "ERROR";
    b.error_reason = "no address is left";
  });
  EXPECT_EQ(why().front(), "It failed: no address is left.");
}

TEST_F(ConditionTest, AServiceWithoutAFloatingIpSaysWhenThePoolIsEmpty) {
  Network external{{"ext", "admin", "public"}};
  external.external = true;
  put(external);
  alter<Router>("r1", [](auto& router) { router.gateway_network_id = "ext"; });
  Subnet pool{{"ext-subnet", "admin"}, "ext"};
  pool.cidr = "172.24.4.0/24";
  pool.allocation_pools = {{"172.24.4.101", "172.24.4.101"}};
  put(pool);
  EXPECT_THAT(why(), IsEmpty()) << "an address is left, so whether one is wished is not the cloud's to say";
  Port taken{{"taken", "admin"}, "ext"};
  taken.fixed_ips = {{"ext-subnet", "172.24.4.101"}};
  put(taken);
  EXPECT_THAT(why(), ElementsAre(HasSubstr("No floating IP leads to it, and the pool public has no address left")));
  alter<LoadBalancer>("lb", [](auto& b) { b.description = "by hand"; });
  EXPECT_THAT(why(), IsEmpty()) << "it is no Service's";
  alter<LoadBalancer>("lb",
                      [](auto& b) { b.description = "Kubernetes external service default/a from cluster k8s"; });
  FloatingIp there{{"f1", "p"}};
  there.port_id = "vip";
  put(there);
  EXPECT_THAT(why(), IsEmpty()) << "it has one";
}

TEST_F(ConditionTest, PartsThatAreMissing) {
  alter<Member>("m1", [](auto& member) { member.pool_id = "elsewhere"; });
  alter<Member>("m2", [](auto& member) { member.pool_id = "elsewhere"; });
  EXPECT_THAT(why(), ElementsAre("TCP 80 has no members: nothing can answer."));
  alter<Listener>("l1", [](auto& listener) { listener.load_balancer_id = "elsewhere"; });
  EXPECT_EQ(why().front(), "It has no listener yet, so nothing answers at the VIP.");
  alter<LoadBalancer>("lb", [](auto& b) { b.admin_state_up = false; });
  EXPECT_THAT(why(), ElementsAre("It is switched off (admin_state_up is false)."));
}

TEST_F(ConditionTest, NamesThatAPersonRecognises) {
  const auto& state = ledger->state();
  EXPECT_EQ(title_of(balancer()), "default/nginxservice");
  EXPECT_EQ(name_of(state, *state.find<Port>("vip")).title, "VIP of Service default/nginxservice");
  EXPECT_EQ(name_of(state, *state.find<Port>("vip")).detail, "load balancer kube_service_k8s_default_nginxservice");
  EXPECT_EQ(name_of(state, *state.find<Port>("minion-1-port")).title, "minion-1");
  EXPECT_EQ(name_of(state, *state.find<Port>("minion-1-port")).detail, "node on the network private");
  EXPECT_EQ(name_of(state, *state.find<Port>("leg")).kind, "own");
  alter<LoadBalancer>("lb", [](auto& b) { b.description = "by hand"; });
  EXPECT_EQ(name_of(state, *state.find<Port>("vip")).title,
            "VIP of load balancer kube_service_k8s_default_nginxservice");
}

TEST_F(ConditionTest, TheWayOfALoadBalancer) {
  facts.members["m2"] = "ERROR";
  Caller caller{.user_id = "u", .project_id = "p", .roles = {"member"}};
  const auto query = http::Query::parse("search=NGINX&show=attention");
  const auto view = view_load_balancers({world(), caller, query}).value();
  const auto at = [&](std::string_view path) { return json::string_or(view.at("items").get_array().at(0), path); };
  EXPECT_EQ(json::int_or(view, "total"), 1);
  EXPECT_EQ(at("title"), "default/nginxservice");
  EXPECT_EQ(at("condition.tone"), "warn");
  const auto& listener = view.at("items").at(0).at("listeners").at(0);
  EXPECT_EQ(json::string_or(listener, "label"), "TCP 80");
  EXPECT_EQ(json::int_or(listener, "pool.up"), 1);
  EXPECT_EQ(json::string_or(listener.at("pool").at("members").at(1), "name"), "minion-2");
  EXPECT_EQ(json::string_or(listener.at("pool").at("members").at(1), "condition.text"), "down");
  const auto nothing = http::Query::parse("search=another");
  EXPECT_EQ(json::int_or(view_load_balancers({world(), caller, nothing}).value(), "total", -1), 0);
  caller.project_id = "another";
  EXPECT_EQ(json::int_or(view_load_balancers({world(), caller, query}).value(), "all", -1), 0);
}

}  // namespace
}  // namespace fairway::cloud::dashboard
