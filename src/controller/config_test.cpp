#include "controller/config.h"

#include <filesystem>
#include <fstream>

namespace fairway::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ControllerConfig, ReadsItsSection) {
  auto file = config::File::parse(
      "fairway.yaml",
      "controller:\n  cluster_name: bay\n  internal_lb: true\n  monitor_delay: 7s\n  drift_interval: 1m\n"
      "  lease: {enabled: false, duration: 30s}\n  classes: {inner: {subnet_id: s}}\n");
  const auto config = read_controller_config(file.root().section("controller"));
  EXPECT_EQ(file.report(), "");
  EXPECT_EQ(config.cluster_name, "bay");
  EXPECT_TRUE(config.internal_lb);
  EXPECT_EQ(config.monitor_delay, std::chrono::seconds(7));
  EXPECT_FALSE(config.lease_enabled);
  EXPECT_EQ(config.lease.renew_deadline, std::chrono::seconds(20));
  EXPECT_EQ(config.classes.at("inner").subnet_id, "s");
  EXPECT_FALSE(config.credentials);
}

TEST(ControllerConfig, EveryProblemIsSaidAtOnce) {
  auto file = config::File::parse("f",
                                  "controller:\n  cluster_name: ''\n  max_shared_lb: 0\n  lease: {duration: 1s}\n  "
                                  "subnet: x\n  retry_first: 10m\n");
  static_cast<void>(read_controller_config(file.root().section("controller")));
  for (const char* what : {"cluster_name", "max_shared_lb", "lease.duration", "subnet", "retry_limit"})
    EXPECT_THAT(file.report(), HasSubstr(what));
}

TEST(ControllerConfig, TakesAnOldCloudConfAsItIs) {
  const auto path =
      (std::filesystem::temp_directory_path() / ("fairway_conf_" + make_hex_id(system_random()))).string();
  std::ofstream(path)
      << "[Global]\nauth-url=http://k\nusername=u\npassword=p\ntenant-name=t\n"
         "[LoadBalancer]\nuse-octavia=true\nsubnet-id=s\nfloating-network-id=f\ncreate-monitor=yes\nmonitor-delay="
         "10s\nmanage-security-groups=true\n"
         "[LoadBalancerClass \"inner\"]\nsubnet-id=i\nfloating-subnet=x*\n[BlockStorage]\nbs-version=v2\n";
  auto file = config::File::parse("f", "controller: {cloud_config: '" + path + "', subnet_id: yaml-wins}\n");
  const auto config = read_controller_config(file.root().section("controller"));
  std::filesystem::remove(path);
  EXPECT_EQ(file.report(), "");
  EXPECT_EQ(config.subnet_id, "yaml-wins");
  EXPECT_EQ(config.floating_network_id, "f");
  EXPECT_EQ(config.lb_provider, "amphora");
  EXPECT_TRUE(config.create_monitor);
  EXPECT_EQ(config.monitor_delay, std::chrono::seconds(10));
  EXPECT_EQ(config.classes.at("inner").subnet_id, "i");
  EXPECT_THAT(config.not_honoured,
              ElementsAre("[LoadBalancer] manage-security-groups", "[LoadBalancerClass \"inner\"] floating-subnet"));
  ASSERT_TRUE(config.credentials);
  EXPECT_EQ(config.credentials->username, "u");
}

TEST(ControllerConfig, RefusesWhatTheOldOneRefused) {
  for (const char* line : {"monitor-delay=5", "create-monitor=maybe", "max-shared-lb=x", "lb-version=v3"}) {
    ControllerConfig config;
    EXPECT_FALSE(
        apply_cloud_conf(*openstack::CloudConf::parse(std::string("[LoadBalancer]\n") + line + "\n", "c"), config))
        << line;
  }
}

}  // namespace
}  // namespace fairway::controller
