#include "lab/overlay.h"

#include <gtest/gtest.h>

#include "net/links.h"
#include "net/vxlan.h"
#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::lab {
namespace {

using Table = std::map<std::string, std::string>;

Node node(const std::string& name, int number) {
  Node made;
  made.name = name;
  made.address = fmt::format("10.0.0.{}", number);
  made.uuid = fmt::format("a1b2c3d4-e{}00-4000-8000-000000000000", number);
  made.pod_cidr = fmt::format("10.100.{}.0/24", number);
  return made;
}

TEST(Overlay, MacIsOfOneStationAndTheNodesOwn) {
  EXPECT_EQ(overlay_mac("a1b2c3d4-e5f6-4000-8000-000000000000"), "ee:a1:b2:c3:d4:e5");
  EXPECT_NE(overlay_mac(node("a", 1).uuid), overlay_mac(node("b", 2).uuid));
}

TEST(Overlay, TablesNameEveryOtherNodeThatIsThere) {
  std::vector<Node> nodes{node("m", 1), node("a", 2), node("b", 3)};
  nodes[2].gone = true;
  const OverlayTables tables = overlay_tables(nodes[0], nodes);
  EXPECT_EQ(tables.forwarding, (Table{{"ee:a1:b2:c3:d4:e2", "10.0.0.2"}}));
  EXPECT_EQ(tables.neighbours, (Table{{"10.100.2.0", "ee:a1:b2:c3:d4:e2"}}));
  EXPECT_EQ(tables.routes, (Table{{"10.100.2.0/24", "10.100.2.0"}}));
}

TEST(Overlay, FollowsNodesThatComeAndGo) {
  FW_SKIP_UNLESS_ROOT();
  testing::Namespaces mine;
  const auto fabric = mine.make("f");
  FW_ASSERT_OK(net::make_bridge(fabric, "br"));
  std::vector<Node> nodes{node("m", 1), node("a", 2), node("b", 3)};
  for (Node& one : nodes) {
    one.ns = mine.make(one.name);
    FW_ASSERT_OK(net::make_veth({fabric, "tap" + one.name, ""}, {one.ns, "eth0", ""}));
    FW_ASSERT_OK(net::attach_to_bridge(fabric, "tap" + one.name, "br"));
    FW_ASSERT_OK(net::add_address(one.ns, "eth0", one.address + "/24"));
  }
  FW_ASSERT_OK(connect_overlay({nodes[0], nodes[1]}));
  FW_ASSERT_OK(connect_overlay(nodes));
  FW_ASSERT_OK(connect_overlay(nodes));
  EXPECT_EQ(net::list_onlink_routes(nodes[0].ns, kOverlayLink).value(),
            (Table{{"10.100.2.0/24", "10.100.2.0"}, {"10.100.3.0/24", "10.100.3.0"}}));
  nodes[1].gone = true;
  FW_ASSERT_OK(net::remove_namespace(nodes[1].ns));
  FW_ASSERT_OK(connect_overlay(nodes));
  EXPECT_EQ(net::list_onlink_routes(nodes[0].ns, kOverlayLink).value(), (Table{{"10.100.3.0/24", "10.100.3.0"}}));
  EXPECT_EQ(net::list_forwarding(nodes[0].ns, kOverlayLink).value(), (Table{{"ee:a1:b2:c3:d4:e3", "10.0.0.3"}}));
  EXPECT_EQ(net::list_neighbours(nodes[0].ns, kOverlayLink).value(), (Table{{"10.100.3.0", "ee:a1:b2:c3:d4:e3"}}));
}

}  // namespace
}  // namespace fairway::lab
