#include "controller/explain.h"

#include "controller/service.h"

namespace fairway::controller {
namespace {

using ::testing::HasSubstr;
using State = ExplainStep::State;

json::Value parsed(std::string_view text) { return *json::parse(text); }

// One that serves; each test takes something away.
Gathered serving() {
  Gathered all;
  all.key = "web/shop";
  all.now = WallTime(std::chrono::seconds(1'767'225'605));
  all.service = parsed(
      R"({"metadata":{"namespace":"web","name":"shop","finalizers":["service.kubernetes.io/load-balancer-cleanup"]},
    "spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"172.24.4.50"}]}}})");
  all.lease = parsed(
      R"({"spec":{"holderIdentity":"host_1","leaseDurationSeconds":15,"renewTime":"2026-01-01T00:00:01.000000Z"}})");
  all.slices = {parsed(R"({"endpoints":[{"nodeName":"minion-1","conditions":{"ready":true}}]})")};
  all.load_balancer =
      parsed(R"({"id":"lb1","provisioning_status":"ACTIVE","vip_address":"10.0.0.10","vip_port_id":"port1"})");
  all.status_tree = parsed(
      R"({"statuses":{"loadbalancer":{"listeners":[{"name":"listener_0","provisioning_status":"ACTIVE","operating_status":"ONLINE",
    "pools":[{"members":[{"address":"10.0.0.5","protocol_port":30080,"operating_status":"ONLINE"},{"address":"10.0.0.6","protocol_port":30080,"operating_status":"ONLINE"}]}]}]}}})");
  all.floating_ips = {parsed(R"({"floating_ip_address":"172.24.4.50"})")};
  return all;
}

void warn(Gathered& all, const std::string& message) {
  all.events.push_back(json::Object{{"type", "Warning"},
                                    {"lastTimestamp", "2026-01-01T00:00:02Z"},
                                    {"reason", "SyncLoadBalancerFailed"},
                                    {"message", message}});
}

TEST(Explain, OneThatServesIsDoneInEveryStep) {
  const auto steps = explain(serving());
  EXPECT_TRUE(all_done(steps)) << render(steps);
  EXPECT_EQ(summary(steps), "serving");
  EXPECT_THAT(render(steps), HasSubstr("done     Load balancer  lb1 is ACTIVE, VIP 10.0.0.10"));
}

struct Case {
  const char* name;
  std::function<void(Gathered&)> spoil;
  State state;
  const char* step;
  const char* detail;
  const char* help;
};

void set_service(Gathered& all, std::string_view path, json::Value value) {
  auto* at = &*all.service;
  while (path.find('.') != std::string_view::npos) {
    at = &at->as_object()[path.substr(0, path.find('.'))];
    path.remove_prefix(path.find('.') + 1);
  }
  at->as_object()[path] = std::move(value);
}

