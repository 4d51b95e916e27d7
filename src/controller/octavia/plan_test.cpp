#include "controller/octavia/plan.h"

namespace fairway::controller::octavia {
namespace {

using ::testing::HasSubstr;

Listener listener(int port, const std::string& protocol = "TCP") {
  Listener to;
  to.name = fmt::format("listener_{}", port);
  to.port = port;
  to.protocol = protocol;
  to.allowed_cidrs = {"0.0.0.0/0"};
  to.timeouts = Timeouts{};
  to.pool = {.name = fmt::format("pool_{}", port),
             .protocol = protocol,
             .lb_algorithm = "ROUND_ROBIN",
             .members = {{.name = "n1", .address = "10.0.0.5", .port = 30000 + port}}};
  return to;
}

LoadBalancer wanted(std::vector<Listener> listeners = {listener(80)}) {
  LoadBalancer to;
  to.name = "svc";
  to.tags = {"svc", "cluster"};
  to.listeners = std::move(listeners);
  return to;
}

// As it is after plan() has been carried out on nothing.
Seen seen_as(const LoadBalancer& from) {
  Seen seen{.id = "lb", .name = from.name, .provisioning_status = "ACTIVE", .tags = from.tags};
  for (const auto& item : from.listeners) {
    const auto suffix = fmt::format("{}{}", item.port, item.protocol);
    SeenListener listener;
    listener.id = "L" + suffix;
    listener.default_pool_id = "P" + suffix;
    listener.protocol = item.protocol;
    listener.port = item.port;
    listener.connection_limit = item.connection_limit;
    listener.timeouts = *item.timeouts;
    listener.allowed_cidrs = {item.allowed_cidrs->begin(), item.allowed_cidrs->end()};
    listener.tags = {"svc"};
    if (item.x_forwarded_for) listener.insert_headers["X-Forwarded-For"] = "true";
    seen.listeners.push_back(listener);
    SeenPool pool{.id = listener.default_pool_id,
                  .protocol = item.pool.protocol,
                  .lb_algorithm = item.pool.lb_algorithm,
                  .persistence = item.pool.source_ip_persistence ? "SOURCE_IP" : "",
                  .listener_ids = {listener.id}};
    for (const auto& member : item.pool.members)
      pool.members.push_back(
          {.name = member.name, .address = member.address, .port = member.port, .monitor_port = member.monitor_port});
    if (item.pool.monitor) {
      const auto& monitor = *item.pool.monitor;
      pool.monitor = SeenMonitor{.id = "M" + suffix,
                                 .type = monitor.type,
                                 .delay = monitor.delay,
                                 .timeout = monitor.timeout,
                                 .max_retries = monitor.max_retries,
                                 .max_retries_down = monitor.max_retries_down};
    }
    seen.pools.push_back(pool);
  }
  return seen;
}

// "POST pools; PUT pools/$pool 80/TCP/members; …": the order of it, without bodies.
std::string outline(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps)
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", step.method,
                        step.path.substr(std::string_view("/v2.0/lbaas/").size()));
  return text;
}

TEST(Plan, WhatIsAsWantedNeedsNothing) {
  auto full = wanted({listener(80), listener(53, "UDP")});
  full.listeners[0].pool.monitor = Monitor{.type = "TCP"};
  full.listeners[0].pool.source_ip_persistence = true;
  EXPECT_EQ(neutron::describe(*plan(full, seen_as(full), true)), "");
}

struct Row {
  const char* name;
  std::function<void(LoadBalancer&)> now;  // what is wanted now, beside what was
  std::string outline;
  std::string body;  // of the first step
};

