#include "cluster_driver/host_service.h"

#include <gtest/gtest.h>

#include <csignal>

#include "base/files.h"
#include "testing/env.h"
#include "testing/temporary_folder.h"

namespace fairway::cluster_driver {
namespace {

using testing::run_on;

class HostServiceTest : public ::testing::Test {
 protected:
  ServiceSpec spec(std::string reads = "") const {
    ServiceSpec spec{.name = "sleeper",
                     .host = "m",
                     .process = {},
                     .record_file = folder_.file("sleeper.json"),
                     .reads = std::move(reads)};
    spec.process.argv = {"sleep", "1000"};
    spec.process.own_session = true;
    return spec;
  }
  std::unique_ptr<HostService> service() {
    return std::make_unique<HostService>(context_, test_.env, [this] { changed_.notify_all(); });
  }
  void run(HostService& of, ServiceSpec spec) { ASSERT_TRUE(run_on(context_, of.run(std::move(spec)))); }
  // Waits on the loop until the service has the wished number of processes.
  Task<> wait_for(const HostService& of, bool running) {
    while (of.running() != running) co_await changed_.wait();
  }

  testing::TestEnv test_;
  testing::TemporaryFolder folder_;
  Notify changed_;
  boost::asio::io_context context_;
};

TEST_F(HostServiceTest, ASecondDriverFindsWhatRuns) {
  auto first = service();
  run(*first, spec());
  const int pid = first->pid();
  run(*first, spec());
  EXPECT_EQ(first->pid(), pid);
  run_on(context_, first->release());
  const auto second = service();
  run(*second, spec());
  EXPECT_EQ(second->pid(), pid);
  run_on(context_, second->remove(spec().record_file, std::chrono::seconds(5)));
  EXPECT_FALSE(identify_process(pid));
  EXPECT_FALSE(read_whole_file(spec().record_file));
}

TEST_F(HostServiceTest, WhatReadsSomethingElseIsStartedAnew) {
  const auto one = service();
  run(*one, spec("a"));
  const int pid = one->pid();
  run(*one, spec("b"));
  EXPECT_NE(one->pid(), pid);
  EXPECT_TRUE(one->running());
  run_on(context_, one->remove(spec().record_file, std::chrono::seconds(5)));
}

TEST_F(HostServiceTest, WhatEndsIsStartedAgain) {
  const auto one = service();
  run(*one, spec());
  const int pid = one->pid();
  ::kill(pid, SIGKILL);
  run_on(context_, wait_for(*one, false));
  test_.timers.advance(std::chrono::seconds(1));
  run_on(context_, wait_for(*one, true));
  EXPECT_NE(one->pid(), pid);
  run_on(context_, one->remove(spec().record_file, std::chrono::seconds(5)));
}

TEST_F(HostServiceTest, WhatAPersonStoppedStaysSoForTheNextDriverToo) {
  auto first = service();
  run(*first, spec());
  ASSERT_TRUE(run_on(context_, first->stop(std::chrono::seconds(5))));
  run(*first, spec());
  EXPECT_FALSE(first->running());
  run_on(context_, first->release());
  const auto second = service();
  run(*second, spec());
  EXPECT_FALSE(second->running());
  ASSERT_TRUE(run_on(context_, second->start()));
  EXPECT_TRUE(second->running());
  run_on(context_, second->remove(spec().record_file, std::chrono::seconds(5)));
}

TEST_F(HostServiceTest, AProgramThatIsNotInstalledIsNamed) {
  const auto one = service();
  ServiceSpec missing = spec();
  missing.process.argv = {"no-such-program-here"};
  const auto started = run_on(context_, one->run(std::move(missing)));
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().what.find("sleeper on m: start no-such-program-here"), std::string::npos)
      << started.error().what;
  run_on(context_, one->release());
}

}  // namespace
}  // namespace fairway::cluster_driver
