#include "cloud/dashboard/login_limiter.h"

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway::cloud::dashboard {
namespace {

using std::chrono::seconds;

TEST(LoginLimiter, FiveInARowThenOneEachTwentySeconds) {
  testing::ManualClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limiter.begin("10.0.0.1:4000", "demo")) << i;
  const auto wait = limiter.begin("10.0.0.1:4001", "demo");
  ASSERT_TRUE(wait);
  EXPECT_LE(*wait, seconds(20));
  EXPECT_GT(*wait, seconds(19));
  clock.advance(seconds(20));
  EXPECT_FALSE(limiter.begin("10.0.0.1:4002", "demo"));
  EXPECT_TRUE(limiter.begin("10.0.0.1:4003", "demo"));
}

TEST(LoginLimiter, NobodyLocksAnotherOut) {
  testing::ManualClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 9; ++i) static_cast<void>(limiter.begin("10.0.0.1:1", "demo"));
  EXPECT_TRUE(limiter.begin("10.0.0.1:1", "demo"));
  EXPECT_FALSE(limiter.begin("10.0.0.2:1", "demo"));
  EXPECT_FALSE(limiter.begin("10.0.0.1:1", "admin"));
}

TEST(LoginLimiter, AManyNamedGuesserIsSlowedToo) {
  testing::ManualClock clock;
  LoginLimiter limiter(clock);
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += limiter.begin("10.0.0.1:1", "user" + std::to_string(i)) ? 0 : 1;
  EXPECT_EQ(passed, 40);
}

TEST(LoginLimiter, ARightPasswordCostsNothing) {
  testing::ManualClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 200; ++i) {
    ASSERT_FALSE(limiter.begin("10.0.0.1:1", "demo")) << i;
    limiter.succeeded("10.0.0.1:1", "demo");
  }
}

TEST(LoginLimiter, MemoryIsBounded) {
  testing::ManualClock clock;
  LoginLimiter limiter(clock);
  for (int i = 0; i < 50'000; ++i)
    static_cast<void>(limiter.begin(std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0.1:1", "u"));
  EXPECT_LE(limiter.known(), 8194U);
}

}  // namespace
}  // namespace fairway::cloud::dashboard
