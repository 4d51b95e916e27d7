#include "runtime/task_group.h"

#include <gtest/gtest.h>

#include "runtime/sync.h"
#include "testing/env.h"

namespace fairway {
namespace {

class TaskGroupTest : public ::testing::Test {
 protected:
  Task<> wait_for_ever(std::string& told) {
    const std::shared_ptr<std::string> end(&told, [](std::string* text) { *text += "ended "; });
    Notify never;
    co_await never.wait();
    told += "went on ";
  }

  Task<> finish_first(Notify& goes_on, std::string& told) {
    co_await begin_uninterrupted();
    co_await goes_on.wait();
    told += "finished ";
    co_await end_uninterrupted(group_);
    told += "went on ";
  }

  void settle() {
    context_.restart();
    context_.poll();
  }

  testing::TestEnv env_;
  boost::asio::io_context context_;
  TaskGroup group_{context_, env_.log};
};

TEST_F(TaskGroupTest, StopCancelsAllAndWaitsForTheirEnds) {
  std::string told;
  group_.spawn("one", wait_for_ever(told));
  group_.spawn("two", wait_for_ever(told));
  settle();
  EXPECT_EQ(group_.running(), 2U);
  testing::run_on(context_, group_.stop());
  EXPECT_EQ(told, "ended ended ");
  EXPECT_EQ(group_.running(), 0U);
}

TEST_F(TaskGroupTest, NothingStartsOnceItStops) {
  testing::run_on(context_, group_.stop());
  std::string told;
  group_.spawn("late", wait_for_ever(told));
  settle();
  EXPECT_EQ(told, "");
  EXPECT_EQ(group_.running(), 0U);
}

TEST_F(TaskGroupTest, WhatIsUninterruptedIsWaitedFor) {
  std::string told;
  Notify goes_on;
  group_.spawn("one", finish_first(goes_on, told));
  settle();
  bool stopped = false;
  boost::asio::co_spawn(context_, group_.stop(), [&](const std::exception_ptr&) { stopped = true; });
  settle();
  EXPECT_FALSE(stopped);
  goes_on.notify_all();
  settle();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(told, "finished ");
}

TEST_F(TaskGroupTest, ATaskThatEndsLeavesTheGroup) {
  group_.spawn("short", []() -> Task<> { co_return; }());
  settle();
  EXPECT_EQ(group_.running(), 0U);
}

}  // namespace
}  // namespace fairway
