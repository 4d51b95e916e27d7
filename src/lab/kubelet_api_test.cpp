#include "lab/kubelet_api.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/env.h"
#include "testing/temporary_folder.h"

namespace fairway::lab {
namespace {

using ::testing::HasSubstr;

class KubeletApiTest : public ::testing::Test {
 protected:
  KubeletApiTest() {
    config_.pod_log_dir = folder_.file("");
    pods_["default/web"] = json::parse(R"({"metadata":{"name":"web","namespace":"default","uid":"u1"},
      "spec":{"nodeName":"minion-1","containers":[{"name":"nginx"},{"name":"late"}]}})")
                               .value();
    pods_["default/far"] = json::parse(R"({"metadata":{"uid":"u2"},"spec":{"nodeName":"minion-2"}})").value();
    const std::string logs = folder_.file("default_web_u1/nginx");
    std::filesystem::create_directories(logs);
    std::ofstream(logs + "/0.log") << "first\nsecond\n";
  }

  http::Response ask(const std::string& target, const std::string& who = kKubeletClient) {
    http::Request request;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = http::Query::parse(target.substr(question + 1));
    request.peer_common_name = who;
    KubeletApi api(test_.env, "minion-1",
                   {config_,
                    [this](const std::string& key) {
                      const auto found = pods_.find(key);
                      return found == pods_.end() ? nullptr : &found->second;
                    },
                    {}});
    return testing::run(api.answer(request));
  }

  testing::TestEnv test_;
  testing::TemporaryFolder folder_;
  LabConfig config_;
  std::map<std::string, json::Value> pods_;
};

TEST_F(KubeletApiTest, AnswersTheApiServerAlone) {
  EXPECT_EQ(ask("/healthz").body, "ok");
  const auto stranger = ask("/containerLogs/default/web/nginx", "admin");
  EXPECT_EQ(stranger.status, 403);
  EXPECT_THAT(stranger.body, HasSubstr("user \"admin\" is not the API server"));
}

TEST_F(KubeletApiTest, ShowsAContainersLog) {
  EXPECT_EQ(ask("/containerLogs/default/web/nginx").body, "first\nsecond\n");
  EXPECT_EQ(ask("/containerLogs/default/web/nginx?tailLines=1").body, "second\n");
  EXPECT_TRUE(ask("/containerLogs/default/web/nginx?follow=true").stream);
}

TEST_F(KubeletApiTest, SaysWhatItDoesNotHave) {
  EXPECT_EQ(ask("/containerLogs/default/far/nginx").status, 404);  // on another node
  EXPECT_EQ(ask("/containerLogs/default/web/other").body, "container \"other\" not found in pod \"web\"\n");
  const auto waiting = ask("/containerLogs/default/web/late");
  EXPECT_EQ(waiting.status, 400);
  EXPECT_THAT(waiting.body, HasSubstr("is waiting to start: ContainerCreating"));
}

}  // namespace
}  // namespace fairway::lab
