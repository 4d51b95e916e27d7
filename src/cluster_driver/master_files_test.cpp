#include "cluster_driver/master_files.h"

#include <gtest/gtest.h>

#include "openstack/cloud_conf.h"

namespace fairway::cluster_driver {
namespace {

using cluster_link::ClusterWish;

ClusterWish wish_of() {
  ClusterWish wish;
  wish.id = "8f0f";
  wish.credential = {.auth_url = "http://127.0.0.1:5000/v3",
                     .region = "RegionOne",
                     .id = "cred-1",
                     .secret = "s3cret",
                     .user_name = "demo",
                     .project_name = "demo"};
  return wish;
}

const MasterPlan kPlan{.folder = "/state/c",
                       .host = "k8s-abc-master-0",
                       .ns = "fw-h-k8s-abc-master-0",
                       .address = "10.0.0.5",
                       .program = "/usr/bin/fairway",
                       .subnet_id = "sub",
                       .external_network_id = "ext"};

bool enabled(const std::string& manager, const std::string& conf) {
  return load_balancers_enabled(manager, conf).has_value();
}

TEST(MasterFiles, WithACredentialTheFeatureIsEnabled) {
  EXPECT_TRUE(enabled(controller_manager_file(true), cloud_conf(kPlan, wish_of(), true)));
}

TEST(MasterFiles, WithoutOneItIsDisabledUntilThePersonDidAllSteps) {
  const ClusterWish wish = wish_of();
  std::string conf = cloud_conf(kPlan, wish, false);
  std::string manager = controller_manager_file(false);
  EXPECT_NE(conf.find("username=demo\npassword=\ntenant-name=demo\n"), std::string::npos);
  EXPECT_FALSE(conf.contains("s3cret"));
  EXPECT_FALSE(enabled(manager, conf));
  manager = switch_cloud_provider(manager, true);
  EXPECT_EQ(load_balancers_enabled(manager, conf).error().code, Errc::unauthenticated);
  conf.insert(conf.find("password=") + 9, "guess");
  EXPECT_TRUE(enabled(manager, conf)) << load_balancers_enabled(manager, conf).error().what;
}

TEST(MasterFiles, AControllerThatIsSwitchedOffKeepsALoginThatIsEntered) {
  const std::string off = controller_yaml(kPlan, wish_of(), {.load_balancers = false, .login = true});
  EXPECT_TRUE(off.contains("  enabled: false\n"));
  EXPECT_TRUE(off.contains("  cloud_config: \"/state/c/etc/cloud.conf\"\n"));
  EXPECT_FALSE(controller_yaml(kPlan, wish_of(), {.load_balancers = false, .login = false}).contains("cloud_config"));
  EXPECT_TRUE(login_entered(cloud_conf(kPlan, wish_of(), true)));
  EXPECT_FALSE(login_entered(cloud_conf(kPlan, wish_of(), false)));
}

TEST(MasterFiles, OfAnAdoptedClusterNoFileOfItsMastersIsNamed) {
  ClusterWish wish = wish_of();
  wish.name = "shop";
  wish.adopted = true;
  const std::string yaml = controller_yaml(kPlan, wish, {.load_balancers = false, .login = true});
  EXPECT_TRUE(yaml.contains("fairway cluster enable-load-balancers shop\"\n")) << yaml;
  EXPECT_FALSE(yaml.contains("/etc/kubernetes/")) << yaml;
}

TEST(MasterFiles, TheStepsCanBeReversed) {
  for (const bool on : {false, true}) {
    for (const std::string& file : {controller_manager_file(on), apiserver_file(on)}) {
      EXPECT_EQ(switch_cloud_provider(switch_cloud_provider(file, !on), on), file);
      EXPECT_EQ(switch_cloud_provider(file, on), file);
    }
  }
  EXPECT_EQ(switch_cloud_provider(apiserver_file(false), true), apiserver_file(true));
}

TEST(MasterFiles, TheLastLineThatIsNoCommentCounts) {
  const std::string conf = cloud_conf(kPlan, wish_of(), true);
  EXPECT_FALSE(enabled("# KUBE_CONTROLLER_MANAGER_ARGS=\"--cloud_provider=openstack\"\n", conf));
  EXPECT_FALSE(enabled(
      "KUBE_CONTROLLER_MANAGER_ARGS=\"--cloud_provider=openstack\"\nKUBE_CONTROLLER_MANAGER_ARGS=\"\"", conf));
  EXPECT_TRUE(enabled("  KUBE_CONTROLLER_MANAGER_ARGS = '--cloud-provider=openstack'\n", conf));
}

TEST(MasterFiles, ACredentialReplacesWhateverLoginIsThere) {
  ClusterWish wish = wish_of();
  for (const bool with : {false, true}) {
    const std::string before = cloud_conf(kPlan, wish, with) + "# a remark of the administrator's\n";
    wish.credential.id = "cred-2";
    const std::string after = enter_credential(before, wish.credential);
    const auto conf = openstack::CloudConf::parse(after, "x").value();
    EXPECT_EQ(conf.value("global", "application-credential-id"), "cred-2");
    EXPECT_FALSE(conf.find("global", "password"));
    EXPECT_EQ(conf.value("loadbalancer", "subnet-id"), "sub");
    EXPECT_TRUE(after.ends_with("# a remark of the administrator's\n"));
    EXPECT_FALSE(after.contains("cred-1"));
    EXPECT_FALSE(after.contains("Enter the password")) << "there is none to enter any more";
    EXPECT_EQ(enter_credential(after, wish.credential), after);
    wish = wish_of();
  }
}

TEST(MasterFiles, EtcdSpeaksTlsUnlessTheClusterHasNone) {
  MasterPlan plan = kPlan;
  const auto has = [&](const std::string& word) {
    const auto argv = etcd_arguments(plan);
    return std::ranges::find(argv, word) != argv.end();
  };
  EXPECT_TRUE(has("https://10.0.0.5:2379,https://127.0.0.1:2379"));
  EXPECT_TRUE(has("--client-cert-auth"));
  plan.tls = false;
  EXPECT_TRUE(has("http://10.0.0.5:2379,http://127.0.0.1:2379"));
  EXPECT_FALSE(has("--client-cert-auth"));
}

TEST(MasterFiles, LabelsAreSwitches) {
  ClusterWish wish = wish_of();
  EXPECT_TRUE(label_switch(wish, "cloud_provider_enabled", true));
  wish.labels["cloud_provider_enabled"] = "False";
  EXPECT_FALSE(label_switch(wish, "cloud_provider_enabled", true));
}

}  // namespace
}  // namespace fairway::cluster_driver
