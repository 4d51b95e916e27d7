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
    "spec":{"type":"LoadBalancer","selector":{"app":"shop"}},"status":{"loadBalancer":{"ingress":[{"ip":"172.24.4.50"}]}}})");
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
      {"disabled", [](Gathered& all) { all.enabled = false; }, State::failed, "Feature", "disabled in this cluster",
       "administrator sets enabled: true"},
      {"no login", [](Gathered& all) { all.has_login = false; }, State::failed, "Feature", "has no login to a cloud",
       "cloud_config, or clouds_yaml"},
      {"disabled otherwise",
       [](Gathered& all) {
         all.enabled = false;
         all.disabled_remedy = "fairway cluster enable-load-balancers k8s";
       },
       State::failed, "Feature", "disabled in this cluster", "enable-load-balancers k8s"},
      {"no controller", [](Gathered& all) { all.lease.reset(); }, State::waiting, "Controller",
       "none holds the Lease", "start fairway controller"},
      {"dead controller", [](Gathered& all) { all.now += std::chrono::minutes(5); }, State::waiting, "Controller",
       "has not renewed", "takes the Lease over"},
      {"not seen", [](Gathered& all) { set_service(all, "metadata.finalizers", json::Array{}); }, State::waiting,
       "Seen", "not taken", "a second or two"},
      {"no pods", [](Gathered& all) { all.slices.clear(); }, State::waiting, "Pods",
       "no pod has the labels that the Service selects (app=shop)", "labels must match"},
      {"no pod ready",
       [](Gathered& all) {
         all.slices = {parsed(R"({"endpoints":[{"conditions":{"ready":false}},{"conditions":{"ready":false}}]})")};
       },
       State::waiting, "Pods", "2 pods are selected, and none is ready", "kubectl describe pods -n web -l app=shop"},
      {"no selector",
       [](Gathered& all) {
         all.slices.clear();
         set_service(all, "spec.selector", json::Object{});
       },
       State::waiting, "Pods", "no selector", "EndpointSlice"},
      {"no cloud",
       [](Gathered& all) {
         all.cloud_error = "Connection refused";
         all.login_file = "/etc/cloud.conf";
       },
       State::failed, "Load balancer", "cannot be read: Connection refused",
       "the cloud runs and is reached from here by the address in /etc/cloud.conf"},
      {"wrong credential",
       [](Gathered& all) {
         all.cloud_error = "requires authentication (HTTP 401)";
         all.cloud_error_code = Errc::unauthenticated;
         all.login_file = "/etc/cloud.conf";
       },
       State::failed, "Load balancer", "HTTP 401", "the login in /etc/cloud.conf is wrong, or has been revoked"},
      {"no role",
       [](Gathered& all) {
         all.cloud_error = "HTTP 403";
         all.cloud_error_code = Errc::denied;
       },
       State::failed, "Load balancer", "HTTP 403", "needs the role member"},
      {"switched off", [](Gathered& all) { all.load_balancer->as_object()["admin_state_up"] = false; }, State::failed,
       "Load balancer", "switched off", "openstack loadbalancer set --enable lb1"},
      {"a gateway that hangs",
       [](Gathered& all) {
         all.load_balancer->as_object()["provisioning_status"] = "PENDING_CREATE";
         all.load_balancer->as_object()["provider"] = "fairway";
       },
       State::waiting, "Load balancer", "is PENDING_CREATE", "it waits for the gateway"},
      {"no gateway",
       [](Gathered& all) {
         all.load_balancer->as_object()["operating_status"] = "OFFLINE";
         all.load_balancer->as_object()["provider"] = "fairway";
       },
       State::waiting, "Load balancer", "nothing serves it", "is a gateway connected"},
      {"no amphora",
       [](Gathered& all) {
         all.load_balancer->as_object()["operating_status"] = "OFFLINE";
         all.load_balancer->as_object()["provider"] = "amphora";
       },
       State::waiting, "Load balancer", "nothing serves it", "openstack loadbalancer status show lb1"},
      {"no load balancer",
       [](Gathered& all) {
         all.load_balancer.reset();
         warn(all, "Quota has been met");
       },
       State::waiting, "Load balancer", "none yet",
       "last said: Quota has been met\ndelete what the project does not"},
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
       State::waiting, "Floating IP", "none is associated yet", "No more IP addresses\nrelease floating IPs"},
      {"no router",
       [](Gathered& all) {
         all.floating_ips.clear();
         warn(all, "External network a is not reachable from subnet b.");
       },
       State::waiting, "Floating IP", "none is associated yet", "openstack router add subnet"},
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

TEST(Explain, TheLineOfASummaryIsWhatKeepsTheAddressAway) {
  auto all = serving();
  all.slices.clear();
  EXPECT_THAT(summary(explain(all)), HasSubstr("Pods: no pod"));
  set_service(all, "status.loadBalancer", json::Object{});
  all.load_balancer.reset();
  EXPECT_EQ(summary(explain(all)), "Load balancer: there is none yet");
}

TEST(Explain, WithoutAPodNobodyIsSentToLookForAFirewall) {
  auto all = serving();
  for (auto& member : all.status_tree.at("statuses")
                          .at("loadbalancer")
                          .at("listeners")
                          .at(0)
                          .at("pools")
                          .at(0)
                          .at("members")
                          .as_array())
    member.as_object()["operating_status"] = "ERROR";
  EXPECT_THAT(render(explain(all)), HasSubstr("firewall"));
  all.slices.clear();
  EXPECT_THAT(render(explain(all)), HasSubstr("-> they answer once a pod is ready"));
}

TEST(Explain, AnInternalOneNeedsNoFloatingIp) {
  auto all = serving();
  all.floating_ips.clear();
  set_service(all, "metadata.annotations", json::Object{{kInternalAnnotation, "true"}});
  const auto steps = explain(all);
  EXPECT_TRUE(all_done(steps)) << render(steps);
  EXPECT_THAT(render(steps), HasSubstr("associate one with port port1"));
}

TEST(Explain, OneWhoseControllerMakesNoFloatingIpsNeedsNone) {
  auto all = serving();
  all.floating_ips.clear();
  all.internal_lb = true;
  EXPECT_TRUE(all_done(explain(all)));
  EXPECT_THAT(render(explain(all)), HasSubstr("associate one with port port1"));
}

TEST(Explain, OneThatIsInternalAgainstItsWishSaysWhatIsMissing) {
  auto all = serving();
  all.floating_ips.clear();
  set_service(all, "status.loadBalancer", *json::parse(R"({"ingress":[{"ip":"10.0.0.10"}]})"));
  const auto text = render(explain(all));
  EXPECT_THAT(text, HasSubstr("-        Floating IP    no external network was found"));
  EXPECT_THAT(text, HasSubstr("openstack network create --external"));
}

TEST(Explain, EachLineOfHelpHasItsArrow) {
  EXPECT_EQ(render({{State::waiting, "Load balancer", "there is none yet", "last said: no\nask for more"}}),
            "waiting  Load balancer  there is none yet\n"
            "                         -> last said: no\n"
            "                         -> ask for more\n");
}

TEST(Explain, OneInDeletionSaysWhatItWaitsFor) {
  auto all = serving();
  set_service(all, "metadata.deletionTimestamp", "2026-01-01T00:00:00Z");
  EXPECT_THAT(summary(explain(all)), HasSubstr("takes the load balancer away first"));
}

}  // namespace
}  // namespace fairway::controller
