#include "cluster_driver/real_control_plane.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "testing/temporary_folder.h"

namespace fairway::cluster_driver {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

cluster_link::ClusterWish wish_with(const std::string& label) {
  cluster_link::ClusterWish wish;
  if (!label.empty()) wish.labels["control_plane"] = label;
  return wish;
}

TEST(RealControlPlane, IsThereForTheLabelAlone) {
  EXPECT_FALSE(real_control_plane(wish_with(""), "/nowhere")->wanted());
  EXPECT_FALSE(real_control_plane(wish_with("embedded"), "/nowhere")->wanted());
}

TEST(RealControlPlane, WithoutProgramsIsRefusedWithTheRemedy) {
  const auto none = real_control_plane(wish_with("real"), "");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unsupported);
  EXPECT_THAT(none.error().what, HasSubstr("--kubernetes-programs DIR"));
  const auto lacking = real_control_plane(wish_with("real"), "/nowhere");
  ASSERT_FALSE(lacking);
  EXPECT_EQ(lacking.error().code, Errc::not_found);
  EXPECT_THAT(lacking.error().what, HasSubstr("/nowhere has no program kube-apiserver"));
}

TEST(RealControlPlane, WithoutTlsIsRefused) {
  auto wish = wish_with("real");
  wish.tls_disabled = true;
  EXPECT_THAT(real_control_plane(wish, "/nowhere").error().what, HasSubstr("--tls-disabled"));
}

TEST(RealControlPlane, ProgramsAreFoundUnderBothNames) {
  const fairway::testing::TemporaryFolder folder;
  for (const char* name : {"kube-apiserver", "controller-manager", "kube-scheduler"})
    ASSERT_TRUE(write_private_script(folder.file(name), "#!/bin/sh\n"));
  const auto found = real_control_plane(wish_with("real"), folder.file(""));
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->api_server, folder.file("kube-apiserver"));
  EXPECT_EQ(found->controllers, folder.file("controller-manager"));
}

TEST(RealControlPlane, EachProgramIsToldWhereItStands) {
  const MasterPlan plan{.folder = "/state/c",
                        .host = "m",
                        .ns = "n",
                        .address = "10.0.0.5",
                        .program = "fairway",
                        .api_port = 7443,
                        .service_cidr = "10.9.0.0/16",
                        .subnet_id = "",
                        .external_network_id = "",
                        .real = {"/k/apiserver", "/k/controller-manager", "/k/scheduler"}};
  const auto api = api_server_arguments(plan);
  EXPECT_EQ(api.front(), "/k/apiserver");
  EXPECT_THAT(api, Contains("--secure-port=7443"));
  EXPECT_THAT(api, Contains("--advertise-address=10.0.0.5"));
  EXPECT_THAT(api, Contains("--service-cluster-ip-range=10.9.0.0/16"));
  EXPECT_THAT(api, Contains("--kubelet-client-certificate=/state/c/pki/kubelet-client.crt"));
  EXPECT_THAT(controller_manager_arguments(plan),
              Contains("--service-account-private-key-file=/state/c/pki/service-accounts.key"));
  EXPECT_THAT(scheduler_arguments(plan), Contains("--kubeconfig=/state/c/pki/kube-scheduler.kubeconfig"));
}

TEST(RealControlPlane, TheKeyOfAccountsIsMadeOnce) {
  const fairway::testing::TemporaryFolder folder;
  ASSERT_TRUE(ensure_account_key(folder.file(""), system_clock()));
  const std::string key = read_whole_file(folder.file("service-accounts.key")).value();
  EXPECT_THAT(key, HasSubstr("PRIVATE KEY"));
  ASSERT_TRUE(ensure_account_key(folder.file(""), system_clock()));
  EXPECT_EQ(read_whole_file(folder.file("service-accounts.key")).value(), key);
}

}  // namespace
}  // namespace fairway::cluster_driver
