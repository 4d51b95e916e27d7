#include "cluster_driver/members.h"

#include <gtest/gtest.h>

namespace fairway::cluster_driver {
namespace {

using cluster_link::ClusterWish;

ClusterWish wish_of(std::int64_t count, std::vector<std::string> remove = {}) {
  ClusterWish wish;
  wish.stack_name = "k8s-abcdefghijkl";
  wish.node_groups = {{.id = "m", .name = "default-master", .role = "master"},
                      {.id = "w",
                       .name = "default-worker",
                       .role = "worker",
                       .node_count = count,
                       .nodes_to_remove = std::move(remove)}};
  return wish;
}

std::vector<std::int64_t> plan(std::vector<std::int64_t> now, const ClusterWish& wish) {
  return plan_members({{"w", std::move(now)}}, wish, {{"k8s-abcdefghijkl-node-1", "uuid-of-1"}}).at("w");
}

using Numbers = std::vector<std::int64_t>;

TEST(PlanMembers, ANewGroupCountsFromZeroAndMastersAreNotCounted) {
  EXPECT_EQ(plan_members({}, wish_of(2), {}), (Members{{"w", {0, 1}}}));
  EXPECT_EQ(plan_members({}, wish_of(0), {}), (Members{{"w", {}}}));
}

TEST(PlanMembers, AGroupGrowsBehindItsHighestNumber) { EXPECT_EQ(plan({0, 2}, wish_of(3)), (Numbers{0, 2, 3})); }

TEST(PlanMembers, AGroupShrinksByThoseThatAreNamedThenByTheHighest) {
  EXPECT_EQ(plan({0, 1, 2}, wish_of(2)), (Numbers{0, 1}));
  EXPECT_EQ(plan({0, 1, 2}, wish_of(2, {"0"})), (Numbers{1, 2}));
  EXPECT_EQ(plan({0, 1, 2}, wish_of(2, {"k8s-abcdefghijkl-node-0"})), (Numbers{1, 2}));
  EXPECT_EQ(plan({0, 1, 2}, wish_of(1, {"uuid-of-1"})), (Numbers{0}));
}

TEST(PlanMembers, WhoIsNamedStaysWhenTheGroupDoesNotShrink) {
  EXPECT_EQ(plan({0, 1}, wish_of(2, {"0"})), (Numbers{0, 1}));
}

TEST(PlanMembers, GroupsThatAreNotWishedForLoseAll) {
  EXPECT_EQ(plan_members({{"w", {0}}, {"gone", {0, 1}}}, wish_of(1), {}), (Members{{"w", {0}}}));
}

}  // namespace
}  // namespace fairway::cluster_driver
