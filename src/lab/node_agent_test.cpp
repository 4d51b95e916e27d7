#include "lab/node_agent.h"

#include <gtest/gtest.h>

namespace fairway::lab {
namespace {

Node minion() {
  Node node;
  node.name = "minion-1";
  node.address = "10.0.0.11";
  node.uuid = "a1b2c3d4-e5f6-4000-8000-000000000000";
  node.pod_cidr = "10.100.1.0/24";
  return node;
}

TEST(NodeObject, CarriesWhatFlannelWritesOnANode) {
  EXPECT_EQ(json::write(*json::find(node_object(minion()), "metadata.annotations")),
            R"({"flannel.alpha.coreos.com/backend-data":"{\"VNI\":1,\"VtepMAC\":\"ee:a1:b2:c3:d4:e5\"}",)"
            R"("flannel.alpha.coreos.com/backend-type":"vxlan",)"
            R"("flannel.alpha.coreos.com/kube-subnet-manager":"true",)"
            R"("flannel.alpha.coreos.com/public-ip":"10.0.0.11"})");
}

TEST(NodeStatus, SaysThatTheNetworkIsThere) {
  const json::Value status = node_status(minion(), nullptr, "2026-01-01T00:00:00Z");
  const json::Value& first = json::array_or_empty(status, "conditions").front();
  EXPECT_EQ(json::string_or(first, "type"), "NetworkUnavailable");
  EXPECT_EQ(json::string_or(first, "status"), "False");
  EXPECT_EQ(json::string_or(first, "reason"), "FlannelIsUp");
}

TEST(NodeStatus, NamesTheKubeletsPortWhereThereIsOne) {
  Node node = minion();
  EXPECT_EQ(json::find(node_status(node, nullptr, ""), "daemonEndpoints"), nullptr);
  node.kubelet_port = 10250;
  const json::Value status = node_status(node, nullptr, "");
  EXPECT_EQ(json::int_or(status, "daemonEndpoints.kubeletEndpoint.Port"), 10250);
  EXPECT_EQ(json::write(*json::find(status, "declaredFeatures")), R"(["ExtendWebSocketsToKubelet"])");
}

}  // namespace
}  // namespace fairway::lab
