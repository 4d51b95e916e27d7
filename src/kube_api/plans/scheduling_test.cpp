#include "kube_api/plans/scheduling.h"

namespace fairway::kube_api {
namespace {

Stored stored(std::string_view text) {
  return {std::make_shared<const json::Object>(json::parse(text)->as_object()), 1};
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

}  // namespace
}  // namespace fairway::kube_api
