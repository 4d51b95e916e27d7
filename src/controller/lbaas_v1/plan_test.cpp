#include "controller/lbaas_v1/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::controller::lbaas_v1 {
namespace {

const std::string kName = "a1f03e40f634011e59c9efa163eae8ab";

LoadBalancer wanted() {
  LoadBalancer lb;
  lb.description = "d";
  lb.vip_subnet_id = "s";
  Listener listener;
  listener.protocol = "TCP";
  listener.port = 80;
  listener.pool.protocol = "TCP";
  listener.pool.lb_algorithm = "ROUND_ROBIN";
  listener.pool.members = {{.name = "n1", .address = "10.0.0.5", .port = 31157},
                           {.name = "n2", .address = "10.0.0.6", .port = 31157}};
  listener.pool.monitor = Monitor{.type = "TCP"};
  lb.listeners = {listener};
  return lb;
}

Seen as_made() {
  SeenPool pool{
      .id = "P",
      .name = kName,
      .subnet_id = "s",
      .protocol = "TCP",
      .lb_method = "ROUND_ROBIN",
      .monitor_ids = {"H"},
      .members = {{"M1", "10.0.0.5", 31157}, {"M2", "10.0.0.6", 31157}},
      .monitors = {{.id = "H", .type = "TCP", .delay = 5, .timeout = 3, .max_retries = 3, .pool_ids = {"P"}}}};
  SeenVip vip{.id = "V",
              .name = kName,
              .subnet_id = "s",
              .address = "10.0.0.9",
              .port_id = "port",
              .protocol = "TCP",
              .pool_id = "P",
              .status = "ACTIVE",
              .status_description = "",
              .persistence = "",
              .port = 80};
  return {.pools = {pool}, .vips = {vip}};
}

// "POST pools; DELETE vips/V", without the root.
std::string outline(const std::vector<neutron::Step>& steps) {
  std::string text;
  for (const auto& step : steps)
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", step.method,
                        step.path.substr(std::string("/v2.0/lb/").size()));
  return text;
}

TEST(LbaasV1Plan, MakesInThePluginsOrderWithItsNames) {
  EXPECT_EQ(
      neutron::describe(plan(wanted(), kName, {})),
      R"(POST /v2.0/lb/pools {"pool":{"name":"a1f03e40f634011e59c9efa163eae8ab","description":"d","protocol":"TCP","lb_method":"ROUND_ROBIN","subnet_id":"s"}}
POST /v2.0/lb/members {"member":{"pool_id":"$pool","address":"10.0.0.5","protocol_port":31157}}
POST /v2.0/lb/members {"member":{"pool_id":"$pool","address":"10.0.0.6","protocol_port":31157}}
POST /v2.0/lb/health_monitors {"health_monitor":{"delay":5,"timeout":3,"max_retries":3,"type":"TCP","admin_state_up":false}}
POST /v2.0/lb/pools/$pool/health_monitors {"health_monitor":{"id":"$monitor"}}
PUT /v2.0/lb/health_monitors/$monitor {"health_monitor":{"admin_state_up":true}}
POST /v2.0/lb/vips {"vip":{"name":"a1f03e40f634011e59c9efa163eae8ab","description":"d","protocol":"TCP","protocol_port":80,"pool_id":"$pool","subnet_id":"s","connection_limit":-1}}
)");
}

TEST(LbaasV1Plan, WhatIsAsWantedNeedsNothing) { EXPECT_EQ(outline(plan(wanted(), kName, as_made())), ""); }

struct Row {
  const char* name;
  void (*change)(LoadBalancer&, Seen&);
  const char* steps;
};

