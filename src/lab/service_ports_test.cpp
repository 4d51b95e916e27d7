#include "lab/service_ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace fairway::lab {
namespace {

json::Value parse(std::string_view text) { return json::parse(text).value(); }

Objects service(std::string_view spec, std::string_view status = "{}") {
  return {{"web/shop",
           parse(fmt::format(R"({{"metadata": {{"namespace": "web", "name": "shop"}}, "spec": {}, "status": {}}})",
                             spec, status))}};
}

Objects slice(std::string_view endpoints, std::string_view ports = R"([{"name": "", "port": 80}])") {
  return {{"web/shop-1", parse(fmt::format(R"({{"metadata": {{"namespace": "web", "name": "shop-1",
                                               "labels": {{"kubernetes.io/service-name": "shop"}}}},
                                               "addressType": "IPv4", "ports": {}, "endpoints": {}}})",
                                           ports, endpoints))}};
}

// The outcome as one line: "tcp 10.96.0.9:80 node:31000 -> 10.100.1.2:80@here 10.100.2.2:80"
std::string describe(const std::vector<ServicePort>& ports) {
  std::string out;
  for (const ServicePort& one : ports) {
    out +=
        fmt::format("{}{} {}:{}", out.empty() ? "" : "; ", one.protocol, fmt::join(one.cluster_ips, ","), one.port);
    if (one.node_port != 0) out += fmt::format(" node:{}", one.node_port);
    if (!one.load_balancer_ips.empty()) out += fmt::format(" lb:{}", fmt::join(one.load_balancer_ips, ","));
    if (one.external_local) out += " local";
    if (one.affinity_seconds) out += fmt::format(" affinity:{}", *one.affinity_seconds);
    if (!one.source_ranges.empty()) out += fmt::format(" from:{}", fmt::join(one.source_ranges, ","));
    out += " ->";
    for (const EndpointTarget& target : one.endpoints)
      out += fmt::format(" {}:{}{}", target.address, target.port, target.local ? "@here" : "");
    for (const EndpointTarget& target : one.local_fallback)
      out += fmt::format(" or {}:{}", target.address, target.port);
  }
  return out;
}

constexpr std::string_view kPlain = R"({"clusterIP": "10.96.0.9", "ports": [{"port": 80}]})";

TEST(ServicePorts, TheViewOfOneNode) {
  const struct {
    const char* name;
    Objects services, slices;
    const char* wanted;
  } cases[] = {
      {"no slice", service(kPlain), {}, "tcp 10.96.0.9:80 ->"},
      {"endpoints here and elsewhere", service(kPlain),
       slice(R"([{"addresses": ["10.100.2.2"], "nodeName": "m2"}, {"addresses": ["10.100.1.2"], "nodeName": "m1"}])"),
       "tcp 10.96.0.9:80 -> 10.100.1.2:80@here 10.100.2.2:80"},
      {"an endpoint that is not ready takes nothing", service(kPlain),
       slice(R"([{"addresses": ["10.100.1.2"], "conditions": {"ready": false}}])"), "tcp 10.96.0.9:80 ->"},
      {"with none ready, those that drain serve on", service(kPlain),
       slice(
           R"([{"addresses": ["10.100.1.2"], "conditions": {"ready": false, "serving": true, "terminating": true}}])"),
       "tcp 10.96.0.9:80 -> 10.100.1.2:80"},
      {"while one is ready, those that drain are left out", service(kPlain),
       slice(R"([{"addresses": ["10.100.1.2"], "conditions": {"ready": false, "serving": true, "terminating": true}},
                 {"addresses": ["10.100.1.3"], "conditions": {"ready": true}}])"),
       "tcp 10.96.0.9:80 -> 10.100.1.3:80"},
      {"a node whose own endpoints all drain keeps them for traffic that must stay",
       service(R"({"clusterIP": "10.96.0.9", "externalTrafficPolicy": "Local", "ports": [{"port": 80}]})"),
       slice(R"([{"addresses": ["10.100.1.2"], "nodeName": "m1",
                  "conditions": {"ready": false, "serving": true, "terminating": true}},
                 {"addresses": ["10.100.2.3"], "nodeName": "m2", "conditions": {"ready": true}}])"),
       "tcp 10.96.0.9:80 local -> 10.100.2.3:80 or 10.100.1.2:80"},
      {"ports belong together by name",
       service(
           R"({"clusterIP": "10.96.0.9", "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81, "protocol": "UDP"}]})"),
       slice(R"([{"addresses": ["10.100.1.2"]}])", R"([{"name": "b", "port": 8081}, {"name": "a", "port": 8080}])"),
       "tcp 10.96.0.9:80 -> 10.100.1.2:8080; udp 10.96.0.9:81 -> 10.100.1.2:8081"},
      {"everything a load balancer needs",
       service(R"({"clusterIP": "10.96.0.9", "externalTrafficPolicy": "Local", "sessionAffinity": "ClientIP",
                   "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
                   "loadBalancerSourceRanges": ["172.24.4.0/25", " 10.0.0.0/8", "nonsense"],
                   "ports": [{"port": 80, "nodePort": 31000}]})",
               R"({"loadBalancer": {"ingress": [{"ip": "172.24.4.9"}, {"ip": "172.24.4.10", "ipMode": "Proxy"}]}})"),
       {},
       "tcp 10.96.0.9:80 node:31000 lb:172.24.4.9 local affinity:60 from:172.24.4.0/25,10.0.0.0/8 ->"},
      {"a headless Service has nothing to rewrite",
       service(R"({"clusterIP": "None", "ports": [{"port": 80}]})"),
       {},
       ""},
      {"nor has an ExternalName", service(R"({"type": "ExternalName", "externalName": "example.org"})"), {}, ""},
  };
  for (const auto& one : cases)
    EXPECT_EQ(describe(service_ports(one.services, one.slices, "m1")), one.wanted) << one.name;
}

