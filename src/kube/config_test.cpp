#include "kube/config.h"

#include <filesystem>
#include <fstream>

#include "testing/env.h"

namespace fairway::kube {
namespace {

class KubeConfig : public ::testing::Test {
 protected:
  KubeConfig() : folder_(std::filesystem::temp_directory_path() / ("fairway_kube_" + make_hex_id(system_random()))) {
    std::filesystem::create_directories(folder_);
  }
  ~KubeConfig() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const auto path = (folder_ / name).string();
    std::ofstream(path) << text;
    return path;
  }
  // One cluster, one user with the given lines.
  std::string with_user(const std::string& user_lines,
                        const std::string& cluster_lines = "    server: https://api:6443\n") {
    return write("config",
                 "apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- name: here\n  context: {cluster: "
                 "c, user: u, namespace: web}\n"
                 "clusters:\n- name: c\n  cluster:\n" +
                     cluster_lines + "users:\n- name: u\n  user:\n" + user_lines);
  }
  std::filesystem::path folder_;
};

TEST_F(KubeConfig, ReadsInlineDataAndNamespace) {
  const auto config = read_kubeconfig(with_user(
      "    client-certificate-data: Y2VydA==\n    client-key-data: a2V5\n    token: t0k\n",
      "    server: https://api:6443\n    certificate-authority-data: Y2E=\n    tls-server-name: kubernetes\n"));
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->server, "https://api:6443");
  EXPECT_EQ(config->tls.ca_pem, "ca");
  EXPECT_EQ(config->tls.certificate_pem, "cert");
  EXPECT_EQ(config->tls.key_pem, "key");
  EXPECT_EQ(config->tls.server_name, "kubernetes");
  EXPECT_EQ(config->token, "t0k");
  EXPECT_EQ(config->default_namespace, "web");
}

TEST_F(KubeConfig, FilesAreBesideTheKubeconfig) {
  const auto config = read_kubeconfig(
      with_user("    client-certificate: pki/c.pem\n    client-key: /abs/k.pem\n    tokenFile: token\n"));
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->tls.certificate_file, (folder_ / "pki/c.pem").string());
  EXPECT_EQ(config->tls.key_file, "/abs/k.pem");
  EXPECT_EQ(config->token_file, (folder_ / "token").string());
}

TEST_F(KubeConfig, IsWrittenWithoutTheFilesThatItNames) {
  write("ca.pem", "authority");
  write("c.pem", "cert");
  write("k.pem", "key");
  const auto read = read_kubeconfig(with_user(
      "    client-certificate: c.pem\n    client-key: k.pem\n",
      "    server: https://api:6443\n    certificate-authority: ca.pem\n    tls-server-name: kubernetes\n"));
  ASSERT_TRUE(read) << read.error().what;
  const auto whole = without_files(*read);
  ASSERT_TRUE(whole) << whole.error().what;
  const auto again = parse_kubeconfig(to_kubeconfig(*whole), "the text");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->server, "https://api:6443");
  EXPECT_EQ(again->tls.ca_pem, "authority");
  EXPECT_EQ(again->tls.certificate_pem, "cert");
  EXPECT_EQ(again->tls.key_pem, "key");
  EXPECT_EQ(again->tls.server_name, "kubernetes");
  EXPECT_TRUE(again->tls.ca_file.empty());
  EXPECT_EQ(to_kubeconfig(*again), to_kubeconfig(*whole));
}

TEST_F(KubeConfig, IsWrittenWithATokenOrItsFileOrNothing) {
  Config config{.server = "http://api:8080"};
  EXPECT_TRUE(to_kubeconfig(config).ends_with("  user: {}\n"));
  EXPECT_TRUE(parse_kubeconfig(to_kubeconfig(config), "x"));
  config.token = "a\"b";
  EXPECT_EQ(parse_kubeconfig(to_kubeconfig(config), "x")->token, "a\"b");
  config.token.clear();
  config.token_file = "/run/token";
  config.tls.insecure = true;
  EXPECT_EQ(parse_kubeconfig(to_kubeconfig(config), "x")->token_file, "/run/token");
  EXPECT_TRUE(parse_kubeconfig(to_kubeconfig(config), "x")->tls.insecure);
}

TEST_F(KubeConfig, AFileThatItNamesAndThatIsNotThereIsSaid) {
  const auto read = read_kubeconfig(with_user("    client-certificate: c.pem\n    client-key: k.pem\n"));
  ASSERT_TRUE(read);
  const auto whole = without_files(*read);
  ASSERT_FALSE(whole);
  EXPECT_NE(whole.error().what.find((folder_ / "c.pem").string()), std::string::npos) << whole.error().what;
}

struct Refusal {
  std::string user, cluster, says;
};

TEST_F(KubeConfig, RefusesInWordsWhatItCannotDo) {
  const std::string server = "    server: https://api:6443\n";
  for (const auto& [user, cluster, says] : std::vector<Refusal>{
           {"    exec: {command: aws, apiVersion: v1}\n", server, "exec plugin"},
           {"    auth-provider: {name: gcp}\n", server, "auth-provider"},
           {"    username: me\n    password: secret\n", server, "user name and password"},
           {"    as: somebody\n", server, "impersonation"},
           {"    client-certificate-data: Y2VydA==\n", server, "no client-key"},
           {"    client-certificate-data: '%%%'\n    client-key-data: a2V5\n", server, "not base64"},
           {"    token: x\n", "    {}\n", "has no server"},
           {"    token: x\n", server + "    proxy-url: http://p\n", "proxy-url"},
       }) {
    const auto config = read_kubeconfig(with_user(user, cluster));
    ASSERT_FALSE(config) << says;
    EXPECT_THAT(config.error().what, ::testing::HasSubstr(says));
    EXPECT_THAT(config.error().what, ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST_F(KubeConfig, NamesWhatIsMissing) {
  EXPECT_THAT(read_kubeconfig((folder_ / "none").string()).error().what, ::testing::HasSubstr("No such file"));
  EXPECT_THAT(read_kubeconfig(with_user("    token: x\n"), "there").error().what,
              ::testing::HasSubstr("context \"there\""));
  EXPECT_THAT(read_kubeconfig(write("bad", "a: [\n")).error().what, ::testing::HasSubstr("not YAML"));
  EXPECT_THAT(read_kubeconfig(write("text", "hello\n")).error().what, ::testing::HasSubstr("not a kubeconfig"));
  EXPECT_THAT(read_kubeconfig(write("none", "contexts: []\n")).error().what, ::testing::HasSubstr("current-context"));
}

TEST_F(KubeConfig, InsideAPodTheServiceAccountIsUsed) {
  write("token", "t\n");
  write("ca.crt", "ca");
  write("namespace", "kube-system\n");
  const auto config = in_cluster_config("fd00::1", "443", folder_.string());
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->server, "https://[fd00::1]:443");
  EXPECT_EQ(config->token_file, (folder_ / "token").string());
  EXPECT_EQ(config->default_namespace, "kube-system");
  EXPECT_FALSE(in_cluster_config("", "", folder_.string()));
  EXPECT_THAT(in_cluster_config("10.0.0.1", "443", "/nowhere").error().what,
              ::testing::HasSubstr("/nowhere/token is missing"));
}

}  // namespace
}  // namespace fairway::kube
