// What goes wrong around a gateway, and what its users must not notice of it.
#include <signal.h>

#include "dataplane/haproxy/runtime_api.h"
#include "gateway/gateway.h"
#include "gateway/rig_test.h"
#include "runtime/process.h"
#include "testing/results.h"

namespace fairway::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Adversity : public SeedTest {
 protected:
  void expect_served(const std::string& address) {
    EXPECT_THAT(Connection(client_, address, 80).ask("hello"), HasSubstr("hello")) << address;
  }
};

TEST_F(Adversity, AFloatingIpLeadsToNothingButTheListenersOfItsLoadBalancer) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_TRUE(add("internal", "10.0.0.6"));  // without a floating IP: nobody outside is meant to reach it
  for (std::uint16_t port = 10'000; port < 10'012; ++port) {
    EXPECT_EQ(Connection(client_, "172.24.4.9", port, 300ms).error(), ECONNREFUSED) << port;
    EXPECT_EQ(Connection(inside_, "172.24.4.9", port, 300ms).error(), ECONNREFUSED) << port;
  }
  expect_served("172.24.4.9");
}

TEST_F(Adversity, OneMonitorWithAnEndlessDelayStopsNoOtherListener) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "odd", "10.0.0.7", "172.24.4.10");
    add_member(world, "odd", "m9", "10.0.0.11", 8080);
    world.pools["p-odd"].monitor = {.id = "hm", .type = "TCP", .delay_s = 3'000'000, .timeout_s = 3};
  }));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  expect_served("172.24.4.9");
  expect_served("172.24.4.10");
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    world.pools["p-odd"].monitor->timeout_s = 3'000'000;
    world.listeners["li-odd"].connection_limit = 5'000'000'000;
  }));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  expect_served("172.24.4.10");
}

TEST_F(Adversity, AMemberThatHAProxyRefusesTakesNoOtherListenerWithIt) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "odd", "10.0.0.7", "172.24.4.10");
    add_member(world, "odd", "m9", "10.0.0.11", 8080);
    world.pools["p-odd"].members[0].weight = 1000;  // 256 is the most that HAProxy takes
  }));
  EXPECT_THAT(rig_->cloud->failures(),
              ElementsAre(AllOf(Field(&gateway_link::Failure::id, "li-odd"),
                                Field(&gateway_link::Failure::what, HasSubstr("weight of server m9")))));
  expect_served("172.24.4.9");
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.pools["p-odd"].members[0].weight = 10; }));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  expect_served("172.24.4.10");
}

TEST_F(Adversity, ARouterThatCannotBeMadeStaysFailedThoughAProbeSaysSomethingNew) {
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "web", "10.0.0.5", "172.24.4.9");
    add_member(world, "web", "m1", "10.0.0.11", 8080);
    world.pools["p-web"].monitor = {
        .id = "hm", .type = "PING", .delay_s = 1, .timeout_s = 1, .max_retries = 1, .max_retries_down = 1};
  }));
  ASSERT_TRUE(rig_->cloud->member_becomes("m1", "ONLINE"));
  const auto revision = rig_->cloud->commit([](auto& world) {
    world.networks["n-there"] = {"n-there", false, "no-such-bridge"};
    world.subnets["s-there"] = {"s-there", "n-there", "10.9.0.0/24", ""};
    world.routers[kRouter].interfaces.push_back(
        {"n-there", "s-there", "33333333-cccc-4000-8000-000000000003", "10.9.0.1", "fa:16:3e:00:00:03"});
  });
  ASSERT_TRUE(rig_->cloud->applied(revision));
  ASSERT_THAT(rig_->cloud->failures(), Not(IsEmpty()));
  FW_ASSERT_OK(net::set_sysctl(inside_, "net.ipv4.icmp_echo_ignore_all", "1"));
  ASSERT_TRUE(rig_->cloud->member_becomes("m1", "ERROR"));
  rig_->cloud->forget();
  ASSERT_TRUE(rig_->cloud->applied(revision));  // the next try
  EXPECT_THAT(rig_->cloud->failures(), Contains(Field(&gateway_link::Failure::kind, "router")));
}

