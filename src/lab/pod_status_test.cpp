#include "lab/pod_status.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace fairway::lab {
namespace {

using Kind = ContainerState::Kind;

ContainerState running(bool ready = true) {
  ContainerState state{.name = "a"};
  state.kind = Kind::running;
  state.ready = ready;
  return state;
}

ContainerState ended(int code) {
  ContainerState state{.name = "b"};
  state.kind = Kind::terminated;
  state.ended.exit_code = code;
  return state;
}

ContainerState waiting(bool ran_before = false) {
  ContainerState state{.name = "c"};
  if (ran_before) state.last = Termination{};
  return state;
}

PodState pod(std::vector<ContainerState> containers, std::vector<ContainerState> init = {}, bool final = false) {
  PodState state;
  state.containers = std::move(containers);
  state.init = std::move(init);
  state.final = final;
  return state;
}

TEST(PodPhase, FollowsTheContainers) {
  const struct {
    const char* name;
    PodState state;
    const char* policy;
    const char* wanted;
  } cases[] = {
      {"nothing started yet", pod({waiting()}), "Always", "Pending"},
      {"one of two has not started", pod({running(), waiting()}), "Always", "Pending"},
      {"all run", pod({running()}), "Always", "Running"},
      {"one that crashed waits for its next start", pod({waiting(true)}), "Always", "Running"},
      {"all ended well, and never again", pod({ended(0)}), "Never", "Succeeded"},
      {"ended well, on failure only", pod({ended(0)}), "OnFailure", "Succeeded"},
      {"ended badly, to be started again", pod({ended(1)}), "OnFailure", "Running"},
      {"ended badly, and never again", pod({ended(0), ended(3)}), "Never", "Failed"},
      {"ended well, but always again", pod({ended(0)}), "Always", "Running"},
      {"told to end, and ended", pod({ended(0)}, {}, true), "Always", "Succeeded"},
      {"told to end, and killed", pod({ended(137)}, {}, true), "Always", "Failed"},
      {"an init container still runs", pod({waiting()}, {running(false)}), "Always", "Pending"},
      {"an init container failed for good", pod({waiting()}, {ended(1)}), "Never", "Failed"},
      {"init containers are done", pod({running()}, {ended(0)}), "Always", "Running"},
  };
  for (const auto& one : cases) EXPECT_EQ(pod_phase(one.state, one.policy), one.wanted) << one.name;
}

// "Ready=True Initialized=True" as the API would show them.
std::string conditions(const json::Value& status) {
  std::string out;
  for (const auto& one : json::array_or_empty(status, "conditions")) {
    const std::string type = json::string_or(one, "type");
    if (type != "Ready" && type != "Initialized" && type != "Mine") continue;
    out += fmt::format("{}{}={}@{}", out.empty() ? "" : " ", type, json::string_or(one, "status"),
                       json::string_or(one, "lastTransitionTime"));
  }
  return out;
}

TEST(PodStatus, ConditionsKeepTheirTimeWhileNothingChanges) {
  json::Value object = json::parse(R"({"spec": {}, "status": {"conditions": [
      {"type": "Ready", "status": "False", "lastTransitionTime": "t0"},
      {"type": "Initialized", "status": "True", "lastTransitionTime": "t0"},
      {"type": "Mine", "status": "True", "lastTransitionTime": "t0"}]}})")
                           .value();
  EXPECT_EQ(conditions(pod_status(object, pod({running()}), "t1")), "Initialized=True@t0 Ready=True@t1 Mine=True@t0");
  EXPECT_EQ(conditions(pod_status(object, pod({running(false)}), "t1")),
            "Initialized=True@t0 Ready=False@t0 Mine=True@t0");
}

TEST(PodStatus, SaysWhichContainerIsNotReady) {
  const json::Value status = pod_status(json::Object{}, pod({running(false)}), "t1");
  for (const auto& one : json::array_or_empty(status, "conditions")) {
    if (json::string_or(one, "type") == "Ready") {
      EXPECT_EQ(json::string_or(one, "message"), "containers with unready status: [a]");
    }
  }
}

TEST(PodStatus, ShowsHowAContainerEnded) {
  ContainerState state = ended(139);
  state.ended.reason = "Error";
  state.ended.signal = 11;
  const json::Value status = pod_status(json::Object{}, pod({state}), "t1");
  const json::Value& shown = json::array_or_empty(status, "containerStatuses").front();
  EXPECT_EQ(json::int_or(shown, "state.terminated.exitCode"), 139);
  EXPECT_EQ(json::int_or(shown, "state.terminated.signal"), 11);
  EXPECT_EQ(json::string_or(shown, "state.terminated.reason"), "Error");
}

}  // namespace
}  // namespace fairway::lab
