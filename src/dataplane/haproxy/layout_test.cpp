#include "dataplane/haproxy/layout.h"

#include "base/clock.h"
#include "json/described.h"
#include "runtime/process.h"
#include "runtime/timers.h"
#include "testing/env.h"
#include "testing/golden.h"

namespace fairway::dataplane::haproxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const auto kAnyPort = [](std::uint16_t) { return true; };

gateway_link::Member member(const std::string& id, const std::string& address) {
  gateway_link::Member made;
  made.id = id;
  made.address = address;
  made.port = 30080;
  return made;
}

gateway_link::Pool pool(const std::string& id) {
  gateway_link::Pool made;
  made.id = id;
  made.protocol = "TCP";
  made.algorithm = "ROUND_ROBIN";
  made.members = {member("m1", "10.0.0.11"), member("m2", "10.0.0.12")};
  return made;
}

forwarding::Frontend frontend(const std::string& listener, bool http = false) {
  forwarding::Frontend made;
  made.listener_id = listener;
  made.http = http;
  made.port = 80;
  return made;
}

gateway_link::HealthMonitor monitor(const std::string& type) {
  gateway_link::HealthMonitor made;
  made.id = "hm1";
  made.type = type;
  made.delay_s = 5;
  made.timeout_s = 3;
  made.max_retries = 1;
  made.max_retries_down = 3;
  return made;
}

