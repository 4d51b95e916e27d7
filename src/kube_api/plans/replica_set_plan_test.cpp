#include "kube_api/plans/replica_set_plan.h"

#include <gtest/gtest.h>

#include "kube_api/object/object_access.h"
#include "kube_api/object/owners.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

const WallTime kNow = *parse_time("2026-01-01T12:00:00Z");

json::Object set_of(std::string_view name, std::string_view uid, int replicas) {
  json::Object labels{{"app", "web"}};
  return {{"metadata", json::Object{{"name", name}, {"namespace", "n"}, {"uid", uid}, {"generation", 2}}},
          {"spec", json::Object{{"replicas", replicas},
                                {"selector", json::Object{{"matchLabels", labels}}},
                                {"template", json::Object{{"metadata", json::Object{{"labels", labels}}}}}}}};
}

struct Pod {
  std::string name;
  std::string node = "n1";
  std::string phase = "Running";
  std::string ready = "2026-01-01T10:00:00Z";  // empty: not ready
  std::string created = "2026-01-01T09:00:00Z";
  int restarts = 0;
  std::string cost = "";
  std::string owner = "rs";  // its UID
  bool deleted = false;
  std::string label = "web";
};

Stored stored(const Pod& pod) {
  json::Object metadata{{"name", pod.name},
                        {"namespace", "n"},
                        {"uid", pod.name},
                        {"creationTimestamp", pod.created},
                        {"labels", json::Object{{"app", pod.label}}}};
  if (!pod.cost.empty())
    metadata["annotations"] = json::Object{{"controller.kubernetes.io/pod-deletion-cost", pod.cost}};
  if (!pod.owner.empty())
    metadata["ownerReferences"] =
        json::Array{json::Object{{"kind", "ReplicaSet"}, {"uid", pod.owner}, {"controller", true}}};
  if (pod.deleted) metadata["deletionTimestamp"] = "2026-01-01T11:00:00Z";
  json::Object status{{"phase", pod.phase},
                      {"containerStatuses", json::Array{json::Object{{"restartCount", pod.restarts}}}}};
  if (!pod.ready.empty())
    status["conditions"] =
        json::Array{json::Object{{"type", "Ready"}, {"status", "True"}, {"lastTransitionTime", pod.ready}}};
  json::Object spec;
  if (!pod.node.empty()) spec["nodeName"] = pod.node;
  return {std::make_shared<const json::Object>(json::Object{
              {"metadata", std::move(metadata)}, {"spec", std::move(spec)}, {"status", std::move(status)}}),
          1};
}

std::vector<Stored> all(const std::vector<Pod>& pods) {
  std::vector<Stored> made;
  made.reserve(pods.size());
  for (const auto& pod : pods) made.push_back(stored(pod));
  return made;
}

struct FirstCase {
  std::string why;
  Pod a, b;  // a goes first
};

TEST(ReplicaSetPlanTest, TheLeastMissedGoesFirst) {
  const std::vector<FirstCase> cases{
      {"unassigned",
       {.name = "z", .node = "", .phase = "Pending", .ready = ""},
       {.name = "a", .phase = "Pending", .ready = ""}},
      {"pending", {.name = "z", .phase = "Pending", .ready = ""}, {.name = "a", .ready = ""}},
      {"unknown", {.name = "z", .phase = "Unknown", .ready = ""}, {.name = "a", .ready = ""}},
      {"not ready", {.name = "z", .ready = ""}, {.name = "a"}},
      {"not ready, whatever it costs", {.name = "z", .ready = "", .cost = "100"}, {.name = "a"}},
      {"cheap", {.name = "z", .cost = "-5"}, {.name = "a"}},
      {"ready for less time", {.name = "z", .ready = "2026-01-01T11:59:00Z"}, {.name = "a"}},
      {"about as long ready: by UID",
       {.name = "a", .ready = "2026-01-01T10:00:00Z"},
       {.name = "z", .ready = "2026-01-01T10:20:00Z"}},
      {"restarted", {.name = "z", .ready = "2026-01-01T10:00:00Z", .restarts = 3}, {.name = "a"}},
      {"younger", {.name = "z", .created = "2026-01-01T11:59:00Z"}, {.name = "a"}},
  };
  const auto set = set_of("rs", "rs", 1);
  for (const auto& one : cases) {
    for (const auto& pods : {all({one.a, one.b}), all({one.b, one.a})}) {
      EXPECT_EQ(plan_replica_set(set, pods, {}, kNow).remove, (std::vector<std::string>{one.a.name})) << one.why;
    }
  }
}

