#include "gateway/gateway.h"

#include <signal.h>

#include "dataplane/files.h"
#include "gateway/rig_test.h"
#include "runtime/process.h"
#include "testing/results.h"

namespace fairway::gateway {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class EndToEnd : public SeedTest {};

TEST_F(EndToEnd, AServiceIsReachedByItsFloatingIpFromOutsideAndByItsVipFromInside) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  EXPECT_THAT(Connection(client_, "172.24.4.9", 80).ask("hello"), HasSubstr("hello"));
  EXPECT_THAT(Connection(inside_, "10.0.0.5", 80).ask("hello"), HasSubstr("hello"));
  // Hairpin: a backend that asks for its own Service by the public address.
  EXPECT_THAT(Connection(inside_, "172.24.4.9", 80).ask("hello"), HasSubstr("hello"));
  EXPECT_EQ(Connection(client_, "172.24.4.9", 81).error(), ECONNREFUSED);
}

TEST_F(EndToEnd, BothBackendsGetTheirShare) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  std::map<std::string, int> answers;
  for (int i = 0; i < 20; ++i) ++answers[Connection(client_, "172.24.4.9", 80).ask("x")];
  EXPECT_EQ(answers["one x"], 10);
  EXPECT_EQ(answers["two x"], 10);
}

TEST_F(EndToEnd, ADeletedServiceLeavesNothingThatAnswers) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_EQ(Connection(inside_, "10.0.0.5", 80).error(), 0);
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { remove_balancer(world, "web"); }));
  EXPECT_NE(Connection(client_, "172.24.4.9", 80, 300ms).error(), 0);
  EXPECT_NE(Connection(inside_, "10.0.0.5", 80, 300ms).error(), 0);
  for (const auto& link : *net::list_links(rig_->router_ns())) {
    EXPECT_THAT(*net::list_addresses(rig_->router_ns(), link), Not(Contains(AnyOf("10.0.0.5/32", "172.24.4.9/32"))));
  }
}

TEST_F(EndToEnd, WithoutAPoolOrWhileDisabledConnectionsAreRefused) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  const auto refused = [&] { return Connection(client_, "172.24.4.9", 80).error() == ECONNREFUSED; };
  const auto set = [&](const std::function<void(gateway_link::World&)>& change) {
    ASSERT_TRUE(rig_->cloud->commit_applied(change));
  };
  set([](auto& world) { world.listeners["li-web"].default_pool_id = ""; });
  EXPECT_TRUE(refused());
  set([](auto& world) { world.listeners["li-web"].default_pool_id = "p-web"; });
  EXPECT_FALSE(refused());
  set([](auto& world) { world.listeners["li-web"].admin_state_up = false; });
  EXPECT_TRUE(refused());
  set([](auto& world) { world.listeners["li-web"].admin_state_up = true; });
  EXPECT_FALSE(refused());
}

TEST_F(EndToEnd, HttpRequestsCarryTheClientsAddressPortAndProtocol) {
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "web", "10.0.0.5", "172.24.4.9");
    add_member(world, "web", "m1", "10.0.0.11", 8080);
    world.listeners["li-web"].protocol = "HTTP";
    world.listeners["li-web"].insert_headers = {
        {"X-Forwarded-For", "true"}, {"X-Forwarded-Port", "true"}, {"X-Forwarded-Proto", "true"}};
    world.pools["p-web"].protocol = "HTTP";
  }));
  Connection connection(client_, "172.24.4.9", 80);
  for (int i = 0; i < 3; ++i) {
    auto answer = to_lower(connection.ask("GET /page HTTP/1.1\r\nHost: shop\r\n\r\n"));
    if (answer.find("\r\n\r\n") == answer.size() - 4) answer += to_lower(connection.read());
    EXPECT_THAT(answer, StartsWith("http/1.1 200"));
    EXPECT_THAT(answer, HasSubstr("x-forwarded-for: 172.24.4.1"));
    EXPECT_THAT(answer, HasSubstr("x-forwarded-port: 80"));
    EXPECT_THAT(answer, HasSubstr("x-forwarded-proto: http"));
  }
}

