#include "cluster_driver/cluster.h"

#include <gtest/gtest.h>

#include "cluster_driver/names.h"

namespace fairway::cluster_driver {
namespace {

cluster_link::Facts facts_after(const Progress& progress) {
  cluster_link::Facts facts{.id = "c", .generation = 3};
  add_progress(progress, facts);
  return facts;
}

TEST(AddProgress, WhatIsWaitedForIsTheReason) {
  const auto facts = facts_after({"3 of 8: etcd on m", fail(Errc::unavailable, "it does not answer yet"), 2});
  EXPECT_EQ(facts.state, "working");
  EXPECT_EQ(facts.reason, "3 of 8: etcd on m: it does not answer yet");
}

TEST(AddProgress, WhatHasNotChangedForTooLongFailsWithARemedy) {
  const auto facts = facts_after({"2 of 4: x", fail(Errc::unavailable, "lb is PENDING_UPDATE"), -1, "; do this"});
  EXPECT_EQ(facts.state, "failed");
  EXPECT_EQ(facts.reason, "2 of 4: x: lb is PENDING_UPDATE; do this");
}

TEST(AddProgress, WhatWillNotComeByItselfFails) {
  const auto facts = facts_after({"1 of 8: the network", fail(Errc::exhausted, "Quota exceeded"), -1});
  EXPECT_EQ(facts.state, "failed");
  EXPECT_EQ(facts.reason, "1 of 8: the network: Quota exceeded");
}

TEST(AddProgress, WhatIsRefusedBeforeTheFirstStepIsAllThatIsSaid) {
  EXPECT_EQ(facts_after({"", fail(Errc::unsupported, "no"), -1}).reason, "no");
}

TEST(AddProgress, OnceDoneTroubleIsAMatterOfHealth) {
  const auto facts = facts_after({"1 of 8: the network", fail(Errc::denied, "no"), 3});
  EXPECT_EQ(facts.state, "done");
  EXPECT_EQ(facts.reason, "");
  EXPECT_EQ(facts.health_reason.at("driver"), "1 of 8: the network: no");
}

TEST(AddProgress, AStepThatRunsIsWork) {
  const auto facts = facts_after({"2 of 8: the hosts", {}, 2});
  EXPECT_EQ(facts.state, "working");
  EXPECT_EQ(facts.reason, "2 of 8: the hosts");
}

TEST(Names, AreThoseOfAStack) {
  cluster_link::ClusterWish wish;
  wish.id = "8f0f";
  wish.stack_name = "k8sbayv1-iypacicrskib";
  const Names names(wish);
  EXPECT_EQ(names.master(), "k8sbayv1-iypacicrskib-master-0");
  EXPECT_EQ(names.worker({.name = "default-worker"}, 2), "k8sbayv1-iypacicrskib-node-2");
  EXPECT_EQ(names.worker({.name = "gpu"}, 0), "k8sbayv1-iypacicrskib-gpu-0");
  const std::string pool = names.pool("api_pool");
  EXPECT_TRUE(pool.starts_with("k8sbayv1-iypacicrskib-api_pool-"));
  EXPECT_EQ(pool.size(), std::string("k8sbayv1-iypacicrskib-api_pool-fydshw7uvr7h").size());
  EXPECT_EQ(pool, Names(wish).pool("api_pool"));
  EXPECT_NE(pool.substr(pool.size() - 12), names.pool("etcd_pool").substr(names.pool("etcd_pool").size() - 12));
}

}  // namespace
}  // namespace fairway::cluster_driver