TEST(ReplicaSetPlanTest, NodesWithSeveralRelatedPodsLoseFirst) {
  auto set = set_of("new", "rs", 1), other = set_of("old", "old", 1);
  set = with_owner(set, json::Object{{"uid", "d"}, {"controller", true}});
  other = with_owner(other, json::Object{{"uid", "d"}, {"controller", true}});
  const std::vector<Stored> sets{{std::make_shared<const json::Object>(set), 1},
                                 {std::make_shared<const json::Object>(other), 1}};
  const auto pods =
      all({{.name = "a", .node = "n1"}, {.name = "b", .node = "n2"}, {.name = "c", .node = "n2", .owner = "old"}});
  EXPECT_EQ(plan_replica_set(set, pods, sets, kNow).remove, (std::vector<std::string>{"b"}));
}

TEST(ReplicaSetPlanTest, CountsWhatIsItsOwnTakesOrphansAndGivesUpStrangers) {
  const auto pods = all({{.name = "mine"},
                         {.name = "orphan", .owner = ""},
                         {.name = "other-owner", .owner = "x"},
                         {.name = "relabelled", .label = "db"},
                         {.name = "going", .deleted = true},
                         {.name = "over", .phase = "Succeeded"}});
  const auto plan = plan_replica_set(set_of("rs", "rs", 5), pods, {}, kNow);
  EXPECT_EQ(plan.adopt, (std::vector<std::string>{"orphan"}));
  EXPECT_EQ(plan.release, (std::vector<std::string>{"relabelled"}));
  EXPECT_EQ(plan.create, 3);
  EXPECT_TRUE(plan.remove.empty());
  auto deleted = set_of("rs", "rs", 5);
  child(deleted, "metadata")["deletionTimestamp"] = "2026-01-01T11:00:00Z";
  const auto nothing = plan_replica_set(deleted, pods, {}, kNow);
  EXPECT_EQ(nothing.create, 0);
  EXPECT_TRUE(nothing.adopt.empty() && nothing.release.empty() && nothing.remove.empty());
}

TEST(ReplicaSetPlanTest, TheStatusCountsAndRemembersFailures) {
  auto set = set_of("rs", "rs", 4);
  child(set, "spec")["minReadySeconds"] = 60;
  const auto pods = all({{.name = "old"},
                         {.name = "young", .ready = "2026-01-01T11:59:30Z"},
                         {.name = "starting", .phase = "Pending", .ready = ""},
                         {.name = "going", .deleted = true}});
  const auto status = replica_set_status(set, pods, "", kNow);
  EXPECT_EQ(json::write(status), R"({"replicas":3,"fullyLabeledReplicas":3,"readyReplicas":2,"availableReplicas":1,)"
                                 R"("terminatingReplicas":1,"observedGeneration":2,"conditions":[]})");
  EXPECT_EQ(next_availability(set, pods, kNow), std::chrono::seconds(30));
  set["status"] = replica_set_status(set, pods, "no more", kNow);
  EXPECT_EQ(text_in(list_at(set, {"status", "conditions"}).at(0), "reason"), "FailedCreate");
  EXPECT_TRUE(list_at(replica_set_status(set, pods, "", kNow), {"conditions"}).empty());
}

}  // namespace
}  // namespace fairway::kube_api