Layout with(std::vector<Service> services) {
  std::map<std::string, Service> wanted;
  for (auto& service : services) wanted.emplace(service.listener_id, service);
  return settle(plan(Layout{}, wanted, 20'000, kAnyPort).after, kAnyPort);
}

std::vector<std::string> commands(const Layout& now, const Service& wanted) {
  const auto made = plan(now, {{wanted.listener_id, wanted}}, 20'000, kAnyPort);
  EXPECT_THAT(made.reasons, IsEmpty());
  return made.commands;
}

// --- golden files: what a layout looks like to HAProxy, and that HAProxy takes it
// ----------------------------------------

struct Golden {
  const char* name;
  std::function<Service()> service;
};

Service tuned_tcp() {
  auto front = frontend("li-tcp");
  front.settings.connection_limit = 1000;
  front.settings.timeout_client_data_ms = 60'000;
  front.settings.timeout_member_connect_ms = 1'000;
  front.settings.timeout_member_data_ms = 70'000;
  front.settings.timeout_tcp_inspect_ms = 500;
  auto back = pool("p-tcp");
  back.algorithm = "LEAST_CONNECTIONS";
  back.monitor = monitor("TCP");
  back.members[0].weight = 5;
  back.members[0].monitor_address = "10.0.0.99";
  back.members[0].monitor_port = 9000;
  back.members[1].backup = true;
  back.members[1].admin_state_up = false;
  return to_service(front, back);
}

Service http_with_headers() {
  auto front = frontend("li-http", true);
  front.settings.insert_headers = {
      {"X-Forwarded-For", "true"}, {"X-Forwarded-Port", "true"}, {"X-Forwarded-Proto", "True"}};
  auto back = pool("p-http");
  back.protocol = "HTTP";
  back.monitor = monitor("HTTP");
  back.monitor->url_path = "/health check?a='b'#c";
  back.monitor->expected_codes = "200, 202";
  back.monitor->http_version = "1.1";
  back.monitor->domain_name = "shop.example.org";
  return to_service(front, back);
}

Service cookies(const std::string& type, const std::string& name) {
  auto back = pool("p-cookie");
  back.persistence = {type, name};
  return to_service(frontend("li-cookie", true), back);
}

Service proxied(const std::string& protocol) {
  auto back = pool("p-proxy");
  back.protocol = protocol;
  back.persistence = {"SOURCE_IP", ""};
  return to_service(frontend("li-proxy"), back);
}

gateway_link::HealthMonitor with_path(const std::string& type, const std::string& path) {
  auto made = monitor(type);
  made.url_path = path;
  return made;
}

// By all of them.
Service checked_by(std::vector<gateway_link::HealthMonitor> monitors) {
  auto back = pool("p-checked");
  back.monitor = monitors.front();
  back.more_monitors.assign(monitors.begin() + 1, monitors.end());
  return to_service(frontend("li-checked"), back);
}

Service checked(const std::string& type) {
  auto back = pool("p-checked");
  back.monitor = monitor(type);
  back.monitor->domain_name = type == "HTTPS" ? "shop.example.org" : "";
  back.monitor->http_version = type == "HTTPS" ? "1.1" : "";
  return to_service(frontend("li-checked"), back);
}

const Golden kGoldens[] = {
    {"tcp", tuned_tcp},
    {"http", http_with_headers},
    {"http_cookie", [] { return cookies("HTTP_COOKIE", ""); }},
    {"app_cookie", [] { return cookies("APP_COOKIE", "JSESSIONID"); }},
    {"proxy", [] { return proxied("PROXY"); }},
    {"proxy_v2", [] { return proxied("PROXYV2"); }},
    {"https_monitor", [] { return checked("HTTPS"); }},
    {"tls_hello_monitor", [] { return checked("TLS-HELLO"); }},
    {"several_monitors",
     [] { return checked_by({monitor("TCP"), with_path("HTTP", "/a"), with_path("HTTPS", "/b"), monitor("PING")}); }},
    {"several_https_monitors", [] { return checked_by({with_path("HTTPS", "/a"), with_path("HTTPS", "/b")}); }},
    {"tcp_and_http_monitor", [] { return checked_by({monitor("TCP"), with_path("HTTP", "/a")}); }},
};

// haproxy -c on a file, with the directory that its sockets name.
CommandOutput check_file(const std::string& path) {
  testing::TestEnv test;
  Env env{system_clock(), system_random(), loop_timers(), test.log, test.metrics};
  ProcessSpec spec;
  spec.argv = {"haproxy", "-c", "-f", path};
  auto result = testing::run(run_command(env, std::move(spec), std::chrono::seconds(20)));
  return result ? *result : CommandOutput{-1, "", result.error().what};
}

class Goldens : public ::testing::TestWithParam<Golden> {};

TEST_P(Goldens, AreRenderedAndTakenByHAProxy) {
  Globals globals;
  globals.directory = "/tmp/fairway-golden";
  const auto text = render(with({GetParam().service()}), globals);
  const auto file = fmt::format("src/dataplane/haproxy/golden/{}.cfg", GetParam().name);
  const auto mismatch = testing::golden_mismatch(file, text);
  EXPECT_FALSE(mismatch) << *mismatch;
  const auto checked = check_file(testing::source_dir() + "/" + file);
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
}

INSTANTIATE_TEST_SUITE_P(All, Goldens, ::testing::ValuesIn(kGoldens),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Goldens, ABrokenFileIsNotTaken) {
  const auto checked = check_file(testing::source_dir() + "/src/dataplane/haproxy/golden/broken.cfg");
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.err, HasSubstr("nosuch"));
}

// --- plan
// ----------------------------------------------------------------------------------------------------------------

TEST(Plan, TheFirstLayoutIsStockOnly) {
  const auto layout = settle(Layout{}, kAnyPort);
  EXPECT_THAT(layout.slots, SizeIs(12));
  EXPECT_TRUE(std::ranges::all_of(layout.slots, &Slot::spare));
  EXPECT_FALSE(wants_tidying(layout));
}

TEST(Plan, APlainListenerTakesASpareWithoutAReload) {
  const auto layout = settle(Layout{}, kAnyPort);
  auto service = to_service(frontend("li1"), pool("p1"));
  const auto made = plan(layout, {{"li1", service}}, 20'000, kAnyPort);
  EXPECT_FALSE(made.reload());
  EXPECT_THAT(made.commands, ElementsAre("add server b10004/m1 10.0.0.11:30080 weight 1", "enable server b10004/m1",
                                         "add server b10004/m2 10.0.0.12:30080 weight 1", "enable server b10004/m2"));
  EXPECT_EQ(made.after.slots[4].listener_id, "li1");
}

TEST(Plan, AMonitoredOneTooOnceItsShapeIsKnown) {
  auto back = pool("p1");
  back.monitor = monitor("TLS-HELLO");
  const auto first = to_service(frontend("li1"), back);
  const auto second = to_service(frontend("li2"), back);
  const auto unknown = plan(settle(Layout{}, kAnyPort), {{"li1", first}}, 20'000, kAnyPort);
  EXPECT_THAT(unknown.reasons, ElementsAre(HasSubstr("listener li1: no spare of its shape")));
  const auto known = plan(with({first}), {{"li1", first}, {"li2", second}}, 20'000, kAnyPort);
  EXPECT_FALSE(known.reload());
  EXPECT_THAT(known.commands[0], HasSubstr("10.0.0.11:30080 check inter 5s fall 3 rise 1 weight 1"));
  EXPECT_THAT(known.commands[1], HasSubstr("enable health"));
}

TEST(Plan, NothingToDoIsNothing) {
  const auto service = to_service(frontend("li1"), pool("p1"));
  EXPECT_THAT(commands(with({service}), service), IsEmpty());
}

struct Change {
  const char* name;
  void (*change)(forwarding::Frontend&, gateway_link::Pool&);
  std::vector<std::string> commands;  // with the slot as @
  const char* reason;                 // "": no reload
};

class Changes : public ::testing::TestWithParam<Change> {};

TEST_P(Changes, AreMadeAtRunTimeWherePossible) {
  auto front = frontend("li1");
  auto back = pool("p1");
  const auto layout = with({to_service(front, back)});
  const auto port = std::to_string(std::ranges::find(layout.slots, "li1", &Slot::listener_id)->port);
  GetParam().change(front, back);
  const auto made = plan(layout, {{"li1", to_service(front, back)}}, 20'000, kAnyPort);
  if (*GetParam().reason != '\0') {
    ASSERT_FALSE(made.reasons.empty());
    EXPECT_THAT(made.reasons[0], HasSubstr(GetParam().reason));
    return;
  }
  EXPECT_THAT(made.reasons, IsEmpty());
  std::vector<std::string> expected;
  for (auto command : GetParam().commands) expected.push_back(command.replace(command.find('@'), 1, port));
  EXPECT_EQ(made.commands, expected);
}

const Change kChanges[] = {
    {"Weight", [](auto&, auto& p) { p.members[0].weight = 0; }, {"set server b@/m1 weight 0"}, ""},
    {"MemberDown", [](auto&, auto& p) { p.members[0].admin_state_up = false; }, {"disable server b@/m1"}, ""},
    {"MemberGone", [](auto&, auto& p) { p.members.erase(p.members.begin()); }, {"disable server b@/m1"}, ""},
    {"MemberCame",
     [](auto&, auto& p) { p.members.push_back(member("m3", "10.0.0.13")); },
     {"add server b@/m3 10.0.0.13:30080 weight 1", "enable server b@/m3"},
     ""},
    {"Limit", [](auto& f, auto&) { f.settings.connection_limit = 7; }, {"set maxconn frontend f@ 7"}, ""},
    {"Timeout", [](auto& f, auto&) { f.settings.timeout_client_data_ms = 1; }, {}, "other settings"},
    {"Algorithm", [](auto&, auto& p) { p.algorithm = "SOURCE_IP"; }, {}, "other settings"},
    {"MonitorCame", [](auto&, auto& p) { p.monitor = monitor("TCP"); }, {}, "member m1: other settings"},
    {"ProxyProtocol", [](auto&, auto& p) { p.protocol = "PROXY"; }, {}, "member m1: other settings"},
    {"Backup", [](auto&, auto& p) { p.members[1].backup = true; }, {}, "member m2: other settings"},
    {"Sources", [](auto& f, auto&) { f.settings.allowed_cidrs = {"10.0.0.0/8"}; }, {}, ""},
};

INSTANTIATE_TEST_SUITE_P(All, Changes, ::testing::ValuesIn(kChanges),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Plan, WhatAProbeSaysIsToldAtRunTimeAndNeedsNoShapeOfItsOwn) {
  auto back = pool("p1");
  back.monitor = monitor("PING");
  back.monitor->timeout_s = 1;
  const auto says = [&](const char* first, const char* second) {
    auto service = to_service(frontend("li1"), back);
    EXPECT_EQ(service.servers.at("m1").probe, "pending");
    service.servers.at("m1").probe = first;
    service.servers.at("m2").probe = second;
    return service;
  };
  EXPECT_EQ(says("up", "up").shape, plain_tcp());
  EXPECT_THAT(commands(settle(Layout{}, kAnyPort), says("down", "pending")),
              ElementsAre("add server b10004/m1 10.0.0.11:30080 weight 1", "enable server b10004/m1",
                          "set server b10004/m1 health down", "add server b10004/m2 10.0.0.12:30080 weight 1",
                          "enable server b10004/m2"));
  const auto layout = with({says("down", "up")});
  const auto port = std::to_string(std::ranges::find(layout.slots, "li1", &Slot::listener_id)->port);
  EXPECT_THAT(commands(layout, says("up", "down")),
              ElementsAre("set server b" + port + "/m1 health up", "set server b" + port + "/m2 health down"));
  // Known health holds until something new is said; members that were never asked serve.
  EXPECT_THAT(commands(layout, says("pending", "pending")), IsEmpty());
  EXPECT_THAT(commands(with({says("pending", "pending")}), says("up", "up")), IsEmpty());
  back.members[0].admin_state_up = false;
  EXPECT_THAT(commands(layout, says("down", "up")), ElementsAre("disable server b" + port + "/m1"));
  const auto disabled = plan(layout, {{"li1", says("down", "up")}}, 20'000, kAnyPort).after;
  back.members[0].admin_state_up = true;
  EXPECT_THAT(commands(disabled, says("down", "up")),
              ElementsAre("enable server b" + port + "/m1", "set server b" + port + "/m1 health down"));
  EXPECT_THAT(commands(disabled, says("up", "up")), ElementsAre("enable server b" + port + "/m1"));
  back.monitor.reset();
  EXPECT_THAT(commands(layout, to_service(frontend("li1"), back)),
              ElementsAre("set server b" + port + "/m1 health up"));
}

TEST(Plan, WhatAProbeHoldsDownIsNotBroughtUpByACheck) {
  auto back = pool("p1");
  back.monitor = monitor("TCP");
  back.more_monitors = {monitor("PING")};
  const auto says = [&](const char* first) {
    auto service = to_service(frontend("li1"), back);
    EXPECT_TRUE(service.servers.at("m1").checked);
    EXPECT_EQ(service.servers.at("m1").probe, "pending");
    service.servers.at("m1").probe = first;
    service.servers.at("m2").probe = "up";
    return service;
  };
  EXPECT_THAT(commands(settle(Layout{}, kAnyPort), says("down")),
              ElementsAre("add server b10004/m1 10.0.0.11:30080 check inter 5s fall 3 rise 1 weight 1",
                          "enable server b10004/m1", "set server b10004/m1 health down",
                          "add server b10004/m2 10.0.0.12:30080 check inter 5s fall 3 rise 1 weight 1",
                          "enable health b10004/m2", "enable server b10004/m2"));
  const auto up = with({says("up")}), down = with({says("down")});
  const auto m1 = "b" + std::to_string(std::ranges::find(up.slots, "li1", &Slot::listener_id)->port) + "/m1";
  EXPECT_THAT(commands(up, says("down")), ElementsAre("disable health " + m1, "set server " + m1 + " health down"));
  EXPECT_THAT(commands(down, says("up")), ElementsAre("enable health " + m1)) << "the check says when it is up";
  EXPECT_THAT(commands(down, says("pending")), IsEmpty());
  back.members[0].admin_state_up = false;
  EXPECT_THAT(commands(down, says("down")), ElementsAre("disable server " + m1, "enable health " + m1));
}

TEST(Plan, AMemberThatComesBackNeedsAReload) {
  auto back = pool("p1");
  const auto both = to_service(frontend("li1"), back);
  back.members.pop_back();
  const auto gone = plan(with({both}), {{"li1", to_service(frontend("li1"), back)}}, 20'000, kAnyPort).after;
  const auto again = plan(gone, {{"li1", both}}, 20'000, kAnyPort);
  EXPECT_THAT(again.reasons, ElementsAre(HasSubstr("m2: was removed and came back")));
}

TEST(Plan, ARetiredSlotIsNotUsedAgainBeforeAReload) {
  const auto service = to_service(frontend("li1"), pool("p1"));
  const auto retired = plan(with({service}), {}, 20'000, kAnyPort).after;
  const auto& slot = *std::ranges::find(retired.slots, true, &Slot::retired);
  EXPECT_THAT(slot.gone, ElementsAre("m1", "m2"));
  const auto next = plan(retired, {{"li1", service}}, 20'000, kAnyPort).after;
  EXPECT_NE(std::ranges::find(next.slots, "li1", &Slot::listener_id)->port, slot.port);
  EXPECT_TRUE(std::ranges::none_of(settle(retired, kAnyPort).slots, &Slot::retired));
}

TEST(Plan, TheStockIsFilledUpWhenHalfIsUsed) {
  Layout layout = settle(Layout{}, kAnyPort);
  std::map<std::string, Service> wanted;
  for (int i = 0; i < 4; ++i)
    wanted.emplace("li" + std::to_string(i), to_service(frontend("li" + std::to_string(i)), pool("p")));
  layout = plan(layout, wanted, 20'000, kAnyPort).after;
  EXPECT_FALSE(wants_tidying(layout));
  wanted.emplace("li9", to_service(frontend("li9"), pool("p")));
  layout = plan(layout, wanted, 20'000, kAnyPort).after;
  EXPECT_TRUE(wants_tidying(layout));
  EXPECT_FALSE(wants_tidying(settle(layout, kAnyPort)));
}

TEST(Plan, PortsInUseByOthersAreLeftOut) {
  const auto layout = settle(Layout{}, [](std::uint16_t port) { return port % 2 == 1; });
  EXPECT_TRUE(std::ranges::all_of(layout.slots, [](const Slot& slot) { return slot.port % 2 == 1; }));
}

TEST(Plan, ConnectionsLeaveRoomForOtherDescriptors) {
  Globals globals;
  globals.descriptors = 20'000;
  const auto layout = settle(Layout{}, kAnyPort);  // 12 slots
  EXPECT_THAT(render(layout, globals), HasSubstr("    maxconn 9894\n"));
  globals.descriptors = 1'000'000;
  EXPECT_THAT(render(layout, globals), HasSubstr("    maxconn 20000\n"));
}

TEST(Plan, ALayoutSurvivesItsRecord) {
  auto layout = with({tuned_tcp(), http_with_headers()});
  layout.carried["li-tcp"].bytes_in = 5;
  const auto back = json::decode<Layout>(*json::parse(json::write(json::encode(layout))));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(*back, layout);
}

}  // namespace
}  // namespace fairway::dataplane::haproxy
