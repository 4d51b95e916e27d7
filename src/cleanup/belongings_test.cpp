#include "cleanup/belongings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace fairway::cleanup {
namespace {

const std::string kCluster = "8f0f1c1e-5a5a-4b4b-8c8c-0123456789ab";
const std::string kOther = "11111111-5a5a-4b4b-8c8c-0123456789ab";
const std::string kUidName = "a0123456789abcdef0123456789abcde";
const std::string kIdentity = "kube_cluster_id_uid-1";
const std::string kForeign = "kube_cluster_id_uid-2";

std::string name_of(const std::string& cluster) { return "kube_service_" + cluster + "_default_web"; }
std::string description_of(const std::string& cluster) {
  return "Kubernetes external service default/web from cluster " + cluster;
}

Owner owner_of(const std::string& name = kCluster) {
  return {.cluster_name = name,
          .identities = {"uid-1"},
          .own_descriptions = {"api_pool of cluster " + kCluster},
          .host_prefix = "k8s-abcdefghijkl-",
          .network_id = "net",
          .network_is_own = false};
}

std::vector<Port> hosts() {
  return {{"p1", "k8s-abcdefghijkl-master-0", "net", "compute:nova", {"10.0.0.5"}, {"sub"}},
          {"p2", "k8s-abcdefghijkl-node-0", "net", "compute:nova", {"10.0.0.6"}, {"sub"}}};
}

struct BalancerCase {
  std::string title;
  Balancer balancer;
  std::string expected;  // "goes", "shared", "spared", "left"
  Owner owner = owner_of();
};

Owner with(Owner owner, void (*change)(Owner&)) {
  change(owner);
  return owner;
}
const auto unknown = [](Owner& owner) { owner.identities.clear(); };
const auto own_network = [](Owner& owner) { owner.network_is_own = true; };
const auto without_services = [](Owner& owner) { owner.cluster_name.clear(); };

std::string outcome(const Belongings& found) {
  if (!found.balancers.empty()) return "goes";
  if (!found.shares.empty()) return "shared";
  return found.spared.empty() ? "left" : "spared";
}

std::vector<BalancerCase> balancer_cases() {
  const Balancer base{.id = "lb", .vip_port_id = "vip", .vip_network_id = "net"};
  const auto lb = [&](std::string name, std::string description = "", std::vector<std::string> tags = {},
                      std::vector<std::string> members = {}) {
    Balancer made = base;
    made.name = std::move(name);
    made.description = std::move(description);
    made.tags = std::move(tags);
    made.members = std::move(members);
    return made;
  };
  const std::string ours = name_of(kCluster), theirs = name_of(kOther);
  return {
      {"ours by all marks", lb(ours, description_of(kCluster), {ours, kIdentity}), "goes"},
      {"ours after its name was changed", lb("web", description_of(kCluster), {ours, kIdentity}), "goes"},
      {"ours after its description was changed", lb(ours, "mine", {ours}), "goes"},
      {"ours by the name alone, the tags gone", lb(ours), "goes"},
      {"ours by the identity, from a time when the cluster was called otherwise",
       lb("kube_service_old_default_web", "", {kIdentity}), "goes"},
      {"an ingress controller's", lb("ingress", "Kubernetes ingress web in namespace x from cluster " + kCluster),
       "goes"},
      {"the cluster's own", lb("api_pool.vip", "api_pool of cluster " + kCluster), "goes"},
      {"the cluster's own, Services left alone", lb("api_pool.vip", "api_pool of cluster " + kCluster), "goes",
       with(owner_of(), without_services)},
      {"a Service's, Services left alone", lb(ours, description_of(kCluster), {ours, kIdentity}), "left",
       with(owner_of(), without_services)},
      {"another cluster's", lb(theirs, description_of(kOther), {theirs, kForeign}), "left"},
      {"another cluster's own", lb("api_pool.vip", "api_pool of cluster " + kOther), "left"},
      {"a person's", lb("shop", "my shop"), "left"},
      {"a person's that quotes us", lb("shop", "made from cluster " + kCluster), "left"},
      {"same name, another identity", lb(ours, description_of(kCluster), {ours, kForeign}), "spared"},
      {"same name, another identity, ours not known", lb(ours, description_of(kCluster), {ours, kForeign}), "goes",
       with(owner_of(), unknown)},
      {"a person's that a Service of ours uses", lb("shop", "my shop", {ours}), "shared"},
      {"ours, used by another cluster's Service", lb(ours, description_of(kCluster), {ours, theirs, kIdentity}),
       "shared"},
      {"a name that is not a UUID, with our identity",
       lb("kube_service_k8s_d_w", description_of("k8s"), {"kube_service_k8s_d_w", kIdentity}), "goes",
       owner_of("k8s")},
      {"a name that is not a UUID, with another identity",
       lb("kube_service_k8s_d_w", description_of("k8s"), {"kube_service_k8s_d_w", kForeign}), "spared",
       owner_of("k8s")},
      {"a name that is not a UUID, without any identity",
       lb("kube_service_k8s_d_w", description_of("k8s"), {"kube_service_k8s_d_w"}), "spared", owner_of("k8s")},
      {"a name that is not a UUID, no identity known",
       lb("kube_service_k8s_d_w", description_of("k8s"), {"kube_service_k8s_d_w", kIdentity}), "goes",
       with(owner_of("k8s"), unknown)},
      {"a name that begins another's", lb("kube_service_k8s_two_d_w", description_of("k8s_two")), "left",
       with(owner_of("k8s"), unknown)},
      {"a Service's UID, on the cluster's own network", lb(kUidName), "goes", with(owner_of(), own_network)},
      {"a Service's UID on a given network, members are our hosts", lb(kUidName, "", {}, {"10.0.0.5", "10.0.0.6"}),
       "goes"},
      {"a Service's UID on a given network, one member is not ours", lb(kUidName, "", {}, {"10.0.0.5", "10.0.0.7"}),
       "left"},
      {"a Service's UID on a given network, no members", lb(kUidName), "left"},
      {"a person's on the cluster's own network", lb("shop"), "left", with(owner_of(), own_network)},
  };
}

TEST(BelongingsOf, LoadBalancers) {
  for (const BalancerCase& one : balancer_cases()) {
    const Belongings found = belongings_of(one.owner, {.balancers = {one.balancer}, .ports = hosts()});
    EXPECT_EQ(outcome(found), one.expected) << one.title;
  }
}

TEST(BelongingsOf, ANameOfTwoClustersIsAmbiguousAndNothingGoesByIt) {
  Owner owner = owner_of("k8s");
  owner.identities.clear();
  const auto of = [](const std::string& id, const std::string& tag) {
    return Balancer{.id = id, .description = description_of("k8s"), .tags = {tag}};
  };
  const Belongings found = belongings_of(owner, {.balancers = {of("1", kIdentity), of("2", kForeign)}});
  EXPECT_EQ(found.ambiguous, (std::set<std::string>{"uid-1", "uid-2"}));
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(found.spared.size(), 2U);
}

TEST(BelongingsOf, WhatIsSparedOfLbaasV1IsSaid) {
  const Inventory all{
      .v1 = {.pools = {{.id = "p", .name = kUidName, .description = description_of("k8s")}}, .vips = {}}};
  const Belongings found = belongings_of(owner_of("k8s"), all);
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(found.spared.size(), 1U);
}

TEST(NamesOf, AnIdentityHasTheNamesOfItsLoadBalancers) {
  const auto of = [](const std::string& description, std::vector<std::string> tags) {
    return Balancer{.id = "lb", .description = description, .tags = std::move(tags)};
  };
  const Inventory all{.balancers = {of(description_of("k8s"), {"x", kIdentity}),
                                    of(description_of("old"), {kIdentity}), of(description_of("theirs"), {kForeign}),
                                    of(description_of("shared"), {kIdentity, kForeign}),
                                    of("a shop from cluster shop", {kIdentity}),
                                    of("Kubernetes external service default/web from cluster ", {kIdentity})}};
  EXPECT_EQ(names_of("uid-1", all), (std::set<std::string>{"k8s", "old"}));
  EXPECT_EQ(names_of("uid-2", all), (std::set<std::string>{"theirs"}));
  EXPECT_TRUE(names_of("uid-3", all).empty());
}

TEST(BelongingsOf, OfASharedOneOnlyOurPartGoes) {
  const std::string ours = name_of(kCluster), theirs = name_of(kOther);
  const Balancer shared{.id = "lb", .name = "shop", .vip_port_id = "vip", .tags = {"a", ours, theirs, kIdentity}};
  const std::vector<Listener> listeners{{"l1", "lb", "pool-1", {ours}},
                                        {"l2", "lb", "pool-2", {theirs}},
                                        {"l3", "lb", "pool-2", {ours}},
                                        {"l4", "lb", "pool-4", {}},
                                        {"l5", "other", "pool-5", {ours}}};
  Belongings found = belongings_of(
      owner_of(),
      {.balancers = {shared},
       .listeners = listeners,
       .floating_ips = {{"f", "172.24.4.5", "vip", "Floating IP for Kubernetes x from cluster " + kCluster}}});
  ASSERT_EQ(found.shares.size(), 1U);
  EXPECT_EQ(found.shares[0].listener_ids, (std::vector<std::string>{"l1", "l3"}));
  EXPECT_EQ(found.shares[0].pool_ids, std::vector<std::string>{"pool-1"});
  EXPECT_EQ(found.shares[0].tags, (std::vector<std::string>{"a", theirs}));
  EXPECT_TRUE(found.floating_ips.empty()) << "it serves the others too";
}

TEST(BelongingsOf, FloatingIps) {
  const std::string mark = "Floating IP for Kubernetes external service default/web from cluster " + kCluster;
  struct Case {
    std::string title, description, port, expected;
  };
  const std::vector<Case> cases{
      {"ours at our VIP", mark, "vip", "goes"},
      {"ours, its load balancer gone", mark, "", "goes"},
      {"ours, at a host of ours", mark, "p2", "goes"},
      {"ours, led by a person to a server", mark, "server", "spared"},
      {"a person's at our VIP", "", "vip", "disassociated"},
      {"a person's at our VIP, with a remark", "the shop", "vip", "disassociated"},
      {"a person's at a host of ours", "", "p1", "disassociated"},
      {"a person's elsewhere", "", "server", "left"},
      {"a person's, free", "", "", "left"},
      {"another cluster's, free", "Floating IP for Kubernetes external service a/b from cluster " + kOther, "",
       "left"},
      {"the cluster's own", "api_pool of cluster " + kCluster, "anything", "goes"}};
  for (const Case& one : cases) {
    const Belongings found =
        belongings_of(owner_of(), {.balancers = {{.id = "lb", .name = name_of(kCluster), .vip_port_id = "vip"}},
                                   .floating_ips = {{"f", "172.24.4.5", one.port, one.description}},
                                   .ports = hosts()});
    const std::string got = !found.floating_ips.empty()    ? "goes"
                            : !found.disassociated.empty() ? "disassociated"
                            : found.spared.empty()         ? "left"
                                                           : "spared";
    EXPECT_EQ(got, one.expected) << one.title;
  }
}

TEST(BelongingsOf, AFreeFloatingIpWithANameThatOthersMayHaveStays) {
  const Inventory all{.floating_ips = {{"f", "172.24.4.5", "", "Floating IP for Kubernetes x from cluster k8s"}}};
  EXPECT_TRUE(belongings_of(owner_of("k8s"), all).empty());
  EXPECT_EQ(belongings_of(owner_of("k8s"), all).spared.size(), 1U);
}

TEST(BelongingsOf, SecurityGroupsOfServices) {
  const auto count = [](const std::string& name, const std::string& description) {
    return belongings_of(owner_of(), {.security_groups = {{"g", name, description}}}).security_groups.size();
  };
  const std::string ours = "Security Group for default/web Service LoadBalancer in cluster " + kCluster;
  EXPECT_EQ(count("lb-sg-uid-default-web", ours), 1U);
  EXPECT_EQ(count("lb-sg-uid-default-web", "Security Group for d/w Service LoadBalancer in cluster " + kOther), 0U);
  EXPECT_EQ(count("mine", ours), 0U);
  EXPECT_EQ(count("default", "Default security group"), 0U);
}

TEST(BelongingsOf, PortsThatNobodyLooksAfter) {
  std::vector<Port> ports = hosts();
  ports.push_back({"server", "a person's server", "net", "compute:nova", {"10.0.0.9"}, {"sub"}});
  ports.push_back({"bare", "", "net", "", {"10.0.0.10"}, {"sub"}});
  ports.push_back({"leg", "", "net", "network:router_interface", {"10.0.0.1"}, {"sub"}});
  ports.push_back({"vip", "octavia-lb-x", "net", "Octavia", {"10.0.0.11"}, {"sub"}});
  const auto ids = [&](const Owner& owner) {
    std::string text;
    for (const Port& port : belongings_of(owner, {.ports = ports}).ports) text += port.id + " ";
    return text;
  };
  EXPECT_EQ(ids(owner_of()), "p1 p2 ") << "a given network is others' too";
  EXPECT_EQ(ids(with(owner_of(), own_network)), "p1 p2 bare ");
}

using controller::lbaas_v1::Seen;
using controller::lbaas_v1::SeenPool;
using controller::lbaas_v1::SeenVip;

std::string v1_of(const Owner& owner, const Seen& seen, std::vector<Balancer> balancers = {}) {
  const Belongings found = belongings_of(owner, {.balancers = std::move(balancers), .ports = hosts(), .v1 = seen});
  std::string text;
  for (const SeenVip& vip : found.v1.vips) text += vip.id + " ";
  for (const SeenPool& pool : found.v1.pools) text += pool.id + " ";
  return text;
}

TEST(BelongingsOf, ObjectsOfLbaasV1) {
  const SeenPool marked{.id = "pool", .name = kUidName, .description = description_of(kCluster), .subnet_id = "sub"};
  const SeenVip vip{.id = "vip", .name = kUidName, .subnet_id = "sub", .port_id = "vip-port", .pool_id = "pool"};
  EXPECT_EQ(v1_of(owner_of(), {.pools = {marked}, .vips = {vip}}), "vip pool ");
  SeenPool plain = marked;
  plain.description.clear();
  EXPECT_EQ(v1_of(owner_of(), {.pools = {plain}, .vips = {vip}}), "") << "a given network proves nothing";
  EXPECT_EQ(v1_of(with(owner_of(), own_network), {.pools = {plain}, .vips = {vip}}), "vip pool ");
  plain.members = {{"m", "10.0.0.6", 30080}};
  EXPECT_EQ(v1_of(owner_of(), {.pools = {plain}, .vips = {vip}}), "vip pool ");
  plain.members.push_back({"m2", "10.0.0.99", 30080});
  EXPECT_EQ(v1_of(owner_of(), {.pools = {plain}, .vips = {vip}}), "");
  plain.name = "web";
  EXPECT_EQ(v1_of(with(owner_of(), own_network), {.pools = {plain}, .vips = {}}), "") << "a person's";
}

TEST(BelongingsOf, WhatALoadBalancerTakesAlongIsNotDeletedTwice) {
  const SeenPool pool{.id = "pool", .name = kUidName, .description = description_of(kCluster), .subnet_id = "sub"};
  const SeenVip vip{.id = "vip", .name = kUidName, .subnet_id = "sub", .port_id = "vip-port", .pool_id = "pool"};
  const Balancer same{
      .id = "lb", .name = kUidName, .description = description_of(kCluster), .vip_port_id = "vip-port"};
  EXPECT_EQ(v1_of(owner_of(), {.pools = {pool}, .vips = {vip}}, {same}), "");
}

}  // namespace
}  // namespace fairway::cleanup
