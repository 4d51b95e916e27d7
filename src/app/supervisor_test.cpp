#include "app/supervisor.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "telemetry/log_sinks.h"
#include "testing/env.h"

namespace fairway::app {
namespace {

// On the real clock: children are real.
struct RealEnv {
  testing::KeptLog log;
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), log, metrics};
};

Task<bool> until(Env& env, std::function<bool()> condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) co_return true;
    co_await env.timers.sleep(std::chrono::milliseconds(5));
  }
  co_return false;
}

template <class Body>
void with_supervisor(Body body) {
  RealEnv real;
  boost::asio::io_context context;
  Supervisor supervisor(context, real.env);
  boost::asio::co_spawn(context, body(supervisor, real.env), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  context.run();
}

TEST(Supervisor, StartsAKilledChildAgain) {
  with_supervisor([](Supervisor& supervisor, Env& env) -> Task<> {
    supervisor.start({.name = "a", .argv = {"sleep", "600"}, .env = {}, .log_file = "/dev/null"});
    const int first = supervisor.pids()["a"];
    EXPECT_GT(first, 0);
    ::kill(first, SIGKILL);
    const bool again =
        co_await until(env, [&] { return supervisor.pids()["a"] > 0 && supervisor.pids()["a"] != first; });
    EXPECT_TRUE(again);
    EXPECT_EQ(supervisor.unasked_ends("a"), 1);
    co_await supervisor.stop("a", std::chrono::seconds(5));
    EXPECT_TRUE(supervisor.pids().empty());
    EXPECT_EQ(supervisor.unasked_ends("a"), 1);
  });
}

TEST(Supervisor, KillsOneThatDoesNotEndInTime) {
  with_supervisor([](Supervisor& supervisor, Env&) -> Task<> {
    supervisor.start(
        {.name = "a", .argv = {"sh", "-c", "trap '' TERM; while :; do :; done"}, .env = {}, .log_file = "/dev/null"});
    co_await supervisor.stop("a", std::chrono::milliseconds(50));
    EXPECT_TRUE(supervisor.pids().empty());
  });
}

}  // namespace
}  // namespace fairway::app
