#include "kube_api/plans/deployment_plan.h"

#include <map>

#include <gtest/gtest.h>

#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/plans/rollout_status.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kBegin = "2026-01-01T00:00:00Z";

// A cluster in which sets get their pods at once and pods become available when the test says so.
struct World {
  json::Object deployment;
  std::map<std::string, json::Object> sets;
  WallTime now = *parse_time(kBegin);
  std::int64_t most_pods = 0, least_available = 1'000'000;
  int made = 0;

  World(int replicas, const json::Value& surge, const json::Value& unavailable) {
    json::Object labels{{"app", "web"}};
    json::Object pod{{"metadata", json::Object{{"labels", labels}}},
                     {"spec", json::Object{{"containers", json::Array{json::Object{{"image", "a"}}}}}}};
    deployment = {
        {"metadata", json::Object{{"name", "web"}, {"namespace", "default"}, {"uid", "d"}, {"generation", 1}}},
        {"spec", json::Object{{"replicas", replicas},
                              {"selector", json::Object{{"matchLabels", labels}}},
                              {"template", pod},
                              {"revisionHistoryLimit", 1},
                              {"progressDeadlineSeconds", 600}}}};
    if (surge.is_null()) {
      child(spec(), "strategy")["type"] = "Recreate";
    } else {
      child(spec(), "strategy") = {
          {"type", "RollingUpdate"},
          {"rollingUpdate", json::Object{{"maxSurge", surge}, {"maxUnavailable", unavailable}}}};
    }
  }

  json::Object& spec() { return child(deployment, "spec"); }
  json::Object& status() { return child(deployment, "status"); }
  void image(std::string_view name) {
    child(child(spec(), "template"), "spec")["containers"] = json::Array{json::Object{{"image", name}}};
    changed();
  }
  void replicas(int count) {
    spec()["replicas"] = count;
    changed();
  }
  void changed() {
    auto& metadata = child(deployment, "metadata");
    metadata["generation"] = int_at(metadata, {"generation"}) + 1;
  }

  [[nodiscard]] std::vector<RolloutSet> read() const {
    std::vector<Stored> stored;
    stored.reserve(sets.size());
    for (const auto& [name, set] : sets) stored.push_back({std::make_shared<const json::Object>(set), 1});
    return read_rollout_sets(stored);
  }
  DeploymentPlan plan() { return plan_deployment({deployment, read(), false, now}); }

  // One step of the deployment's controller, and of the sets' own.
  bool step() {
    auto planned = plan();
    const auto before = deployment;
    const auto sets_before = sets;
    if (planned.create) {
      auto set = *planned.create;
      child(set, "metadata")["uid"] = std::to_string(++made);
      child(set, "metadata")["creationTimestamp"] = format_time(now + std::chrono::seconds(made));
      child(set, "metadata")["generation"] = 1;
      status() = status_after_create(deployment, set, now);
      sets[std::string(name_of(set))] = std::move(set);
    } else if (planned.refresh) {
      sets[std::string(name_of(*planned.refresh))] = *planned.refresh;
    } else {
      for (auto& change : planned.resize) sets[change.name] = std::move(change.object);
      for (const auto& name : planned.remove) sets.erase(name);
      status() = planned.status;
    }
    fill_sets();
    return deployment != before || sets != sets_before;
  }

  void fill_sets() {
    for (auto& [name, set] : sets) {
      const auto wanted = int_at(set, {"spec", "replicas"});
      auto& counts = child(set, "status");
      counts["replicas"] = wanted;
      // Those that are not available go first.
      counts["availableReplicas"] = std::min(int_at(counts, {"availableReplicas"}), wanted);
      counts["readyReplicas"] = counts["availableReplicas"];
      counts["observedGeneration"] = 1;
    }
    std::int64_t pods = 0, available = 0;
    for (const auto& [name, set] : sets) {
      pods += int_at(set, {"status", "replicas"});
      available += int_at(set, {"status", "availableReplicas"});
    }
    most_pods = std::max(most_pods, pods);
    least_available = std::min(least_available, available);
  }

  void settle() {
    for (int i = 0; i < 50 && step(); ++i) {
    }
  }

  // One more pod becomes available; false when all are.
  bool one_more() {
    for (auto& [name, set] : sets) {
      auto& counts = child(set, "status");
      if (int_at(counts, {"availableReplicas"}) == int_at(counts, {"replicas"})) continue;
      counts["availableReplicas"] = int_at(counts, {"availableReplicas"}) + 1;
      counts["readyReplicas"] = counts["availableReplicas"];
      return true;
    }
    return false;
  }

  void roll_out() {
    settle();
    while (one_more()) settle();
  }

  [[nodiscard]] std::string sizes() const {
    std::string text;
    for (const auto& set : read()) text += fmt::format("{} ", set.wanted);
    return text;
  }
  [[nodiscard]] std::string condition(std::string_view type) const {
    const auto* found = find_condition(map_at(deployment, {"status"}), type);
    return found == nullptr ? "none" : fmt::format("{} {}", text_in(*found, "status"), text_in(*found, "reason"));
  }
};

struct RollCase {
  int replicas;
  json::Value surge, unavailable;
  std::int64_t most, least;
};