TEST(Leaving, IsWhatTheSlicesSayOfAnAddress) {
  const auto one = [](const char* conditions) {
    return slice(fmt::format(R"([{{"addresses": ["10.100.1.2"], "conditions": {}}}])", conditions));
  };
  EXPECT_FALSE(is_leaving({}, "10.100.1.2")) << "not listed yet";
  EXPECT_FALSE(is_leaving(one("{}"), "10.100.1.2"));
  EXPECT_FALSE(is_leaving(one(R"({"ready": false})"), "10.100.1.2")) << "it may become ready yet";
  EXPECT_TRUE(is_leaving(one(R"({"ready": false, "terminating": true})"), "10.100.1.2"));
  EXPECT_FALSE(is_leaving(one(R"({"terminating": true})"), "10.100.1.3"));
}

TEST(Chosen, IsAPodWithAllTheLabelsOfAServiceOfItsNamespace) {
  const Objects services = service(R"({"selector": {"app": "web", "tier": "front"}})");
  const auto pod = [](const char* ns, const char* labels) {
    return parse(fmt::format(R"({{"metadata": {{"namespace": "{}", "labels": {}}}}})", ns, labels));
  };
  EXPECT_TRUE(is_chosen(services, pod("web", R"({"app": "web", "tier": "front", "more": "x"})")));
  EXPECT_FALSE(is_chosen(services, pod("other", R"({"app": "web", "tier": "front"})")));
  EXPECT_FALSE(is_chosen(services, pod("web", R"({"app": "web"})")));
  EXPECT_FALSE(is_chosen(service(R"({"selector": {}})"), pod("web", R"({"app": "web"})")));
}

TEST(ServiceHealth, DoesNotCountWhatEnds) {
  const Objects services =
      service(R"({"clusterIP": "10.96.0.9", "healthCheckNodePort": 32000, "ports": [{"port": 80}]})");
  const Objects ending = slice(R"([{"addresses": ["10.100.1.2"], "nodeName": "m1",
                                    "conditions": {"ready": false, "serving": true, "terminating": true}}])");
  EXPECT_THAT(service_health(services, ending, "m1"), testing::ElementsAre(ServiceHealth{"web", "shop", 32000, 0}));
}

TEST(ServiceHealth, CountsTheEndpointsOfThisNodeOnce) {
  const Objects services = service(R"({"clusterIP": "10.96.0.9", "healthCheckNodePort": 32000,
                                       "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]})");
  const Objects slices =
      slice(R"([{"addresses": ["10.100.1.2"], "nodeName": "m1"}, {"addresses": ["10.100.2.2"], "nodeName": "m2"}])",
            R"([{"name": "a", "port": 80}, {"name": "b", "port": 81}])");
  EXPECT_THAT(service_health(services, slices, "m1"), testing::ElementsAre(ServiceHealth{"web", "shop", 32000, 1}));
  EXPECT_THAT(service_health(services, slices, "m3"), testing::ElementsAre(ServiceHealth{"web", "shop", 32000, 0}));
  EXPECT_THAT(service_health(service(kPlain), slices, "m1"), testing::IsEmpty());
}

}  // namespace
}  // namespace fairway::lab
