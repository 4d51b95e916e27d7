// The whole API without a socket: requests in, answers out, over a store in memory.
#include <fstream>
#include <ranges>
#include <set>

#include "kube_api/rig_test.h"
#include "testing/golden.h"

namespace fairway::kube_api {
namespace {

// Keeps what a stream writes; closes when told.
class KeptStream final : public http::BodyWriter {
 public:
  Task<Result<>> write(std::string_view bytes) override {
    text += bytes;
    co_return Result<>{};
  }
  [[nodiscard]] bool closed() const override { return closed_; }
  void on_closed(std::function<void()> callback) override { callback_ = std::move(callback); }
  void close() {
    closed_ = true;
    if (callback_) callback_();
  }
  std::string text;

 private:
  bool closed_ = false;
  std::function<void()> callback_;
};

constexpr const char* kServices = "/api/v1/namespaces/web/services";

std::string service(const std::string& name, const std::string& more = "") {
  return R"({"metadata":{"name":")" + name + R"("},"spec":{)" + more + R"("ports":[{"port":80}]}})";
}

TEST_F(ApiTest, WhatIsNotOfferedIsSaidInWordsWithWhatThereIsInstead) {
  begin();
  const std::string exec = "/api/v1/namespaces/default/pods/web/exec?command=ls&stdout=true";
  for (const char* method : {"GET", "POST"})
    EXPECT_THAT(message(method, exec, ""),
                ::testing::StartsWith("404 this API server offers no exec: kubectl logs "));
  EXPECT_THAT(message("GET", "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", ""),
              ::testing::HasSubstr("set the number of replicas with kubectl scale"));
}

TEST_F(ApiTest, RefusesInTheWordsOfTheRealServer) {
  begin();
  ask("POST", "/api/v1/namespaces", R"({"metadata":{"name":"oracle-bad"}})");
  ask("POST", "/api/v1/namespaces/oracle-bad/serviceaccounts", R"({"metadata":{"name":"default"}})");
  std::ifstream file(testing::source_dir() + "/tests/golden/kube_api/refusals.json");
  const auto refusals = json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
  ASSERT_TRUE(refusals) << refusals.error().what;
  ASSERT_GT(refusals->as_array().size(), 650U);
  for (const auto& refusal : refusals->as_array()) {
    const auto body = json::string_or(refusal, "body");
    EXPECT_EQ(message("POST", json::string_or(refusal, "path") + "?fieldValidation=Strict&dryRun=All", body),
              fmt::format("{} {}", json::int_or(refusal, "code"), json::string_or(refusal, "message")))
        << body;
  }
}

TEST_F(ApiTest, AServiceGetsItsAddressesAndGivesThemBack) {
  begin("10.96.0.0/29");  // 1 to 6; 1 is default/kubernetes
  std::set<std::string> given;
  for (int i = 0; i < 5; ++i)
    given.insert(json::string_or(ask("POST", kServices, service("s" + std::to_string(i))).body, "spec.clusterIP"));
  EXPECT_EQ(given.size(), 5U);
  EXPECT_EQ(message("POST", kServices, service("late")),
            "500 Internal error occurred: failed to allocate a serviceIP for Service \"late\": range is full");
  EXPECT_EQ(ask("DELETE", std::string(kServices) + "/s3").code, 200);
  EXPECT_EQ(ask("POST", kServices, service("late")).code, 201);
  EXPECT_EQ(ask("POST", kServices, service("bare", R"("clusterIP":"None",)")).code, 201);
}

TEST_F(ApiTest, EndpointsGoWithTheirServiceAndStayWhereThereNeverWasOne) {
  begin();
  start({keep_endpoints});
  const std::string endpoints = "/api/v1/namespaces/web/endpoints";
  const auto body = [](const std::string& name) {
    return R"({"metadata":{"name":")" + name +
           R"("},"subsets":[{"addresses":[{"ip":"10.0.0.9"}],"ports":[{"port":80}]}]})";
  };
  for (const auto* name : {"first", "alone"}) ask("POST", endpoints, body(name));
  settle();
  ask("POST", kServices, service("first"));
  settle();
  EXPECT_EQ(ask("GET", endpoints + "/first").code, 200);
  ask("DELETE", std::string(kServices) + "/first");
  settle();
  EXPECT_EQ(ask("GET", endpoints + "/first").code, 404);
  EXPECT_EQ(ask("GET", endpoints + "/alone").code, 200);
}

