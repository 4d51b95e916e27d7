// Certificates, credentials, node groups, quotas, and the names of the first years.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cloud/container_infra/rig_test.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A request as `openstack coe cluster config` makes it: RSA, O=system:masters, CN=admin.
std::string signing_request(const InfraRig& rig, const std::string& more = "") {
  const auto key = rig.folder.file("key.pem"), csr = rig.folder.file("csr.pem");
  const auto command = "openssl req -new -newkey rsa:2048 -nodes -subj /O=system:masters/CN=admin " + more +
                       " -keyout " + key + " -out " + csr + " 2>/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return content(csr);
}

TEST(Certificates, AreSignedByTheClustersAuthority) {
  InfraRig rig;
  rig.make_template();
  const auto id = rig.make_cluster();
  const auto authority = rig.ask("demo", "GET", "/certificates/c1").at("pem");
  const auto body = [&](const std::string& csr) {
    return json::write(json::Object{{"cluster_uuid", id}, {"csr", csr}});
  };
  const auto made = rig.ask("demo", "POST", "/certificates", body(signing_request(rig)));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.text.find("PRIVATE KEY"), std::string::npos);
  std::ofstream(rig.folder.file("ca.pem")) << authority;
  std::ofstream(rig.folder.file("cert.pem")) << made.at("pem");
  const auto verify = "openssl verify -attime 1767225600 -purpose sslclient -CAfile " + rig.folder.file("ca.pem") +
                      " " + rig.folder.file("cert.pem") + " >/dev/null 2>&1";
  EXPECT_EQ(std::system(verify.c_str()), 0);
  const auto refused =
      rig.ask("demo", "POST", "/certificates", body(signing_request(rig, "-addext basicConstraints=CA:TRUE")));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.at("errors.0.detail"), "Received invalid csr: Extension 'basicConstraints' not allowed.");
  EXPECT_EQ(rig.ask("demo", "POST", "/certificates", body("nonsense")).status, 400);
  EXPECT_EQ(rig.ask("demo", "POST", "/certificates", R"({"cluster_uuid":"nope","csr":"x"})").status, 400);
  EXPECT_EQ(rig.ask("other", "GET", "/certificates/" + id).status, 404);
  EXPECT_EQ(rig.ask("reader", "POST", "/certificates", body("x")).status, 403);
}

TEST(Certificates, AndCredentialsAreExchanged) {
  InfraRig rig;
  rig.make_template();
  FakeDriver driver(rig);
  const auto id = rig.make_cluster();
  const auto before = driver.expect(id);
  driver.report(id, "done");
  EXPECT_EQ(rig.ask("demo", "PATCH", "/certificates/" + id).status, 202);
  const auto after = driver.expect(id, [](const auto& wish) { return wish.generation == 2; });
  EXPECT_NE(after.ca_certificate, before.ca_certificate);
  driver.report(id, "done");

  EXPECT_EQ(rig.ask("demo", "PATCH", "/credentials/" + id, "", "1.11").status, 406);
  EXPECT_EQ(rig.ask("demo", "PATCH", "/credentials/" + id).status, 202);
  const auto fresh = driver.expect(id, [](const auto& wish) { return wish.generation == 3; });
  EXPECT_NE(fresh.credential.secret, before.credential.secret);
  EXPECT_EQ(rig.state().find<ApplicationCredential>(before.credential.id), nullptr);
  EXPECT_EQ(rig.state().table<ApplicationCredential>().size(), 1U);
}

TEST(NodeGroups, AreAddedChangedAndDeleted) {
  InfraRig rig;
  rig.make_template();
  FakeDriver driver(rig);
  const auto id = rig.make_cluster();
  driver.expect(id);
  const auto path = "/clusters/" + id + "/nodegroups";
  const std::string gpu = R"({"name":"gpu","node_count":2,"max_node_count":3,"node_labels":{"tier":"fast"}})";
  EXPECT_EQ(rig.ask("demo", "POST", path, gpu).status, 409);
  driver.report(id, "done");
  const auto listed = rig.ask("demo", "GET", path);
  EXPECT_EQ(listed.at("nodegroups.0.name"), "default-master");
  EXPECT_EQ(listed.at("nodegroups.1.status"), "CREATE_COMPLETE");
  EXPECT_EQ(rig.ask("demo", "GET", path, "", "1.8").status, 406);

  const auto made = rig.ask("demo", "POST", path, gpu);
  EXPECT_EQ(made.status, 202) << made.text;
  const auto& wish = driver.expect(id, [](const auto& now) { return now.node_groups.size() == 3; });
  EXPECT_EQ(wish.node_groups[2].labels, (Labels{{"tier", "fast"}}));
  driver.report(id, "done");
  EXPECT_EQ(rig.ask("demo", "GET", path + "/gpu").at("status"), "CREATE_COMPLETE");
  EXPECT_EQ(rig.ask("demo", "GET", "/clusters/" + id).at("node_count"), "3");
  EXPECT_EQ(rig.ask("demo", "POST", "/clusters/" + id + "/actions/resize", R"({"node_count":4,"nodegroup":"gpu"})")
                .at("errors.0.detail"),
            "Resizing gpu outside the allowed range: min_node_count = 0, max_node_count = 3");
  const auto changed =
      rig.ask("demo", "PATCH", path + "/gpu", R"([{"op":"replace","path":"/max_node_count","value":5}])");
  EXPECT_EQ(changed.at("max_node_count"), "5");
  EXPECT_EQ(rig.ask("demo", "PATCH", path + "/gpu", R"([{"op":"replace","path":"/node_count","value":5}])").status,
            400);
  EXPECT_EQ(rig.ask("demo", "DELETE", path + "/default-worker").status, 400);
  EXPECT_EQ(rig.ask("demo", "DELETE", path + "/gpu").status, 204);
  driver.expect(id, [](const auto& now) { return now.node_groups.size() == 2; });
  driver.report(id, "done");
  EXPECT_EQ(rig.ask("demo", "GET", path + "/gpu").status, 404);
}

