#include "http/ops.h"

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway::http {
namespace {

class OpsTest : public ::testing::Test {
 protected:
  void SetUp() override { add_ops_routes(router_, test_.env, readiness_); }
  std::string get(std::string path) {
    Request request{.path = std::move(path)};
    const Response response = fairway::testing::run(router_.dispatch(request));
    return fmt::format("{} {}", response.status, response.body);
  }
  fairway::testing::TestEnv test_;
  Readiness readiness_;
  Router router_;
};

TEST_F(OpsTest, ReadyMeansThatEveryConditionHolds) {
  EXPECT_EQ(get("/readyz"), "200 ready\n");
  bool connected = false;
  readiness_.set("store", fail(Errc::unavailable, "not opened yet"));
  readiness_.watch("gateway", [&]() -> Result<> {
    if (!connected) return fail(Errc::unavailable, "not connected");
    return {};
  });
  EXPECT_EQ(get("/readyz"), "503 [-]gateway: not connected\n[-]store: not opened yet\nnot ready\n");
  readiness_.set("store", {});
  EXPECT_EQ(get("/readyz"), "503 [-]gateway: not connected\n[+]store ok\nnot ready\n");
  connected = true;
  EXPECT_EQ(get("/readyz"), "200 [+]gateway ok\n[+]store ok\nready\n");
}

TEST_F(OpsTest, HealthAndMetricsNeedNoCondition) {
  readiness_.set("store", fail(Errc::unavailable, "not opened yet"));
  test_.metrics.counter("a_total", "Things.").add(2);
  EXPECT_EQ(get("/healthz"), "200 ok");
  EXPECT_EQ(get("/metrics"), "200 # HELP a_total Things.\n# TYPE a_total counter\na_total 2\n");
}

}  // namespace
}  // namespace fairway::http