TEST(Plan, EachDifferenceIsOneSmallWay) {
  const std::vector<Row> rows{
      {"connection limit", [](auto& w) { w.listeners[0].connection_limit = 5; }, "PUT listeners/L80TCP",
       R"({"listener":{"connection_limit":5}})"},
      {"timeout", [](auto& w) { w.listeners[0].timeouts->client_data = 1; }, "PUT listeners/L80TCP",
       R"({"listener":{"timeout_client_data":1}})"},
      {"source ranges", [](auto& w) { w.listeners[0].allowed_cidrs = {"10.0.0.0/8"}; }, "PUT listeners/L80TCP",
       R"({"listener":{"allowed_cidrs":["10.0.0.0/8"]}})"},
      {"method", [](auto& w) { w.listeners[0].pool.lb_algorithm = "SOURCE_IP"; }, "PUT pools/P80TCP",
       R"({"pool":{"lb_algorithm":"SOURCE_IP"}})"},
      {"affinity", [](auto& w) { w.listeners[0].pool.source_ip_persistence = true; }, "PUT pools/P80TCP",
       R"({"pool":{"session_persistence":{"type":"SOURCE_IP"}}})"},
      {"member",
       [](auto& w) {
         w.listeners[0].pool.members.push_back(
             {.name = "n2", .address = "10.0.0.6", .subnet_id = "s", .port = 30080});
       },
       "PUT pools/P80TCP/members",
       R"({"members":[{"name":"n1","address":"10.0.0.5","protocol_port":30080},{"name":"n2","address":"10.0.0.6","protocol_port":30080,"subnet_id":"s"}]})"},
      {"no members", [](auto& w) { w.listeners[0].pool.members.clear(); }, "PUT pools/P80TCP/members",
       R"({"members":[]})"},
      {"monitor", [](auto& w) { w.listeners[0].pool.monitor = Monitor{.name = "m", .type = "TCP"}; },
       "POST healthmonitors",
       R"({"healthmonitor":{"name":"m","type":"TCP","delay":5,"timeout":3,"max_retries":1,"max_retries_down":3,"pool_id":"P80TCP"}})"},
      {"new port", [](auto& w) { w.listeners.push_back(listener(443)); },
       "POST pools; PUT pools/$pool 443/TCP/members; POST listeners",
       R"({"pool":{"name":"pool_443","protocol":"TCP","lb_algorithm":"ROUND_ROBIN","loadbalancer_id":"lb"}})"},
      {"port moved", [](auto& w) { w.listeners[0] = listener(81); },
       "POST pools; PUT pools/$pool 81/TCP/members; POST listeners; DELETE listeners/L80TCP; DELETE pools/P80TCP",
       ""},
      {"same port, same L4", [](auto& w) { w.listeners[0] = listener(80, "HTTP"); },
       "DELETE listeners/L80TCP; DELETE pools/P80TCP; POST pools; PUT pools/$pool 80/HTTP/members; POST listeners",
       ""},
      {"same port, other L4", [](auto& w) { w.listeners[0] = listener(80, "UDP"); },
       "POST pools; PUT pools/$pool 80/UDP/members; POST listeners; DELETE listeners/L80TCP; DELETE pools/P80TCP",
       ""},
      {"pool protocol", [](auto& w) { w.listeners[0].pool.protocol = "PROXY"; },
       "POST pools; PUT pools/$pool 80/TCP/members; PUT listeners/L80TCP; DELETE pools/P80TCP", ""},
      {"mark", [](auto& w) { w.tags.emplace_back("more"); }, "PUT loadbalancers/lb",
       R"({"loadbalancer":{"tags":["svc","cluster","more"]}})"},
  };
  for (const auto& row : rows) {
    auto now = wanted();
    row.now(now);
    const auto steps = plan(now, seen_as(wanted()), true);
    ASSERT_TRUE(steps) << row.name;
    EXPECT_EQ(outline(*steps), row.outline) << row.name;
    if (!row.body.empty()) EXPECT_EQ(json::write(steps->at(0).body), row.body) << row.name;
    // What is then as wanted needs nothing more.
    EXPECT_EQ(outline(*plan(now, seen_as(now), true)), "") << row.name;
  }
}

TEST(Plan, AMonitorChangesInPlaceOrByAnother) {
  auto was = wanted();
  was.listeners[0].pool.monitor = Monitor{.type = "TCP"};
  auto now = was;
  now.listeners[0].pool.monitor->delay = 9;
  EXPECT_EQ(neutron::describe(*plan(now, seen_as(was), true)),
            "PUT /v2.0/lbaas/healthmonitors/M80TCP {\"healthmonitor\":{\"delay\":9}}\n");
  now.listeners[0].pool.monitor->type = "HTTP";
  EXPECT_EQ(outline(*plan(now, seen_as(was), true)), "DELETE healthmonitors/M80TCP; POST healthmonitors");
  now.listeners[0].pool.monitor.reset();
  EXPECT_EQ(outline(*plan(now, seen_as(was), true)), "DELETE healthmonitors/M80TCP");
}

