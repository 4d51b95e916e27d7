// The removal against an Octavia that takes its time, on hand-wound time.
#include "cleanup/removal.h"

#include <gtest/gtest.h>

#include "openstack/fake_login_test.h"
#include "testing/fake_openstack.h"
#include "testing/simulation.h"

namespace fairway::cleanup {
namespace {

const std::string kCluster = "8f0f1c1e-5a5a-4b4b-8c8c-0123456789ab";

class RemovalTest : public ::testing::Test {
 protected:
  testing::Simulation sim_;
  testing::FakeOpenStack cloud_{sim_.env()};
  std::unique_ptr<openstack::Client> client_ =
      openstack::make_client(sim_.env(), openstack::fake_login(), cloud_.connect());

  std::string make(const std::string& service, const std::string& cluster = kCluster) {
    const json::Object made = cloud_.octavia.make(
        {{"name", "kube_service_" + cluster + "_default_" + service}, {"vip_subnet_id", "sub-private"}});
    return json::string_or(made, "id");
  }
  // Until nothing is left; how many passes said that something is.
  int passes_until_gone() {
    for (int passes = 0; passes < 100; ++passes) {
      const auto pass = sim_.run(remove_all_of(*client_, {.cluster_name = kCluster}));
      if (pass) return passes;
      EXPECT_EQ(pass.error().code, Errc::unavailable) << pass.error().what;
      said_ += pass.error().what + "\n";
      sim_.run_for(std::chrono::milliseconds(500));
    }
    return -1;
  }
  std::string said_;
};

TEST_F(RemovalTest, AllStatesEndAndAnotherClusterStays) {
  const std::string busy = make("busy"), broken = make("broken");
  make("ready");
  const std::string other = make("web", "11111111-5a5a-4b4b-8c8c-0123456789ab");
  cloud_.octavia.keep_busy(busy, std::chrono::seconds(3));
  cloud_.octavia.set_status(broken, "ERROR");
  EXPECT_GT(passes_until_gone(), 6);
  EXPECT_NE(said_.find(busy + ") is PENDING_UPDATE"), std::string::npos) << said_;
  EXPECT_NE(said_.find(broken + ") is being deleted, from the state ERROR"), std::string::npos) << said_;
  ASSERT_EQ(cloud_.octavia.load_balancers().size(), 1U);
  EXPECT_EQ(json::string_or(cloud_.octavia.load_balancers().front(), "id"), other);
  EXPECT_EQ(passes_until_gone(), 0) << "a second time there is nothing to do";
}

TEST_F(RemovalTest, ManyGoSideBySide) {
  for (int i = 0; i < 30; ++i) make("s" + std::to_string(i));
  const SteadyTime begun = sim_.now();
  EXPECT_GT(passes_until_gone(), 0);
  EXPECT_LT(sim_.now() - begun, 3 * cloud_.octavia.delete_time);
  EXPECT_NE(said_.find("and 27 more"), std::string::npos);
}

TEST_F(RemovalTest, APersonsFloatingIpStaysWithoutItsPort) {
  const std::string id = make("web");
  const std::string port = json::string_or(cloud_.octavia.load_balancers().front(), "vip_port_id");
  json::Object& persons = cloud_.allocate_floating_ip("172.24.4.9");
  persons["port_id"] = port;
  json::Object& left_over = cloud_.allocate_floating_ip("172.24.4.10");
  left_over["description"] = "Floating IP for Kubernetes external service default/gone from cluster " + kCluster;
  EXPECT_GT(passes_until_gone(), 0);
  ASSERT_EQ(cloud_.floating_ips.size(), 1U);
  EXPECT_EQ(json::string_or(cloud_.floating_ips.front(), "floating_ip_address"), "172.24.4.9");
  EXPECT_EQ(json::string_or(cloud_.floating_ips.front(), "port_id"), "");
}

// Its name may be another cluster's: once its load balancer is gone nothing tells whose the floating IP is.
TEST_F(RemovalTest, AFloatingIpGoesBeforeTheVipThatTellsWhoseItIs) {
  const std::string from = "external service default/web from cluster k8s";
  const json::Object made = cloud_.octavia.make({{"name", "kube_service_k8s_default_web"},
                                                 {"description", "Kubernetes " + from},
                                                 {"tags", json::Array{"kube_cluster_id_uid-1"}},
                                                 {"vip_subnet_id", "sub-private"}});
  json::Object& ip = cloud_.allocate_floating_ip("172.24.4.9");
  ip["port_id"] = json::string_or(made, "vip_port_id");
  ip["description"] = "Floating IP for Kubernetes " + from;
  int refusals = 3;
  cloud_.wire.fault = [&refusals](const http::Request& request) {
    const bool busy = request.method == "DELETE" && request.path.starts_with("/v2.0/floatingips") && refusals > 0;
    testing::Fault fault;
    if (busy) fault.instead = http::Response::json(409, R"({"NeutronError":{"message":"busy"}})");
    refusals -= busy ? 1 : 0;
    return fault;
  };
  const Owner owner{.cluster_name = "k8s", .identities = {"uid-1"}};
  for (int passes = 0; passes < 100 && !sim_.run(remove_all_of(*client_, owner)); ++passes) {
    sim_.run_for(std::chrono::milliseconds(500));
  }
  EXPECT_TRUE(cloud_.floating_ips.empty());
  EXPECT_TRUE(cloud_.octavia.load_balancers().empty());
}

TEST_F(RemovalTest, ObjectsOfLbaasV1GoInTheirOrder) {
  const std::string description = "Kubernetes external service default/web from cluster " + kCluster;
  const std::string name = "a0123456789abcdef0123456789abcde";
  const json::Object pool = cloud_.lbaas_v1.make(
      "pools", {{"name", name}, {"description", description}, {"protocol", "TCP"}, {"subnet_id", "sub-private"}});
  cloud_.lbaas_v1.make("members", {{"pool_id", json::string_or(pool, "id")}, {"address", "10.0.0.5"}});
  cloud_.lbaas_v1.make("vips", {{"name", name},
                                {"description", description},
                                {"pool_id", json::string_or(pool, "id")},
                                {"subnet_id", "sub-private"}});
  cloud_.lbaas_v1.make("pools", {{"name", "web"}, {"protocol", "TCP"}, {"subnet_id", "sub-private"}});
  EXPECT_GE(passes_until_gone(), 0) << said_;
  EXPECT_TRUE(cloud_.lbaas_v1.rows("vips").empty());
  EXPECT_TRUE(cloud_.lbaas_v1.rows("members").empty());
  ASSERT_EQ(cloud_.lbaas_v1.rows("pools").size(), 1U);
  EXPECT_EQ(json::string_or(cloud_.lbaas_v1.rows("pools").front(), "name"), "web");
}

}  // namespace
}  // namespace fairway::cleanup
