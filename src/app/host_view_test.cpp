#include "app/host_view.h"

#include <gtest/gtest.h>

namespace fairway::app {
namespace {

using Names = std::vector<std::string>;

const Names kHosts{"client",
                   "master",
                   "minion-1",
                   "k8sbayv1-iypacicrskib-master-0",
                   "k8sbayv1-iypacicrskib-node-0",
                   "k8sbayv1-iypacicrskib-node-1",
                   "web-abcdefghijkl-node-1"};

TEST(MatchHosts, TheWholeNameIsMeantBeforeAnyPartOfOne) {
  EXPECT_EQ(match_hosts(kHosts, "master"), Names{"master"});
  EXPECT_EQ(match_hosts(kHosts, "web-abcdefghijkl-node-1"), Names{"web-abcdefghijkl-node-1"});
}

TEST(MatchHosts, TheRandomPartOfAStackMayBeLeftOut) {
  EXPECT_EQ(match_hosts(kHosts, "k8sbayv1-master-0"), Names{"k8sbayv1-iypacicrskib-master-0"});
  EXPECT_EQ(match_hosts(kHosts, "web-node-1"), Names{"web-abcdefghijkl-node-1"});
}

TEST(MatchHosts, TheEndOfANameIsEnoughAndMayBeTooLittle) {
  EXPECT_EQ(match_hosts(kHosts, "node-0"), Names{"k8sbayv1-iypacicrskib-node-0"});
  EXPECT_EQ(match_hosts(kHosts, "node-1"), (Names{"k8sbayv1-iypacicrskib-node-1", "web-abcdefghijkl-node-1"}));
  EXPECT_EQ(match_hosts(kHosts, "ode-0"), Names{});
}

TEST(MatchHosts, MasterIsTheFirstMasterWhereNothingElseIsCalledSo) {
  EXPECT_EQ(match_hosts({"client", "k8s-abcdefghijkl-master-0"}, "master"), Names{"k8s-abcdefghijkl-master-0"});
}

}  // namespace
}  // namespace fairway::app
