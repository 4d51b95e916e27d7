#include "controller/desired.h"

#include "controller/annotations.h"

namespace fairway::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

json::Value parsed(std::string_view text) { return *json::parse(text); }

// A Service, two nodes and a configuration; each row of a table changes one thing.
struct World {
  json::Value service = parsed(R"({"metadata":{"namespace":"web","name":"shop","uid":"u1","annotations":{}},
    "spec":{"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080}]}})");
  std::vector<Node> nodes = {node("node-2", "10.0.0.6"), node("node-1", "10.0.0.5")};
  std::set<std::string> with_endpoints;
  ControllerConfig config;
  CloudFacts facts{.can = octavia_abilities({2, 26}, ""), .cluster_id = "c1", .node_subnet_id = ""};

  World() { config.subnet_id = "sub"; }
  static Node node(const std::string& name, const std::string& address) {
    return {.name = name, .addresses = {{"InternalIP", address}}};
  }
  World& annotate(std::string_view key, std::string_view value) {
    service.at("metadata").at("annotations").as_object()[std::string(kAnnotationPrefix) + std::string(key)] = value;
    return *this;
  }
  World& spec(std::string_view key, json::Value value) {
    service.at("spec").as_object()[key] = std::move(value);
    return *this;
  }
  [[nodiscard]] Result<Desired> want() const {
    const auto read = read_service(service);
    return desired(
        {.service = read, .nodes = nodes, .nodes_with_endpoints = with_endpoints, .config = config, .facts = facts});
  }
  [[nodiscard]] LoadBalancer lb() const { return want()->load_balancer; }
  [[nodiscard]] std::string notices() const {
    std::string all;
    for (const auto& notice : want()->notices) all += notice.reason + ": " + notice.message + "\n";
    return all;
  }
};

TEST(Desired, NamesTagsAndDescriptionsAreTheIncumbents) {
  const auto lb = World().lb();
  EXPECT_EQ(lb.name, "kube_service_kubernetes_web_shop");
  EXPECT_EQ(lb.description, "Kubernetes external service web/shop from cluster kubernetes");
  EXPECT_THAT(lb.tags, ElementsAre("kube_service_kubernetes_web_shop", "kube_cluster_id_c1"));
  EXPECT_EQ(lb.listeners.at(0).name, "listener_0_kube_service_kubernetes_web_shop");
  EXPECT_EQ(lb.listeners.at(0).pool.name, "pool_0_kube_service_kubernetes_web_shop");
  EXPECT_EQ(lb.floating_ip.description,
            "Floating IP for Kubernetes external service web/shop from cluster kubernetes");
}

TEST(Desired, NamesAreCutAt255) {
  World world;
  world.config.cluster_name = std::string(300, 'x');
  EXPECT_EQ(world.lb().name.size(), 255U);
}

TEST(Desired, MembersAreTheNodesByNameWithTheNodePort) {
  const auto lb = World().lb();
  EXPECT_THAT(lb.listeners.at(0).pool.members,
              ElementsAre(Member{.name = "node-1", .address = "10.0.0.5", .subnet_id = "sub", .port = 30080},
                          Member{.name = "node-2", .address = "10.0.0.6", .subnet_id = "sub", .port = 30080}));
  EXPECT_EQ(lb.listeners.at(0).connection_limit, -1);
  EXPECT_THAT(*lb.listeners.at(0).allowed_cidrs, ElementsAre("0.0.0.0/0"));
}

struct Row {
  const char* name;
  std::function<void(World&)> given;
  std::function<std::string(const LoadBalancer&)> seen;
  std::string wanted;
};

TEST(Desired, EachAnnotationDoesWhatItSays) {
  const auto first = [](const LoadBalancer& lb) -> const Listener& { return lb.listeners.at(0); };
  const std::vector<Row> rows{
      {"lb-method", [](World& w) { w.annotate("lb-method", "SOURCE_IP"); },
       [&](auto& lb) { return first(lb).pool.lb_algorithm; }, "SOURCE_IP"},
      {"lb-method empty", [](World& w) { w.annotate("lb-method", ""); },
       [&](auto& lb) { return first(lb).pool.lb_algorithm; }, "ROUND_ROBIN"},
      {"connection-limit", [](World& w) { w.annotate("connection-limit", "100"); },
       [&](auto& lb) { return std::to_string(first(lb).connection_limit); }, "100"},
      {"timeout", [](World& w) { w.annotate("timeout-client-data", "7"); },
       [&](auto& lb) { return std::to_string(first(lb).timeouts->client_data); }, "7"},
      {"x-forwarded-for", [](World& w) { w.annotate("x-forwarded-for", "true"); },
       [&](auto& lb) { return first(lb).protocol + first(lb).pool.protocol; }, "HTTPHTTP"},
      {"tls", [](World& w) { w.annotate("default-tls-container-ref", "ref"); },
       [&](auto& lb) { return first(lb).protocol + first(lb).pool.protocol; }, "TERMINATED_HTTPSHTTP"},
      {"proxy v1", [](World& w) { w.annotate("proxy-protocol", "true"); },
       [&](auto& lb) { return first(lb).protocol + first(lb).pool.protocol; }, "TCPPROXY"},
      {"proxy v2", [](World& w) { w.annotate("proxy-protocol", "v2"); },
       [&](auto& lb) { return first(lb).pool.protocol; }, "PROXYV2"},
      {"port-id", [](World& w) { w.annotate("port-id", "p"); },
       [](auto& lb) { return lb.vip_port_id + "|" + lb.vip_subnet_id; }, "p|"},
      {"subnet-id", [](World& w) { w.annotate("subnet-id", "s"); }, [](auto& lb) { return lb.vip_subnet_id; }, "s"},
      {"network-id",
       [](World& w) {
         w.config.subnet_id = "";
         w.annotate("network-id", "n");
       },
       [](auto& lb) { return lb.vip_network_id + "|" + lb.vip_subnet_id; }, "n|"},
      {"member-subnet-id", [](World& w) { w.annotate("member-subnet-id", "m"); },
       [&](auto& lb) { return first(lb).pool.members.at(0).subnet_id; }, "m"},
      {"floating-network-id", [](World& w) { w.annotate("floating-network-id", "f"); },
       [](auto& lb) { return lb.floating_ip.network_id; }, "f"},
      {"floating-subnet-id", [](World& w) { w.annotate("floating-subnet-id", "f"); },
       [](auto& lb) { return lb.floating_ip.subnet_id; }, "f"},
      {"keep-floatingip", [](World& w) { w.annotate("keep-floatingip", "true"); },
       [](auto& lb) { return std::to_string(lb.floating_ip.keep); }, "1"},
      {"flavor-id", [](World& w) { w.annotate("flavor-id", "f"); }, [](auto& lb) { return lb.flavor_id; }, "f"},
      {"availability-zone", [](World& w) { w.annotate("availability-zone", "z"); },
       [](auto& lb) { return lb.availability_zone; }, "z"},
      {"node-selector",
       [](World& w) {
         w.nodes[0].labels["a"] = "b";
         w.annotate("node-selector", "a=b");
       },
       [&](auto& lb) { return first(lb).pool.members.at(0).name; }, "node-2"},
      {"monitor", [](World& w) { w.annotate("enable-health-monitor", "true").annotate("health-monitor-delay", "9"); },
       [&](auto& lb) { return fmt::format("{} {}", first(lb).pool.monitor->type, first(lb).pool.monitor->delay); },
       "TCP 9"},
      {"class wins outside",
       [](World& w) {
         w.config.classes["c"] = {.floating_network_id = "cf", .subnet_id = "cs"};
         w.annotate("class", "c").annotate("subnet-id", "own");
       },
       [](auto& lb) { return lb.vip_subnet_id + lb.floating_ip.network_id; }, "cscf"},
      {"annotation wins inside",
       [](World& w) {
         w.config.internal_lb = true;
         w.config.classes["c"] = {.subnet_id = "cs"};
         w.annotate("class", "c").annotate("subnet-id", "own");
       },
       [](auto& lb) { return lb.vip_subnet_id; }, "own"},
  };
  for (const auto& row : rows) {
    World world;
    row.given(world);
    const auto want = world.want();
    ASSERT_TRUE(want) << row.name << ": " << want.error().what;
    EXPECT_EQ(row.seen(want->load_balancer), row.wanted) << row.name;
    EXPECT_EQ(world.notices(), "") << row.name;
  }
}

TEST(Desired, InternalIsByAnnotationOrByForce) {
  World world;
  world.spec("loadBalancerIP", "10.0.0.77");
  EXPECT_TRUE(world.lb().floating_ip.wanted);
  EXPECT_EQ(world.lb().floating_ip.address, "10.0.0.77");
  EXPECT_EQ(world.lb().vip_address, "");
  world.service.at("metadata").at("annotations").as_object()[kInternalAnnotation] = "true";
  EXPECT_FALSE(world.lb().floating_ip.wanted);
  EXPECT_EQ(world.lb().vip_address, "10.0.0.77");
  world.service.at("metadata").at("annotations").as_object()[kInternalAnnotation] = "false";
  world.config.internal_lb = true;
  EXPECT_FALSE(world.lb().floating_ip.wanted);
}

TEST(Desired, PolicyLocalTakesNodesWithEndpointsAndTheirHealthPort) {
  World world;
  world.spec("externalTrafficPolicy", "Local").spec("healthCheckNodePort", 32000);
  world.with_endpoints = {"node-2"};
  auto pool = world.lb().listeners.at(0).pool;
  EXPECT_THAT(pool.members,
              ElementsAre(Member{.name = "node-2", .address = "10.0.0.6", .subnet_id = "sub", .port = 30080}));
  world.annotate("enable-health-monitor", "true");
  pool = world.lb().listeners.at(0).pool;
  EXPECT_EQ(pool.monitor->type, "HTTP");
  EXPECT_EQ(pool.members.at(0).monitor_port, 32000);
  world.config.lb_provider = "ovn";
  world.facts.can = octavia_abilities({2, 26}, "ovn");
  pool = world.lb().listeners.at(0).pool;
  EXPECT_EQ(pool.monitor->type, "TCP");
  EXPECT_EQ(pool.members.at(0).monitor_port, 0);
}

TEST(Desired, ProtocolsGetTheirOwnListenersAndMonitors) {
  World world;
  world.annotate("enable-health-monitor", "true").annotate("proxy-protocol", "v1");
  world.spec("ports",
             parsed(R"([{"port":53,"protocol":"TCP","nodePort":1},{"port":53,"protocol":"UDP","nodePort":2}])"));
  const auto lb = world.lb();
  EXPECT_EQ(lb.listeners.at(0).pool.protocol, "PROXY");
  EXPECT_EQ(lb.listeners.at(1).pool.protocol, "UDP");
  EXPECT_EQ(lb.listeners.at(1).pool.monitor->type, "UDP-CONNECT");
  EXPECT_THAT(world.notices(), HasSubstr("proxy-protocol has no effect on port 53/UDP"));
}

struct Refusal {
  const char* name;
  std::function<void(World&)> given;
  const char* says;
};

TEST(Desired, WhatCannotBeIsRefusedWithWhatToChange) {
  for (const auto& row : std::vector<Refusal>{
           {"no ports", [](World& w) { w.spec("ports", json::Array{}); }, "no ports"},
           {"no subnet", [](World& w) { w.config.subnet_id = ""; }, "configure subnet-id"},
           {"unknown class", [](World& w) { w.annotate("class", "x"); },
            "invalid loadbalancer class \"x\"; the configuration has none"},
           {"bad range", [](World& w) { w.spec("loadBalancerSourceRanges", json::Array{"10.0.0.1"}); },
            "is not a CIDR"},
           {"wrong family", [](World& w) { w.spec("loadBalancerSourceRanges", json::Array{"fd00::/8"}); },
            "not of the Service's IP family"},
           {"both proxies", [](World& w) { w.annotate("proxy-protocol", "v1").annotate("x-forwarded-for", "true"); },
            "cannot be used together"}}) {
    World world;
    row.given(world);
    const auto want = world.want();
    ASSERT_FALSE(want) << row.name;
    EXPECT_EQ(want.error().code, Errc::invalid);
    EXPECT_THAT(want.error().what, HasSubstr(row.says)) << row.name;
  }
}

TEST(Desired, WhatIsNotHonouredIsSaid) {
  for (const auto& row : std::vector<Refusal>{
           {"affinity time",
            [](World& w) {
              w.spec("sessionAffinity", "ClientIP")
                  .spec("sessionAffinityConfig", parsed(R"({"clientIP":{"timeoutSeconds":1}})"));
            },
            "timeoutSeconds (1)"},
           {"dual stack", [](World& w) { w.spec("ipFamilies", json::Array{"IPv4", "IPv6"}); },
            "make a second Service for IPv6"},
           {"no node ports",
            [](World& w) {
              w.spec("allocateLoadBalancerNodePorts", false).spec("ports", parsed(R"([{"port":80}])"));
            },
            "has no members"},
           {"appProtocol",
            [](World& w) { w.spec("ports", parsed(R"([{"port":80,"nodePort":1,"appProtocol":"h2c"}])")); },
            "appProtocol (h2c)"},
           {"unknown annotation", [](World& w) { w.annotate("floating-subnet-tags", "x"); },
            "floating-subnet-tags is not supported"},
           {"no boolean", [](World& w) { w.annotate("x-forwarded-for", "yes"); }, "neither true nor false"},
           {"no number", [](World& w) { w.annotate("connection-limit", "1k"); }, "is not a number"},
           {"no zones",
            [](World& w) {
              w.facts.can = octavia_abilities({2, 13}, "");
              w.annotate("availability-zone", "z");
            },
            "upgrade Octavia API to version 2.14"},
           {"no source ranges",
            [](World& w) {
              w.facts.can = octavia_abilities({2, 11}, "");
              w.spec("loadBalancerSourceRanges", json::Array{"10.0.0.0/8"});
            },
            "LoadBalancerSourceRangesIgnored"},
           {"configuration", [](World& w) { w.config.not_honoured = {"[LoadBalancer] manage-security-groups"}; },
            "manage-security-groups"},
           {"no nodes", [](World& w) { w.nodes.clear(); }, "There are no available nodes"},
           {"node without address", [](World& w) { w.nodes.push_back({.name = "new"}); },
            "Node new has no IPv4 address yet"}}) {
    World world;
    row.given(world);
    EXPECT_THAT(world.notices(), HasSubstr(row.says)) << row.name;
  }
  EXPECT_EQ(World().notices(), "");
}

TEST(Desired, AnOldOctaviaGetsWhatItKnows) {
  World world;
  world.facts.can = octavia_abilities({2, 0}, "");
  const auto lb = world.lb();
  EXPECT_THAT(lb.tags, IsEmpty());
  EXPECT_FALSE(lb.listeners.at(0).timeouts);
  EXPECT_FALSE(lb.listeners.at(0).allowed_cidrs);
}

TEST(Desired, LbaasV1IsAskedForNoMoreThanItCan) {
  World world;
  world.facts.can = lbaas_v1_abilities();
  world.config.create_monitor = true;
  const auto lb = world.lb();
  EXPECT_THAT(lb.tags, IsEmpty());
  EXPECT_FALSE(lb.listeners.at(0).allowed_cidrs);
  EXPECT_EQ(lb.listeners.at(0).pool.monitor->type, "TCP");
  EXPECT_EQ(uid_name("1f03e40f-6340-11e5-9c9e-fa163eae8ab7"), "a1f03e40f634011e59c9efa163eae8ab");
  world.spec("loadBalancerSourceRanges", json::Array{"10.0.0.0/8"}).annotate("timeout-client-data", "1000");
  EXPECT_THAT(world.notices(), HasSubstr("because LBaaS v1 does not support it"));
  EXPECT_THAT(world.notices(), HasSubstr("timeout-client-data is not supported"));
}

TEST(Desired, WhatLbaasV1WouldGetWrongIsRefused) {
  const auto refusal = [](const std::function<void(World&)>& given) {
    World world;
    world.facts.can = lbaas_v1_abilities();
    given(world);
    const auto want = world.want();
    return want ? "nothing" : want.error().what;
  };
  EXPECT_THAT(refusal([](World& w) {
                w.spec("ports",
                       parsed(R"([{"name":"a","port":80,"nodePort":1},{"name":"b","port":81,"nodePort":2}])"));
              }),
              HasSubstr("one port at an address, and the Service has 2"));
  EXPECT_THAT(refusal([](World& w) { w.spec("ports", parsed(R"([{"port":53,"protocol":"UDP","nodePort":1}])")); }),
              HasSubstr("does not serve UDP (port 53)"));
  EXPECT_THAT(refusal([](World& w) { w.annotate("proxy-protocol", "true"); }), HasSubstr("PROXY protocol"));
  EXPECT_THAT(refusal([](World& w) { w.annotate("default-tls-container-ref", "x"); }), HasSubstr("terminate TLS"));
  EXPECT_THAT(refusal([](World& w) { w.annotate("port-id", "x"); }), HasSubstr("makes a VIP's port itself"));
}

TEST(Status, SaysTheAddressInTheFormAskedFor) {
  World world;
  const auto status = [&] {
    return json::write(load_balancer_status(world.config, read_service(world.service), "1.2.3.4"));
  };
  EXPECT_EQ(status(), R"({"ingress":[{"ip":"1.2.3.4","ipMode":"VIP"}]})");
  world.annotate("proxy-protocol", "v2");
  EXPECT_EQ(status(), R"({"ingress":[{"ip":"1.2.3.4","ipMode":"Proxy"}]})");
  world.config.enable_ingress_hostname = true;
  EXPECT_EQ(status(), R"({"ingress":[{"hostname":"1.2.3.4.nip.io"}]})");
  world.annotate("hostname", "shop.example");
  EXPECT_EQ(status(), R"({"ingress":[{"hostname":"shop.example"}]})");
}

TEST(Nodes, AreEligibleAsLabelsAndTaintsSay) {
  const auto eligible = [](const char* text) { return read_node(parsed(text)).eligible; };
  EXPECT_TRUE(eligible(R"({"status":{"conditions":[{"type":"Ready","status":"False"}]}})"));
  EXPECT_TRUE(
      eligible(R"({"metadata":{"labels":{"node.kubernetes.io/exclude-from-external-load-balancers":"false"}}})"));
  EXPECT_FALSE(eligible(R"({"metadata":{"labels":{"node.kubernetes.io/exclude-from-external-load-balancers":""}}})"));
  EXPECT_FALSE(eligible(R"({"spec":{"taints":[{"key":"ToBeDeletedByClusterAutoscaler"}]}})"));
  EXPECT_FALSE(eligible(R"({"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}})"));
}

