// Clusters of somebody else's: adopted, followed, released.
#include "cloud/container_infra/rig_test.h"

namespace fairway::cloud::container_infra {
namespace {

class Adoption : public ::testing::Test {
 protected:
  Adoption() {
    rig_.run([](Ledger& into) -> Task<> {
      const auto done = co_await into.change<bool>([](Work& work) -> Result<bool> {
        Subnet subnet;
        subnet.id = "sub-private";
        subnet.name = "private-subnet";
        subnet.project_id = "p-demo";
        subnet.network_id = "net-private";
        work.put(subnet);
        return true;
      });
      EXPECT_TRUE(done.has_value());
    }(*rig_.ledger));
  }
  ApiAnswer adopt(const std::string& more = "", const std::string& as = "demo") {
    return rig_.ask(as, "POST", "/clusters/adopt",
                    R"({"name":"shop","fixed_network":"net-private","fixed_subnet":"sub-private",)"
                    R"("external_network_id":"net-public")" +
                        more + "}");
  }
  // As the driver reports it: one node of the control plane, `workers` others.
  void report(FakeDriver& driver, const std::string& id, int workers) {
    const auto& wish = driver.wishes.at(id);
    link::Facts facts{
        .id = id, .generation = wish.generation, .state = "done", .api_address = "https://10.1.1.1:6443"};
    facts.node_groups.push_back({wish.node_groups.at(0).id, {{"cp", "", "10.0.0.4"}}});
    facts.node_groups.push_back({wish.node_groups.at(1).id, {}});
    for (int i = 0; i < workers; ++i)
      facts.node_groups.back().nodes.push_back({"w" + std::to_string(i), "", "10.0.0.1" + std::to_string(i)});
    driver.say(facts);
  }
  InfraRig rig_;
};

TEST_F(Adoption, GoesFromWishToCompleteToReleased) {
  FakeDriver driver(rig_);
  const auto made = adopt(R"(,"labels":{"internal_lb":"true"})");
  ASSERT_EQ(made.status, 202) << made.text;
  const std::string id = made.at("uuid");
  EXPECT_EQ(rig_.status(id), "CREATE_IN_PROGRESS");
  const auto wish = driver.expect(id);
  EXPECT_TRUE(wish.adopted);
  EXPECT_EQ(wish.fixed_subnet, "sub-private");
  EXPECT_EQ(wish.external_network, "net-public");
  EXPECT_EQ(wish.labels, (Labels{{"internal_lb", "true"}}));
  EXPECT_TRUE(wish.ca_key.empty());
  EXPECT_EQ(rig_.state().find<ApplicationCredential>(wish.credential.id)->project_id, "p-demo");

  report(driver, id, 2);
  const auto shown = rig_.ask("demo", "GET", "/clusters/shop");
  EXPECT_EQ(shown.at("status"), "ADOPT_COMPLETE");
  EXPECT_EQ(shown.at("api_address"), "https://10.1.1.1:6443");
  EXPECT_EQ(shown.at("master_count"), "1");
  EXPECT_EQ(shown.at("node_count"), "2");
  EXPECT_EQ(shown.at("node_addresses"), R"(["10.0.0.10","10.0.0.11"])");
  EXPECT_EQ(shown.text.find(wish.credential.secret), std::string::npos);
  EXPECT_EQ(rig_.ask("demo", "GET", "/clustertemplates/adopted-shop").at("external_network_id"), "net-public");
  EXPECT_EQ(rig_.ask("demo", "GET", "/clusters/shop/nodegroups/default-worker").at("status"), "ADOPT_COMPLETE");

  const auto released = rig_.ask("demo", "POST", "/clusters/shop/actions/release");
  EXPECT_EQ(released.status, 202) << released.text;
  EXPECT_EQ(rig_.status(id), "DELETE_IN_PROGRESS");
  // As any other cluster is deleted.
  EXPECT_EQ(rig_.ask("demo", "DELETE", "/clusters/shop").status, 204);
  driver.say(link::Gone{id});
  EXPECT_EQ(rig_.ask("demo", "GET", "/clusters/shop").status, 404);
  EXPECT_EQ(rig_.state().table<ClusterTemplate>().size(), 0U);
  EXPECT_EQ(rig_.state().table<NodeGroup>().size(), 0U);
  EXPECT_EQ(rig_.state().table<ApplicationCredential>().size(), 0U);
}

TEST_F(Adoption, NodesAreCountedAsTheyComeAndGo) {
  FakeDriver driver(rig_);
  const std::string id = adopt().at("uuid");
  driver.expect(id);
  report(driver, id, 3);
  EXPECT_EQ(rig_.ask("demo", "GET", "/clusters/shop").at("node_count"), "3");
  report(driver, id, 1);
  EXPECT_EQ(rig_.ask("demo", "GET", "/clusters/shop").at("node_count"), "1");
  EXPECT_EQ(rig_.status(id), "ADOPT_COMPLETE");
  // What is a fact is no wish.
  EXPECT_EQ(driver.wishes.at(id).node_groups.at(1).node_count, 0);
}

TEST_F(Adoption, WhatOthersRunIsNotChanged) {
  FakeDriver driver(rig_);
  const std::string id = adopt().at("uuid");
  driver.expect(id);
  report(driver, id, 2);
  const auto before = driver.wishes.at(id);
  struct Refused {
    std::string method, path, body, says;
  };
  const std::vector<Refused> kRefused{
      {"POST", "/clusters/shop/actions/resize", R"({"node_count":3})",
       "Resizing an adopted cluster is not supported"},
      {"PATCH", "/clusters/shop", R"([{"op":"replace","path":"/node_count","value":3}])", "Resizing an adopted"},
      {"POST", "/clusters/shop/actions/upgrade", R"({"cluster_template":"x"})", "Upgrading an adopted cluster"},
      {"POST", "/clusters/shop/nodegroups", R"({"name":"more"})", "Adding a nodegroup to an adopted cluster"},
      {"PATCH", "/certificates/" + id, "", "an adopted cluster is not supported"},
      {"GET", "/certificates/" + id, "", "use the kubeconfig that it was adopted with"},
      {"POST", "/certificates", R"({"cluster_uuid":"shop","csr":"x"})", "use the kubeconfig"}};
  for (const auto& [method, path, body, says] : kRefused) {
    const auto answer = rig_.ask("demo", method, path, body);
    EXPECT_EQ(answer.status, 400) << method << " " << path << ": " << answer.text;
    EXPECT_NE(answer.text.find(says), std::string::npos) << answer.text;
  }
  EXPECT_EQ(rig_.status(id), "ADOPT_COMPLETE");
  EXPECT_EQ(driver.wishes.at(id), before);
}

TEST_F(Adoption, ItsCredentialIsRotatedAsThatOfAnyCluster) {
  FakeDriver driver(rig_);
  const std::string id = adopt().at("uuid");
  const auto before = driver.expect(id).credential;
  report(driver, id, 1);
  EXPECT_EQ(rig_.ask("demo", "PATCH", "/credentials/shop").status, 202);
  driver.expect(id, [&](const auto& wish) { return wish.credential.secret != before.secret; });
  EXPECT_EQ(rig_.state().find<ApplicationCredential>(before.id), nullptr);
  EXPECT_EQ(rig_.status(id), "ADOPT_COMPLETE");
}

TEST_F(Adoption, WhatWasMadeIsNotReleased) {
  FakeDriver driver(rig_);
  rig_.make_template();
  const auto id = rig_.make_cluster("c1");
  const auto refused = rig_.ask("demo", "POST", "/clusters/c1/actions/release");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.text.find("would delete it with its machines"), std::string::npos) << refused.text;
  EXPECT_EQ(rig_.status(id), "CREATE_IN_PROGRESS");
}

TEST_F(Adoption, BadInputChangesNothing) {
  FakeDriver driver(rig_);
  EXPECT_EQ(adopt(R"(,"labels":{"internal_lb":"maybe"})").status, 400);
  EXPECT_EQ(adopt(R"(,"kubeconfig":"secret")").status, 400);
  EXPECT_EQ(adopt("", "other").status, 400);  // another project's network
  EXPECT_EQ(rig_.ask("demo", "POST", "/clusters/adopt", R"({"name":"shop"})").status, 400);
  EXPECT_EQ(rig_.state().table<Cluster>().size(), 0U);
  EXPECT_EQ(rig_.state().table<ClusterTemplate>().size(), 0U);
  EXPECT_EQ(rig_.state().table<ApplicationCredential>().size(), 0U);
}

TEST_F(Adoption, AFailureIsSaidAndItsEndToo) {
  FakeDriver driver(rig_);
  const std::string id = adopt().at("uuid");
  driver.expect(id);
  driver.report(id, "working", "1 of 4: its kubeconfig");
  EXPECT_EQ(rig_.ask("demo", "GET", "/clusters/shop").at("status_reason"), "1 of 4: its kubeconfig");
  driver.report(id, "failed", "the login is refused");
  EXPECT_EQ(rig_.status(id), "CREATE_FAILED");
  report(driver, id, 1);
  EXPECT_EQ(rig_.status(id), "ADOPT_COMPLETE");
}

}  // namespace
}  // namespace fairway::cloud::container_infra
