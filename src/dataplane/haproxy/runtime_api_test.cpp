#include "dataplane/haproxy/runtime_api.h"

namespace fairway::dataplane::haproxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kStates =
    "1\n"
    "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state "
    "bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr "
    "srv_agent_addr "
    "srv_agent_port\n"
    "3 b10000 1 m1 10.0.0.11 2 0 7 3 27 6 3 3 6 0 0 0 - 8080 - 0 8080 10.0.0.11 - 0\n"
    "3 b10000 2 m2 10.0.0.12 0 0 3 3 27 8 2 0 6 0 0 0 - 8081 - 0 0 - - 0\n"
    "5 b10001 1 m3 10.0.0.13 0 1 256 256 27 17 2 0 14 0 0 0 - 8080 - 0 0 - - 0\n"
    "\n";

Layout layout() {
  Layout made;
  Slot first;
  first.port = 10000;
  first.listener_id = "li1";
  first.servers["m1"] = {"10.0.0.11:8080 check", "", 7, true, true};
  first.servers["m2"] = {"10.0.0.12:8081 check", "", 3, true, true};
  Slot second;
  second.port = 10001;
  second.listener_id = "li2";
  second.servers["m3"] = {"10.0.0.13:8080", "", 256, false, false};
  made.slots = {first, second};
  return made;
}

TEST(RuntimeApi, ReadsTheStateOfServers) {
  const auto servers = parse_servers(kStates);
  ASSERT_THAT(servers, SizeIs(3));
  EXPECT_EQ(servers[0].backend, "b10000");
  EXPECT_EQ(servers[0].name, "m1");
  EXPECT_EQ(servers[0].address, "10.0.0.11");
  EXPECT_EQ(servers[0].port, 8080);
  EXPECT_EQ(servers[0].weight, 7);
  EXPECT_EQ(servers[1].operation, 0);
  EXPECT_TRUE(servers[2].in_maintenance());
  EXPECT_THAT(parse_servers("Permission denied\n"), IsEmpty());
  EXPECT_THAT(parse_servers(""), IsEmpty());
}

TEST(RuntimeApi, ReadsTheCountersOfFrontends) {
  const auto frontends = parse_frontends(
      "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,\n"
      "f10000,FRONTEND,,,2,9,20000,17,1000,2000,0,0,3,\n\n");
  ASSERT_THAT(frontends, SizeIs(1));
  const auto& counters = frontends.at("f10000");
  EXPECT_EQ(counters.active_connections, 2);
  EXPECT_EQ(counters.total_connections, 17);
  EXPECT_EQ(counters.bytes_in, 1000);
  EXPECT_EQ(counters.bytes_out, 2000);
  EXPECT_EQ(counters.request_errors, 3);
}

TEST(RuntimeApi, ConfirmationsAreNoComplaints) {
  EXPECT_THAT(complaints("New server registered.\n\n\n\nServer deleted.\n\n"), IsEmpty());
  EXPECT_THAT(complaints("New server registered.\n\nNo such server.\n\n"), ElementsAre("No such server."));
}

TEST(RuntimeApi, WhatRunsAsItShouldNeedsNoCorrection) {
  const auto correction = correct(layout(), parse_servers(kStates));
  EXPECT_THAT(correction.commands, IsEmpty());
  EXPECT_THAT(correction.reasons, IsEmpty());
}

TEST(RuntimeApi, WeightsAndMaintenanceAreSetRight) {
  auto wanted = layout();
  wanted.slots[0].servers["m1"].weight = 1;
  wanted.slots[0].servers["m2"].enabled = false;
  wanted.slots[1].servers["m3"].enabled = true;
  const auto correction = correct(wanted, parse_servers(kStates));
  EXPECT_THAT(correction.commands,
              ElementsAre("set server b10000/m1 weight 1", "disable server b10000/m2", "enable server b10001/m3"));
  EXPECT_THAT(correction.reasons, IsEmpty());
}

TEST(RuntimeApi, ServersMissingOrForeignNeedAReload) {
  auto wanted = layout();
  wanted.slots[0].servers.erase("m1");
  wanted.slots[0].servers["m9"] = {"10.0.0.19:8080", "", 1, true, false};
  const auto correction = correct(wanted, parse_servers(kStates));
  EXPECT_THAT(correction.reasons, ElementsAre(HasSubstr("b10000/m1 is not ours"), HasSubstr("b10000/m9 is missing")));
}

TEST(RuntimeApi, AServerOfAnotherAddressNeedsAReload) {
  auto wanted = layout();
  wanted.slots[0].servers["m1"].options = "10.0.0.11:80 check";
  EXPECT_THAT(correct(wanted, parse_servers(kStates)).reasons, ElementsAre(HasSubstr("has address 10.0.0.11:8080")));
}

struct StatusCase {
  int operation;
  unsigned admin;
  int weight, check_status;
  bool checked;
  const char* status;
  const char* probe = "";
};