TEST_F(EndToEnd, ProxyProtocolTellsTheMemberWhoAsks) {
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "web", "10.0.0.5", "172.24.4.9");
    add_member(world, "web", "m1", "10.0.0.11", 8080);
    world.pools["p-web"].protocol = "PROXY";
  }));
  Connection connection(client_, "172.24.4.9", 80);
  EXPECT_THAT(connection.ask("hello"), StartsWith("one PROXY TCP4 172.24.4.1 172.24.4.9 "));
}

TEST_F(EndToEnd, SourcesOutsideTheAllowedOnesGetNoAnswer) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  Connection before(client_, "172.24.4.9", 80);
  ASSERT_TRUE(rig_->cloud->commit_applied(
      [](auto& world) { world.listeners["li-web"].allowed_cidrs = {"10.0.0.0/24", "192.0.2.0/24"}; }));
  EXPECT_NE(Connection(client_, "172.24.4.9", 80, 300ms).error(), 0);
  EXPECT_EQ(Connection(inside_, "10.0.0.5", 80).error(), 0);
  EXPECT_THAT(before.ask("still"), HasSubstr("still"));  // connections that exist stay
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.listeners["li-web"].allowed_cidrs = {"172.24.4.1/32"}; }));
  EXPECT_EQ(Connection(client_, "172.24.4.9", 80).error(), 0);
  EXPECT_NE(Connection(inside_, "10.0.0.5", 80, 300ms).error(), 0);
}

TEST_F(EndToEnd, OneSourceStaysWithOneMember) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.pools["p-web"].persistence = {"SOURCE_IP", ""}; }));
  std::set<std::string> answers;
  for (int i = 0; i < 10; ++i) answers.insert(Connection(client_, "172.24.4.9", 80).ask("x"));
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(EndToEnd, TheInsideIsReachedFromOutsideByFloatingIpsOnly) {
  ASSERT_TRUE(add("web", "10.0.0.5"));
  FW_ASSERT_OK(net::set_route(client_, "10.0.0.0/24", "172.24.4.2", ""));
  EXPECT_NE(Connection(client_, "10.0.0.5", 80, 300ms).error(), 0);
  EXPECT_NE(Connection(client_, "10.0.0.11", 8080, 300ms).error(), 0);
  // Nor are HAProxy's own ports, by any address of the router.
  EXPECT_EQ(Connection(client_, "172.24.4.2", 10000, 300ms).error(), ECONNREFUSED);
  EXPECT_EQ(Connection(inside_, "10.0.0.5", 10000, 300ms).error(), ECONNREFUSED);
}

TEST_F(EndToEnd, TheInsideReachesOutByTheRoutersAddress) {
  EchoServer outside(client_, "outside", 9000);
  EXPECT_EQ(Connection(inside_, "172.24.4.1", 9000).ask("x"), "outside x");
  // The answer came although the client has no route inside: the router's address was on the packet.
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.routers[kRouter].snat = false; }));
  EXPECT_NE(Connection(inside_, "172.24.4.1", 9000, 300ms).error(), 0);
}

TEST_F(EndToEnd, AFloatingIpOfAHostWorksFromBothSidesAndIsLedElsewhere) {
  ASSERT_TRUE(rig_->cloud->commit_applied(
      [](auto& world) { world.floating_ips["f1"] = {"f1", kRouter, kPublic, "172.24.4.20", "10.0.0.11"}; }));
  EXPECT_EQ(Connection(client_, "172.24.4.20", 8080).ask("x"), "one x");
  EXPECT_EQ(Connection(inside_, "172.24.4.20", 8080).ask("x"), "one x");  // hairpin, to itself
  Connection before(client_, "172.24.4.20", 8080);
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.floating_ips["f1"].fixed_address = "10.0.0.12"; }));
  EXPECT_EQ(Connection(client_, "172.24.4.20", 8080).ask("x"), "two x");
  EXPECT_EQ(before.ask("x"), "one x");  // a connection that exists stays where it is
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.floating_ips.clear(); }));
  EXPECT_NE(Connection(client_, "172.24.4.20", 8080, 300ms).error(), 0);
}

