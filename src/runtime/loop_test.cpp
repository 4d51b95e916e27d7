#include "runtime/loop.h"

#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>

#include "runtime/timers.h"
#include "testing/env.h"

namespace fairway {
namespace {

Task<> throw_from(std::string what) {
  co_await boost::asio::post(boost::asio::use_awaitable);
  throw std::runtime_error(what);
}

Task<> throw_cancelled() {
  co_await boost::asio::post(boost::asio::use_awaitable);
  throw boost::system::system_error(boost::asio::error::operation_aborted);
}

Task<> stop_on_signal(Loop& loop, int& number) {
  number = co_await wait_for_stop_signal();
  loop.stop();
}

// Writes to standard error, where a death test looks.
class LoudLog final : public Log {
 public:
  void write(LogLevel, std::string_view message, std::initializer_list<LogField> fields) override {
    fmt::print(stderr, "{}", message);
    for (const auto& field : fields) fmt::print(stderr, " {}={}", field.key, field.value);
  }
};

TEST(LoopDeathTest, AnExceptionThatLeavesATaskIsABrokenInvariant) {
  EXPECT_DEATH(
      {
        LoudLog log;
        Loop loop(log);
        loop.spawn("watch nodes", throw_from("boom"));
        loop.run();
      },
      "task=watch nodes exception=boom");
}

TEST(Loop, ACancelledWaitEndsQuietly) {
  testing::KeptLog log;
  Loop loop(log);
  loop.spawn("waiter", throw_cancelled());
  loop.run();
  EXPECT_TRUE(log.lines().empty());
}

TEST(Loop, AStopSignalIsReportedByNumber) {
  testing::KeptLog log;
  Loop loop(log);
  int number = 0;
  loop.spawn("stop", stop_on_signal(loop, number));
  boost::asio::post(loop.context(), [&] { boost::asio::post(loop.context(), [] { std::raise(SIGTERM); }); });
  loop.run();
  EXPECT_EQ(number, SIGTERM);
}

Task<bool> sleep_a_little() {
  const auto before = system_clock().steady();
  co_await loop_timers().sleep(std::chrono::milliseconds(2));
  co_return system_clock().steady() - before >= std::chrono::milliseconds(2);
}

TEST(LoopTimers, SleepAtLeastAsLongAsAsked) { EXPECT_TRUE(testing::run(sleep_a_little())); }

}  // namespace
}  // namespace fairway