TEST(Plan, WhatOthersPutInASharedOneStays) {
  auto seen = seen_as(wanted());
  seen.listeners[0].tags = {"another"};
  const auto steps = plan(wanted({listener(443)}), seen, false);
  ASSERT_TRUE(steps);
  EXPECT_EQ(outline(*steps), "POST pools; PUT pools/$pool 443/TCP/members; POST listeners");
  const auto conflict = plan(wanted({listener(80)}), seen, false);
  EXPECT_EQ(conflict.error().code, Errc::conflict);
  EXPECT_THAT(conflict.error().what, HasSubstr("the listener port 80 already exists"));
}

TEST(Plan, AnUntaggedListenerIsTheOwners) {
  auto seen = seen_as(wanted());
  seen.listeners[0].tags.clear();
  EXPECT_EQ(neutron::describe(*plan(wanted(), seen, true)),
            "PUT /v2.0/lbaas/listeners/L80TCP {\"listener\":{\"tags\":[\"svc\"]}}\n");
}

TEST(Plan, ForeignHeadersAndTagsAreKept) {
  auto was = wanted({listener(80, "HTTP")});
  auto seen = seen_as(was);
  seen.listeners[0].insert_headers["X-Forwarded-Port"] = "true";
  seen.listeners[0].tags = {"svc", "theirs"};
  EXPECT_EQ(outline(*plan(was, seen, true)), "");
  was.listeners[0].x_forwarded_for = true;
  EXPECT_EQ(json::write(plan(was, seen, true)->at(0).body),
            R"({"listener":{"insert_headers":{"X-Forwarded-Port":"true","X-Forwarded-For":"true"}}})");
}

TEST(Plan, ReferencesAreFilledInWithWhatWasMade) {
  auto steps = *plan(wanted({listener(80), listener(443)}), seen_as(wanted()), true);
  const std::map<std::string, std::string> made{{"$pool 443/TCP", "new"}};
  for (auto& step : steps) neutron::substitute(step, made);
  EXPECT_EQ(steps[1].path, "/v2.0/lbaas/pools/new/members");
  EXPECT_THAT(json::write(steps[2].body), HasSubstr(R"("default_pool_id":"new")"));
}

TEST(Plan, RemovalFromASharedOneTakesOnlyItsShare) {
  auto seen = seen_as(wanted({listener(80), listener(443)}));
  seen.listeners[1].tags = {"another"};
  seen.tags = {"svc", "another"};
  EXPECT_EQ(outline(plan_removal("svc", seen, false)),
            "DELETE listeners/L80TCP; DELETE pools/P80TCP; PUT loadbalancers/lb");
  EXPECT_EQ(outline(plan_removal("svc", seen_as(wanted()), true)), "DELETE listeners/L80TCP; DELETE pools/P80TCP");
}

TEST(CreateRequest, IsOneFullBodyInTheIncumbentsWords) {
  auto lb = wanted();
  lb.description = "d";
  lb.vip_subnet_id = "s";
  lb.listeners[0].pool.monitor = Monitor{.name = "m", .type = "HTTP", .http = true};
  EXPECT_EQ(
      json::write(create_request(lb)),
      R"({"loadbalancer":{"name":"svc","description":"d","vip_subnet_id":"s","tags":["svc","cluster"],"listeners":[{"name":"listener_80","protocol":"TCP",)"
      R"("protocol_port":80,"connection_limit":-1,"timeout_client_data":50000,"timeout_member_connect":5000,"timeout_member_data":50000,"timeout_tcp_inspect":0,)"
      R"("allowed_cidrs":["0.0.0.0/0"],"tags":["svc"],"default_pool":{"name":"pool_80","protocol":"TCP","lb_algorithm":"ROUND_ROBIN",)"
      R"("members":[{"name":"n1","address":"10.0.0.5","protocol_port":30080}],"healthmonitor":{"name":"m","type":"HTTP","delay":5,"timeout":3,"max_retries":1,)"
      R"("max_retries_down":3,"url_path":"/healthz","http_method":"GET","expected_codes":"200"}}}]}})");
  EXPECT_FALSE(create_request(lb, false).at("loadbalancer").as_object().contains("listeners"));
}

}  // namespace
}  // namespace fairway::controller::octavia