TEST_F(EndToEnd, WhatCannotBeServedIsSaidInWordsAndTheRestIsServed) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "dns", "10.0.0.6");
    world.listeners["li-dns"].protocol = "UDP";
    add_balancer(world, "odd", "10.0.0.7");
    add_member(world, "odd", "m9", "10.0.0.11", 8080);
    world.pools["p-odd"].monitor = {.id = "hm", .type = "HTTP", .expected_codes = "teapot"};
  }));
  const auto failures = rig_->cloud->failures();
  EXPECT_THAT(failures, Contains(AllOf(Field(&gateway_link::Failure::id, "li-dns"),
                                       Field(&gateway_link::Failure::what, HasSubstr("UDP")))));
  EXPECT_THAT(failures, Contains(AllOf(Field(&gateway_link::Failure::id, "li-odd"),
                                       Field(&gateway_link::Failure::what,
                                             HasSubstr("invalid character 't' in the list of status codes")))));
  EXPECT_EQ(failures.size(), 2U);
  EXPECT_THAT(Connection(client_, "172.24.4.9", 80).ask("hello"), HasSubstr("hello"));
}

TEST_F(EndToEnd, MembersThatFailAndReturnAreToldAndAvoided) {
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "web", "10.0.0.5", "172.24.4.9");
    add_member(world, "web", "m1", "10.0.0.11", 8080);
    add_member(world, "web", "m2", "10.0.0.12", 8080);
    add_member(world, "web", "m3", "10.0.0.13", 8080);  // nobody is there
    world.pools["p-web"].monitor = {
        .id = "hm", .type = "TCP", .delay_s = 1, .timeout_s = 1, .max_retries = 1, .max_retries_down = 1};
  }));
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ONLINE"));
  EXPECT_TRUE(rig_->cloud->member_becomes("m2", "ONLINE"));
  EXPECT_TRUE(rig_->cloud->member_becomes("m3", "ERROR"));
  one_.reset();
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ERROR"));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Connection(client_, "172.24.4.9", 80).ask("x"), "two x");
  // Down members stay down across a reload: they are not tried as if they were new.
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.listeners["li-web"].timeout_client_data_ms = 40'000; }));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Connection(client_, "172.24.4.9", 80).ask("x"), "two x");
  one_ = std::make_unique<EchoServer>(inside_, "one", 8080);
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ONLINE"));
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) { world.pools["p-web"].members[1].weight = 0; }));
  EXPECT_TRUE(rig_->cloud->member_becomes("m2", "DRAINING"));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Connection(client_, "172.24.4.9", 80).ask("x"), "one x");
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.pools["p-web"].members[1].admin_state_up = false; }));
  EXPECT_TRUE(rig_->cloud->member_becomes("m2", "OFFLINE"));
}

TEST_F(EndToEnd, MembersThatDoNotAnswerPingsAreToldAndAvoided) {
  const auto silence = [this](const char* value) {
    FW_ASSERT_OK(net::set_sysctl(inside_, "net.ipv4.icmp_echo_ignore_all", value));
  };
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    add_balancer(world, "web", "10.0.0.5", "172.24.4.9");
    add_member(world, "web", "m1", "10.0.0.11", 8080);
    add_member(world, "web", "m2", "10.0.0.12", 8080);
    add_member(world, "web", "m3", "10.0.0.13", 8080);  // nobody is there
    world.pools["p-web"].monitor = {
        .id = "hm", .type = "PING", .delay_s = 1, .timeout_s = 1, .max_retries = 1, .max_retries_down = 1};
  }));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ONLINE"));
  EXPECT_TRUE(rig_->cloud->member_becomes("m2", "ONLINE"));
  EXPECT_TRUE(rig_->cloud->member_becomes("m3", "ERROR"));
  silence("1");  // its server answers on
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ERROR"));
  const auto all_go_to_two = [this] {
    for (int i = 0; i < 6; ++i) EXPECT_EQ(Connection(client_, "172.24.4.9", 80).ask("x"), "two x");
  };
  all_go_to_two();
  // So they do across a reload and a restart of the gateway; and after a death of HAProxy, once the next one is told.
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.listeners["li-web"].timeout_client_data_ms = 40'000; }));
  all_go_to_two();
  signal_process(rig_->haproxy(), SIGKILL);
  EXPECT_TRUE(eventually([this] { return Connection(client_, "172.24.4.9", 80).error() == 0; }));
  EXPECT_TRUE(eventually([this] {
    int two = 0;
    while (two < 6 && Connection(client_, "172.24.4.9", 80, 200ms).ask("x") == "two x") ++two;
    return two == 6;
  }));
  rig_->restart_gateway();
  ASSERT_TRUE(rig_->cloud->applied(1));
  all_go_to_two();
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ERROR"));
  silence("0");
  EXPECT_TRUE(rig_->cloud->member_becomes("m1", "ONLINE"));
  EXPECT_TRUE(eventually([this] { return Connection(client_, "172.24.4.9", 80).ask("x") == "one x"; }));
  // Without its monitor a member is served as it is.
  ASSERT_TRUE(rig_->cloud->commit_applied([](auto& world) {
    world.pools["p-web"].monitor.reset();
    std::erase_if(world.pools["p-web"].members, [](const auto& member) { return member.id == "m1"; });
  }));
  EXPECT_TRUE(rig_->cloud->member_becomes("m3", "NO_MONITOR"));
}

