#include "runtime/deadlines.h"

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway {
namespace {

using namespace std::chrono_literals;

class DeadlinesTest : public ::testing::Test {
 protected:
  std::unique_ptr<Deadline> deadline(std::string name) {
    return std::make_unique<Deadline>(deadlines_, [this, name] { told_ += name + " "; });
  }
  void advance(Duration by) {
    poll();
    test_.timers.advance(by);
    poll();
  }
  void poll() {
    context_.restart();
    context_.poll();
  }

  testing::TestEnv test_;
  boost::asio::io_context context_;
  Deadlines deadlines_{context_, test_.env};
  std::string told_;
};

TEST_F(DeadlinesTest, PassInTheOrderInWhichTheyAreDue) {
  const auto a = deadline("a");
  const auto b = deadline("b");
  a->set(10s);
  b->set(5s);
  advance(4s);
  EXPECT_EQ(told_, "");
  advance(1s);
  EXPECT_EQ(told_, "b ");
  advance(5s);
  EXPECT_EQ(told_, "b a ");
  EXPECT_TRUE(a->passed());
}

TEST_F(DeadlinesTest, OneThatIsMovedAwayOrClearedDoesNotPass) {
  const auto moved = deadline("moved");
  const auto cleared = deadline("cleared");
  moved->set(5s);
  cleared->set(5s);
  moved->set(20s);
  cleared->clear();
  advance(10s);
  EXPECT_EQ(told_, "");
  advance(10s);
  EXPECT_EQ(told_, "moved ");
}

TEST_F(DeadlinesTest, OneThatIsMovedNearerPassesThen) {
  const auto a = deadline("a");
  a->set(60s);
  poll();
  a->set(1s);
  advance(1s);
  EXPECT_EQ(told_, "a ");
}

TEST_F(DeadlinesTest, NothingSleepsOnBehalfOfNobody) {
  auto a = deadline("a");
  a->set(60s);
  poll();
  EXPECT_EQ(test_.timers.waiting(), 1U);
  a.reset();
  poll();
  EXPECT_EQ(test_.timers.waiting(), 0U);
}

}  // namespace
}  // namespace fairway
