// Clusters from wish to gone, with a driver on the link.
#include "cloud/container_infra/rig_test.h"

namespace fairway::cloud::container_infra {
namespace {

TEST(Clusters, AreRefusedInWordsWhereNoDriverIsConfigured) {
  InfraRig rig(false);
  rig.make_template();
  const auto refused = rig.ask("demo", "POST", "/clusters", R"({"name":"c1","cluster_template_id":"k8s"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.at("errors.0.detail"),
            "Clusters cannot be made: no cluster driver is configured: set cluster_driver_address in the section "
            "cloud, and start `fairway lab` with it.");
  EXPECT_EQ(rig.state().table<Cluster>().size(), 0U);
  EXPECT_EQ(rig.state().table<ApplicationCredential>().size(), 0U);
}

TEST(Clusters, GoFromWishToCompleteToGone) {
  InfraRig rig;
  rig.make_template("k8s", R"(,"labels":{"internal_lb":true},"dns_nameserver":"9.9.9.9","master_lb_enabled":true)");
  FakeDriver driver(rig);
  const auto id = rig.make_cluster("K8s.one", R"(,"node_count":2)");
  EXPECT_EQ(rig.status(id), "CREATE_IN_PROGRESS");
  const auto& wish = driver.expect(id);
  EXPECT_EQ(wish.name, "K8s.one");
  EXPECT_TRUE(wish.stack_name.starts_with("k8s-one-")) << wish.stack_name;
  EXPECT_EQ(wish.external_network, "public");
  EXPECT_EQ(wish.labels, (Labels{{"internal_lb", "true"}}));
  EXPECT_TRUE(wish.master_lb_enabled);
  EXPECT_TRUE(wish.ca_key.contains("PRIVATE KEY"));
  ASSERT_EQ(wish.node_groups.size(), 2U);
  EXPECT_EQ(wish.node_groups[0].role, "master");
  EXPECT_EQ(wish.node_groups[1].node_count, 2);
  EXPECT_EQ(wish.credential.auth_url, "http://cloud.test/identity/v3");
  EXPECT_EQ(wish.credential.user_name, "demo");
  EXPECT_EQ(rig.state().find<ApplicationCredential>(wish.credential.id)->project_id, "p-demo");

  driver.report(id, "working", "hosts: 1 of 3");
  EXPECT_EQ(rig.ask("demo", "GET", "/clusters/" + id).at("status_reason"), "hosts: 1 of 3");
  driver.report(id, "done");
  const auto shown = rig.ask("demo", "GET", "/clusters/K8s.one");
  EXPECT_EQ(shown.at("status"), "CREATE_COMPLETE");
  EXPECT_EQ(shown.at("status_reason"), "null");
  EXPECT_EQ(shown.at("api_address"), "https://127.0.0.1:41235");
  EXPECT_EQ(shown.at("node_addresses"), R"(["10.0.0.10","10.0.0.11"])");
  EXPECT_EQ(shown.at("master_addresses"), R"(["10.0.0.10"])");
  EXPECT_EQ(shown.at("health_status"), "HEALTHY");
  EXPECT_EQ(shown.text.find("PRIVATE KEY"), std::string::npos);
  EXPECT_EQ(shown.text.find(wish.credential.secret), std::string::npos);

  EXPECT_EQ(rig.ask("demo", "DELETE", "/clusters/" + id).status, 204);
  driver.expect(id, [](const auto& changed) { return changed.deleting; });
  EXPECT_EQ(rig.status(id), "DELETE_IN_PROGRESS");
  EXPECT_EQ(rig.ask("demo", "DELETE", "/clustertemplates/k8s").status, 400);
  driver.report(id, "failed", "the router has a port of somebody else; remove it");
  EXPECT_EQ(rig.status(id), "DELETE_FAILED");
  EXPECT_EQ(rig.ask("demo", "GET", "/clusters/" + id).at("faults.default-master"),
            "the router has a port of somebody else; remove it");
  EXPECT_EQ(rig.ask("demo", "DELETE", "/clusters/" + id).status, 204);
  EXPECT_EQ(rig.status(id), "DELETE_IN_PROGRESS");
  driver.say(link::Gone{id});
  EXPECT_EQ(rig.ask("demo", "GET", "/clusters/" + id).status, 404);
  EXPECT_EQ(rig.state().table<NodeGroup>().size(), 0U);
  EXPECT_EQ(rig.state().table<ClusterFacts>().size(), 0U);
  EXPECT_EQ(rig.state().table<ApplicationCredential>().size(), 0U);
  EXPECT_EQ(rig.ask("demo", "DELETE", "/clustertemplates/k8s").status, 204);
}

TEST(Clusters, WaitForADriverAndFailWhenTheirTimeIsUp) {
  InfraRig rig;
  rig.make_template();
  const auto id = rig.make_cluster("c1", R"(,"create_timeout":2)");
  const auto waiting = rig.ask("demo", "GET", "/clusters/" + id);
  EXPECT_EQ(waiting.at("status"), "CREATE_IN_PROGRESS");
  EXPECT_TRUE(waiting.at("status_reason").starts_with("Waiting: no cluster driver is connected to unix:"));
  rig.advance(std::chrono::minutes(1));
  EXPECT_EQ(rig.status(id), "CREATE_IN_PROGRESS");
  rig.advance(std::chrono::minutes(2));
  const auto failed = rig.ask("demo", "GET", "/clusters/" + id);
  EXPECT_EQ(failed.at("status"), "CREATE_FAILED");
  EXPECT_TRUE(failed.at("status_reason").starts_with("Timed out after 2 min. The last that was known: no cluster"))
      << failed.at("status_reason");
  // A driver that comes later makes it all the same.
  FakeDriver driver(rig);
  EXPECT_TRUE(driver.wishes.contains(id));
  driver.report(id, "done");
  EXPECT_EQ(rig.status(id), "CREATE_COMPLETE");
}

TEST(Clusters, AreResizedOneOperationAtATime) {
  InfraRig rig;
  rig.make_template();
  FakeDriver driver(rig);
  const auto id = rig.make_cluster();
  driver.expect(id);
  const std::string to_three = R"([{"op":"replace","path":"/node_count","value":"3"}])";
  const auto refused = rig.ask("demo", "PATCH", "/clusters/" + id, to_three);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.at("errors.0.detail"),
            R"(Resizing a cluster when status is "CREATE_IN_PROGRESS" is not supported.)");
  driver.report(id, "done");
  const auto changed = rig.ask("demo", "PATCH", "/clusters/" + id, to_three);
  EXPECT_EQ(changed.status, 202);
  EXPECT_EQ(changed.at("uuid"), id);
  const auto& wish = driver.expect(id, [](const auto& now) { return now.node_groups[1].node_count == 3; });
  EXPECT_EQ(wish.generation, 2);
  EXPECT_EQ(rig.status(id), "UPDATE_IN_PROGRESS");
  // What is said of the wish before says nothing of this one.
  link::Facts stale{
      .id = id, .generation = 1, .state = "done", .reason = "", .api_address = "https://127.0.0.1:41235"};
  driver.say(stale);
  EXPECT_EQ(rig.status(id), "UPDATE_IN_PROGRESS");
  driver.report(id, "done");
  EXPECT_EQ(rig.status(id), "UPDATE_COMPLETE");

