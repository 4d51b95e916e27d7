// What `fairway up` writes is read by those who have to read it: the roles' own readers of their configuration.
#include "app/role_files.h"

#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/common_config.h"
#include "app/role.h"
#include "app/secrets.h"
#include "app/sweep.h"
#include "kube/config.h"
#include "openstack/cloud_conf.h"

namespace fairway::app {
namespace {

namespace fs = std::filesystem;

class RoleFiles : public ::testing::Test {
 protected:
  RoleFiles()
      : dir_(fs::temp_directory_path() / ("fairway-role-files-" + std::to_string(::getpid()))),
        instance_(Instance::open(dir_.string(), system_random()).value()) {
    EXPECT_TRUE(make_secrets(instance_, system_clock(), system_random()));
    for (const std::string component : {"controller", "lab"})
      EXPECT_TRUE(write_private_file(instance_.secret(component + ".clouds.yaml"),
                                     component_clouds_yaml(instance_, component, {"id", "sec\"ret"})));
  }
  ~RoleFiles() override { fs::remove_all(dir_); }

  // Every problem that the role finds in its configuration.
  std::string problems(std::string_view role, const std::string& text) {
    config::File file = config::File::parse("config", text);
    config::Section root = file.root();
    static_cast<void>(read_common_config(root));
    static_cast<void>(std::ranges::find(roles(), role, &RoleSpec::name)->configure(root));
    root.finish();
    return file.report();
  }

  fs::path dir_;
  Instance instance_;
};

TEST_F(RoleFiles, EachRoleFindsNoProblemInItsConfiguration) {
  UpOptions options;
  options.publish = {"127.0.0.1:8080=default/web:80"};
  options.kubernetes_programs = "/opt/kubernetes";
  EXPECT_EQ(problems("cloud", cloud_config(instance_)), "");
  EXPECT_EQ(problems("kube-api", kube_api_config(instance_)), "");
  EXPECT_EQ(problems("gateway", gateway_config(instance_)), "");
  EXPECT_EQ(problems("controller", controller_config(instance_, options)), "");
  EXPECT_EQ(problems("lab", lab_config(instance_, options, "images:\n  mine:\n    command: [serve]\n")), "");
}

TEST_F(RoleFiles, ImagesMayBeIndentedAndCommentedAsTheirFileLikes) {
  for (const std::string images :
       {"images:\n  mine:\n    command: [serve]\n", "---\n# ours\nimages:\n  mine: {command: [serve]}\n...\n",
        "    # ours\n    images:\n      mine:\n        command: [serve]   # so\n\n"})
    EXPECT_EQ(problems("lab", lab_config(instance_, {}, images)), "") << images;
  // A block of text keeps what looks like a comment in it.
  EXPECT_THAT(lab_config(instance_, {}, " images:\n  mine:\n   files:\n   - content: |\n      #!/bin/sh\n"),
              ::testing::HasSubstr("  images:\n   mine:\n    files:\n    - content: |\n       #!/bin/sh\n"));
}

TEST_F(RoleFiles, ClientsCanReadTheirs) {
  const auto kube = kube::read_kubeconfig(instance_.path("kubeconfig"));
  ASSERT_TRUE(kube) << kube.error().what;
  EXPECT_EQ(kube->server, "https://127.0.0.1:" + std::to_string(instance_.port("kube-api")));
  ASSERT_TRUE(write_private_file(instance_.path("clouds.yaml"),
                                 clouds_yaml(instance_, {"demo", "demo", "p'\"\\w"}, {"admin", "admin", "x"})));
  const auto cloud = openstack::read_clouds_yaml(instance_.path("clouds.yaml"), "fairway");
  ASSERT_TRUE(cloud) << cloud.error().what;
  EXPECT_EQ(cloud->password, "p'\"\\w");
  EXPECT_THAT(openrc(instance_, {"demo", "demo", "it's"}), testing::HasSubstr("export OS_PASSWORD='it'\\''s'"));
}

TEST_F(RoleFiles, AnInstanceRemembersWhatItChose) {
  const auto again = Instance::open(dir_.string(), system_random());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->prefix(), instance_.prefix());
  EXPECT_EQ(again->port("cloud"), instance_.port("cloud"));
  EXPECT_THAT(instance_.prefix(), testing::MatchesRegex("fw[a-z]{4}"));
}

TEST_F(RoleFiles, OnlyTheInstancesOwnRolesAreTakenForLeftOver) {
  const auto command = [](std::string_view role, const std::string& config) {
    return fmt::format("/usr/bin/fairway{0}{1}{0}--config{0}{2}{0}", '\0', role, config);
  };
  EXPECT_TRUE(is_role_of(instance_, command("gateway", instance_.role_config("gateway"))));
  EXPECT_FALSE(
      is_role_of(instance_, command("controller", instance_.path("clusters/c/etc/kube-controller-manager.yaml"))));
  EXPECT_FALSE(is_role_of(instance_, std::string_view("nginx\0-g\0--config\0", 18)));
}

TEST_F(RoleFiles, SecretsAreForTheirOwnerAlone) {
  for (const auto& entry : fs::directory_iterator(dir_ / "secrets"))
    EXPECT_EQ(entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none)
        << entry.path();
}

TEST(Instances, AFolderOfSomethingElseIsRefusedInWords) {
  const auto none = Instance::read("/proc");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
}

}  // namespace
}  // namespace fairway::app
