#include "kube_api/plans/endpoint_plan.h"

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

Stored stored(std::string_view text) {
  return {std::make_shared<const json::Object>(json::parse(text)->as_object()), 1};
}

TEST(EndpointPlan, NamesReadyPodsAndTheirPorts) {
  const auto service =
      json::parse(
          R"({"metadata":{"name":"w","namespace":"d","uid":"u"},"spec":{"clusterIP":"10.96.0.9","selector":{"app":"web"},
      "ports":[{"port":80,"targetPort":"http","protocol":"TCP"}]}})")
          ->as_object();
  const auto pod = [&](std::string_view name, std::string_view ip, std::string_view ready, int port) {
    return stored(fmt::format(
        R"({{"metadata":{{"name":"{}","namespace":"d","labels":{{"app":"web"}}}},"spec":{{"nodeName":"n","containers":[{{"ports":[{{"name":"http","containerPort":{},"protocol":"TCP"}}]}}]}},
        "status":{{"phase":"Running","podIP":"{}","conditions":[{{"type":"Ready","status":"{}"}}]}}}})",
        name, port, ip, ready));
  };
  const std::vector<Stored> pods{pod("a", "10.0.0.2", "True", 8080), pod("b", "10.0.0.1", "True", 8080),
                                 pod("c", "10.0.0.3", "False", 8080), pod("d", "10.0.0.4", "True", 9090),
                                 pod("e", "", "True", 8080)};
  std::string shown;
  const auto planned = plan_endpoints(service, pods);
  for (const auto& subset : list_at(planned, {"subsets"})) {
    for (const auto& address : json::array_or_empty(subset, "addresses"))
      shown += std::string(text_in(address, "ip")) + " ";
    for (const auto& address : json::array_or_empty(subset, "notReadyAddresses"))
      shown += "(" + std::string(text_in(address, "ip")) + ") ";
    shown += fmt::format(":{} ", json::int_or(subset.at("ports").as_array().front(), "port"));
  }
  EXPECT_EQ(shown, "10.0.0.1 10.0.0.2 (10.0.0.3) :8080 10.0.0.4 :9090 ");
  EXPECT_EQ(plan_slices(service, pods).size(), 2U);
  EXPECT_EQ(plan_slices(service, {}).size(), 1U);
}

}  // namespace
}  // namespace fairway::kube_api