TEST(DeploymentPlanTest, ARollingUpdateKeepsItsPromises) {
  const std::vector<RollCase> cases{{1, "25%", "25%", 2, 1},   {2, "25%", "25%", 3, 2},  {4, "25%", "25%", 5, 3},
                                    {10, "25%", "25%", 13, 8}, {5, 0, 1, 5, 4},          {5, 0, 3, 5, 2},
                                    {5, 1, 0, 6, 5},           {5, "100%", 0, 10, 5},    {5, 5, 5, 10, 0},
                                    {3, 0, "10%", 3, 2},       {7, "30%", "30%", 10, 5}, {1, 0, "100%", 1, 0}};
  for (const auto& one : cases) {
    World world(one.replicas, one.surge, one.unavailable);
    world.roll_out();
    EXPECT_EQ(world.condition("Progressing"), "True NewReplicaSetAvailable");
    world.most_pods = 0;
    world.least_available = one.replicas;
    world.image("b");
    world.roll_out();
    const auto shown = fmt::format("{} replicas, surge {}, unavailable {}", one.replicas, json::write(one.surge),
                                   json::write(one.unavailable));
    EXPECT_LE(world.most_pods, one.most) << shown;
    EXPECT_GE(world.least_available, one.least) << shown;
    EXPECT_EQ(world.sizes(), fmt::format("0 {} ", one.replicas)) << shown;
    EXPECT_EQ(world.condition("Progressing"), "True NewReplicaSetAvailable") << shown;
    EXPECT_EQ(world.condition("Available"), "True MinimumReplicasAvailable") << shown;
  }
}

TEST(DeploymentPlanTest, RecreateEndsAllBeforeItBegins) {
  World world(3, nullptr, nullptr);
  world.roll_out();
  EXPECT_EQ(world.sizes(), "3 ");
  world.most_pods = 0;
  world.image("b");
  world.roll_out();
  EXPECT_EQ(world.most_pods, 3);
  EXPECT_EQ(world.least_available, 0);
  EXPECT_EQ(world.sizes(), "0 3 ");
  world.image("c");
  auto waiting = plan_deployment({world.deployment, world.read(), true, world.now});
  EXPECT_EQ(waiting.resize.size(), 1U);
  for (auto& change : waiting.resize) world.sets[change.name] = change.object;
  world.fill_sets();
  waiting = plan_deployment({world.deployment, world.read(), true, world.now});
  EXPECT_FALSE(waiting.create) << "old pods still run";
}

TEST(DeploymentPlanTest, PodsThatNeverComeUpHoldTheRolloutUntilItIsUndone) {
  World world(10, 3, 2);
  world.roll_out();
  world.image("broken");
  world.settle();
  EXPECT_EQ(world.sizes(), "8 5 ");
  EXPECT_EQ(world.condition("Available"), "True MinimumReplicasAvailable");
  world.image("a");
  world.roll_out();
  EXPECT_EQ(world.sizes(), "10 0 ");
}

TEST(DeploymentPlanTest, ASizeChangedMidwayIsShared) {
  World world(10, 3, 2);
  world.roll_out();
  world.image("b");
  world.settle();
  EXPECT_EQ(world.sizes(), "8 5 ");
  world.replicas(20);
  (void)world.step();
  EXPECT_EQ(world.sizes(), "14 9 ");
  world.roll_out();
  EXPECT_EQ(world.sizes(), "0 20 ");
}

TEST(DeploymentPlanTest, ScalingUsesTheSetThatIsThere) {
  World world(2, "25%", "25%");
  world.roll_out();
  for (const int count : {5, 1, 0, 3}) {
    world.replicas(count);
    world.roll_out();
    EXPECT_EQ(world.sizes(), fmt::format("{} ", count));
    EXPECT_EQ(int_at(world.deployment, {"status", "availableReplicas"}), count);
  }
}

TEST(DeploymentPlanTest, APausedDeploymentScalesAndDoesNotRoll) {
  World world(2, "25%", "25%");
  world.roll_out();
  world.spec()["paused"] = true;
  world.image("b");
  world.settle();
  EXPECT_EQ(world.sizes(), "2 ");
  EXPECT_EQ(world.condition("Progressing"), "Unknown DeploymentPaused");
  world.replicas(4);
  world.roll_out();
  EXPECT_EQ(world.sizes(), "4 ");
  world.spec().erase("paused");
  world.changed();
  world.roll_out();
  EXPECT_EQ(world.sizes(), "0 4 ");
  EXPECT_EQ(world.condition("Progressing"), "True NewReplicaSetAvailable");
}

TEST(DeploymentPlanTest, HistoryIsKeptUpToItsLimitAndRevisionsCountUp) {
  World world(1, "25%", "25%");
  for (const auto* image : {"a", "b", "c", "d"}) {
    world.image(image);
    world.roll_out();
  }
  EXPECT_EQ(world.sizes(), "0 1 ");
  EXPECT_EQ(world.read()[0].revision, 3);
  EXPECT_EQ(world.read()[1].revision, 4);
  world.image("c");
  world.roll_out();
  EXPECT_EQ(world.read()[0].revision, 5);
  EXPECT_EQ(text_at(*world.read()[0].object, {"metadata", "annotations", kRevisionHistory}), "3");
  EXPECT_EQ(world.plan().revision, "5");
}

TEST(DeploymentPlanTest, ARolloutThatStandsStillTimesOutOnceAndRecovers) {
  World world(2, "25%", "25%");
  world.settle();
  EXPECT_EQ(world.condition("Available"), "False MinimumReplicasUnavailable");
  auto planned = world.plan();
  ASSERT_TRUE(planned.look_again);
  EXPECT_EQ(*planned.look_again, std::chrono::seconds(601));
  world.now += std::chrono::seconds(601);
  world.settle();
  EXPECT_EQ(world.condition("Progressing"), "False ProgressDeadlineExceeded");
  EXPECT_FALSE(world.plan().look_again);
  world.roll_out();
  EXPECT_EQ(world.condition("Progressing"), "True NewReplicaSetAvailable");
}

TEST(DeploymentPlanTest, NothingIsDoneTwice) {
  World world(3, "25%", "25%");
  world.roll_out();
  world.now += std::chrono::hours(1);
  EXPECT_FALSE(world.step());
}

}  // namespace
}  // namespace fairway::kube_api
