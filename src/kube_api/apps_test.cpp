// Deployments and replica sets through the API, with their controllers running.
#include "kube_api/rig_test.h"

namespace fairway::kube_api {
namespace {

constexpr const char* kDeployments = "/apis/apps/v1/namespaces/web/deployments";
constexpr const char* kSets = "/apis/apps/v1/namespaces/web/replicasets";
constexpr const char* kPods = "/api/v1/namespaces/web/pods";
constexpr const char* kMerge = "application/merge-patch+json";

std::string deployment(const std::string& more = R"("replicas":2,)") {
  return R"({"metadata":{"name":"d"},"spec":{)" + more +
         R"("selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},)"
         R"("spec":{"containers":[{"name":"c","image":"nginx"}]}}}})";
}

class AppsTest : public ApiTest {
 protected:
  void serve() {
    begin();
    start({keep_deployments, keep_replica_sets, collect_garbage});
  }

  std::vector<json::Value> items(const std::string& path) {
    const auto got = ask("GET", path);
    const auto& list = json::array_or_empty(got.body, "items");
    return {list.begin(), list.end()};
  }

  // What nodes would do: every pod runs and is ready.
  void run_pods() {
    for (bool more = true; more;) {
      more = false;
      settle();
      for (const auto& pod : items(kPods)) {
        if (json::string_or(pod, "status.phase") == "Running") continue;
        more = true;
        ask("PATCH", std::string(kPods) + "/" + json::string_or(pod, "metadata.name") + "/status",
            R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True",)"
            R"("lastTransitionTime":"2026-01-01T00:00:00Z"}]}})",
            kMerge);
        settle();
      }
    }
  }

  std::string path() const { return std::string(kDeployments) + "/d"; }
  std::string shown() {
    const auto got = ask("GET", path());
    return fmt::format(
        "{}/{} updated {} observed {}", json::int_or(got.body, "status.availableReplicas"),
        json::int_or(got.body, "spec.replicas"), json::int_or(got.body, "status.updatedReplicas"),
        json::int_or(got.body, "status.observedGeneration") == json::int_or(got.body, "metadata.generation"));
  }
};

TEST_F(AppsTest, ADeploymentMakesPodsAndReportsThem) {
  serve();
  EXPECT_EQ(ask("POST", kDeployments, deployment()).code, 201);
  settle();
  ASSERT_EQ(items(kSets).size(), 1U);
  const auto set = items(kSets)[0];
  const auto hash = json::string_or(set, "metadata.labels.pod-template-hash");
  EXPECT_EQ(json::string_or(set, "metadata.name"), "d-" + hash);
  ASSERT_EQ(items(kPods).size(), 2U);
  const auto pod = items(kPods)[0];
  EXPECT_EQ(json::string_or(pod, "metadata.labels.pod-template-hash"), hash);
  EXPECT_TRUE(json::string_or(pod, "metadata.name").starts_with("d-" + hash + "-"));
  EXPECT_EQ(json::string_or(pod, "spec.serviceAccountName"), "default");
  EXPECT_EQ(shown(), "0/2 updated 2 observed true");
  run_pods();
  EXPECT_EQ(shown(), "2/2 updated 2 observed true");
}

TEST_F(AppsTest, ANewTemplateReplacesThePodsAndTheScaleSubresourceTheirNumber) {
  serve();
  ask("POST", kDeployments, deployment());
  run_pods();
  ask("PATCH", path(), R"({"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}})", kMerge);
  run_pods();
  EXPECT_EQ(items(kSets).size(), 2U);
  ASSERT_EQ(items(kPods).size(), 2U);
  for (const auto& pod : items(kPods))
    EXPECT_EQ(json::string_or(json::array_or_empty(pod, "spec.containers").at(0), "image"), "nginx:2");
  EXPECT_EQ(json::find(ask("GET", path()).body, "metadata.annotations")
                ->as_object()
                .at("deployment.kubernetes.io/revision"),
            "2");
  const auto scaled = ask("PATCH", path() + "/scale", R"({"spec":{"replicas":4}})", kMerge);
  EXPECT_EQ(scaled.code, 200);
  EXPECT_EQ(json::write(*json::find(scaled.body, "spec")), R"({"replicas":4})");
  EXPECT_EQ(json::string_or(scaled.body, "status.selector"), "app=d");
  run_pods();
  EXPECT_EQ(shown(), "4/4 updated 4 observed true");
  EXPECT_EQ(message("PATCH", path() + "/scale", R"({"spec":{"replicas":-1}})", kMerge),
            "422 Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal "
            "to 0");
}

TEST_F(AppsTest, DeletingTakesWhatBelongsToItOrLeavesItBehind) {
  serve();
  for (const auto* policy : {"Background", "Foreground", ""}) {
    ask("POST", kDeployments, deployment());
    run_pods();
    EXPECT_EQ(items(kPods).size(), 2U);
    const auto options = std::string(policy).empty() ? "" : fmt::format(R"({{"propagationPolicy":"{}"}})", policy);
    EXPECT_EQ(ask("DELETE", path(), options).code, 200);
    settle();
    EXPECT_EQ(ask("GET", path()).code, 404) << policy;
    EXPECT_TRUE(items(kSets).empty()) << policy;
    EXPECT_TRUE(items(kPods).empty()) << policy;
  }
  ask("POST", kDeployments, deployment());
  run_pods();
  ask("DELETE", path(), R"({"propagationPolicy":"Orphan"})");
  settle();
  EXPECT_EQ(ask("GET", path()).code, 404);
  ASSERT_EQ(items(kSets).size(), 1U);
  EXPECT_EQ(json::find(items(kSets)[0], "metadata.ownerReferences"), nullptr);
  EXPECT_EQ(items(kPods).size(), 2U);
  // Whoever comes next with this selector takes them over.
  ask("POST", kDeployments, deployment());
  settle();
  EXPECT_EQ(items(kSets).size(), 1U);
  EXPECT_NE(json::find(items(kSets)[0], "metadata.ownerReferences"), nullptr);
  EXPECT_EQ(message("DELETE", path(), R"({"propagationPolicy":"Odd"})"),
            "422 DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Odd\": supported "
            "values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"");
}

TEST_F(AppsTest, PodsThatCannotBeMadeAreSaidAndTriedAgain) {
  serve();
  ask("DELETE", "/api/v1/namespaces/web/serviceaccounts/default");
  ask("POST", kDeployments, deployment());
  settle();
  const auto conditions = json::array_or_empty(ask("GET", path()).body, "status.conditions");
  ASSERT_EQ(conditions.size(), 3U);
  EXPECT_EQ(json::string_or(conditions.at(2), "reason"), "FailedCreate");
  EXPECT_THAT(json::string_or(conditions.at(2), "message"),
              ::testing::HasSubstr("error looking up service account web/default"));
}

TEST_F(AppsTest, SelectorsStay) {
  serve();
  ask("POST", kDeployments, deployment());
  const auto got = message(
      "PATCH", path(),
      R"({"spec":{"selector":{"matchLabels":{"app":"e"}},"template":{"metadata":{"labels":{"app":"e"}}}}})", kMerge);
  EXPECT_EQ(got,
            "422 Deployment.apps \"d\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"e\"}}: "
            "field is immutable");
}

}  // namespace
}  // namespace fairway::kube_api
