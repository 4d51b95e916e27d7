#include "cluster_driver/foreign.h"

#include "cluster_driver/own_services.h"
#include "testing/fake_kube_api.h"
#include "testing/loopback_http.h"
#include "testing/simulation.h"

namespace fairway::cluster_driver {
namespace {

using ::testing::HasSubstr;

json::Value parsed(std::string_view text) { return *json::parse(text); }

// A cluster of two nodes, by its API.
class Foreign : public ::testing::Test {
 public:
  Foreign() {
    api.put("/api/v1/namespaces", parsed(R"({"metadata":{"name":"kube-system","uid":"uid-1"}})"));
    api.put("/api/v1/nodes",
            parsed(R"({"metadata":{"name":"cp","labels":{"node-role.kubernetes.io/control-plane":""}},
        "spec":{"providerID":"openstack:///u-1"},
        "status":{"addresses":[{"type":"ExternalIP","address":"1.2.3.4"},{"type":"InternalIP","address":"fd00::4"},
                  {"type":"InternalIP","address":"10.0.0.4"},{"type":"InternalIP","address":"10.0.9.4"}],
                  "conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"containerRuntimeVersion":"x://1"}}})"));
    api.put("/api/v1/nodes", parsed(R"({"metadata":{"name":"w"},
        "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.5"}]}})"));
    wire.fault = [this](const http::Request& request) {
      testing::Fault fault;
      if (request.method == "POST" && request.path.contains("selfsubjectaccessreviews"))
        fault.instead = review(request);
      return fault;
    };
  }
  http::Response review(const http::Request& request) {
    if (!reviews)
      return http::Response::json(404, R"({"kind":"Status","reason":"NotFound","code":404,"message":"no"})");
    const json::Value asked = parsed(request.body).at("spec").at("resourceAttributes");
    const std::string what = json::string_or(asked, "verb") + " " + json::string_or(asked, "resource");
    json::Object status{{"allowed", what != refused}};
    if (asked_of) asked_of(asked);
    return http::Response::json(201, json::write(json::Object{{"status", std::move(status)}}));
  }
  void hold_lease(const std::string& holder, const std::string& at) {
    api.put("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases",
            json::Object{{"metadata", json::Object{{"name", "fairway-controller"}}},
                         {"spec", json::Object{{"holderIdentity", holder}, {"renewTime", at}}}});
  }
  void put_service(const std::string& name, const std::string& more, const std::string& address) {
    json::Value service = parsed(R"({"metadata":{"name":")" + name + R"("},"spec":{"type":"LoadBalancer"}})");
    testing::merge_patch(service, parsed(more));
    if (!address.empty())
      testing::merge_patch(service,
                           parsed(R"({"status":{"loadBalancer":{"ingress":[{"ip":")" + address + R"("}]}}})"));
    api.put("/api/v1/namespaces/default/services", service);
  }

  testing::Simulation sim;
  testing::FakeKubeApi api{sim.env()};
  testing::Wire wire;
  std::unique_ptr<kube::Client> kube = kube::make_client(
      testing::make_loopback(sim.env(), wire, "", [this](http::Request& request) { return api.handle(request); }),
      kube::Config{});
  bool reviews = false;
  std::function<void(const json::Value&)> asked_of;  // of each review
  std::string refused;
  const std::string server = "https://10.1.1.1:6443";
};

TEST_F(Foreign, TellsWhoItIsAndWhichNodesItHas) {
  const auto found = sim.run(ask_foreign(*kube, server));
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->identity, "uid-1");
  ASSERT_EQ(found->nodes.size(), 2U);
  EXPECT_EQ(found->nodes[0].address, "10.0.0.4") << "the first of IPv4";
  EXPECT_EQ(found->nodes[0].uuid, "u-1");
  EXPECT_TRUE(found->nodes[0].control_plane);
  EXPECT_TRUE(found->nodes[0].ready);
  EXPECT_FALSE(found->nodes[1].control_plane);
  EXPECT_FALSE(found->nodes[1].ready);
}

TEST_F(Foreign, WhatIsWrongIsSaidWithTheRemedy) {
  struct Case {
    int status;
    Errc code;
    std::string says;
  };
  for (const Case& one : {Case{401, Errc::unauthenticated, "does not accept the kubeconfig's login"},
                          Case{403, Errc::denied, "have it bound to a role that may: docs/controller.md has one"},
                          Case{404, Errc::not_found, "does not answer as a Kubernetes API does"}}) {
    wire.fault = [&](const http::Request&) {
      testing::Fault fault;
      fault.instead = http::Response::json(one.status, R"({"kind":"Status","message":"no"})");
      return fault;
    };
    const auto found = sim.run(ask_foreign(*kube, server));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, one.code);
    EXPECT_THAT(found.error().what, HasSubstr(one.says));
    EXPECT_THAT(found.error().what, HasSubstr(server));
  }
  wire.fault = [](const http::Request&) { return testing::Fault{.refuse = true}; };
  EXPECT_THAT(sim.run(ask_foreign(*kube, server)).error().what, HasSubstr("cannot be reached from this machine"));
}