TEST_F(ApiTest, DryRunLeavesNothingBehind) {
  begin();
  const auto before = objects->revision();
  const auto got = ask("POST", std::string(kServices) + "?dryRun=All", service("s", R"("type":"LoadBalancer",)"));
  EXPECT_EQ(got.code, 201);
  EXPECT_NE(json::string_or(got.body, "spec.clusterIP"), "");
  EXPECT_EQ(objects->revision(), before);
  EXPECT_EQ(ask("GET", std::string(kServices) + "/s").code, 404);
}

TEST_F(ApiTest, AStaleReplaceIsAConflictAndAnEmptyOneChangesNothing) {
  begin();
  const auto made = ask("POST", kServices, service("s"));
  const auto path = std::string(kServices) + "/s";
  auto object = made.body.as_object();
  EXPECT_EQ(json::string_or(ask("PUT", path, json::write(object)).body, "metadata.resourceVersion"),
            json::string_or(made.body, "metadata.resourceVersion"));
  ask("PATCH", path, R"({"metadata":{"labels":{"a":"b"}}})", "application/merge-patch+json");
  EXPECT_EQ(message("PUT", path, json::write(object)),
            "409 Operation cannot be fulfilled on services \"s\": the object has been modified; please apply your "
            "changes to the latest version and try again");
}

TEST_F(ApiTest, AFinalizerHoldsADeletedObject) {
  begin();
  ask("POST", kServices, R"({"metadata":{"name":"s","finalizers":["a.example/f"]},"spec":{"ports":[{"port":80}]}})");
  const auto path = std::string(kServices) + "/s";
  EXPECT_NE(json::string_or(ask("DELETE", path).body, "metadata.deletionTimestamp"), "");
  EXPECT_EQ(ask("GET", path).code, 200);
  EXPECT_EQ(message("PATCH", path, R"({"metadata":{"finalizers":["b.example/g"]}})",
                    "application/strategic-merge-patch+json"),
            "422 Service \"s\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the "
            "object is being deleted, found new finalizers []string{\"b.example/g\"}");
  ask("PATCH", path, R"({"metadata":{"finalizers":null}})", "application/merge-patch+json");
  EXPECT_EQ(ask("GET", path).code, 404);
}

TEST_F(ApiTest, AWatchShowsEachChangeOnceAndTellsWhenItIsTooLate) {
  begin();
  const auto from = objects->revision();
  ask("POST", kServices, service("s"));
  ask("PATCH", std::string(kServices) + "/s", R"({"metadata":{"labels":{"a":"b"}}})", "application/merge-patch+json");
  ask("DELETE", std::string(kServices) + "/s");
  const auto seen = [&](const std::string& query) {
    auto asked = request("GET", std::string(kServices) + "?watch=true&timeoutSeconds=0&" + query, "", "");
    auto response = run(answer(*api, ready, asked));
    KeptStream stream;
    stream.close();
    auto streamed = [](http::BodyStream body, KeptStream& to) -> Task<bool> {
      co_await body(to);
      co_return true;
    };
    run(streamed(response.stream, stream));
    std::string types;
    for (const auto line : std::views::split(stream.text, '\n')) {
      const auto event = json::parse(std::string_view(line.begin(), line.end()));
      if (event) types += json::string_or(*event, "type") + " ";
    }
    return types;
  };
  EXPECT_EQ(seen("resourceVersion=" + std::to_string(from)), "ADDED MODIFIED DELETED ");
  EXPECT_EQ(seen("labelSelector=a%3Db&resourceVersion=" + std::to_string(from)), "ADDED DELETED ");
  EXPECT_EQ(seen("fieldSelector=metadata.name%3Dother&resourceVersion=" + std::to_string(from)), "");
  EXPECT_EQ(seen("resourceVersion=0"), "");
}

