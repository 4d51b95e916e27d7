#include "runtime/wait_at_most.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>

#include "testing/env.h"

namespace fairway {
namespace {

using namespace std::chrono_literals;

// Something slow that is begun outside, and how far it got.
struct Slow {
  Notify told;
  bool done = false;
};

Task<int> answer_when_told(std::shared_ptr<Slow> slow, int value) {
  co_await slow->told.wait();
  slow->done = true;
  co_return value;
}

Task<int> answer_at_once(int value) { co_return value; }

Task<int> break_down(std::shared_ptr<Slow> slow) {
  if (slow) co_await slow->told.wait();
  throw std::logic_error("broken");
}

struct WaitAtMost : ::testing::Test {
  void turn() {
    io.restart();
    io.poll();
  }
  // Waits for the task; what came of it is in `outcome` and `thrown`.
  void wait_for(Task<int> task, Duration limit) {
    boost::asio::co_spawn(io, wait_at_most(env.timers, std::move(task), limit),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [this](std::exception_ptr error, std::optional<int> value) {
                                thrown = std::move(error);
                                outcome = value;
                                answered = true;
                              }));
    turn();
  }
  void tell() {
    slow->told.notify_all();
    turn();
  }

  testing::TestEnv env;
  boost::asio::io_context io;
  boost::asio::cancellation_signal cancel;
  std::shared_ptr<Slow> slow = std::make_shared<Slow>();
  bool answered = false;
  std::optional<int> outcome;
  std::exception_ptr thrown;
};

TEST_F(WaitAtMost, ReturnsWhatTheTaskReturned) {
  wait_for(answer_at_once(7), 0ms);
  EXPECT_EQ(outcome, 7) << "what is ready needs no time";
  wait_for(answer_when_told(slow, 8), 20s);
  env.timers.advance(19s);
  turn();
  tell();
  EXPECT_EQ(outcome, 8);
  EXPECT_EQ(env.timers.waiting(), 0U) << "no timer is left behind";
}

TEST_F(WaitAtMost, LeavesATaskThatTakesTooLongAlone) {
  wait_for(answer_when_told(slow, 7), 20s);
  env.timers.advance(19s);
  turn();
  EXPECT_FALSE(answered);
  env.timers.advance(1s);
  turn();
  EXPECT_TRUE(answered);
  EXPECT_EQ(outcome, std::nullopt);
  EXPECT_FALSE(slow->done);
  tell();
  EXPECT_TRUE(slow->done) << "it went on";
}

TEST_F(WaitAtMost, AWaiterThatIsCancelledLeavesTheTaskAlone) {
  wait_for(answer_when_told(slow, 7), 20s);
  cancel.emit(boost::asio::cancellation_type::terminal);
  turn();
  EXPECT_TRUE(answered);
  EXPECT_TRUE(thrown) << "cancelled";
  tell();
  EXPECT_TRUE(slow->done);
}

TEST_F(WaitAtMost, WithoutALimitNoTimeIsKept) {
  wait_for(answer_when_told(slow, 7), Duration::max());
  EXPECT_EQ(env.timers.waiting(), 0U);
  tell();
  EXPECT_EQ(outcome, 7);
}

TEST_F(WaitAtMost, ThrowsWhatTheTaskThrew) {
  wait_for(break_down(nullptr), 20s);
  ASSERT_TRUE(thrown);
  EXPECT_THROW(std::rethrow_exception(thrown), std::logic_error);
}

TEST_F(WaitAtMost, WhatATaskThrowsThatNobodyWaitsForIsNotSwallowed) {
  wait_for(break_down(slow), 20s);
  env.timers.advance(20s);
  turn();
  ASSERT_TRUE(answered);
  EXPECT_THROW(tell(), std::logic_error);
}

}  // namespace
}  // namespace fairway
