#include "lab/node_plan.h"

#include <fstream>

#include <gtest/gtest.h>

#include "testing/results.h"
#include "testing/temporary_folder.h"

namespace fairway::lab {
namespace {

// "m:0 a:1 b:2-" : name, /24, and a minus for one that leaves.
std::string text_of(const std::vector<PlannedNode>& plan) {
  std::string text;
  for (const PlannedNode& node : plan)
    text += fmt::format("{}{}:{}{}", text.empty() ? "" : " ", node.record.name, node.record.pod_index,
                        node.leaving ? "-" : "");
  return text;
}

struct PlanCase {
  const char* about;
  std::vector<NodeConfig> wanted;
  std::vector<NodeRecord> known;
  const char* plan;
};

TEST(PlanNodes, Table) {
  const std::vector<PlanCase> cases{
      {"the first start", {{"m", true}, {"a"}, {"b"}}, {}, "m:0 a:1 b:2"},
      {"again", {{"m", true}, {"a"}}, {{"m", true, 0}, {"a", false, 1}}, "m:0 a:1"},
      {"one more", {{"m", true}, {"a"}, {"b"}}, {{"m", true, 0}, {"a", false, 1}}, "m:0 a:1 b:2"},
      {"one less", {{"m", true}, {"b"}}, {{"m", true, 0}, {"a", false, 1}, {"b", false, 2}}, "m:0 b:2 a:1-"},
      {"a gap is filled", {{"m", true}, {"b"}, {"c"}}, {{"m", true, 0}, {"b", false, 2}}, "m:0 b:2 c:1"},
      {"what leaves keeps its own until it is gone",
       {{"m", true}, {"c"}},
       {{"m", true, 0}, {"a", false, 1}},
       "m:0 c:2 a:1-"},
      {"one comes back", {{"m", true}, {"a"}}, {{"a", false, 1}, {"m", true, 0}}, "m:0 a:1"},
      {"a new order moves nothing", {{"a"}, {"m", true}}, {{"m", true, 0}, {"a", false, 1}}, "a:1 m:0"},
  };
  for (const PlanCase& one : cases) {
    const auto plan = plan_nodes(one.wanted, one.known, 256);
    ASSERT_EQ(testing::what(plan), "") << one.about;
    EXPECT_EQ(text_of(*plan), one.plan) << one.about;
  }
}

TEST(PlanNodes, SaysWhenThePodNetworkIsFull) {
  const auto plan = plan_nodes({{"m", true}, {"a"}}, {{"gone", false, 0}}, 1);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::exhausted);
}

TEST(NodeRecords, AreReadAsTheyWereWritten) {
  const testing::TemporaryFolder folder;
  FW_EXPECT_OK(load_nodes(folder.file(".")));
  FW_ASSERT_OK(save_nodes(folder.file("."), {{"m", true, 0}, {"a", false, 3}}));
  const auto read = load_nodes(folder.file("."));
  FW_ASSERT_OK(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_TRUE(read->at(0).control_plane);
  EXPECT_EQ(read->at(1).pod_index, 3U);
}

TEST(NodeRecords, ABrokenFileIsNotTakenForAnEmptyOne) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.file("nodes.json")) << "[{";
  const auto read = load_nodes(folder.file("."));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("nodes.json"), std::string::npos);
}

}  // namespace
}  // namespace fairway::lab