TEST_F(Adversity, ALegWhoseAddressChangesHasTheNewOne) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.routers[kRouter].interfaces[0].address = "10.0.0.254"; }));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  std::vector<std::string> all;
  for (const auto& link : *net::list_links(rig_->router_ns())) {
    for (auto& address : *net::list_addresses(rig_->router_ns(), link)) all.push_back(std::move(address));
  }
  EXPECT_THAT(all, Contains("10.0.0.254/24"));
  EXPECT_THAT(all, Not(Contains("10.0.0.1/24")));
  expect_served("172.24.4.9");
}

TEST_F(Adversity, ANetworkThatNobodyIsOnLeavesNoBridge) {
  const auto has_bridge = [this](const char* network) {
    const auto links = *net::list_links(rig_->fabric.fabric_namespace());
    return std::ranges::find(links, net::Fabric::bridge(network)) != links.end();
  };
  const auto add_leg = [](auto& world) {
    world.networks["n2"] = {"n2", false, ""};
    world.subnets["s2"] = {"s2", "n2", "10.8.0.0/24", "10.8.0.1"};
    world.routers[kRouter].interfaces.push_back(
        {"n2", "s2", "44444444-bbbb-4000-8000-000000000002", "10.8.0.1", "fa:16:3e:00:00:12"});
  };
  ASSERT_TRUE(rig_->cloud->commit_applied(add_leg));
  EXPECT_TRUE(has_bridge("n2"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.routers[kRouter].interfaces.pop_back(); }));
  EXPECT_FALSE(has_bridge("n2"));
  ASSERT_TRUE(rig_->cloud->commit_applied(add_leg));
  EXPECT_TRUE(has_bridge("n2"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.routers.clear(); }));
  EXPECT_FALSE(has_bridge("n2"));
  EXPECT_TRUE(has_bridge(kPublic));  // the client is on it
}

TEST_F(Adversity, AnApplicationsCookieIsKnownAfterAReload) {
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "web", "10.0.0.5", "172.24.4.9");
    add_member(world, "web", "web-one", "10.0.0.11", 8080);
    add_member(world, "web", "web-two", "10.0.0.12", 8080);
    world.listeners["li-web"].protocol = world.pools["p-web"].protocol = "HTTP";
    world.pools["p-web"].persistence = {"APP_COOKIE", "SESSION"};
  }));
  const auto ask = [this](const std::string& more) {
    return Connection(client_, "172.24.4.9", 80).ask("GET / HTTP/1.1\r\nHost: shop\r\n" + more + "\r\n");
  };
  const auto twos = [&ask] {
    int count = 0;
    for (int i = 0; i < 6; ++i) count += ask("Cookie: SESSION=two\r\n").contains("\r\n\r\ntwo ") ? 1 : 0;
    return count;
  };
  for (int i = 0; i < 2; ++i) ask("");  // each has given its cookie
  EXPECT_EQ(twos(), 6);
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.listeners["li-web"].timeout_client_data_ms = 40'000; }));
  EXPECT_EQ(twos(), 6);
}

TEST(EmptyGateway, RemembersFromTheBeginningThatItsCountersGoOn) {
  FW_SKIP_UNLESS_ROOT();
  Rig rig;
  rig.cloud->commit([](auto& /*world*/) {});
  rig.start_gateway();
  ASSERT_TRUE(rig.cloud->applied(1));
  const auto epoch = [&rig] { return dataplane::read_file(rig.directory + "/run/epoch").value_or(""); };
  EXPECT_TRUE(eventually([&] { return !epoch().empty(); }));
}

