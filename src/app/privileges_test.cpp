#include "app/privileges.h"

#include <gtest/gtest.h>

namespace fairway::app {
namespace {

TEST(Privileges, RootAndItsCapabilitiesAreEnough) {
  EXPECT_TRUE(may_change_machine("Name:\tx\nCapEff:\t000001ffffffffff\n"));
  EXPECT_TRUE(may_change_machine("CapEff:\t0000000000201000\n"));
  EXPECT_TRUE(may_change_machine("Name:\tx\n"));
}

TEST(Privileges, WhatIsMissingIsNamed) {
  EXPECT_TRUE(may_change_machine("CapEff:\t0000000000000000\n")
                  .error()
                  .what.ends_with("it lacks CAP_NET_ADMIN and CAP_SYS_ADMIN; run it as root"));
  EXPECT_TRUE(may_change_machine("CapEff:\t0000000000001000\n").error().what.contains("it lacks CAP_SYS_ADMIN;"));
}

}  // namespace
}  // namespace fairway::app
