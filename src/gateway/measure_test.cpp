// Figures for people: fairway_gateway_test --gtest_also_run_disabled_tests --gtest_filter='Measure.*'. Not part of a
// test run.
#include <fstream>

#include "gateway/rig_test.h"

namespace fairway::gateway {
namespace {

class Measure : public SeedTest {
 protected:
  static double milliseconds(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  }
  static std::string summary(std::vector<double> values) {
    std::ranges::sort(values);
    return fmt::format("min {:.1f}  median {:.1f}  p95 {:.1f}  max {:.1f} ms  (n={})", values.front(),
                       values[values.size() / 2], values[values.size() * 95 / 100], values.back(), values.size());
  }
  static std::string address(int i) { return fmt::format("10.0.{}.{}", 1 + i / 250, 1 + i % 250); }

  // `count` load balancers at once, with one member each.
  void fill(int from, int count) {
    ASSERT_TRUE(rig_->cloud->commit_applied([&](auto& world) {
      world.subnets["s-private"].cidr = "10.0.0.0/16";
      for (int i = from; i < from + count; ++i) {
        const auto name = std::to_string(i);
        add_balancer(world, name, address(i));
        add_member(world, name, "m" + name, "10.0.0.11", 8080);
      }
    }));
  }
  // From the cloud's commit to the first byte through the floating IP.
  double first_byte(int i) {
    const auto name = "new" + std::to_string(i);
    rig_->cloud->commit([&](auto& world) {
      add_balancer(world, name, fmt::format("10.0.200.{}", i + 1), fmt::format("172.24.4.{}", i + 100));
      add_member(world, name, name + "-one", "10.0.0.11", 8080);
    });
    while (Connection(client_, fmt::format("172.24.4.{}", i + 100), 80, 3ms).ask("x") != "one x") {
    }
    return milliseconds(system_clock().steady() - rig_->cloud->sent_at());
  }
  double applied(const std::function<void(gateway_link::World&)>& change) {
    EXPECT_TRUE(rig_->cloud->commit_applied(change));
    return milliseconds(system_clock().steady() - rig_->cloud->sent_at());
  }
  static double resident_mb(int pid) {
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
    for (std::string word; file >> word;) {
      if (word == "Pss:") {
        double kb = 0;
        file >> kb;
        return kb / 1024;
      }
    }
    return 0;
  }
  void figures(int existing) {
    std::vector<double> bytes, members, reloads;
    for (int i = 0; i < 40; ++i) {
      bytes.push_back(first_byte(i));
      ::poll(nullptr, 0, 100);  // the stock is filled up meanwhile
    }
    for (int i = 0; i < 20; ++i) {
      members.push_back(applied(
          [&](auto& world) { add_member(world, "new0", "extra" + std::to_string(i), "10.0.0.12", 8080 + i); }));
      reloads.push_back(
          applied([&](auto& world) { world.listeners["li-new0"].timeout_client_data_ms = 10'000 + i; }));
    }
    fmt::print(
        "{} existing\n  commit -> first byte of a new TCP listener   {}\n  commit -> applied, one member more        "
        "    {}\n"
        "  commit -> applied, by a reload                {}\n  HAProxy {:.1f} MB PSS\n",
        existing, summary(bytes), summary(members), summary(reloads), resident_mb(rig_->haproxy().pid));
    fmt::print("{}\n", rig_->real.metrics.to_prometheus());
  }
};

TEST_F(Measure, DISABLED_With10) {
  fill(0, 10);
  figures(10);
}

TEST_F(Measure, DISABLED_With1000) {
  const auto before = resident_mb(rig_->haproxy().pid);
  for (int i = 0; i < 1000; i += 250) fill(i, 250);
  ::poll(nullptr, 0, 500);
  fmt::print("memory of HAProxy for one load balancer: {:.0f} kB (spares included)\n",
             (resident_mb(rig_->haproxy().pid) - before) * 1024 / 1000);
  figures(1000);
}

}  // namespace
}  // namespace fairway::gateway