TEST(Nodes, GiveTheirInternalAddressFirstAndOfTheRightFamily) {
  const Node node{.name = "n",
                  .addresses = {{"ExternalIP", "1.1.1.1"}, {"InternalIP", "fd00::1"}, {"InternalIP", "10.0.0.1"}}};
  EXPECT_EQ(node.member_address(false), "10.0.0.1");
  EXPECT_EQ(node.member_address(true), "fd00::1");
}

TEST(Services, AreOursByTypeAndClass) {
  const auto service = [](const char* spec, const char* metadata = "{}") {
    return read_service(json::Object{{"metadata", parsed(metadata)}, {"spec", parsed(spec)}});
  };
  EXPECT_TRUE(wants_load_balancer(service(R"({"type":"LoadBalancer"})"), ""));
  EXPECT_FALSE(wants_load_balancer(service(R"({"type":"LoadBalancer","loadBalancerClass":"x"})"), ""));
  EXPECT_TRUE(wants_load_balancer(service(R"({"type":"LoadBalancer","loadBalancerClass":"x"})"), "x"));
  EXPECT_FALSE(wants_load_balancer(service(R"({"type":"ClusterIP"})"), ""));
  const char* finalizer = R"({"finalizers":["service.kubernetes.io/load-balancer-cleanup"]})";
  EXPECT_TRUE(needs_cleanup(service(R"({"type":"ClusterIP"})", finalizer), ""));
  EXPECT_FALSE(needs_cleanup(service(R"({"type":"LoadBalancer","loadBalancerClass":"x"})", finalizer), ""));
}

}  // namespace
}  // namespace fairway::controller
