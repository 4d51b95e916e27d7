#include "kube_api/object/patch.h"

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
      {R"({"spec":{}})", R"({"spec":{"ports":[{"name":"q"}]}})", R"({"spec":{"ports":[{"name":"q"}]}})"},
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
      {R"([{"op":"replace","path":"/l/9","value":1}])", "refused"},
      {R"([{"op":"remove","path":"/l/-1"}])", R"({"l":[1],"o":{"a":1}})"},
      {R"([{"op":"add","path":"/l/-1","value":3}])", R"({"l":[1,2,3],"o":{"a":1}})"},
      {R"([{"op":"remove","path":"/l/-3"}])", "refused"},
      {R"([{"op":"replace","path":"/o/new","value":1}])", R"({"l":[1,2],"o":{"a":1,"new":1}})"},
      {R"([{"op":"replace","path":"/nope/new","value":1}])", "refused"},
      {R"([{"op":"copy","from":"/nope","path":"/x"}])", R"({"l":[1,2],"o":{"a":1},"x":null})"},
      {R"([{"op":"move","from":"/nope","path":"/x"}])", "refused"},
      {R"([{"op":"add","path":"","value":{}}])", "refused"},
      {R"([{"op":"replace","path":"","value":{"b":1}}])", R"({"b":1})"},
      {R"([{"op":"replace","path":"","value":5}])", "refused"}};
  for (const auto& [patch, wanted] : cases) {
    json::Value target = *json::parse(R"({"l":[1,2],"o":{"a":1}})");
    const auto done = apply_json_patch(target, *json::parse(patch));
    EXPECT_EQ(done ? json::write(target) : "refused", wanted) << patch;
  }
}

}  // namespace
}  // namespace fairway::kube_api
