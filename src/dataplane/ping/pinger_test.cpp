#include "dataplane/ping/pinger.h"

#include <boost/asio/io_context.hpp>

#include "testing/env.h"

namespace fairway::dataplane::ping {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Answers as it is told, at once.
class FakeAsker final : public Asker {
 public:
  Task<bool> ask(std::string address, Duration /*limit*/) override {
    asked.push_back(address);
    co_return !closed && !silent;
  }
  void close() override { closed = true; }
  std::vector<std::string> asked;
  bool silent = false, closed = false;
};

Target target(const std::string& member, const std::string& address) {
  return {"p1", member, "hm1", address, 5s, 3s, {2, 2}};
}

class PingerTest : public ::testing::Test {
 protected:
  void watch(std::vector<Target> targets) {
    testing::run_on(loop_, pinger_->watch("ns", std::move(targets)));
    settle();
  }
  void settle() {
    loop_.restart();
    loop_.poll();
  }
  void pass(Duration time) {
    env_.timers.advance(time);
    settle();
  }
  [[nodiscard]] Health health(const std::string& member) const { return pinger_->health("ns", "p1", member); }

  testing::TestEnv env_;  // outlives the loop, on which waits may be left
  boost::asio::io_context loop_;
  std::shared_ptr<FakeAsker> asker_ = std::make_shared<FakeAsker>();
  bool can_open_ = true;
  int opened_ = 0, changes_ = 0;
  std::shared_ptr<Pinger> pinger_ = std::make_shared<Pinger>(
      env_.env,
      [this](auto&&, const std::string&) -> Result<std::shared_ptr<Asker>> {
        if (!can_open_) return fail(Errc::not_found, "no such namespace");
        ++opened_;
        return asker_;
      },
      [this](const std::string&) { ++changes_; });
};

TEST_F(PingerTest, AsksAtOnceAndThenAtEachTurn) {
  watch({target("m1", "10.0.0.11")});
  EXPECT_THAT(asker_->asked, ElementsAre("10.0.0.11"));
  EXPECT_EQ(health("m1"), Health::up);
  EXPECT_EQ(changes_, 1);
  pass(4s);
  EXPECT_EQ(asker_->asked.size(), 1U);
  pass(1s);
  EXPECT_EQ(asker_->asked.size(), 2U);
  EXPECT_EQ(changes_, 1);
}

TEST_F(PingerTest, IsUpWhenAllMonitorsSaySo) {
  auto eager = target("m1", "10.0.0.11"), patient = eager;
  eager.monitor_id = "hm2";
  eager.limits = {1, 1};
  patient.delay = 60s;
  watch({patient, eager, target("m10", "10.0.0.12")});
  EXPECT_EQ(asker_->asked.size(), 3U);
  EXPECT_EQ(health("m1"), Health::up);
  asker_->silent = true;
  pass(5s);
  EXPECT_EQ(health("m1"), Health::down) << "one of them is enough";
  EXPECT_EQ(health("m10"), Health::up);
  asker_->silent = false;
  pass(5s);
  EXPECT_EQ(health("m1"), Health::up);
  watch({patient});
  EXPECT_EQ(health("m1"), Health::up);
  EXPECT_EQ(health("m2"), Health::pending);
}

TEST_F(PingerTest, JudgesByTheLimitsOfItsMonitor) {
  watch({target("m1", "10.0.0.11")});
  asker_->silent = true;
  pass(5s);
  EXPECT_EQ(health("m1"), Health::up);
  pass(5s);
  EXPECT_EQ(health("m1"), Health::down);
  EXPECT_EQ(changes_, 2);
}

TEST_F(PingerTest, WatchingTheSameAgainAsksNobodyTwice) {
  watch({target("m1", "10.0.0.11")});
  watch({target("m1", "10.0.0.11")});
  EXPECT_EQ(asker_->asked.size(), 1U);
  EXPECT_EQ(opened_, 1);
}

TEST_F(PingerTest, AnotherDelayKeepsTheHealthAnotherAddressDoesNot) {
  watch({target("m1", "10.0.0.11")});
  asker_->silent = true;
  auto changed = target("m1", "10.0.0.11");
  changed.delay = 7s;
  watch({changed});
  EXPECT_EQ(health("m1"), Health::up);  // its first silence of two
  changed.address = "10.0.0.99";
  watch({changed});
  EXPECT_EQ(health("m1"), Health::down);  // a first silence decides
  EXPECT_EQ(asker_->asked.back(), "10.0.0.99");
}

TEST_F(PingerTest, WhoIsNoLongerWatchedIsNotAsked) {
  watch({target("m1", "10.0.0.11"), target("m2", "10.0.0.12")});
  watch({target("m2", "10.0.0.12")});
  asker_->asked.clear();
  pass(5s);
  EXPECT_THAT(asker_->asked, ElementsAre("10.0.0.12"));
  EXPECT_EQ(health("m1"), Health::pending);
  watch({});
  EXPECT_TRUE(asker_->closed);
  asker_->asked.clear();
  pass(60s);
  EXPECT_THAT(asker_->asked, IsEmpty());
  EXPECT_EQ(env_.timers.waiting(), 0U);
}

TEST_F(PingerTest, WhoCannotBeAskedIsNotJudged) {
  can_open_ = false;
  watch({target("m1", "10.0.0.11")});
  pass(5s);
  EXPECT_EQ(health("m1"), Health::pending);
  EXPECT_EQ(changes_, 0);
  can_open_ = true;
  pass(5s);
  EXPECT_EQ(health("m1"), Health::up);
}

TEST_F(PingerTest, EndsWithItsOwner) {
  watch({target("m1", "10.0.0.11")});
  pinger_.reset();
  EXPECT_TRUE(asker_->closed);
  asker_->asked.clear();
  pass(60s);
  EXPECT_THAT(asker_->asked, IsEmpty());
}

}  // namespace
}  // namespace fairway::dataplane::ping
