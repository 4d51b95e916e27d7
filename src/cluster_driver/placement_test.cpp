#include "cluster_driver/placement.h"

#include <gtest/gtest.h>

#include "testing/env.h"
#include "testing/results.h"

namespace fairway::cluster_driver {
namespace {

SubnetView subnet(const std::string& id, const std::string& cidr) {
  return {.id = id, .name = id + "-name", .network_id = "net-" + id, .prefix = net::Prefix::parse(cidr).value()};
}

// Two subnets, each behind a router of its own to "public".
ProjectNetworks project() {
  return {.project_id = "p",
          .subnets = {subnet("a", "10.0.0.0/24"), subnet("b", "10.0.1.0/24")},
          .outlets = {{.subnet_id = "a", .router_id = "ra", .router_name = "router-a", .external_network_id = "ext"},
                      {.subnet_id = "b", .router_id = "rb", .router_name = "router-b", .external_network_id = "ext"}},
          .outside = {{"ext", "public"}, {"ext2", "other"}},
          .ports = {}};
}

std::vector<NodeView> nodes(const std::vector<std::string>& addresses) {
  std::vector<NodeView> all;
  all.reserve(addresses.size());
  for (const std::string& address : addresses)
    all.push_back({.name = "n" + std::to_string(all.size() + 1), .uuid = {}, .runtime = {}, .address = address});
  return all;
}

// "subnet/network outside", or the error.
std::string placed(const std::vector<std::string>& addresses, const ProjectNetworks& project,
                   const PlacementChoice& choice = {}) {
  const auto found = place(nodes(addresses), project, choice);
  return found ? found->subnet.id + "/" + found->outside.id : found.error().what;
}

TEST(Placement, NodesTellTheSubnetAndItsRouterTheWayOutside) {
  EXPECT_EQ(placed({"10.0.0.4", "10.0.0.9"}, project()), "a/ext");
  EXPECT_EQ(placed({"10.0.1.4"}, project()), "b/ext");
}

TEST(Placement, WhatIsChosenCounts) {
  EXPECT_EQ(placed({"10.0.0.4", "10.0.1.4"}, project(), {.subnet = "b-name"}), "b/ext");
  EXPECT_EQ(placed({}, project(), {.subnet = "a"}), "a/ext");
  ProjectNetworks two = project();
  two.outlets.push_back(
      {.subnet_id = "a", .router_id = "r2", .router_name = "second", .external_network_id = "ext2"});
  EXPECT_EQ(placed({"10.0.0.4"}, two, {.router = "second"}), "a/ext2");
  EXPECT_EQ(placed({"10.0.0.4"}, two, {.external_network = "public"}), "a/ext");
}

TEST(Placement, OverlappingSubnetsAreToldApartByThePorts) {
  ProjectNetworks twice = project();
  twice.subnets.push_back(subnet("c", "10.0.0.0/16"));
  const std::string unclear = placed({"10.0.0.4"}, twice);
  EXPECT_NE(unclear.find("may stand in any of the subnets a-name (10.0.0.0/24, a), c-name"), std::string::npos)
      << unclear;
  EXPECT_NE(unclear.find("--subnet"), std::string::npos);
  twice.ports["10.0.0.4"] = {"a"};
  EXPECT_EQ(placed({"10.0.0.4"}, twice), "a/ext");
  // One proven node is enough: the others must stand there as well.
  EXPECT_EQ(placed({"10.0.0.4", "10.0.0.5"}, twice), "a/ext");
}

struct Refused {
  std::vector<std::string> addresses;
  PlacementChoice choice;
  std::vector<std::string> says;
};

class PlacementRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(PlacementRefuses, InWordsWithTheRemedy) {
  const std::string said = placed(GetParam().addresses, project(), GetParam().choice);
  for (const std::string& part : GetParam().says) EXPECT_NE(said.find(part), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, PlacementRefuses,
    ::testing::Values(
        Refused{{"10.0.0.4", "192.168.7.7"},
                {},
                {"node n2 has the address 192.168.7.7", "in no subnet of project p", "10.0.1.0/24", "log in to the"}},
        Refused{{""}, {}, {"node n1 has no InternalIP", "--node-ip"}}, Refused{{"fd00::1"}, {}, {"in no subnet"}},
        Refused{{}, {}, {"no nodes yet", "--subnet"}},
        Refused{{"10.0.0.4", "10.0.1.4"}, {}, {"several subnets (n1 in a-name", "n2 in b-name", "--subnet"}},
        Refused{{"10.0.0.4"}, {.subnet = "x"}, {"no private IPv4 subnet x", "a-name (a), b-name (b)"}},
        Refused{{"10.0.0.4"}, {.router = "rb"}, {"router rb has no interface on subnet a-name", "router-a (ra)"}},
        Refused{{"10.0.0.4"},
                {.external_network = "other"},
                {"no router leads from subnet a-name", "--external-gateway"}},
        Refused{{"10.0.0.4"}, {.external_network = "y"}, {"no external network y", "public (ext)"}}));

TEST(Placement, WithoutAWayOutsideOnlyWhatNeedsNone) {
  ProjectNetworks closed = project();
  closed.outlets.clear();
  const std::string said = placed({"10.0.0.4"}, closed);
  EXPECT_NE(said.find("openstack router add subnet ROUTER a"), std::string::npos) << said;
  EXPECT_NE(said.find("--labels internal_lb=true"), std::string::npos) << said;
  EXPECT_EQ(placed({"10.0.0.4"}, closed, {.internal = true}), "a/");
  // The router is another project's, say.
  EXPECT_EQ(placed({"10.0.0.4"}, closed, {.external_network = "public"}), "a/ext");
}

TEST(Placement, SeveralWaysOutsideAreNotGuessedFrom) {
  ProjectNetworks two = project();
  two.outlets.push_back(
      {.subnet_id = "a", .router_id = "r2", .router_name = "second", .external_network_id = "ext2"});
  const std::string said = placed({"10.0.0.4"}, two);
  EXPECT_NE(said.find("router-a to public, second to other"), std::string::npos) << said;
  EXPECT_NE(said.find("--router"), std::string::npos) << said;
}

TEST(Placement, ANodeOutsideIsAMatterOfHealth) {
  auto all = nodes({"10.0.0.4", "10.9.9.9", ""});
  all[0].ready = true;
  const auto reasons = health_of(all, project().subnets);
  EXPECT_EQ(reasons.at("n1.Ready"), "True");
  EXPECT_FALSE(reasons.contains("n1.Network"));
  EXPECT_EQ(reasons.at("n2.Ready"), "False");
  EXPECT_EQ(reasons.at("n2.Network"), "10.9.9.9 is in no subnet of the project: load balancers do not reach it");
  EXPECT_TRUE(reasons.at("n3.Network").starts_with("it has no InternalIP"));
  EXPECT_FALSE(health_of(all, {}).contains("n2.Network"));
}

// Answers with what a test says, by collection.
class FixedCloud final : public openstack::Client {
 public:
  Task<Result<openstack::Answer>> send(openstack::Service, std::string method, std::string path,
                                       json::Value) override {
    EXPECT_EQ(method, "GET");
    const std::string collection = path.substr(6, path.find('?') - 6);
    co_return openstack::Answer{200, json::Object{{collection, json::parse(rows.at(collection)).value()}}};
  }
  Task<Result<std::string>> project_id() override { co_return "p"; }
  std::map<std::string, std::string> rows;
};

TEST(Placement, ReadsWhatTheProjectHas) {
  FixedCloud cloud;
  cloud.rows = {{"networks", R"([{"id":"n1","project_id":"p"},{"id":"n2","project_id":"other"},
                       {"id":"n3","project_id":"other","shared":true},
                       {"id":"ext","name":"public","project_id":"other","router:external":true}])"},
                {"subnets", R"([{"id":"s1","name":"one","network_id":"n1","cidr":"10.0.0.0/24"},
                      {"id":"s2","network_id":"n2","cidr":"10.0.0.0/24"},
                      {"id":"s3","network_id":"n3","cidr":"10.0.3.0/24"},
                      {"id":"s4","network_id":"ext","cidr":"172.24.4.0/24"}])"},
                {"routers", R"([{"id":"r","name":"router","external_gateway_info":{"network_id":"ext"}}])"},
                {"ports", R"([{"device_owner":"network:router_interface","device_id":"r",
                     "fixed_ips":[{"subnet_id":"s1","ip_address":"10.0.0.1"}]},
                    {"device_owner":"network:router_gateway","device_id":"r",
                     "fixed_ips":[{"subnet_id":"s4","ip_address":"172.24.4.2"}]},
                    {"device_owner":"compute:x","device_id":"v",
                     "fixed_ips":[{"subnet_id":"s1","ip_address":"10.0.0.5"}]}])"}};
  const auto read = testing::run(read_project_networks(cloud));
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->subnets.size(), 2U);
  EXPECT_EQ(read->subnets[0].id, "s1");
  EXPECT_EQ(read->subnets[1].id, "s3");
  ASSERT_EQ(read->outlets.size(), 1U);
  EXPECT_EQ(read->outlets[0].external_network_id, "ext");
  EXPECT_EQ(read->outside.at(0).name, "public");
  EXPECT_EQ(read->ports.at("10.0.0.5"), std::set<std::string>{"s1"});
  EXPECT_EQ(placed({"10.0.0.5"}, *read), "s1/ext");
}

}  // namespace
}  // namespace fairway::cluster_driver