TEST(LbaasV1Plan, EachDifferenceIsOneSmallWay) {
  for (const auto& row : std::vector<Row>{
           {"a node comes", [](LoadBalancer&, Seen& s) { s.pools[0].members.pop_back(); }, "POST members"},
           {"a node goes", [](LoadBalancer& w, Seen&) { w.listeners[0].pool.members.pop_back(); },
            "DELETE members/M2"},
           {"the node port changes: first the new one",
            [](LoadBalancer& w, Seen&) {
              for (auto& member : w.listeners[0].pool.members) member.port = 1;
            },
            "POST members; POST members; DELETE members/M1; DELETE members/M2"},
           {"the port changes: a VIP has one for life", [](LoadBalancer& w, Seen&) { w.listeners[0].port = 8080; },
            "DELETE vips/V; POST vips"},
           {"the subnet changes: all is made anew, and the rest goes last",
            [](LoadBalancer& w, Seen&) { w.vip_subnet_id = "other"; },
            "DELETE vips/V; POST pools; POST members; POST members; POST health_monitors; POST "
            "pools/$pool/health_monitors; PUT health_monitors/$monitor; POST vips; DELETE pools/P/health_monitors/H; "
            "DELETE health_monitors/H; "
            "DELETE "
            "members/M1; DELETE members/M2; DELETE pools/P"},
           {"another method", [](LoadBalancer& w, Seen&) { w.listeners[0].pool.lb_algorithm = "SOURCE_IP"; },
            "PUT pools/P"},
           {"stickiness", [](LoadBalancer& w, Seen&) { w.listeners[0].pool.source_ip_persistence = true; },
            "PUT vips/V"},
           {"a limit", [](LoadBalancer& w, Seen&) { w.listeners[0].connection_limit = 5; }, "PUT vips/V"},
           {"the monitor's values", [](LoadBalancer& w, Seen&) { w.listeners[0].pool.monitor->delay = 9; },
            "PUT health_monitors/H"},
           {"no monitor any more", [](LoadBalancer& w, Seen&) { w.listeners[0].pool.monitor.reset(); },
            "DELETE pools/P/health_monitors/H; DELETE health_monitors/H"},
           {"a monitor that another pool has too is not ours",
            [](LoadBalancer&, Seen& s) { s.pools[0].monitors[0].pool_ids = {"P", "Q"}; },
            "DELETE pools/P/health_monitors/H; POST health_monitors; POST pools/P/health_monitors; PUT "
            "health_monitors/$monitor"},
           {"a monitor that nobody has",
            [](LoadBalancer&, Seen& s) {
              s.pools[0].monitors.clear();
              s.spare_monitor = "S";
            },
            "POST pools/P/health_monitors; PUT health_monitors/S"},
           {"a monitor that was not switched on",
            [](LoadBalancer&, Seen& s) { s.pools[0].monitors[0].admin_state_up = false; }, "PUT health_monitors/H"},
           {"the VIP was deleted", [](LoadBalancer&, Seen& s) { s.vips.clear(); }, "POST vips"},
           {"half made: only the pool",
            [](LoadBalancer&, Seen& s) {
              s.vips.clear();
              s.pools[0].members.clear();
              s.pools[0].monitors.clear();
            },
            "POST members; POST members; POST health_monitors; POST pools/P/health_monitors; PUT "
            "health_monitors/$monitor; POST vips"},
           {"a pool of a lost create, the elder or the younger",
            [](LoadBalancer&, Seen& s) {
              s.pools.insert(
                  s.pools.begin(),
                  SeenPool{
                      .id = "Q", .name = kName, .subnet_id = "s", .protocol = "TCP", .lb_method = "ROUND_ROBIN"});
            },
            "DELETE pools/Q"},
           {"a VIP too many",
            [](LoadBalancer&, Seen& s) {
              s.vips.push_back(s.vips[0]);
              s.vips[1].id = "W";
            },
            "DELETE vips/W"}}) {
    auto want = wanted();
    auto seen = as_made();
    row.change(want, seen);
    EXPECT_EQ(outline(plan(want, kName, seen)), row.steps) << row.name;
  }
}

TEST(LbaasV1Plan, ADelayIsNeverBelowTheTimeout) {
  auto want = wanted();
  want.listeners[0].pool.monitor->timeout = 30;
  EXPECT_THAT(neutron::describe(plan(want, kName, as_made())), ::testing::HasSubstr(R"("delay":5,"timeout":5)"));
}

TEST(LbaasV1Plan, RemovalLeavesNothingAndNoForeignMonitor) {
  auto seen = as_made();
  EXPECT_EQ(outline(plan_removal(seen)),
            "DELETE vips/V; DELETE pools/P/health_monitors/H; DELETE health_monitors/H; DELETE members/M1; DELETE "
            "members/M2; DELETE pools/P");
  seen.pools[0].monitors[0].pool_ids = {"P", "Q"};
  EXPECT_EQ(outline(plan_removal(seen)),
            "DELETE vips/V; DELETE pools/P/health_monitors/H; DELETE members/M1; DELETE members/M2; DELETE pools/P");
  seen.pools.push_back(seen.pools[0]);
  seen.pools[1].id = "Q";
  seen.pools[1].members.clear();
  EXPECT_EQ(outline(plan_removal(seen)),
            "DELETE vips/V; DELETE pools/P/health_monitors/H; DELETE members/M1; DELETE members/M2; DELETE pools/P; "
            "DELETE pools/Q/health_monitors/H; DELETE health_monitors/H; DELETE pools/Q")
      << "nobody else's when all its pools go";
  EXPECT_EQ(outline(plan_removal({})), "");
}

}  // namespace
}  // namespace fairway::controller::lbaas_v1