TEST_F(Foreign, WhatTheLoginMayNotIsNamed) {
  EXPECT_TRUE(sim.run(check_rights(*kube, server))) << "an API without access reviews is taken at its word";
  reviews = true;
  EXPECT_TRUE(sim.run(check_rights(*kube, server)));
  refused = "patch services";
  const auto said = sim.run(check_rights(*kube, server));
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, Errc::denied);
  EXPECT_THAT(said.error().what, HasSubstr("it may not patch services, patch services/status"));
}

// A role may name the one namespace and the one Lease that a controller reads, as that of docs/controller.md does.
TEST_F(Foreign, RightsToOneObjectAreAskedForThatObject) {
  reviews = true;
  std::map<std::string, std::string> names;
  asked_of = [&](const json::Value& asked) {
    names[json::string_or(asked, "verb") + " " + json::string_or(asked, "resource")] = json::string_or(asked, "name");
  };
  ASSERT_TRUE(sim.run(check_rights(*kube, server)));
  EXPECT_EQ(names["get namespaces"], "kube-system");
  EXPECT_EQ(names["get leases"], "fairway-controller");
  EXPECT_EQ(names["update leases"], "fairway-controller");
  EXPECT_EQ(names["create leases"], "") << "RBAC cannot limit it to a name";
  EXPECT_EQ(names["patch services"], "");
}

TEST_F(Foreign, TheLeaseOfAControllerThatEndedGoes) {
  EXPECT_TRUE(sim.run(drop_lease(*kube, "shop-controller"))) << "there is none";
  for (const std::string holder : {"", "shop-controller"}) {
    hold_lease(holder, "2026-01-01T00:00:00.000000Z");
    EXPECT_TRUE(sim.run(drop_lease(*kube, "shop-controller")));
    EXPECT_FALSE(sim.run(kube->get("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/fairway-controller")));
  }
  hold_lease("somebody", "2026-01-01T00:00:00.000000Z");
  EXPECT_TRUE(sim.run(drop_lease(*kube, "shop-controller")));
  EXPECT_EQ(*sim.run(lease_holder(*kube)), "somebody");
}

TEST_F(Foreign, AHolderThatRenewsTheLeaseServesTheCluster) {
  hold_lease("", "2026-01-01T00:00:00.000000Z");
  EXPECT_TRUE(sim.run(check_unserved(*kube, sim.env())));
  hold_lease("somebody", "2026-01-01T00:00:00.000000Z");
  EXPECT_TRUE(sim.run(check_unserved(*kube, sim.env()))) << "it is dead";
  EXPECT_EQ(*sim.run(lease_holder(*kube)), "somebody");
  sim.spawn([](Foreign& test) -> Task<> {
    co_await test.sim.env().timers.sleep(std::chrono::seconds(1));
    test.hold_lease("somebody", "2026-01-01T00:00:02.000000Z");
  }(*this));
  const auto said = sim.run(check_unserved(*kube, sim.env()));
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, Errc::conflict);
  EXPECT_THAT(said.error().what, HasSubstr("another Fairway controller, somebody, serves this cluster"));
}

TEST_F(Foreign, ServicesThatAnotherServesAreNamed) {
  put_service("waits", "{}", "");
  put_service("classed", R"({"spec":{"loadBalancerClass":"x/y"}})", "192.168.0.8");
  EXPECT_TRUE(sim.run(check_unserved(*kube, sim.env())));
  put_service("web", "{}", "192.168.0.9");
  const auto said = sim.run(check_unserved(*kube, sim.env()));
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, Errc::conflict);
  EXPECT_THAT(said.error().what, HasSubstr("default/web (192.168.0.9); two would fight"));
  EXPECT_THAT(said.error().what, HasSubstr("--take-over"));
}

TEST_F(Foreign, OwnServicesAreGivenBackAndNoOthers) {
  const std::string ours =
      R"({"metadata":{"finalizers":["keep/me","service.kubernetes.io/load-balancer-cleanup"],
          "annotations":{"a":"b","loadbalancer.openstack.org/load-balancer-id":"lb-1"}}})";
  put_service("ours", ours, "172.24.4.9");
  put_service("others", R"({"metadata":{"finalizers":["service.kubernetes.io/load-balancer-cleanup"],
      "annotations":{"loadbalancer.openstack.org/load-balancer-id":"lb-x"}}})",
              "172.24.4.8");
  const auto listed = sim.run(kube->list(kube::kServices.path()));
  ASSERT_TRUE(listed);
  for (int pass = 0; pass < 2; ++pass) {
    const auto done =
        sim.run(clean_services(*kube, sim.run(kube->list(kube::kServices.path()))->items, {"lb-1"}, true));
    ASSERT_TRUE(done) << done.error().what;
  }
  const auto given = controller::read_service(*api.find("/api/v1/namespaces/default/services/ours"));
  EXPECT_FALSE(given.has_finalizer);
  EXPECT_EQ(given.status_ip, "");
  EXPECT_EQ(given.annotation(controller::kIdAnnotation), "");
  EXPECT_EQ(given.annotation("a"), "b");
  const auto kept = controller::read_service(*api.find("/api/v1/namespaces/default/services/others"));
  EXPECT_TRUE(kept.has_finalizer);
  EXPECT_EQ(kept.status_ip, "172.24.4.8");
}

}  // namespace
}  // namespace fairway::cluster_driver
