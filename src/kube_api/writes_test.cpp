// Changes that somebody gets wrong: what the real server answers to the same request.
#include "kube_api/rig_test.h"

namespace fairway::kube_api {
namespace {

constexpr const char* kService = "/api/v1/namespaces/web/services/w";
constexpr const char* kJson = "application/json-patch+json";
constexpr const char* kMerge = "application/merge-patch+json";
constexpr const char* kStrategic = "application/strategic-merge-patch+json";

struct WritesTest : ApiTest {
  void begin_with_service() {
    begin();
    ask("POST", "/api/v1/namespaces/web/services",
        R"({"metadata":{"name":"w","labels":{"a":"b"}},"spec":{"ports":[{"port":80}]}})");
  }
  std::string patch(const char* type, const std::string& body, const std::string& query = "?dryRun=All") {
    return message("PATCH", kService + query, body, type);
  }
  // What is wrong, field by field, as often as it is said.
  std::vector<std::string> causes(const std::string& path, const std::string& body) {
    const auto got = ask("PATCH", path, body, kMerge);
    std::vector<std::string> fields;
    for (const auto& cause : list_at(got.body.as_object(), {"details", "causes"}))
      fields.push_back(json::string_or(cause, "field"));
    return fields;
  }
};

TEST_F(WritesTest, APatchThatIsNoneIsRefusedInTheWordsOfTheRealServer) {
  begin_with_service();
  const std::vector<std::array<std::string, 3>> cases{
      {kStrategic, "{", "400 unexpected end of JSON input"},
      {kMerge, "{", "400 error decoding patch: unexpected end of JSON input"},
      {kMerge, "null", "400 Invalid JSON Patch"},
      {kStrategic, "null", "200 "},
      {kJson, "null", "200 "},
      {kJson, "5",
       "400 error decoding patch: json: cannot unmarshal number into Go value of type []handlers.jsonPatchOp"},
      {kJson, "[5]",
       "400 error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp"},
      {kJson, R"([{"op":1}])",
       "400 error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string"},
      {kMerge, R"({"metadata":null})",
       "400 the name of the object (w based on URL) was undeterminable: name must be provided"},
      {kMerge, R"({"apiVersion":null})",
       "400 the name of the object (w based on URL) was undeterminable: name must be provided"},
      {kMerge, R"({"metadata":{"namespace":"z"}})",
       "400 the namespace of the provided object does not match the namespace sent on the request"},
      {kStrategic, R"({"spec":{"$setElementOrder/ports":"x"}})",
       "500 expected a []interface {}, but received a string"},
      {kMerge, R"({"metadata":{"resourceVersion":"x"}})", "500 strconv.ParseUint: parsing \"x\": invalid syntax"},
  };
  for (const auto& [type, body, wanted] : cases) EXPECT_EQ(patch(type.c_str(), body), wanted) << type << body;
  EXPECT_THAT(patch(kMerge, R"({"kind":"Pod"})"),
              ::testing::EndsWith("converting (v1.Pod) to (core.Service): unknown conversion"));
}

TEST_F(WritesTest, AnObjectOfAnotherUidIsNotReplaced) {
  begin_with_service();
  const std::string body = R"({"metadata":{"name":"w","uid":"x"},"spec":{"ports":[{"port":80}]}})";
  const std::string why =
      "409 Operation cannot be fulfilled on services \"w\": StorageError: invalid object, Code: 4, Key: ";
  EXPECT_THAT(message("PUT", kService, body), ::testing::StartsWith(why + "/registry/services/specs/web/w, "));
  EXPECT_THAT(message("PUT", std::string(kService) + "?dryRun=All", body),
              ::testing::StartsWith(why + "/services/specs/web/w, "));
}

TEST_F(WritesTest, OptionsOfAChangeAreJudgedUnderItsOwnName) {
  begin_with_service();
  EXPECT_EQ(patch(kMerge, "{}", "?fieldValidation=strict"),
            "422 PatchOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"strict\": supported "
            "values: \"\", \"Ignore\", \"Strict\", \"Warn\"");
  EXPECT_EQ(
      patch(kMerge, "{}", "?force=true"),
      "422 PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch");
  EXPECT_EQ(message("DELETE", std::string(kService) + "?dryRun=all"),
            "422 DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"all\"]: supported values: "
            "\"All\"");
  EXPECT_EQ(patch(kMerge, "{}", "?fieldManager=" + std::string(129, 'x')),
            "422 PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes");
  EXPECT_EQ(patch(kMerge, "{}", "?fieldManager=a%0Ab"),
            "422 PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\\nb\": invalid character "
            "U+000A (at position 1)");
  const std::vector<std::pair<std::string, std::string>> timeouts{
      {"x", "400 invalid timeout specified in the request URL - time: invalid duration \"x\""},
      {"5", "400 invalid timeout specified in the request URL - time: missing unit in duration \"5\""},
      {"5q", "400 invalid timeout specified in the request URL - time: unknown unit \"q\" in duration \"5q\""},
      {"1h30m", "200 "},
      {"0", "200 "}};
  for (const auto& [text, wanted] : timeouts) EXPECT_EQ(patch(kMerge, "{}", "?timeout=" + text), wanted) << text;
}

TEST_F(WritesTest, MetadataIsJudgedByTheRulesOfAllKindsAndThenByThoseOfTheKind) {
  begin_with_service();
  const std::string bad = R"({"metadata":{"labels":{"-":"x"},"finalizers":["x"],"uid":"z"}})";
  EXPECT_THAT(causes(kService, bad),
              ::testing::ElementsAre("metadata.labels", "metadata.uid", "metadata.labels", "metadata.uid",
                                     "metadata.labels", "metadata.finalizers[0]"));
  ask("POST", "/apis/coordination.k8s.io/v1/namespaces/web/leases", R"({"metadata":{"name":"l"}})");
  EXPECT_THAT(causes("/apis/coordination.k8s.io/v1/namespaces/web/leases/l", bad),
              ::testing::ElementsAre("metadata.labels", "metadata.uid", "metadata.labels", "metadata.uid",
                                     "metadata.labels"));
  EXPECT_EQ(message("POST", "/api/v1/namespaces/web/events", R"({"involvedObject":{"namespace":"web"}})"),
            "422 Event \"\" is invalid: metadata.name: Required value: name or generateName is required");
  EXPECT_EQ(
      message("POST", "/api/v1/namespaces/web/configmaps", R"({"metadata":{"name":"c","generation":-1}})"),
      "422 ConfigMap \"c\" is invalid: metadata.generation: Invalid value: -1: must be greater than or equal to 0");
  EXPECT_EQ(
      message("POST", "/api/v1/namespaces", R"({"metadata":{"name":"n"},"spec":{"finalizers":["x"]}})"),
      "422 Namespace \"n\" is invalid: spec.finalizers: Invalid value: \"x\": name is neither a standard finalizer "
      "name nor is it fully qualified");
}

TEST_F(WritesTest, AVersionOfANewObjectIsRefusedOnlyWhereItIsOneAndMatters) {
  begin();
  const auto body = [](const std::string& version) {
    return R"({"metadata":{"name":"c","resourceVersion":")" + version + R"("}})";
  };
  const std::string maps = "/api/v1/namespaces/web/configmaps";
  EXPECT_EQ(message("POST", maps, body("5")), "500 resourceVersion should not be set on objects to be created");
  EXPECT_EQ(message("POST", maps + "?dryRun=All", body("5")), "201 ");
  EXPECT_EQ(message("POST", maps, body("x")), "201 ");
}

TEST_F(WritesTest, AResourceOfNothingDoesNotMakeAPodBurstable) {
  begin();
  const auto made =
      ask("POST", "/api/v1/namespaces/web/pods?dryRun=All",
          R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{
                            "memory":null}}}]}})");
  EXPECT_EQ(json::string_or(made.body, "status.qosClass"), "BestEffort");
}

