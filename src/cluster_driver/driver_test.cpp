#include "cluster_driver/driver.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "cluster_driver/requests.h"
#include "testing/env.h"
#include "testing/results.h"
#include "testing/temporary_folder.h"

namespace fairway::cluster_driver {
namespace {

class DriverTest : public ::testing::Test {
 protected:
  void turn() {
    for (int i = 0; i < 20; ++i) {
      context_.restart();
      context_.poll();
    }
  }

  testing::TemporaryFolder folder_;
  testing::TestEnv test_;
  boost::asio::io_context context_;
  DriverConfig config_{.address = "unix:" + folder_.file("nobody.sock"),
                       .state_directory = folder_.file("clusters"),
                       .run_directory = folder_.file("run"),
                       .prefix = "fwtest",
                       .program = "/bin/true"};
};

TEST_F(DriverTest, StoppedItHearsNobodyAnyMore) {
  auto started = Driver::start(context_, test_.env, config_);
  FW_ASSERT_OK(started);
  auto driver = *std::move(started);
  const auto asker = testing::run_on(context_, messaging::connect<Request>(request_socket(config_.run_directory)));
  FW_ASSERT_OK(asker);
  turn();
  testing::run_on(context_, driver->stop(std::chrono::seconds(1)));
  driver.reset();
  (void)(*asker)->send(ServiceRequest{.host = "k8s-master-0", .name = "etcd", .action = "status"});
  std::optional<Result<Request>> heard;
  boost::asio::co_spawn(context_, (*asker)->receive(),
                        [&heard](const std::exception_ptr&, Result<Request> answer) { heard = std::move(answer); });
  turn();
  ASSERT_TRUE(heard.has_value()) << "the connection stands, and nobody is at its other end";
  EXPECT_FALSE(heard->has_value());
}

}  // namespace
}  // namespace fairway::cluster_driver