TEST(Explain, TheFirstStepThatIsNotDoneSaysWhyAndWhatHelps) {
  const std::vector<Case> cases{
      {"no Service", [](Gathered& all) { all.service.reset(); }, State::failed, "Service",
       "there is no Service web/shop", "kubectl get services"},
      {"no API",
       [](Gathered& all) {
         all.service.reset();
         all.kubernetes_error = "refused";
       },
       State::failed, "Service", "cannot be read: refused", "kubeconfig"},
      {"other type", [](Gathered& all) { set_service(all, "spec.type", "ClusterIP"); }, State::failed, "Type",
       "of type ClusterIP", "kubectl patch service -n web shop"},
      {"foreign class", [](Gathered& all) { set_service(all, "spec.loadBalancerClass", "example.com/x"); },
       State::failed, "Class", "example.com/x", "make the Service anew"},
      {"disabled", [](Gathered& all) { all.enabled = false; }, State::failed, "Feature", "disabled", "administrator"},
      {"no controller", [](Gathered& all) { all.lease.reset(); }, State::waiting, "Controller",
       "none holds the Lease", "start fairway controller"},
      {"dead controller", [](Gathered& all) { all.now += std::chrono::minutes(5); }, State::waiting, "Controller",
       "has not renewed", "takes the Lease over"},
      {"not seen", [](Gathered& all) { set_service(all, "metadata.finalizers", json::Array{}); }, State::waiting,
       "Seen", "not taken", "a second or two"},
      {"no pods", [](Gathered& all) { all.slices.clear(); }, State::waiting, "Pods", "no pod", "labels must match"},
      {"no cloud", [](Gathered& all) { all.cloud_error = "401"; }, State::failed, "Load balancer",
       "cannot be read: 401", "credential"},
      {"no load balancer",
       [](Gathered& all) {
         all.load_balancer.reset();
         warn(all, "Quota has been met");
       },
       State::waiting, "Load balancer", "none yet", "last said: Quota has been met"},
      {"pending", [](Gathered& all) { all.load_balancer->as_object()["provisioning_status"] = "PENDING_CREATE"; },
       State::waiting, "Load balancer", "lb1 is PENDING_CREATE", "at work"},
      {"error", [](Gathered& all) { all.load_balancer->as_object()["provisioning_status"] = "ERROR"; }, State::failed,
       "Load balancer", "in ERROR", "failover lb1"},
      {"no listeners", [](Gathered& all) { all.status_tree = nullptr; }, State::waiting, "Listeners", "none yet",
       "next pass"},
      {"no members",
       [](Gathered& all) {
         all.status_tree.at("statuses")
             .at("loadbalancer")
             .at("listeners")
             .at(0)
             .at("pools")
             .at(0)
             .as_object()["members"] = json::Array{};
       },
       State::failed, "Members", "nobody answers", "kubectl get nodes"},
      {"members down",
       [](Gathered& all) {
         for (auto& member : all.status_tree.at("statuses")
                                 .at("loadbalancer")
                                 .at("listeners")
                                 .at(0)
                                 .at("pools")
                                 .at(0)
                                 .at("members")
                                 .as_array())
           member.as_object()["operating_status"] = "ERROR";
       },
       State::failed, "Members", "2 of 2 do not answer: 10.0.0.5:30080 ERROR", "node port"},
      {"no floating IP",
       [](Gathered& all) {
         all.floating_ips.clear();
         warn(all, "No more IP addresses");
       },
       State::waiting, "Floating IP", "none is associated yet", "No more IP addresses"},
      {"no status", [](Gathered& all) { set_service(all, "status.loadBalancer", json::Object{}); }, State::waiting,
       "Address", "writes it next", ""},
  };
  for (const auto& item : cases) {
    auto all = serving();
    item.spoil(all);
    const auto steps = explain(all);
    const auto first = std::ranges::find_if(
        steps, [](const auto& step) { return step.state == State::waiting || step.state == State::failed; });
    ASSERT_NE(first, steps.end()) << item.name;
    EXPECT_EQ(first->what, item.step) << item.name;
    EXPECT_EQ(first->state, item.state) << item.name;
    EXPECT_THAT(first->detail, HasSubstr(item.detail)) << item.name;
    EXPECT_THAT(first->help, HasSubstr(item.help)) << item.name;
    EXPECT_FALSE(all_done(steps)) << item.name;
  }
}

TEST(Explain, OneMemberOfSeveralThatIsDownIsNamedButNoFailure) {
  auto all = serving();
  all.status_tree.at("statuses")
      .at("loadbalancer")
      .at("listeners")
      .at(0)
      .at("pools")
      .at(0)
      .at("members")
      .at(1)
      .as_object()["operating_status"] = "ERROR";
  const auto steps = explain(all);
  EXPECT_TRUE(all_done(steps));
  EXPECT_THAT(render(steps), HasSubstr("1 of 2 do not answer: 10.0.0.6:30080 ERROR"));
}

TEST(Explain, AnInternalOneNeedsNoFloatingIp) {
  auto all = serving();
  all.floating_ips.clear();
  set_service(all, "metadata.annotations", json::Object{{kInternalAnnotation, "true"}});
  const auto steps = explain(all);
  EXPECT_TRUE(all_done(steps)) << render(steps);
  EXPECT_THAT(render(steps), HasSubstr("associate one with port port1"));
}

TEST(Explain, OneInDeletionSaysWhatItWaitsFor) {
  auto all = serving();
  set_service(all, "metadata.deletionTimestamp", "2026-01-01T00:00:00Z");
  EXPECT_THAT(summary(explain(all)), HasSubstr("takes the load balancer away first"));
}

}  // namespace
}  // namespace fairway::controller