TEST_F(WritesTest, TheEnvironmentAndHooksOfAContainerAreJudged) {
  begin();
  const auto pod = [&](const std::string& container) {
    return message("POST", "/api/v1/namespaces/web/pods?dryRun=All",
                   R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i",)" + container + "}]}}");
  };
  const std::string c = "422 Pod \"p\" is invalid: spec.containers[0].";
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"("env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"x"}}}])",
       c + "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"x\": error converting fieldPath: field label not "
           "supported: x"},
      {R"("env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['x']"}}}])", "201 "},
      {R"("env":[{"name":"a","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"5"}}}])",
       c + "env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 "
           "are "
           "supported with the cpu resource"},
      {R"("envFrom":[{"secretRef":{}}])", c + "envFrom[0].secretRef.name: Required value"},
      {R"("envFrom":[{}])", c + "envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"},
      {R"("lifecycle":{"preStop":{"sleep":{"seconds":99}}})",
       c + "lifecycle.preStop.sleep: Invalid value: 99: must be non-negative and less than "
           "terminationGracePeriodSeconds (30)"},
      {R"("lifecycle":{"preStop":{"httpGet":{"port":80}}})", "201 "},
      {R"("readinessProbe":{"httpGet":{"port":80,"httpHeaders":[{"name":"a b"}]}})",
       c + "readinessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of "
           "alphanumeric characters "
           "or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"}};
  for (const auto& [container, wanted] : cases) EXPECT_EQ(pod(container), wanted) << container;
}