TEST_F(ApiTest, PagesAreWholeAndInOrder) {
  begin();
  for (const auto* name : {"c", "a", "b"}) ask("POST", kServices, service(name));
  std::string names, token;
  do {
    const auto page = ask("GET", std::string(kServices) + "?limit=2&continue=" + token);
    for (const auto& item : json::array_or_empty(page.body, "items")) names += json::string_or(item, "metadata.name");
    token = json::string_or(page.body, "metadata.continue");
    names += "|";
  } while (!token.empty());
  EXPECT_EQ(names, "ab|c|");
  EXPECT_EQ(ask("GET", std::string(kServices) + "?continue=nonsense").code, 400);
}

TEST_F(ApiTest, StrangersSeeHealthOnly) {
  begin();
  const std::vector<std::array<std::string, 3>> cases{{"/healthz", "", "200"},
                                                      {"/version", "", "200"},
                                                      {"/api/v1/services", "", "401"},
                                                      {"/api/v1/services", "Bearer wrong", "401"},
                                                      {"/api/v1/services", "Bearer secret", "200"},
                                                      {"/versions", "", "401"}};
  for (const auto& [path, authorization, wanted] : cases) {
    http::Request asked;
    asked.path = asked.target = path;
    if (!authorization.empty()) asked.headers.set("Authorization", authorization);
    EXPECT_EQ(std::to_string(run(answer(*api, ready, asked)).status), wanted) << path << " " << authorization;
  }
}

TEST_F(ApiTest, OnlyAnAddressThatOthersReachIsPublished) {
  begin();  // on loopback
  const auto published = [&] {
    const auto got = ask("GET", "/api/v1/namespaces/default/endpoints/kubernetes");
    const auto slice = ask("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
    EXPECT_EQ(got.code, slice.code);
    if (got.code != 200) return std::to_string(got.code);
    const auto subset = json::array_or_empty(got.body, "subsets").at(0);
    return json::string_or(json::array_or_empty(subset, "addresses").at(0), "ip");
  };
  EXPECT_EQ(published(), "404");
  ASSERT_TRUE(run(bootstrap(*api, "10.0.0.4", 8080)));
  EXPECT_EQ(published(), "10.0.0.4");
  // Whoever carries connections on to a server of loopback publishes where: that stays.
  ASSERT_TRUE(run(bootstrap(*api, "0.0.0.0", 8080)));
  EXPECT_EQ(published(), "10.0.0.4");
}

TEST_F(ApiTest, ServerSideApplyIsRefusedInWords) {
  begin();
  EXPECT_THAT(message("PATCH", std::string(kServices) + "/s?fieldManager=m&force=false", "{}",
                      "application/apply-patch+yaml"),
              ::testing::HasSubstr("does not offer server-side apply"));
}

TEST_F(ApiTest, WhatWasWrittenIsThereAfterARestart) {
  begin();
  const auto uid = json::string_or(ask("POST", kServices, service("s")).body, "metadata.uid");
  auto again = run(Objects::load(env.env, *store));
  ASSERT_TRUE(again);
  const auto* found = (*again)->find({"services", "web", "s"});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(uid_of(*found->object), uid);
}

TEST_F(ApiTest, WhileTheStoreCannotBeWrittenChangesAreRefusedInItsWordsAndReadingGoesOn) {
  begin();
  EXPECT_EQ(ask("GET", "/readyz").code, 200);
  store->fail_next_write("disk full");
  EXPECT_EQ(ask("POST", kServices, service("a")).code, 503);
  const auto refused = message("POST", kServices, service("b"));
  EXPECT_TRUE(refused.starts_with("503 ") && refused.contains("disk full")) << refused;
  EXPECT_EQ(ask("GET", "/readyz").code, 503);
  EXPECT_EQ(ask("GET", kServices).code, 200);
}

}  // namespace
}  // namespace fairway::kube_api