// HAProxy's program is a link that tests take away.
class BrokenProgram : public Adversity {
 protected:
  void SetUp() override {
    Adversity::SetUp();
    if (!rig_) return;
    rig_->program = rig_->directory + "/haproxy";
    mend();
    rig_->restart_gateway();
    ASSERT_TRUE(rig_->cloud->applied(1));
    ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  }
  void mend() const { std::filesystem::create_symlink("/usr/sbin/haproxy", rig_->program); }
  void take_away() const { std::filesystem::remove(rig_->program); }
  void kill_haproxy() {
    signal_process(rig_->haproxy(), SIGKILL);
    ASSERT_TRUE(eventually([this] { return !process_alive(rig_->haproxy()); }));
    ASSERT_TRUE(eventually([this] {
      for (const auto& line : rig_->real.log.lines())
        if (line.message.starts_with("HAProxy cannot be started")) return true;
      return false;
    }));
  }
  // A second router, beside the seed's.
  bool add_router() {
    return rig_->cloud->commit_applied([](auto& world) {
      world.networks["n2"] = {"n2", false, ""};
      world.subnets["s2"] = {"s2", "n2", "10.8.0.0/24", "10.8.0.1"};
      gateway_link::Router router;
      router.id = "dddddddd-0000-4000-8000-000000000004";
      router.interfaces = {{"n2", "s2", "44444444-bbbb-4000-8000-000000000002", "10.8.0.1", "fa:16:3e:00:00:12"}};
      world.routers[router.id] = router;
    });
  }
};

TEST_F(BrokenProgram, AHAProxyThatCannotBeStartedHoldsUpNobodyElse) {
  take_away();
  kill_haproxy();
  EXPECT_TRUE(add_router());
  EXPECT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    remove_balancer(world, "web");
    world.routers.erase(kRouter);
  }));
  EXPECT_TRUE(eventually([this] { return !net::namespace_exists(rig_->router_ns()); }));
  mend();
}

TEST_F(BrokenProgram, HAProxyServesAgainWhenItCanBeStarted) {
  take_away();
  kill_haproxy();
  mend();
  EXPECT_TRUE(eventually([&] { return Connection(client_, "172.24.4.9", 80, 200ms).ask("x").ends_with("x"); }));
}

TEST_F(BrokenProgram, WhatAProbeSaidMeanwhileIsInForceWhenHAProxyIsBack) {
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    world.pools["p-web"].monitor = {
        .id = "hm", .type = "PING", .delay_s = 1, .timeout_s = 1, .max_retries = 1, .max_retries_down = 1};
  }));
  ASSERT_TRUE(rig_->cloud->member_becomes("web-one", "ONLINE"));
  take_away();
  kill_haproxy();
  FW_ASSERT_OK(net::set_sysctl(inside_, "net.ipv4.icmp_echo_ignore_all", "1"));
  ASSERT_TRUE(eventually([this] {
    for (const auto& line : rig_->real.log.lines())
      if (line.message.starts_with("a member's health is not in force")) return true;
    return false;
  }));
  mend();
  ASSERT_TRUE(eventually([&] { return Connection(client_, "172.24.4.9", 80, 200ms).error() == 0; }));
  EXPECT_TRUE(eventually([this] {
    int two = 0;
    while (two < 6 && Connection(client_, "172.24.4.9", 80, 200ms).ask("x") == "two x") ++two;
    return two == 6;
  }));
}

TEST_F(BrokenProgram, WhatWasHalfDoneIsNotTakenForWhatWas) {
  // Somebody's server of the name that a member will have: to add it will be refused, after another was taken out.
  const auto socket = rig_->directory + "/run/" + rig_->router_ns() + "/haproxy.sock";
  const auto ask = [&](std::string command) {
    return rig_->loop.run(dataplane::haproxy::ask(socket, {std::move(command)})).value_or("");
  };
  std::string backend;
  for (const auto& server : dataplane::haproxy::parse_servers(ask("show servers state")))
    if (server.name == "web-one") backend = server.backend;
  ASSERT_THAT(ask("add server " + backend + "/web-zero 10.0.0.13:8080"), HasSubstr("New server registered"));
  take_away();
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    std::erase_if(world.pools["p-web"].members, [](const auto& member) { return member.id == "web-two"; });
    add_member(world, "web", "web-zero", "10.0.0.13", 8080);
  }));
  ASSERT_THAT(rig_->cloud->failures(), Not(IsEmpty()));
  mend();
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    std::erase_if(world.pools["p-web"].members, [](const auto& member) { return member.id == "web-zero"; });
    add_member(world, "web", "web-two", "10.0.0.12", 8080);
  }));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  std::set<std::string> answers;
  for (int i = 0; i < 6; ++i) answers.insert(Connection(client_, "172.24.4.9", 80).ask("x"));
  EXPECT_THAT(answers, ElementsAre("one x", "two x"));
}

}  // namespace
}  // namespace fairway::gateway
