// The rules are compared with golden files, and the kernel's own nft reads them all.
#include "lab/proxy_rules.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/namespace.h"
#include "net/nft.h"
#include "testing/golden.h"

namespace fairway::lab {
namespace {

const NodeNetwork kNode{"10.100.1.0/24", "10.100.0.0/16"};

ServicePort plain() {
  ServicePort port;
  port.service = "default/nginxservice";
  port.port = 80;
  port.node_port = 31157;
  port.cluster_ips = {"10.96.0.9"};
  port.load_balancer_ips = {"172.24.4.9"};
  port.endpoints = {{"10.100.1.2", 80, true}, {"10.100.2.2", 80, false}};
  return port;
}

ServicePort local_with_affinity() {
  ServicePort port = plain();
  port.external_local = true;
  port.affinity_seconds = 60;
  port.source_ranges = {"172.24.4.0/25", "10.0.0.0/8"};
  return port;
}

ServicePort without_endpoints() {
  ServicePort port = plain();
  port.endpoints.clear();
  return port;
}

void expect_golden(const std::string& name, const std::string& got) {
  const auto mismatch = testing::golden_mismatch("src/lab/golden/" + name, got);
  EXPECT_FALSE(mismatch) << *mismatch;
}

TEST(ProxyRules, AreAsTheGoldenFilesShow) {
  expect_golden("proxy_new.nft", proxy_commands(kNode, nullptr, proxy_rules({plain()})));
  expect_golden("proxy_local_affinity.nft", proxy_commands(kNode, nullptr, proxy_rules({local_with_affinity()})));
  const Ruleset before = proxy_rules({plain()});
  expect_golden("proxy_to_local_affinity.nft", proxy_commands(kNode, &before, proxy_rules({local_with_affinity()})));
  expect_golden("proxy_endpoints_gone.nft", proxy_commands(kNode, &before, proxy_rules({without_endpoints()})));
}

TEST(ProxyRules, WithThePolicyLocalANodeServesOnWhileItsPodsEnd) {
  ServicePort port = plain();
  port.external_local = true;
  port.endpoints = {{"10.100.2.2", 80, false}};
  port.local_fallback = {{"10.100.1.2", 80, true, false}};
  const Ruleset rules = proxy_rules({port});
  EXPECT_THAT(
      rules.chains.at("l/default/nginxservice/tcp/80"),
      ::testing::ElementsAre("numgen random mod 1 vmap { 0 : goto e/default/nginxservice/tcp/80/10.100.1.2/80 }"));
  EXPECT_TRUE(rules.chains.contains("e/default/nginxservice/tcp/80/10.100.1.2/80"));
  port.external_local = false;
  EXPECT_FALSE(proxy_rules({port}).chains.contains("e/default/nginxservice/tcp/80/10.100.1.2/80"));
}

TEST(ProxyRules, NothingToDoIsNoCommand) {
  const Ruleset now = proxy_rules({plain()});
  EXPECT_EQ(proxy_commands(kNode, &now, proxy_rules({plain()})), "");
}

// A namespace of the test's own, where the kernel is the judge.
class InKernel : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can make a network namespace";
    name_ = "fwtest-proxy-" + std::to_string(::getpid());
    ASSERT_TRUE(net::make_namespace(name_));
  }
  void TearDown() override {
    if (!name_.empty()) EXPECT_TRUE(net::remove_namespace(name_));
  }
  void apply(const Ruleset* now, const Ruleset& wanted) {
    const Result<> done = net::run_nft(name_, proxy_commands(kNode, now, wanted));
    EXPECT_TRUE(done) << done.error().what << "\n" << proxy_commands(kNode, now, wanted);
  }
  std::string listed() { return net::query_nft(name_, "list table ip fairway-proxy").value(); }
  std::string name_;
};

TEST_F(InKernel, EveryStepFromEveryStateIsTaken) {
  const std::vector<std::vector<ServicePort>> states = {
      {}, {plain()}, {local_with_affinity()}, {without_endpoints()}};
  for (const auto& from : states) {
    for (const auto& to : states) {
      const Ruleset before = proxy_rules(from);
      const Ruleset after = proxy_rules(to);
      apply(nullptr, before);
      apply(&before, after);
      const std::string by_steps = listed();
      apply(nullptr, after);
      // Order within a table differs by history; what is in it does not.
      EXPECT_EQ(by_steps.size(), listed().size());
    }
  }
}

TEST_F(InKernel, ClientsKeepTheirEndpointWhenOthersCome) {
  ServicePort one = local_with_affinity();
  const Ruleset before = proxy_rules({one});
  apply(nullptr, before);
  ASSERT_TRUE(
      net::run_nft(name_, "add element ip fairway-proxy a/default/nginxservice/tcp/80/10.100.1.2/80 { 172.24.4.1 }"));
  one.endpoints.push_back({"10.100.1.3", 80, true});
  apply(&before, proxy_rules({one}));
  EXPECT_THAT(listed(), ::testing::HasSubstr("172.24.4.1 "));
}

}  // namespace
}  // namespace fairway::lab