  const auto resized = rig.ask("demo", "POST", "/clusters/" + id + "/actions/resize",
                               R"({"node_count":1,"nodes_to_remove":["2","default-worker-0"]})");
  EXPECT_EQ(resized.status, 202);
  const auto& smaller = driver.expect(id, [](const auto& now) { return now.node_groups[1].node_count == 1; });
  EXPECT_EQ(smaller.node_groups[1].nodes_to_remove, (std::vector<std::string>{"2", "default-worker-0"}));
  driver.report(id, "failed", "minion 2 does not end");
  EXPECT_EQ(rig.status(id), "UPDATE_FAILED");
  EXPECT_EQ(rig.ask("demo", "POST", "/clusters/" + id + "/actions/resize", R"({"node_count":2})", "1.6").status, 406);
  EXPECT_EQ(rig.ask("demo", "POST", "/clusters/" + id + "/actions/resize", R"({"node_count":0})", "1.7").status, 400);
  EXPECT_EQ(rig.ask("demo", "POST", "/clusters/" + id + "/actions/resize",
                    R"({"node_count":2,"nodegroup":"default-master"})")
                .at("errors.0.detail"),
            "Resizing the master nodegroup is not supported by this driver.");
}

TEST(Clusters, OfOneProjectAreNotThereForAnother) {
  InfraRig rig;
  rig.make_template();
  const auto id = rig.make_cluster();
  EXPECT_EQ(rig.ask("other", "GET", "/clusters/" + id).status, 404);
  EXPECT_EQ(rig.ask("other", "DELETE", "/clusters/" + id).status, 404);
  EXPECT_EQ(rig.ask("other", "GET", "/clusters").at("clusters"), "[]");
  EXPECT_EQ(rig.ask("admin", "GET", "/clusters").at("clusters.0.uuid"), id);
  EXPECT_EQ(rig.ask("reader", "GET", "/clusters/" + id).status, 200);
  EXPECT_EQ(rig.ask("reader", "DELETE", "/clusters/" + id).status, 403);
  EXPECT_EQ(rig.ask("nobody", "GET", "/clusters").status, 403);
  EXPECT_EQ(rig.ask("", "GET", "/clusters").status, 401);
}

TEST(Clusters, AreCheckedBeforeAnythingIsMade) {
  InfraRig rig;
  rig.make_template();
  struct Case {
    std::string body, says;
    int status = 400;
  };
  const std::vector<Case> cases{
      {R"({"name":"c"})",
       "Invalid input for field/attribute cluster_template_id. Value: 'None'. Mandatory field missing."},
      {R"({"cluster_template_id":"nope"})", "ClusterTemplate nope could not be found.", 404},
      {R"({"cluster_template_id":"k8s","name":"1st"})",
       "Invalid input for field/attribute name. Value: '1st'. Value should match the pattern "
       "^[a-zA-Z][a-zA-Z0-9_.-]*$"},
      {R"({"cluster_template_id":"k8s","bogus":1})", "Unknown attribute for argument cluster: bogus"},
      {R"({"cluster_template_id":"k8s","master_count":3})",
       "master_count 3 is not offered: clusters here have one master."},
      {R"({"cluster_template_id":"k8s","fixed_network":"nope"})", "Unable to find fixed network nope."},
      {R"({"cluster_template_id":"k8s","labels":{"load_balancer_api":"f5"}})",
       "The label load_balancer_api cannot be 'f5': it is octavia or lbaas_v1. Change it or leave it out."}};
  for (const auto& wrong : cases) {
    const auto refused = rig.ask("demo", "POST", "/clusters", wrong.body);
    EXPECT_EQ(refused.status, wrong.status) << wrong.body;
    EXPECT_EQ(refused.at("errors.0.detail"), wrong.says);
  }
  EXPECT_EQ(rig.state().table<Cluster>().size(), 0U);
  EXPECT_EQ(rig.state().table<ApplicationCredential>().size(), 0U);
}

TEST(Drivers, TheSameOneTakesItsPlaceAgainAndASecondIsTurnedAway) {
  InfraRig rig;
  rig.make_template();
  FakeDriver first(rig);
  FakeDriver second(rig, "driver-2");
  EXPECT_TRUE(second.turned_away());
  const auto id = rig.make_cluster();
  first.expect(id);
  FakeDriver again(rig);
  EXPECT_TRUE(again.wishes.contains(id));
  again.report(id, "done");
  EXPECT_EQ(rig.status(id), "CREATE_COMPLETE");
}

}  // namespace
}  // namespace fairway::cloud::container_infra