TEST_F(EndToEnd, CountersNeverFallAcrossReloadsAndRestarts) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  const auto ask = [&](int times) {
    for (int i = 0; i < times; ++i)
      EXPECT_THAT(Connection(client_, "172.24.4.9", 80).ask("hello"), HasSubstr("hello"));
  };
  // A connection counts when it begins, its bytes when it has ended.
  const auto total = [&](std::uint64_t connections, std::uint64_t bytes_in) {
    return rig_->cloud->counted(
        [=](const auto& counters) {
          return counters.total_connections == connections && counters.bytes_in >= bytes_in;
        },
        "li-web");
  };
  ask(5);
  EXPECT_TRUE(total(5, 25));
  EXPECT_EQ(rig_->cloud->counters("li-web").bytes_in, 25U);
  EXPECT_EQ(rig_->cloud->counters("li-web").bytes_out, 45U);
  ASSERT_TRUE(
      rig_->cloud->commit_applied([](auto& world) { world.listeners["li-web"].timeout_client_data_ms = 40'000; }));
  ask(3);
  EXPECT_TRUE(total(8, 40));
  rig_->restart_gateway();
  ask(2);
  EXPECT_TRUE(total(10, 50));
  EXPECT_EQ(rig_->cloud->counters("li-web").bytes_in, 50U);
}

TEST_F(EndToEnd, HAProxyIsStartedAnewWhenItDies) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  const auto before = rig_->haproxy();
  signal_process(before, SIGKILL);
  ASSERT_TRUE(
      eventually([&] { return Connection(client_, "172.24.4.9", 80, 200ms).ask("hello").ends_with("hello"); }));
  EXPECT_NE(rig_->haproxy(), before);
}

TEST_F(EndToEnd, WithoutACloudItServesWhatItRemembers) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  rig_->stop_gateway();
  rig_->cloud->close();
  // As after the machine's own restart: nothing is left but the disk.
  if (!rig_->engine) rig_->start_engine();
  rig_->loop.run(rig_->engine->remove_all());
  rig_->loop.run([this] { rig_->engine.reset(); });
  ASSERT_FALSE(net::namespace_exists(rig_->router_ns()));
  ASSERT_FALSE(net::namespace_exists(rig_->fabric.fabric_namespace()));
  rig_->start_gateway();
  ASSERT_TRUE(eventually([&] { return rig_->applied_revision() == 2; }));
  const auto again = rig_->add_host("client2", kPublic, "172.24.4.3/24", "");
  const auto backend = rig_->add_host("three", kPrivate, "10.0.0.11/24", "10.0.0.1");
  const EchoServer three(backend, "three", 8080);
  EXPECT_TRUE(eventually([&] { return Connection(again, "172.24.4.9", 80, 200ms).ask("x") == "three x"; }));
}

TEST_F(EndToEnd, RemoveAllLeavesNothing) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  const auto haproxy = rig_->haproxy();
  rig_->stop_gateway();
  rig_->loop.run(rig_->engine->remove_all());
  EXPECT_FALSE(process_alive(haproxy));
  EXPECT_THAT(net::list_namespaces(rig_->fabric.prefix() + "-r-"), IsEmpty());
  EXPECT_FALSE(net::namespace_exists(rig_->fabric.fabric_namespace()));
  EXPECT_FALSE(std::filesystem::exists(rig_->directory + "/run"));
}

// --- change under load
// ---------------------------------------------------------------------------------------------------

