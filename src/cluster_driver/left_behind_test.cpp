#include "cluster_driver/left_behind.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "testing/env.h"
#include "testing/results.h"
#include "testing/temporary_folder.h"

namespace fairway::cluster_driver {
namespace {

cluster_link::ClusterWish wish_of() {
  cluster_link::ClusterWish wish;
  wish.id = "8f0f1c1e-0000-4000-8000-000000000001";
  wish.name = "k8s";
  wish.stack_name = "k8s-abcdefghijkl";
  wish.project_id = "p1";
  wish.credential = {.id = "c", .secret = "s3cret", .project_name = "demo"};
  return wish;
}

TEST(LeftBehind, SaysWhatMayRemainAndHowItGoes) {
  const std::string text = what_may_remain(wish_of(), "HTTP 401");
  for (const char* part : {"refuses its login (HTTP 401)", "In project demo ",
                           "fairway cleanup --cluster-id 8f0f1c1e-0000-4000-8000-000000000001 --yes",
                           "ports named k8s-abcdefghijkl-", "openstack router delete k8s-abcdefghijkl-extrouter",
                           "openstack network delete k8s-abcdefghijkl-private_network"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(text.find("s3cret"), std::string::npos);
}

TEST(LeftBehind, WhatIsOthersIsNotNamedForDeletion) {
  auto wish = wish_of();
  wish.fixed_subnet = "private-subnet";
  EXPECT_EQ(what_may_remain(wish, "x").find("network delete"), std::string::npos);
  wish.adopted = true;
  EXPECT_EQ(what_may_remain(wish, "x").find("port delete"), std::string::npos);
}

TEST(LeftBehind, IsKeptUntilItIsForgotten) {
  testing::TestEnv env;
  const testing::TemporaryFolder folder;
  const std::string state = folder.file("clusters");
  EXPECT_TRUE(left_behind_in(state).empty());
  FW_ASSERT_OK(note_left_behind(state, env.clock, wish_of(), "one"));
  FW_ASSERT_OK(note_left_behind(state, env.clock, wish_of(), "two"));
  struct stat facts{};
  ASSERT_EQ(::stat((state + "/left-behind/" + wish_of().id + ".json").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  const auto notes = left_behind_in(state);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].name, "k8s");
  EXPECT_EQ(notes[0].text, "two");
  forget_left_behind(state, "another");
  EXPECT_EQ(left_behind_in(state).size(), 1U);
  forget_left_behind(state, wish_of().id);
  EXPECT_TRUE(left_behind_in(state).empty());
}

}  // namespace
}  // namespace fairway::cluster_driver
