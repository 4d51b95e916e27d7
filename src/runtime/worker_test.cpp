#include "runtime/worker.h"

#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway {
namespace {

Task<std::string> run_three(Worker& worker) {
  const auto home = std::this_thread::get_id();
  const auto away = co_await worker.run<std::thread::id>([] { return std::this_thread::get_id(); });
  std::string story = away == home ? "same thread " : "own thread ";
  story += std::this_thread::get_id() == home ? "back home " : "stranded ";
  int jobs = 0;
  co_await worker.run<void>([&] { ++jobs; });
  story += fmt::format("{} job ", jobs);
  try {
    co_await worker.run<int>([]() -> int { throw std::runtime_error("thrown"); });
  } catch (const std::runtime_error& error) {
    story += error.what();
  }
  co_return story;
}

TEST(Worker, RunsElsewhereResumesHereAndPassesOnWhatIsThrown) {
  Worker worker("test");
  EXPECT_EQ(testing::run(run_three(worker)), "own thread back home 1 job thrown");
}

Task<int> run_one(Worker& worker) {
  const int one = co_await worker.run<int>([] { return 1; });
  co_return one;
}

TEST(Worker, OutlivesLoopsThatHaveNothingUnderWay) {
  Worker worker("test");
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum += testing::run(run_one(worker));
  EXPECT_EQ(sum, 1000);
}

Task<> set_flag(Worker& worker, bool& flag) {
  co_await worker.run<void>([&flag] { flag = true; });
}

TEST(Worker, FinishesItsJobsBeforeItDies) {
  boost::asio::io_context context;
  bool done = false;
  {
    Worker worker("test");
    boost::asio::co_spawn(context, set_flag(worker, done), boost::asio::detached);
    context.poll();
  }
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace fairway
