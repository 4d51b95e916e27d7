#include "runtime/sync.h"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

namespace fairway {
namespace {

using namespace std::chrono_literals;

// Coroutines write what happens to them; a test compares the whole story.
struct Story {
  boost::asio::io_context context;
  std::string told;

  void spawn(Task<> task) { boost::asio::co_spawn(context, std::move(task), boost::asio::detached); }
  void spawn(Task<> task, boost::asio::cancellation_signal& signal) {
    const auto done = [](const std::exception_ptr&) {};
    boost::asio::co_spawn(context, std::move(task), boost::asio::bind_cancellation_slot(signal.slot(), done));
  }
  void poll() {
    context.restart();
    context.poll();
  }
};

Task<> wait_and_tell(Notify& notify, std::string& told, std::string name) {
  co_await notify.wait();
  told += name + " ";
}

Task<> wait_limited(Notify& notify, std::string& told, Duration limit) {
  const bool notified = co_await notify.wait(limit);
  told += notified ? "notified " : "expired ";
}

TEST(Notify, WakesAllWhoWaitAndNobodyLater) {
  Story story;
  Notify notify;
  story.spawn(wait_and_tell(notify, story.told, "a"));
  story.spawn(wait_and_tell(notify, story.told, "b"));
  story.poll();
  notify.notify_all();
  notify.notify_all();  // the second finds nobody who still waits
  story.spawn(wait_and_tell(notify, story.told, "late"));
  story.poll();
  EXPECT_EQ(story.told, "a b ");
}

TEST(Notify, SaysWhetherItWasNotifiedOrExpired) {
  Story story;
  Notify notify;
  story.spawn(wait_limited(notify, story.told, 1h));
  story.poll();
  notify.notify_all();
  story.poll();
  story.spawn(wait_limited(notify, story.told, 0s));
  story.context.restart();
  story.context.run();
  EXPECT_EQ(story.told, "notified expired ");
}

TEST(Notify, MayDieBeforeThoseWhoWait) {
  Story story;
  {
    Notify notify;
    story.spawn(wait_and_tell(notify, story.told, "a"));
    story.poll();
  }
  EXPECT_EQ(story.told, "");  // the frame ends with the loop, after the Notify (asan watches)
}

Task<> lock_and_tell(AsyncMutex& mutex, Notify& go, std::string& told, std::string name) {
  const auto hold = co_await mutex.lock();
  told += "+" + name + " ";
  co_await go.wait();
  told += "-" + name + " ";
}

TEST(AsyncMutex, IsFirstComeFirstServed) {
  Story story;
  AsyncMutex mutex;
  Notify go;
  for (const char* name : {"a", "b", "c"}) story.spawn(lock_and_tell(mutex, go, story.told, name));
  for (int i = 0; i < 3; ++i) {
    story.poll();
    go.notify_all();
  }
  story.poll();
  EXPECT_EQ(story.told, "+a -a +b -b +c -c ");
}

TEST(AsyncMutex, AWaiterThatIsCancelledLetsTheNextOneIn) {
  Story story;
  AsyncMutex mutex;
  Notify go;
  boost::asio::cancellation_signal cancel_b;
  story.spawn(lock_and_tell(mutex, go, story.told, "a"));
  story.spawn(lock_and_tell(mutex, go, story.told, "b"), cancel_b);
  story.spawn(lock_and_tell(mutex, go, story.told, "c"));
  story.poll();
  cancel_b.emit(boost::asio::cancellation_type::terminal);
  story.poll();
  go.notify_all();
  story.poll();
  EXPECT_EQ(story.told, "+a -a +c ");
}

TEST(AsyncMutex, AWaiterWhoseLoopEndsInTheInstantOfItsTurnPassesItOn) {
  AsyncMutex mutex;
  Notify go;
  {
    Story ended;
    ended.spawn(lock_and_tell(mutex, go, ended.told, "a"));
    ended.spawn(lock_and_tell(mutex, go, ended.told, "b"));
    ended.poll();
    go.notify_all();
    ended.context.restart();
    ended.context.run_one();
    EXPECT_EQ(ended.told, "+a -a ");  // b is woken and has not run
  }
  Story story;
  story.spawn(lock_and_tell(mutex, go, story.told, "c"));
  story.poll();
  EXPECT_EQ(story.told, "+c ");
}

Task<> close_and_tell(Gate& gate, std::string& told) {
  const bool all = co_await gate.close(1h);
  told += all ? "closed " : "impatient ";
}

TEST(Gate, RefusesOnceClosingAndWaitsForTheLast) {
  Story story;
  Gate gate;
  auto pass = gate.try_enter();
  ASSERT_TRUE(pass.has_value());
  story.spawn(close_and_tell(gate, story.told));
  story.poll();
  EXPECT_EQ(story.told, "");
  EXPECT_FALSE(gate.try_enter().has_value());
  pass.reset();
  story.poll();
  EXPECT_EQ(story.told, "closed ");
}

TEST(Gate, RefusesFromTheMomentThatCloseIsCalled) {
  Gate gate;
  auto closing = gate.close(1h);  // not awaited yet
  EXPECT_FALSE(gate.try_enter().has_value());
}

}  // namespace
}  // namespace fairway