TEST(Quotas, LimitClusters) {
  InfraRig rig;
  rig.make_template();
  EXPECT_EQ(rig.ask("demo", "GET", "/quotas/p-demo/Cluster").at("hard_limit"), "20");
  EXPECT_EQ(rig.ask("demo", "POST", "/quotas", R"({"project_id":"p-demo","hard_limit":1})").status, 403);
  EXPECT_EQ(rig.ask("admin", "POST", "/quotas", R"({"project_id":"p-demo","hard_limit":1})").status, 201);
  rig.make_cluster();
  const auto refused = rig.ask("demo", "POST", "/clusters", R"({"cluster_template_id":"k8s"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(refused.at("errors.0.detail").starts_with("Resource limit exceeded: You have reached the maximum"));
  EXPECT_EQ(rig.ask("admin", "PATCH", "/quotas/p-demo/Cluster", R"({"hard_limit":2})").status, 202);
  rig.make_cluster("c2");
  EXPECT_EQ(rig.ask("demo", "GET", "/stats").text, R"({"clusters":2,"nodes":4})");
  EXPECT_EQ(rig.ask("demo", "GET", "/stats?project_id=p-other").status, 403);
  EXPECT_EQ(rig.ask("demo", "GET", "/mservices").status, 403);
  EXPECT_EQ(rig.ask("admin", "GET", "/mservices").at("mservices.0.state"), "down");
  EXPECT_EQ(rig.ask("admin", "DELETE", "/quotas/p-demo/Cluster").status, 204);
}

TEST(Bays, AreClustersUnderTheirFirstNames) {
  InfraRig rig;
  FakeDriver driver(rig);
  const auto ask = [&](const char* method, const std::string& path, const std::string& body = "") {
    return rig.call("demo", method, "/container-infra/v1" + path, body);
  };
  const auto model = ask("POST", "/baymodels",
                         R"({"name":"k8sbaymodel","image_id":"fedora-21-atomic-5","keypair_id":"testkey",)"
                         R"("external_network_id":"public","docker_volume_size":"5","coe":"kubernetes",)"
                         R"("ssh_authorized_key":null,"labels":{},"tls_disabled":false})");
  ASSERT_EQ(model.status, 201) << model.text;
  const auto made = ask("POST", "/bays",
                        R"({"name":"k8sbayv1","baymodel_id":")" + model.at("uuid") +
                            R"(","node_count":"1","master_count":1,"discovery_url":null,"bay_create_timeout":null})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("baymodel_id"), model.at("uuid"));
  EXPECT_EQ(made.at("bay_create_timeout"), "60");
  EXPECT_EQ(made.at("status"), "CREATE_IN_PROGRESS");
  const auto id = made.at("uuid");
  driver.expect(id);
  driver.report(id, "done");
  EXPECT_EQ(ask("GET", "/bays").at("bays.0.status"), "CREATE_COMPLETE");
  EXPECT_EQ(ask("PATCH", "/bays/k8sbayv1", R"([{"op":"replace","path":"/node_count","value":"2"}])").at("node_count"),
            "2");
  EXPECT_EQ(ask("DELETE", "/bays/k8sbayv1").status, 204);
  EXPECT_EQ(ask("GET", "/bays/k8sbayv1").at("status"), "DELETE_IN_PROGRESS");
  EXPECT_EQ(rig.ask("demo", "GET", "/bays").status, 404);  // of 1.14
}

}  // namespace
}  // namespace fairway::cloud::container_infra
