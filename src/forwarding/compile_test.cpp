#include "forwarding/table.h"

namespace fairway::forwarding {
namespace {

using gateway_link::World;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The seed's network: public 172.24.4.0/24, private 10.0.0.0/24, one router, one load balancer with a floating IP.
World seed() {
  World world;
  world.revision = 7;
  world.networks["public"] = {"public", true, ""};
  world.networks["private"] = {"private", false, ""};
  world.subnets["public-subnet"] = {"public-subnet", "public", "172.24.4.0/24", "172.24.4.1"};
  world.subnets["private-subnet"] = {"private-subnet", "private", "10.0.0.0/24", "10.0.0.1"};
  gateway_link::Router router;
  router.id = "r1";
  router.gateway = {"public", "public-subnet", "port-gw", "172.24.4.2", "fa:16:3e:00:00:01"};
  router.interfaces = {{"private", "private-subnet", "port-if", "10.0.0.1", "fa:16:3e:00:00:02"}};
  world.routers["r1"] = router;
  world.load_balancers["lb1"] = {"lb1", "demo", "r1", "10.0.0.5", "private-subnet", "port-vip", "fa:16:3e:00:00:03",
                                 true};
  gateway_link::Listener listener;
  listener.id = "li1";
  listener.load_balancer_id = "lb1";
  listener.protocol = "TCP";
  listener.port = 80;
  listener.default_pool_id = "p1";
  world.listeners["li1"] = listener;
  gateway_link::Pool pool;
  pool.id = "p1";
  pool.load_balancer_id = "lb1";
  pool.protocol = "TCP";
  pool.algorithm = "ROUND_ROBIN";
  gateway_link::Member member;
  member.id = "m1";
  member.address = "10.0.0.4";
  member.port = 30080;
  pool.members = {member};
  world.pools["p1"] = pool;
  world.floating_ips["f1"] = {"f1", "r1", "public", "172.24.4.9", "10.0.0.5"};
  return world;
}

TEST(Compile, TheSeedsServiceBecomesOneRouter) {
  const Table table = compile(seed());
  EXPECT_EQ(table.revision, 7);
  EXPECT_THAT(table.refused, IsEmpty());
  ASSERT_THAT(table.routers, SizeIs(1));
  const RouterTable& router = table.routers.at("r1");
  EXPECT_THAT(router.legs,
              ElementsAre(Leg{"public", "port-gw", "172.24.4.2/24", "fa:16:3e:00:00:01", true, "172.24.4.1", ""},
                          Leg{"private", "port-if", "10.0.0.1/24", "fa:16:3e:00:00:02", false, "", ""}));
  EXPECT_THAT(router.vips, ElementsAre(Vip{"lb1", "10.0.0.5", "private", "fa:16:3e:00:00:03", 24}));
  EXPECT_THAT(router.nat, ElementsAre(NatPair{"f1", "172.24.4.9", "10.0.0.5"}));
  ASSERT_THAT(router.frontends, SizeIs(1));
  EXPECT_EQ(router.frontends[0].vip_address, "10.0.0.5");
  EXPECT_EQ(router.frontends[0].port, 80);
  EXPECT_EQ(router.frontends[0].pool_id, "p1");
  EXPECT_FALSE(router.frontends[0].http);
  EXPECT_THAT(router.pools.at("p1").members, SizeIs(1));
}

TEST(Compile, AnEmptyWorldIsAnEmptyTable) { EXPECT_EQ(compile(World{}), Table{}); }

struct Case {
  const char* name;
  void (*change)(World&);
  const char* refused_kind;  // "": nothing is refused
  const char* refused_why;
  std::size_t vips, frontends, nat;
  bool served;  // the frontend has its pool
};

class CompileCases : public ::testing::TestWithParam<Case> {};

TEST_P(CompileCases, SaysWhatIsServedAndWhatIsNot) {
  World world = seed();
  GetParam().change(world);
  const Table table = compile(world);
  if (*GetParam().refused_kind == '\0') {
    EXPECT_THAT(table.refused, IsEmpty());
  } else {
    ASSERT_THAT(table.refused, SizeIs(1));
    EXPECT_EQ(table.refused[0].kind, GetParam().refused_kind);
    EXPECT_THAT(table.refused[0].why, HasSubstr(GetParam().refused_why));
  }
  const RouterTable router = table.routers.contains("r1") ? table.routers.at("r1") : RouterTable{};
  EXPECT_EQ(router.vips.size(), GetParam().vips);
  EXPECT_EQ(router.frontends.size(), GetParam().frontends);
  EXPECT_EQ(router.nat.size(), GetParam().nat);
  EXPECT_EQ(!router.frontends.empty() && !router.frontends[0].pool_id.empty(), GetParam().served);
}

const Case kCases[] = {
    {"RouterDisabled", [](World& w) { w.routers["r1"].admin_state_up = false; }, "", "", 0, 0, 0, false},
    {"BalancerDisabled", [](World& w) { w.load_balancers["lb1"].admin_state_up = false; }, "", "", 0, 0, 1, false},
    {"ListenerDisabled", [](World& w) { w.listeners["li1"].admin_state_up = false; }, "", "", 1, 0, 1, false},
    {"PoolDisabled", [](World& w) { w.pools["p1"].admin_state_up = false; }, "", "", 1, 1, 1, false},
    {"NoPool", [](World& w) { w.listeners["li1"].default_pool_id = ""; }, "", "", 1, 1, 1, false},
    {"SubnetWithoutRouter", [](World& w) { w.load_balancers["lb1"].router_id = ""; }, "load_balancer",
     "add a router interface", 0, 0, 1, false},
    {"RouterUnknown", [](World& w) { w.load_balancers["lb1"].router_id = "r9"; }, "load_balancer",
     "router r9 is not known", 0, 0, 1, false},
    {"SubnetUnknown", [](World& w) { w.load_balancers["lb1"].vip_subnet_id = "s9"; }, "load_balancer", "subnet s9", 0,
     0, 1, false},
    {"VipIsIPv6", [](World& w) { w.load_balancers["lb1"].vip_address = "fd00::5"; }, "load_balancer", "not IPv4", 0,
     0, 1, false},
    {"Udp", [](World& w) { w.listeners["li1"].protocol = "UDP"; }, "listener", "protocol UDP is not offered", 1, 0, 1,
     false},
    {"Terminated", [](World& w) { w.listeners["li1"].protocol = "TERMINATED_HTTPS"; }, "listener",
     "use TCP, HTTP or HTTPS", 1, 0, 1, false},
    {"BadCidr", [](World& w) { w.listeners["li1"].allowed_cidrs = {"10.0.0.0/8", "fd00::/8"}; }, "listener",
     "'fd00::/8'", 1, 0, 1, false},
    {"HeaderOnTcp", [](World& w) { w.listeners["li1"].insert_headers = {{"X-Forwarded-For", "true"}}; }, "listener",
     "needs protocol HTTP", 1, 0, 1, false},
    {"HeaderSwitchedOff", [](World& w) { w.listeners["li1"].insert_headers = {{"X-Forwarded-For", "false"}}; }, "",
     "", 1, 1, 1, true},
    {"HeaderUnknown", [](World& w) { w.listeners["li1"].insert_headers = {{"X-Other", "true"}}; }, "listener",
     "X-Other is not offered", 1, 0, 1, false},
    {"Algorithm", [](World& w) { w.pools["p1"].algorithm = "SOURCE_IP_PORT"; }, "pool", "SOURCE_IP_PORT", 1, 1, 1,
     false},
    {"PoolProtocol", [](World& w) { w.pools["p1"].protocol = "UDP"; }, "pool", "UDP", 1, 1, 1, false},
    {"CookieOnTcp", [](World& w) { w.pools["p1"].persistence = {"HTTP_COOKIE", ""}; }, "pool",
     "needs an HTTP listener", 1, 1, 1, false},
    {"SourceIpOnTcp", [](World& w) { w.pools["p1"].persistence = {"SOURCE_IP", ""}; }, "", "", 1, 1, 1, true},
    {"AppCookieWithoutName",
     [](World& w) {
       w.listeners["li1"].protocol = "HTTP";
       w.pools["p1"].persistence = {"APP_COOKIE", ""};
     },
     "pool", "needs a cookie_name", 1, 1, 1, false},
    {"Ping", [](World& w) { w.pools["p1"].monitor = {.id = "hm1", .type = "PING"}; }, "", "", 1, 1, 1, true},
    {"SeveralMonitors",
     [](World& w) {
       w.pools["p1"].monitor = {.id = "hm1", .type = "PING", .delay_s = 60};
       w.pools["p1"].more_monitors = {{.id = "hm2", .type = "HTTP"}, {.id = "hm3", .type = "TCP"}};
     },
     "", "", 1, 1, 1, true},
    {"MonitorsOfTwoRhythms",
     [](World& w) {
       w.pools["p1"].monitor = {.id = "hm0", .type = "TCP"};
       w.pools["p1"].more_monitors = {{.id = "hm1", .type = "HTTP", .delay_s = 60}};
     },
     "health_monitor", "the same delay, timeout and max_retries", 1, 1, 1, true},
    {"UdpConnect", [](World& w) { w.pools["p1"].monitor = {.id = "hm1", .type = "UDP-CONNECT"}; }, "health_monitor",
     "type UDP-CONNECT is not offered", 1, 1, 1, true},
    {"MonitorDisabled",
     [](World& w) { w.pools["p1"].monitor = {.id = "hm1", .type = "UDP-CONNECT", .admin_state_up = false}; }, "", "",
     1, 1, 1, true},
    {"MonitorBreaksTheLine",
     [](World& w) { w.pools["p1"].monitor = {.id = "hm1", .type = "HTTP", .url_path = "/\nglobal"}; },
     "health_monitor", "control characters", 1, 1, 1, true},
    {"MemberIsIPv6", [](World& w) { w.pools["p1"].members[0].address = "fd00::4"; }, "member", "'fd00::4'", 1, 1, 1,
     true},
    {"FloatingIpFree", [](World& w) { w.floating_ips["f1"].fixed_address = w.floating_ips["f1"].router_id = ""; }, "",
     "", 1, 1, 0, true},
    {"FloatingIpOfUnknownRouter", [](World& w) { w.floating_ips["f1"].router_id = "r9"; }, "floating_ip", "router r9",
     1, 1, 0, true},
    {"FloatingIpWithoutGateway", [](World& w) { w.routers["r1"].gateway.reset(); }, "floating_ip", "set one", 1, 1, 0,
     true},
    {"LegWithoutSubnet", [](World& w) { w.routers["r1"].interfaces[0].subnet_id = "s9"; }, "router", "subnet s9", 1,
     1, 1, true},
};

INSTANTIATE_TEST_SUITE_P(All, CompileCases, ::testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Compile, AProviderNetworkNeedsNoRouter) {
  World world = seed();
  world.networks["private"].segment = "br-office";
  world.load_balancers["lb1"].router_id = "";
  auto second = world.load_balancers["lb1"];
  second.id = "lb2";
  second.vip_address = "10.0.0.6";
  world.load_balancers["lb2"] = second;
  const Table table = compile(world);
  EXPECT_THAT(table.refused, IsEmpty());
  const RouterTable& home = table.routers.at("private");
  EXPECT_THAT(home.legs, ElementsAre(Leg{"private", "port-vip", "10.0.0.5/24", "fa:16:3e:00:00:03", false, "10.0.0.1",
                                         "br-office"}));
  EXPECT_FALSE(home.snat);
  EXPECT_THAT(home.vips, SizeIs(2));
  EXPECT_THAT(home.frontends, SizeIs(1));
}

TEST(Compile, RoutersOfTenantsWithTheSameAddressesStayApart) {
  World world = seed();
  const World other = seed();
  auto router = other.routers.at("r1");
  router.id = "r2";
  world.routers["r2"] = router;
  auto balancer = other.load_balancers.at("lb1");
  balancer.id = "lb2";
  balancer.router_id = "r2";
  world.load_balancers["lb2"] = balancer;
  const Table table = compile(world);
  EXPECT_THAT(table.routers.at("r1").vips, SizeIs(1));
  EXPECT_THAT(table.routers.at("r2").vips, SizeIs(1));
  EXPECT_THAT(table.routers.at("r2").frontends, IsEmpty());
}

TEST(Compile, APoolSharedByTwoListenersIsTakenOnce) {
  World world = seed();
  auto second = world.listeners["li1"];
  second.id = "li2";
  second.port = 81;
  world.listeners["li2"] = second;
  const Table table = compile(world);
  EXPECT_THAT(table.routers.at("r1").frontends, SizeIs(2));
  EXPECT_THAT(table.routers.at("r1").pools, SizeIs(1));
}

}  // namespace
}  // namespace fairway::forwarding