TEST_F(EndToEnd, TwoHundredChangesUnderLoadLoseNoConnection) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  Traffic traffic(client_, "172.24.4.9", 80);
  const auto* reloads = &rig_->real.metrics.counter("fairway_gateway_haproxy_reloads_total", "Reloads of HAProxy.");
  for (int round = 0; round < 50; ++round) {
    const auto name = "extra" + std::to_string(round);
    ASSERT_TRUE(add(name, fmt::format("10.0.0.{}", 100 + round), fmt::format("172.24.4.{}", 100 + round)));
    // A reload; servers and weights at run time; and one listener less.
    ASSERT_TRUE(rig_->cloud->commit_applied(
        [&](auto& world) { world.listeners["li-web"].timeout_client_data_ms = 40'000 + round; }));
    ASSERT_TRUE(rig_->cloud->commit_applied(
        [&](auto& world) { world.pools["p-web"].members[1].weight = round % 2 == 0 ? 1 : 5; }));
    ASSERT_TRUE(rig_->cloud->commit_applied([&](auto& world) { remove_balancer(world, name); }));
  }
  const auto seen = traffic.stop();
  EXPECT_EQ(seen.errors, 0) << seen.first_error;
  EXPECT_EQ(seen.broken, 0);
  EXPECT_GT(seen.connections, 100);
  EXPECT_GE(reloads->value(), 50U);
  RecordProperty("connections", seen.connections);
}

TEST_F(EndToEnd, AGatewayThatComesBackChangesNothing) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  const auto haproxy = rig_->haproxy();
  Traffic traffic(client_, "172.24.4.9", 80);
  for (int i = 0; i < 5; ++i) {
    rig_->restart_gateway();
    ASSERT_TRUE(rig_->cloud->applied(2));
  }
  const auto seen = traffic.stop();
  EXPECT_EQ(seen.errors, 0) << seen.first_error;
  EXPECT_EQ(seen.broken, 0);
  EXPECT_EQ(rig_->haproxy(), haproxy);
}

// The gateway as a process of its own, for the test after it: this very program, started to run this test alone.
TEST(GatewayProcess, DISABLED_Runs) {
  const auto setting = testing::environment("FAIRWAY_TEST_GATEWAY");
  ASSERT_NE(setting, "") << "only KilledGateway.DoesNoHarmToTraffic starts this";
  RealEnv real;
  LoopThread loop;
  std::unique_ptr<dataplane::Engine> engine;
  std::unique_ptr<Gateway> gateway;
  const auto config = rig_config(setting, "/tmp/" + setting);
  loop.run([&] {
    engine = make_engine(real.env, config.engine);
    gateway = *Gateway::start(loop.context, real.env, *engine, config);
  });
  while (true) ::pause();  // until we are killed
}

class KilledGateway : public SeedTest {
 protected:
  bool in_process() const override { return false; }
};

TEST_F(KilledGateway, DoesNoHarmToTraffic) {
  ProcessSpec spec;
  spec.argv = {std::filesystem::read_symlink("/proc/self/exe"), "--gtest_also_run_disabled_tests",
               "--gtest_filter=GatewayProcess.DISABLED_Runs"};
  spec.env["FAIRWAY_TEST_GATEWAY"] = rig_->names.prefix();
  spec.log_file = rig_->directory + "/child.log";
  spec.die_with_parent = true;
  auto child = start_process(spec);
  ASSERT_TRUE(child) << child.error().what;
  ASSERT_TRUE(rig_->cloud->applied(1));
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  Traffic traffic(client_, "172.24.4.9", 80);
  int revision = 2;
  for (int i = 0; i < 10; ++i) {
    // While a change is under way, that a reload makes.
    ++revision;
    rig_->cloud->commit([i](auto& world) { world.listeners["li-web"].timeout_client_data_ms = 30'000 + i; });
    if (i % 2 == 1) ASSERT_TRUE(rig_->cloud->applied(revision));
    signal_process(*child, SIGKILL);
    rig_->loop.run([](ProcessId id) -> Task<> { co_await wait_process(id); }(*child));
    rig_->cloud->forget();
    child = start_process(spec);
    ASSERT_TRUE(child) << child.error().what;
    ASSERT_TRUE(rig_->cloud->applied(revision));
  }
  const auto seen = traffic.stop();
  EXPECT_EQ(seen.errors, 0) << seen.first_error;
  EXPECT_EQ(seen.broken, 0);
  EXPECT_GT(seen.connections, 100);
  signal_process(*child, SIGKILL);
  rig_->loop.run([](ProcessId id) -> Task<> { co_await wait_process(id); }(*child));
}

}  // namespace
}  // namespace fairway::gateway
