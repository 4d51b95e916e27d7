#include "cloud/container_infra/rig_test.h"

namespace fairway::cloud::container_infra {
namespace {

TEST(Templates, AreMadeShownAndFoundByName) {
  InfraRig rig;
  const auto id = rig.make_template("k8s", R"(,"labels":{"a":"b","n":3},"flavor_id":"m1.small","public":false)");
  const auto shown = rig.ask("demo", "GET", "/clustertemplates/k8s");
  EXPECT_EQ(shown.at("uuid"), id);
  EXPECT_EQ(shown.at("labels.n"), "3");
  EXPECT_EQ(shown.at("public"), "false");
  EXPECT_EQ(shown.at("master_lb_enabled"), "false");
  EXPECT_EQ(shown.at("floating_ip_enabled"), "true");
  EXPECT_EQ(shown.at("network_driver"), "flannel");
  EXPECT_EQ(shown.at("created_at"), "2026-01-01T00:00:00+00:00");
  EXPECT_EQ(shown.at("links.0.href"), "http://cloud.test/container-infra/v1/clustertemplates/" + id);
  rig.make_template("k8s");
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates/k8s").status, 409);
}

TEST(Templates, ArePatched) {
  InfraRig rig;
  const auto id = rig.make_template("k8s", R"(,"labels":{"a":"b"})");
  const auto path = "/clustertemplates/" + id;
  const auto patch = [&](const std::string& steps) { return rig.ask("demo", "PATCH", path, steps); };
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/name","value":"new"},{"op":"add","path":"/labels/c","value":"d"}])")
                .at("labels"),
            R"({"a":"b","c":"d"})");
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/labels","value":"{'x': 'y'}"}])").at("labels"), R"({"x":"y"})");
  EXPECT_EQ(patch(R"([{"op":"add","path":"/flavor_id","value":"m1"}])").at("flavor_id"), "m1");
  EXPECT_EQ(patch(R"([{"op":"remove","path":"/flavor_id"}])").at("flavor_id"), "null");
  EXPECT_EQ(patch(R"([{"op":"remove","path":"/coe"}])").at("errors.0.detail"),
            "'/coe' is a mandatory attribute and can not be removed");
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/uuid","value":"x"}])").status, 400);
  EXPECT_EQ(patch(R"([{"op":"add","path":"/bogus","value":"x"}])").status, 400);
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/public","value":"True"}])").status, 403);
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/volume_driver","value":"cinder"}])").status, 400);
  EXPECT_EQ(patch("{}").status, 400);
  EXPECT_EQ(rig.ask("demo", "GET", path).at("name"), "new");
}

TEST(Templates, PublicOnesAreEverybodysToSeeAndTheirOwnersToChange) {
  InfraRig rig;
  const auto id = rig.make_template();
  EXPECT_EQ(rig.ask("other", "GET", "/clustertemplates/" + id).status, 404);
  EXPECT_EQ(
      rig.ask("admin", "PATCH", "/clustertemplates/" + id, R"([{"op":"replace","path":"/public","value":true}])")
          .status,
      200);
  EXPECT_EQ(rig.ask("other", "GET", "/clustertemplates/k8s").at("uuid"), id);
  EXPECT_EQ(rig.ask("other", "GET", "/clustertemplates").at("clustertemplates.0.uuid"), id);
  EXPECT_EQ(rig.ask("other", "DELETE", "/clustertemplates/" + id).status, 403);
  EXPECT_EQ(
      rig.ask("admin", "PATCH", "/clustertemplates/" + id, R"([{"op":"replace","path":"/hidden","value":true}])")
          .status,
      200);
  EXPECT_EQ(rig.ask("other", "GET", "/clustertemplates/" + id).status, 404);
}

TEST(Templates, WithClustersMayBeRenamedOnly) {
  InfraRig rig;
  const auto id = rig.make_template();
  rig.make_cluster();
  const auto path = "/clustertemplates/" + id;
  EXPECT_EQ(rig.ask("demo", "PATCH", path, R"([{"op":"replace","path":"/dns_nameserver","value":"1.1.1.1"}])").status,
            400);
  EXPECT_EQ(rig.ask("demo", "PATCH", path, R"([{"op":"replace","path":"/name","value":"other"}])").status, 200);
  EXPECT_EQ(rig.ask("demo", "DELETE", path).at("errors.0.detail"),
            "ClusterTemplate " + id + " is referenced by one or multiple clusters.");
}

TEST(Lists, ArePagedAndSorted) {
  InfraRig rig;
  std::vector<std::string> ids;
  for (const auto* name : {"b", "c", "a"}) {
    ids.push_back(rig.make_template(name));
    rig.advance(std::chrono::seconds(1));
  }
  const auto first = rig.ask("demo", "GET", "/clustertemplates?limit=2");
  EXPECT_EQ(first.at("clustertemplates.0.name"), "b");
  EXPECT_TRUE(first.at("next").ends_with("limit=2&marker=" + ids[1])) << first.at("next");
  const auto rest = rig.ask("demo", "GET", "/clustertemplates?limit=2&marker=" + ids[1]);
  EXPECT_EQ(rest.at("clustertemplates.0.name"), "a");
  EXPECT_EQ(rest.at("next"), "(absent)");
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates?sort_key=name").at("clustertemplates.0.name"), "a");
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates?sort_key=name&sort_dir=desc").at("clustertemplates.0.name"),
            "c");
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates?sort_key=bogus").status, 400);
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates?sort_dir=up").status, 400);
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates?limit=0").at("errors.0.detail"), "Limit must be positive");
  EXPECT_EQ(rig.ask("demo", "GET", "/clustertemplates?marker=nope").status, 404);
}

TEST(Versions, AreNegotiatedInMagnumsForm) {
  InfraRig rig;
  const auto root = rig.call("", "GET", "/container-infra");
  EXPECT_EQ(root.at("versions.0.max_version"), "1.14");
  EXPECT_EQ(rig.call("", "GET", "/container-infra/v1/").at("clusters.0.href"),
            "http://cloud.test/container-infra/v1/clusters/");
  const auto latest = rig.ask("demo", "GET", "/clusters");
  EXPECT_EQ(latest.headers.find("OpenStack-API-Version"), "container-infrastructure-management 1.14");
  const auto plain = rig.call("demo", "GET", "/container-infra/v1/clusters");
  EXPECT_EQ(plain.headers.find("OpenStack-API-Version"), "container-infrastructure-management 1.1");
  EXPECT_EQ(plain.headers.find("OpenStack-API-Maximum-Version"), "container-infrastructure-management 1.14");
  const auto refused = rig.ask("demo", "GET", "/clusters", "", "1.99");
  EXPECT_EQ(refused.status, 406);
  EXPECT_EQ(refused.at("errors.0.code"), "magnum.microversion-unsupported");
  EXPECT_EQ(refused.at("errors.0.max_version"), "1.14");
  EXPECT_EQ(rig.ask("demo", "GET", "/clusters", "", "one").status, 406);
  EXPECT_EQ(rig.ask("demo", "GET", "/bogus").status, 404);
  EXPECT_EQ(rig.ask("demo", "GET", "/bogus").at("errors.0.status"), "404");
  EXPECT_EQ(rig.ask("demo", "PUT", "/clusters", "{}").status, 405);
}

}  // namespace
}  // namespace fairway::cloud::container_infra
