#include "lab/container_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/ranges.h>

namespace fairway::lab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

json::Value parse(std::string_view text) { return json::parse(text).value(); }

const json::Value kPod = parse(R"({"metadata": {"name": "web", "namespace": "shop", "uid": "u1",
  "labels": {"app": "nginx"}, "annotations": {"example.org/x": "y"}}, "spec": {}})");

Image image() {
  Image made;
  made.entrypoint = {"serve"};
  made.command = {"--all"};
  return made;
}

Result<ContainerSpec> spec_of(std::string_view container) {
  static const std::map<std::string, std::string> data{{"key", "value"}, {"other", "more"}};
  const ConfigLookup lookup = [](std::string_view, const std::string& name) {
    return name == "known" ? &data : nullptr;
  };
  return container_spec(kPod, parse(container), image(), {"10.100.1.2", "10.0.0.3", "minion-1"}, lookup);
}

std::string argv_of(std::string_view container) {
  return fmt::format("{}", fmt::join(spec_of(container)->argv, " "));
}

TEST(ContainerSpec, CommandAndArgsReplaceWhatTheImageSays) {
  EXPECT_EQ(argv_of("{}"), "serve --all");
  EXPECT_EQ(argv_of(R"({"args": ["-x"]})"), "serve -x");
  EXPECT_EQ(argv_of(R"({"command": ["run"]})"), "run");
  EXPECT_EQ(argv_of(R"({"command": ["run"], "args": ["-x"]})"), "run -x");
  EXPECT_EQ(argv_of(R"x({"command": ["echo", "$(A)", "$$(A)", "$(B)"], "env": [{"name": "A", "value": "1"}]})x"),
            "echo 1 $(A) $(B)");
}

std::string variable(std::string_view env, const std::string& name) {
  const auto spec = spec_of(fmt::format(R"({{"env": {}}})", env));
  if (!spec) return "error: " + spec.error().what;
  for (const std::string& one : spec->env) {
    if (one.starts_with(name + "=")) return one.substr(name.size() + 1);
  }
  return "absent";
}

std::string from(std::string_view source) {
  return variable(fmt::format(R"([{{"name": "X", "valueFrom": {}}}])", source), "X");
}

TEST(ContainerSpec, TheEnvironmentComesFromManyPlaces) {
  EXPECT_EQ(variable(R"([{"name": "A", "value": "1"}, {"name": "X", "value": "$(A)2"}])", "X"), "12");
  EXPECT_EQ(variable("[]", "HOSTNAME"), "web");
  EXPECT_EQ(from(R"({"fieldRef": {"fieldPath": "status.podIP"}})"), "10.100.1.2");
  EXPECT_EQ(from(R"({"fieldRef": {"fieldPath": "status.hostIP"}})"), "10.0.0.3");
  EXPECT_EQ(from(R"({"fieldRef": {"fieldPath": "spec.nodeName"}})"), "minion-1");
  EXPECT_EQ(from(R"({"fieldRef": {"fieldPath": "metadata.namespace"}})"), "shop");
  EXPECT_EQ(from(R"({"fieldRef": {"fieldPath": "metadata.labels['app']"}})"), "nginx");
  EXPECT_EQ(from(R"({"fieldRef": {"fieldPath": "metadata.annotations['example.org/x']"}})"), "y");
  EXPECT_EQ(from(R"({"configMapKeyRef": {"name": "known", "key": "key"}})"), "value");
  EXPECT_EQ(from(R"({"configMapKeyRef": {"name": "unknown", "key": "key", "optional": true}})"), "absent");
}

TEST(ContainerSpec, WhatIsMissingIsSaidInTheKubeletsWords) {
  EXPECT_EQ(from(R"({"configMapKeyRef": {"name": "unknown", "key": "key"}})"),
            "error: configmap \"unknown\" not found");
  EXPECT_EQ(from(R"({"secretKeyRef": {"name": "unknown", "key": "key"}})"), "error: secret \"unknown\" not found");
  EXPECT_EQ(from(R"({"configMapKeyRef": {"name": "known", "key": "none"}})"),
            "error: couldn't find key none in ConfigMap known");
}

TEST(ContainerSpec, EnvFromTakesWholeMapsWithAPrefix) {
  const auto spec = spec_of(R"({"envFrom": [{"prefix": "P_", "configMapRef": {"name": "known"}}]})");
  ASSERT_TRUE(spec);
  EXPECT_THAT(spec->env, Contains("P_key=value"));
  EXPECT_THAT(spec->env, Contains("P_other=more"));
}

TEST(ContainerSpec, TheUserIsTheContainersThePodsOrTheImages) {
  EXPECT_EQ(spec_of("{}")->user, "root");
  EXPECT_EQ(spec_of(R"({"securityContext": {"runAsUser": 1000, "runAsGroup": 7}})")->user, "1000:7");
}

TEST(ContainerSpec, ReferencesAreCollectedOnce) {
  const json::Value pod = parse(R"({"spec": {
    "containers": [{"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "k"}}}],
                    "envFrom": [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "s"}}]}],
    "volumes": [{"name": "v", "secret": {"secretName": "t"}}]}})");
  EXPECT_THAT(config_references(pod),
              ElementsAre(Pair("configmaps", "a"), Pair("secrets", "s"), Pair("secrets", "t")));
}

}  // namespace
}  // namespace fairway::lab
