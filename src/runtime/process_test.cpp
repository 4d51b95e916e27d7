#include "runtime/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway {
namespace {

using namespace std::chrono_literals;
using testing::run;

std::string to_text(const Result<CommandOutput>& result) {
  if (result) return fmt::format("{} out={} err={}", result->exit_code, result->out, result->err);
  return fmt::format("{}: {}", name(result.error().code), result.error().what);
}

std::string to_text(const ProcessEnd& end) { return fmt::format("exit={} signal={}", end.exit_code, end.signal); }

class ProcessTest : public ::testing::Test {
 protected:
  std::string command(ProcessSpec spec, Duration limit = 1h, std::string input = "") {
    return to_text(run(run_command(test_.env, std::move(spec), limit, std::move(input))));
  }
  std::string shell(std::string script) { return command({.argv = {"sh", "-c", std::move(script)}}); }

  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/fairway-process-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  testing::TestEnv test_;
  std::string folder_;
};

TEST_F(ProcessTest, CollectsOutputAndExitCode) {
  EXPECT_EQ(shell("echo one; echo two >&2; exit 3"), "3 out=one\n err=two\n");
  EXPECT_EQ(shell("kill -9 $$"), "137 out= err=");
  EXPECT_EQ(command({.argv = {"true"}}), "0 out= err=");
}

TEST_F(ProcessTest, GivesInputEnvironmentAndDirectory) {
  EXPECT_EQ(command({.argv = {"cat"}}, 1h, "from us"), "0 out=from us err=");
  EXPECT_EQ(command({.argv = {"sh", "-c", "echo $X; pwd"}, .env = {{"X", "y z"}}, .working_directory = "/"}),
            "0 out=y z\n/\n err=");
}

TEST_F(ProcessTest, MoreOutputThanAPipeHoldsArrivesWhole) {
  const auto got = run(
      run_command(test_.env, {.argv = {"sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"}}, 1h));
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->out.size() + got->err.size(), 600'000U);
}

TEST_F(ProcessTest, WhatCannotBeStartedSaysWhy) {
  EXPECT_TRUE(command({.argv = {"fairway-no-such"}})
                  .starts_with("not_found: start fairway-no-such: no such program on PATH ("));
  EXPECT_EQ(command({.argv = {"/etc/passwd"}}), "denied: start /etc/passwd: execute /etc/passwd: Permission denied");
  EXPECT_EQ(command({.argv = {"true"}, .network_namespace = "fairway-none"}),
            "not_found: start true: enter the namespace /run/netns/fairway-none: No such file or directory");
  EXPECT_EQ(command({.argv = {"true"}, .working_directory = "/no/such"}),
            "not_found: start true: change to its working directory : No such file or directory");
  EXPECT_EQ(command({}), "invalid: start a process: no program is named");
}

Task<std::string> run_too_long(testing::TestEnv& test, std::string script) {
  const auto wind = [](testing::TestEnv& of) -> Task<> {
    while (of.timers.waiting() == 0) co_await boost::asio::post(boost::asio::use_awaitable);
    of.timers.advance(10s);
  };
  boost::asio::co_spawn(co_await boost::asio::this_coro::executor, wind(test), boost::asio::detached);
  ProcessSpec shell{.argv = {"sh", "-c", script}};
  co_return to_text(co_await run_command(test.env, std::move(shell), 10s));
}

TEST_F(ProcessTest, ACommandThatTakesTooLongIsKilledWithWhatItStarted) {
  EXPECT_EQ(run(run_too_long(test_, "sleep 1000")), "timeout: sh did not end within 10 s and was killed");
  // Both ends of a fifo meet in the child alone, so reading it ends when the child does: no polling.
  const std::string fifo = folder_ + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reading = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int writing = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
  EXPECT_EQ(run(run_too_long(test_, fmt::format("sleep 1000 >{} & wait", fifo))),
            "timeout: sh did not end within 10 s and was killed");
  ::close(writing);
  ::fcntl(reading, F_SETFL, 0);
  char byte = 0;
  EXPECT_EQ(::read(reading, &byte, 1), 0) << "waits for ever when the child lives on";
  ::close(reading);
}

TEST_F(ProcessTest, IsFoundAgainByPidAndStartTime) {
  const auto started = start_process({.argv = {"sleep", "1000"}});
  ASSERT_TRUE(started.has_value()) << started.error().what;
  EXPECT_TRUE(process_alive(*started));
  EXPECT_EQ(identify_process(started->pid), *started);
  const ProcessId stranger{started->pid, started->start_ticks + 1};
  EXPECT_FALSE(process_alive(stranger));
  signal_process(stranger, SIGKILL);
  EXPECT_TRUE(process_alive(*started)) << "a number that another process has now must not be signalled";
  EXPECT_EQ(to_text(run(wait_process(stranger))), "exit=-1 signal=0");
  signal_process(*started, SIGKILL);
  EXPECT_EQ(to_text(run(wait_process(*started))), "exit=-1 signal=9");
  EXPECT_FALSE(process_alive(*started));
  EXPECT_EQ(to_text(run(wait_process(*started))), "exit=-1 signal=0") << "the second wait finds nothing";
}

Task<std::string> stop(testing::TestEnv& test, std::string script) {
  std::string told;
  const auto started = start_process({.argv = {"sh", "-c", script}});
  if (!started) co_return started.error().what;
  // The script has set its trap once it has made itself known by stopping.
  const auto stat = fmt::format("/proc/{}/stat", started->pid);
  for (char state = 0; state != 'T';) {
    std::ifstream file(stat);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    state = text.at(text.rfind(')') + 2);
  }
  signal_process(*started, SIGCONT);
  const auto wind = [](testing::TestEnv& of) -> Task<> {
    for (int i = 0; i < 100; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
    of.timers.advance(5s);
  };
  boost::asio::co_spawn(co_await boost::asio::this_coro::executor, wind(test), boost::asio::detached);
  co_return to_text(co_await stop_process(test.env, *started, 5s));
}

TEST_F(ProcessTest, StopAsksFirstAndKillsThen) {
  EXPECT_EQ(run(stop(test_, "trap '' TERM; kill -STOP $$; while :; do sleep 0.01; done")), "exit=-1 signal=9");
  EXPECT_EQ(run(stop_process(test_.env, {.pid = ::getpid(), .start_ticks = 1}, 1h)).exit_code, -1);
}

TEST_F(ProcessTest, InheritsTheDescriptorsThatAreNamedAndNoOthers) {
  const int kept = ::open("/dev/null", O_RDONLY);  // neither has CLOEXEC, as a library's may not
  const int dropped = ::open("/dev/null", O_RDONLY);
  const auto probe = [](int fd) { return fmt::format("test -e /proc/$$/fd/{} && echo {}; ", fd, fd); };
  const auto got = command({.argv = {"sh", "-c", probe(kept) + probe(dropped) + "true"}, .inherit = {kept}});
  ::close(kept);
  ::close(dropped);
  EXPECT_EQ(got, fmt::format("0 out={}\n err=", kept));
}

TEST_F(ProcessTest, ItsLogIsAppendedToAndItsSessionIsItsOwn) {
  const std::string log = folder_ + "/log";
  for (const char* word : {"one", "two"}) {
    const auto started =
        start_process({.argv = {"sh", "-c", fmt::format("echo {}; cut -d' ' -f6 /proc/$$/stat; echo $$", word)},
                       .log_file = log,
                       .own_session = true});
    ASSERT_TRUE(started.has_value());
    EXPECT_EQ(to_text(run(wait_process(*started))), "exit=0 signal=0");
  }
  std::ifstream file(log);
  std::string first, session, pid, second;
  file >> first >> session >> pid >> second;
  EXPECT_EQ(first + second, "onetwo");
  EXPECT_EQ(session, pid);
}

TEST_F(ProcessTest, DiesWithItsParentWhenAsked) {
  const auto got = shell("cut -d' ' -f1 /proc/self/stat");
  EXPECT_TRUE(got.starts_with("0 out="));
  const auto started = start_process({.argv = {"sleep", "1000"}, .die_with_parent = true});
  ASSERT_TRUE(started.has_value());
  EXPECT_TRUE(process_alive(*started));
  signal_process(*started, SIGKILL);
  (void)run(wait_process(*started));
}

}  // namespace
}  // namespace fairway
