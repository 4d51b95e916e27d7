#include "app/explain.h"

#include <gtest/gtest.h>

namespace fairway::app {
namespace {

TEST(RoleState, SaysWhatARoleWaitsFor) {
  EXPECT_EQ(role_state(200, "[+]serving ok\nready\n"), "ready");
  EXPECT_EQ(role_state(503, "[-]cloud: connection refused\n[+]serving ok\nnot ready\n"),
            "not ready: cloud: connection refused");
  EXPECT_EQ(role_state(503, "[-]cloud: away\n[-]serving: starting\nnot ready\n"),
            "not ready: cloud: away; serving: starting");
  EXPECT_EQ(role_state(404, "no such page"), "not ready: it answers 404");
}

}  // namespace
}  // namespace fairway::app
