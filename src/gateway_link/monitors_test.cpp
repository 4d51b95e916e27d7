#include "gateway_link/monitors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::gateway_link {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

HealthMonitor monitor(const std::string& type, int delay = 5) {
  return {.id = "hm-" + type, .type = type, .delay_s = delay};
}

TEST(Monitors, AreOfThoseThatTheGatewayAsksAndTheOthers) {
  Pool pool;
  EXPECT_THAT(monitors_of(pool), IsEmpty());
  pool.monitor = monitor("TCP");
  pool.more_monitors = {monitor("PING"), monitor("HTTP")};
  std::string order, pings, checks;
  for (const auto* one : monitors_of(pool)) order += one->type + " ";
  for (const auto* one : pings_of(pool)) pings += one->type + " ";
  for (const auto* one : checks_of(pool)) checks += one->type + " ";
  EXPECT_EQ(order, "TCP PING HTTP ");
  EXPECT_EQ(pings, "PING ");
  EXPECT_EQ(checks, "TCP HTTP ");
}

TEST(Monitors, WhichCanShareAPool) {
  struct Case {
    HealthMonitor one, other;
    const char* why;  // "": they can
  };
  HealthMonitor patient = monitor("HTTP"), eager = monitor("HTTPS");
  patient.timeout_s = 4;
  eager.max_retries = eager.max_retries_down = 2;
  const Case cases[] = {{monitor("TCP"), monitor("HTTP"), ""},
                        {monitor("HTTP"), monitor("HTTP"), ""},
                        {monitor("HTTP"), monitor("HTTPS"), ""},
                        {monitor("HTTP"), monitor("PING", 60), ""},
                        {monitor("PING", 60), monitor("PING", 5), ""},
                        {monitor("PING"), monitor("TLS-HELLO"), ""},
                        {monitor("HTTP"), monitor("TCP", 6), "the same delay, timeout and max_retries"},
                        {monitor("HTTP"), patient, "HTTP hm-HTTP (every 5 s, timeout 4 s, 3 retries)"},
                        {eager, monitor("HTTP"), "HTTPS hm-HTTPS (every 5 s, timeout 3 s, 2 retries)"},
                        {monitor("TLS-HELLO"), monitor("TCP"), "can share a pool with PING only"}};
  for (const Case& one : cases) {
    const std::string why = why_not_together(one.one, one.other);
    EXPECT_EQ(why.empty(), *one.why == '\0') << why;
    EXPECT_THAT(why, HasSubstr(one.why));
    EXPECT_EQ(why_not_together(one.other, one.one).empty(), why.empty()) << "it does not matter which came first";
  }
}

}  // namespace
}  // namespace fairway::gateway_link
