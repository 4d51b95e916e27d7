#include "kube_api/patch.h"

#include "kube_api/endpoint_plan.h"
#include "kube_api/logs.h"
#include "kube_api/object_access.h"
#include "kube_api/scheduling.h"
#include "kube_api/selectors.h"
#include "kube_api/times.h"

namespace fairway::kube_api {
namespace {

std::string strategic(std::string_view before, std::string_view patch) {
  auto object = json::parse(before)->as_object();
  const auto done =
      apply_strategic_patch(object, json::parse(patch)->as_object(), Schema::builtin().type("core.Service"));
  return done ? json::write(object) : done.error().message;
}

TEST(StrategicPatch, MergesListsByKeyInTheOrderOfTheRealServer) {
  const std::vector<std::array<std::string_view, 3>> cases{
      {R"({"spec":{"ports":[{"port":80,"name":"a"}]}})", R"({"spec":{"ports":[{"port":81}]}})",
       R"({"spec":{"ports":[{"port":81},{"port":80,"name":"a"}]}})"},
      {R"({"spec":{"ports":[{"port":80,"name":"a"}]}})", R"({"spec":{"ports":[{"port":80,"name":"b"}]}})",
       R"({"spec":{"ports":[{"port":80,"name":"b"}]}})"},
      {R"({"spec":{"ports":[{"port":80},{"port":81}]}})", R"({"spec":{"ports":[{"port":80,"$patch":"delete"}]}})",
       R"({"spec":{"ports":[{"port":81}]}})"},
      {R"({"spec":{"ports":[{"port":80},{"port":81}]}})",
       R"({"spec":{"$setElementOrder/ports":[{"port":81},{"port":80}]}})",
       R"({"spec":{"ports":[{"port":81},{"port":80}]}})"},
      {R"({"spec":{"ports":[{"port":80}]}})", R"({"spec":{"ports":[{"$patch":"replace"},{"port":9}]}})",
       R"({"spec":{"ports":[{"port":9}]}})"},
      {R"({"metadata":{"finalizers":["a/x","a/y"]}})",
       R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a/x"]}})", R"({"metadata":{"finalizers":["a/y"]}})"},
      {R"({"spec":{"selector":{"a":"b"}}})", R"({"spec":{"selector":null}})", R"({"spec":{}})"},
      {R"({"spec":{"selector":{"a":"b"}}})", R"({"spec":{"selector":{"$patch":"replace","c":"d"}}})",
       R"({"spec":{"selector":{"c":"d"}}})"},
      {R"({"spec":{"ports":[{"port":80}]}})", R"({"spec":{"ports":[{"name":"q"}]}})",
       "map: map[name:q] does not contain declared merge key: port"},
  };
  for (const auto& [before, patch, wanted] : cases) EXPECT_EQ(strategic(before, patch), wanted) << patch;
}

TEST(JsonPatch, AppliesOperationsInOrderOrNone) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {R"([{"op":"add","path":"/l/-","value":3}])", R"({"l":[1,2,3],"o":{"a":1}})"},
      {R"([{"op":"add","path":"/l/0","value":0}])", R"({"l":[0,1,2],"o":{"a":1}})"},
      {R"([{"op":"move","from":"/o/a","path":"/o/b~1c"}])", R"({"l":[1,2],"o":{"b/c":1}})"},
      {R"([{"op":"copy","from":"/o/a","path":"/x"},{"op":"remove","path":"/o"}])", R"({"l":[1,2],"x":1})"},
      {R"([{"op":"test","path":"/o/a","value":2}])", "refused"},
      {R"([{"op":"remove","path":"/nope"}])", "refused"},
      {R"([{"op":"replace","path":"/l/9","value":1}])", "refused"}};
  for (const auto& [patch, wanted] : cases) {
    json::Value target = *json::parse(R"({"l":[1,2],"o":{"a":1}})");
    const auto done = apply_json_patch(target, *json::parse(patch));
    EXPECT_EQ(done ? json::write(target) : "refused", wanted) << patch;
  }
}

TEST(LabelSelector, ChoosesAndRefuses) {
  const auto labels = json::parse(R"({"app":"web","n":"5"})")->as_object();
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"", "yes"},
      {"app=web", "yes"},
      {"app==web,n", "yes"},
      {"app!=web", "no"},
      {"!app", "no"},
      {"!x", "yes"},
      {"app in (db, web)", "yes"},
      {"app notin (web)", "no"},
      {"x notin (a)", "yes"},
      {"n>4", "yes"},
      {"n<4", "no"},
      {"a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"},
      {"=b", "found '=', expected: !, identifier, or 'end of string'"},
      {"a=b,", "found '', expected: identifier after ','"}};
  for (const auto& [text, wanted] : cases) {
    const auto selector = LabelSelector::parse(text);
    EXPECT_EQ(selector ? (selector->matches(labels) ? "yes" : "no") : selector.error().what, wanted) << text;
  }
}

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

TEST(Scheduling, PutsPodsWhereTheyMayRunAndSaysWhyNot) {
  const auto pod = json::parse(R"({"spec":{"nodeSelector":{"disk":"ssd"}}})")->as_object();
  const std::string_view good =
      R"({"metadata":{"name":"b","labels":{"disk":"ssd"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}})";
  const std::string_view tainted =
      R"({"metadata":{"name":"a","labels":{"disk":"ssd"}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]},"status":{"conditions":[{"type":"Ready","status":"True"}]}})";
  EXPECT_EQ(choose_node(pod, {}, {}).error(), "no nodes available to schedule pods");
  EXPECT_EQ(choose_node(pod, {stored(tainted), stored(good)}, {}).value_or("nowhere"), "b");
  EXPECT_THAT(choose_node(pod, {stored(tainted)}, {}).error(),
              ::testing::StartsWith("0/1 nodes are available: 1 node(s) had untolerated taint {k: }."));
}

TEST(Logs, AreReadInBothForms) {
  const std::string_view text =
      "2026-01-01T00:00:00.5Z stdout F first\nraw line\n2026-01-01T00:00:09Z stderr P par\n2026-01-01T00:00:09Z "
      "stderr F tial\n";
  EXPECT_EQ(select_log(text, {}, {}), "first\nraw line\npartial\n");
  EXPECT_EQ(select_log(text, {.timestamps = true, .tail_lines = 1}, {}), "2026-01-01T00:00:09Z tial\n");
  EXPECT_EQ(select_log(text, {.since = parse_time("2026-01-01T00:00:05Z")}, {}), "raw line\npartial\n");
  EXPECT_EQ(select_log(text, {.limit_bytes = 3}, {}), "fir");
}

}  // namespace
}  // namespace fairway::kube_api
