#include "gateway_link/messages.h"

#include <gtest/gtest.h>

namespace fairway::gateway_link {
namespace {

World small_world() {
  World world{.revision = 7};
  world.networks["n1"] = {.id = "n1", .external = true, .segment = "br-ex"};
  world.subnets["s1"] = {.id = "s1", .network_id = "n1", .cidr = "10.0.0.0/24", .gateway_ip = "10.0.0.1"};
  world.routers["r1"] = {.id = "r1",
                         .gateway = RouterLeg{"n1", "s1", "p1", "172.24.4.2/24", "fa:16:3e:00:00:01"},
                         .interfaces = {{"n2", "s2", "p2", "10.0.0.1/24", "fa:16:3e:00:00:02"}}};
  world.floating_ips["f1"] = {"f1", "r1", "n1", "172.24.4.10", "10.0.0.9"};
  world.load_balancers["l1"] = {.id = "l1", .project_id = "p", .router_id = "r1", .vip_address = "10.0.0.9"};
  world.listeners["li1"] = {.id = "li1",
                            .load_balancer_id = "l1",
                            .protocol = "HTTP",
                            .port = 80,
                            .allowed_cidrs = {"10.0.0.0/8"},
                            .insert_headers = {{"X-Forwarded-For", "true"}}};
  world.pools["po1"] = {.id = "po1",
                        .load_balancer_id = "l1",
                        .protocol = "HTTP",
                        .algorithm = "ROUND_ROBIN",
                        .persistence = SessionPersistence{"SOURCE_IP", ""},
                        .members = {{.id = "m1", .address = "10.0.0.3", .port = 30080, .weight = 0}},
                        .monitor = HealthMonitor{.id = "h1", .type = "TCP"},
                        .more_monitors = {HealthMonitor{.id = "h2", .type = "PING"}}};
  return world;
}

template <class Kind>
Kind there_and_back(const Kind& message) {
  auto decoded = decode(encode(Message(message)));
  EXPECT_TRUE(decoded.has_value()) << decoded.error().what;
  return std::get<Kind>(*decoded);
}

TEST(Messages, SurviveEncodingAndDecoding) {
  EXPECT_EQ(there_and_back(WholeWorld{small_world()}).world, small_world());

  const auto hello = there_and_back(Hello{.gateway = "gw-1", .have_revision = 41});
  EXPECT_EQ(hello.gateway, "gw-1");
  EXPECT_EQ(hello.version, kVersion);
  EXPECT_EQ(hello.have_revision, 41);

  const auto change = there_and_back(ChangeSet{9, small_world(), {{"pool", "gone"}}});
  EXPECT_EQ(change.revision, 9);
  EXPECT_EQ(change.put, small_world());
  EXPECT_EQ(change.deleted, (std::vector<ChangeSet::Id>{{"pool", "gone"}}));

  const auto applied = there_and_back(Applied{9, {{"listener", "li1", "port 80 is taken"}}});
  ASSERT_EQ(applied.failed.size(), 1U);
  EXPECT_EQ(applied.failed[0].what, "port 80 is taken");

  const auto health = there_and_back(Health{{{"po1", "m1", "ERROR"}}, true});
  EXPECT_EQ(health.members, (std::vector<MemberHealth>{{"po1", "m1", "ERROR"}}));
  EXPECT_TRUE(health.whole);

  const auto counters = there_and_back(Counters{"e1", {{"li1", UINT64_MAX, 2, 3, 4, 5}}});
  EXPECT_EQ(counters.listeners, (std::vector<ListenerCounters>{{"li1", UINT64_MAX, 2, 3, 4, 5}}));
}

TEST(Messages, AreOneLine) {
  World world;
  world.networks["n\n1"] = {.id = "n\n1"};
  EXPECT_EQ(encode(WholeWorld{world}).find('\n'), std::string::npos);
}

TEST(Messages, TolerateFieldsOfANewerPeer) {
  const auto decoded = decode(R"({"type":"hello","body":{"gateway":"g","later":[1]},"seal":"x"})");
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<Hello>(*decoded).gateway, "g");
}

TEST(Messages, SayWhatIsWrongWithALine) {
  struct Case {
    std::string_view line;
    Errc code;
    std::string_view says;
  };
  for (const auto& [line, code, says] : {
           Case{"", Errc::invalid, "read a message"},
           Case{R"({"type":"hello"})", Errc::invalid, "without a body"},
           Case{R"({"type":"farewell","body":{}})", Errc::unsupported, "farewell"},
           Case{R"({"type":"hello","body":{"gateway":5}})", Errc::invalid, "gateway: not a string"},
           Case{R"({"type":"change","body":{"put":{"listeners":{"a":{"port":70000}}}}})", Errc::invalid,
                "put.listeners.a.port"},
       }) {
    const auto decoded = decode(line);
    ASSERT_FALSE(decoded.has_value()) << line;
    EXPECT_EQ(decoded.error().code, code) << line;
    EXPECT_NE(decoded.error().what.find(says), std::string::npos) << decoded.error().what;
  }
}

TEST(Diff, TurnsOneWorldIntoTheOther) {
  World empty;
  World full = small_world();
  World changed = full;
  changed.revision = 8;
  changed.pools["po1"].members[0].weight = 5;
  changed.listeners.erase("li1");
  changed.networks["n9"] = {.id = "n9"};

  for (const auto& [before, after] : {std::pair{empty, full}, {full, changed}, {changed, full}, {full, empty}}) {
    World world = before;
    apply(world, diff(before, after));
    EXPECT_EQ(world, after);
  }
}

TEST(Diff, HoldsOnlyWhatChanged) {
  World before = small_world();
  World after = before;
  after.listeners["li1"].port = 81;
  after.routers.erase("r1");
  const auto change = diff(before, after);
  EXPECT_EQ(change.put.listeners.size(), 1U);
  EXPECT_TRUE(change.put.pools.empty());
  EXPECT_EQ(change.deleted, (std::vector<ChangeSet::Id>{{"router", "r1"}}));
  EXPECT_FALSE(change.empty());
  EXPECT_TRUE(diff(before, before).empty());
}

}  // namespace
}  // namespace fairway::gateway_link
