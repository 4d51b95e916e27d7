#include "lab/projected.h"

#include <gtest/gtest.h>

namespace fairway::lab {
namespace {

// As the API's admission makes it.
constexpr const char* kPod = R"({"metadata":{"name":"shop","namespace":"web","uid":"u1"},"spec":{"volumes":[
  {"name":"kube-api-access-abcde","projected":{"sources":[
    {"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
    {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
    {"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"fieldPath":"metadata.namespace"}}]}}]}}]}})";

class Projected : public ::testing::Test {
 protected:
  std::map<std::string, std::string> files_of(const json::Value& pod) {
    const ConfigLookup lookup = [this](std::string_view, const std::string& name) {
      return name == "kube-root-ca.crt" ? &ca_ : nullptr;
    };
    return projected_files(pod, json::array_or_empty(pod, "spec.volumes").front(), {"10.100.1.2", "10.0.0.5", "a"},
                           lookup);
  }
  std::map<std::string, std::string> ca_{{"ca.crt", "PEM"}, {"more", "not asked for"}};
};

TEST_F(Projected, TheServiceAccountsFiles) {
  const auto pod = json::parse(kPod).value();
  EXPECT_EQ(files_of(pod), (std::map<std::string, std::string>{{"ca.crt", "PEM"}, {"namespace", "web"}}));
  EXPECT_EQ(config_references(pod),
            (std::vector<std::pair<std::string, std::string>>{{"configmaps", "kube-root-ca.crt"}}));
}

TEST_F(Projected, TokensAreAskedForBoundToThePod) {
  const auto pod = json::parse(kPod).value();
  const auto tokens = wanted_tokens(pod);
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(tokens[0].volume, "kube-api-access-abcde");
  EXPECT_EQ(tokens[0].path, "token");
  EXPECT_EQ(json::write(token_request(pod, tokens[0])),
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3607,)"
            R"("boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"shop","uid":"u1"}}})");
}

TEST_F(Projected, APathOutOfTheVolumeIsNotWritten) {
  for (const char* path : {"../x", "/etc/x", "a/../../x", "..", "a/.."}) {
    const auto pod = json::Value(json::Object{
        {"spec", json::Object{
                     {"volumes",
                      json::Array{json::Object{
                          {"name", "v"},
                          {"projected",
                           json::Object{{"sources",
                                         json::Array{json::Object{
                                             {"configMap", json::Object{{"name", "kube-root-ca.crt"},
                                                                        {"items", json::Array{json::Object{
                                                                                      {"key", "ca.crt"},
                                                                                      {"path", path}}}}}}}}}}}}}}}}});
    EXPECT_TRUE(files_of(pod).empty()) << path;
  }
}

}  // namespace
}  // namespace fairway::lab