TEST_F(WritesTest, ABodyOfADeleteSaysAllThatIsToBeSaid) {
  begin_with_service();
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{", "400 couldn't get version/kind; json parse error: unexpected end of JSON input"},
      {R"({"kind":"Service"})",
       "400 no kind \"Service\" is registered for version \"meta.k8s.io/v1\" in scheme "
       "\"pkg/runtime/scheme.go:111\""},
      {R"({"gracePeriodSeconds":"x"})",
       "400 json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"},
      {R"({"orphanDependents":true,"propagationPolicy":"Orphan"})",
       "422 DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: \"Orphan\": "
       "orphanDependents and "
       "deletionPropagation cannot be both set"},
      {R"({"dryRun":["x"]})",
       "422 DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"x\"]: supported values: "
       "\"All\""}};
  for (const auto& [body, wanted] : cases) EXPECT_EQ(message("DELETE", kService, body), wanted) << body;
  EXPECT_THAT(
      message("DELETE", kService, R"({"preconditions":{"uid":"x"}})"),
      ::testing::StartsWith("409 Operation cannot be fulfilled on Service \"w\": the UID in the precondition (x)"));
  EXPECT_EQ(message("DELETE", std::string(kService) + "?dryRun=All", "{}"), "200 ");
  EXPECT_EQ(message("GET", kService), "404 services \"w\" not found");
}

TEST_F(WritesTest, WhatNobodyKeepsIsDropped) {
  begin();
  const auto slice = ask("POST", "/apis/discovery.k8s.io/v1/namespaces/web/endpointslices",
                         R"({"metadata":{"name":"e"},"addressType":"IPv4","ports":[],"endpoints":[
                             {"addresses":["10.0.0.9"],"deprecatedTopology":{"a":"b"}}]})");
  EXPECT_TRUE(slice.body.at("ports").is_null());
  EXPECT_FALSE(slice.body.at("endpoints").at(0).as_object().contains("deprecatedTopology"));
  const auto account = ask("POST", "/api/v1/namespaces/web/serviceaccounts",
                           R"({"metadata":{"name":"a"},"secrets":[{"name":"s","kind":"Secret"}]})");
  EXPECT_EQ(json::write(account.body.at("secrets")), R"([{"name":"s"}])");
  const auto service = ask("POST", "/api/v1/namespaces/web/services",
                           R"({"metadata":{"name":"x"},"spec":{"type":"ExternalName","externalName":"a.example",
                               "internalTrafficPolicy":"Local"}})");
  EXPECT_FALSE(service.body.at("spec").as_object().contains("internalTrafficPolicy"));
}

}  // namespace
}  // namespace fairway::kube_api