TEST(RuntimeApi, StatesInTheCloudsWords) {
  const StatusCase cases[] = {
      {2, 0, 1, 6, true, "ONLINE"},
      {0, 0, 1, 8, true, "ERROR"},
      {2, 0, 0, 6, true, "DRAINING"},
      {0, 0, 0, 8, true, "ERROR"},
      {2, 0, 1, 0, false, "NO_MONITOR"},
      {0, 1, 1, 6, true, "OFFLINE"},
      {2, 0, 1, 1, true, "OFFLINE"},
      {2, 0, 0, 0, false, "DRAINING"},
      {0, 5, 1, 0, false, "OFFLINE"},
      {1, 0, 1, 6, true, "ONLINE"},
      {3, 0, 1, 6, true, "DRAINING"},
      {2, 0, 1, 1, false, "OFFLINE", "pending"},
      {2, 0, 1, 1, false, "ONLINE", "up"},
      {0, 0, 1, 1, false, "ERROR", "down"},
      {2, 0, 1, 1, false, "ERROR", "down"},
      {0, 1, 1, 1, false, "OFFLINE", "down"},
      {2, 0, 0, 1, false, "DRAINING", "up"},
      {2, 0, 1, 6, true, "ONLINE", "up"},
      {2, 0, 1, 6, true, "OFFLINE", "pending"},
      {2, 0, 1, 1, true, "OFFLINE", "up"},
      {2, 0, 1, 6, true, "ERROR", "down"},
      {0, 0, 1, 8, true, "ERROR", "up"},
  };
  for (const auto& one : cases) {
    ServerState state;
    state.operation = one.operation;
    state.admin = one.admin;
    state.weight = one.weight;
    state.check_status = one.check_status;
    Server server;
    server.checked = one.checked;
    server.probe = one.probe;
    EXPECT_EQ(status_of(state, server), one.status)
        << one.operation << " " << one.admin << " " << one.weight << " " << one.probe;
  }
}

TEST(RuntimeApi, WhatAProbeSaysIsSetRightAndChecksAreLeftAlone) {
  auto wanted = layout();
  wanted.slots[0].servers["m1"] = {"10.0.0.11:8080", "", 7, true, false, "down"};
  wanted.slots[1].servers["m3"] = {"10.0.0.13:8080", "", 256, true, false, "down"};
  auto states = parse_servers(kStates);
  EXPECT_THAT(
      correct(wanted, states).commands,
      ElementsAre("set server b10000/m1 health down", "enable server b10001/m3", "set server b10001/m3 health down"));
  wanted = layout();
  for (auto& state : states) state.operation = 0;
  for (auto& [name, server] : wanted.slots[0].servers) server.checked = true;
  EXPECT_THAT(correct(wanted, states).commands, IsEmpty());
  wanted.slots[0].servers["m1"].checked = false;
  EXPECT_THAT(correct(wanted, states).commands, ElementsAre("set server b10000/m1 health up"));
}

TEST(RuntimeApi, TheCheckOfWhatAProbeHoldsDownIsSwitchedOff) {
  auto wanted = layout();
  wanted.slots[0].servers["m1"].probe = "down";
  wanted.slots[0].servers["m2"].probe = "up";
  auto states = parse_servers(kStates);
  EXPECT_THAT(correct(wanted, states).commands,
              ElementsAre("disable health b10000/m1", "set server b10000/m1 health down"));
  states[0].check_state = states[1].check_state = 2;
  states[0].operation = 0;
  EXPECT_THAT(correct(wanted, states).commands, ElementsAre("enable health b10000/m2"));
}

TEST(Tables, AreTaughtToTheNextHAProxyByItsOwnNumbers) {
  const auto server = [](const char* backend, const char* name, int id) {
    ServerState state;
    state.backend = backend;
    state.name = name;
    state.id = id;
    return state;
  };
  const std::vector before{server("b10000", "one", 1), server("b10000", "two", 2), server("b10001", "other", 1)};
  const auto stuck = parse_table(
      "# table: b10000, type: string, size:10240, used:5\n"
      "0x5651c3367dd0: key=abc use=0 exp=0 server_id=2 server_key=two\n"
      "0x5651c3367ee0: key=x\\=y/z+: use=0 exp=0 server_id=1 server_key=-\n"
      "0x5651c3367ef0: key=a\\ b use=0 exp=0 server_id=1 server_key=-\n"
      "0x5651c3367ef1: key=a;shutdown use=0 exp=0 server_id=1 server_key=-\n"
      "0x5651c3367ef2: key=gone use=0 exp=0 server_id=7 server_key=-\n\n",
      before);
  EXPECT_THAT(stuck, ::testing::ElementsAre(Stuck{"abc", "two"}, Stuck{"x=y/z+:", "one"}));
  EXPECT_THAT(teach_table("b10002", stuck, {server("b10002", "two", 1), server("b10000", "one", 1)}),
              ::testing::ElementsAre("set table b10002 key abc data.server_id 1"));
}

}  // namespace
}  // namespace fairway::dataplane::haproxy
