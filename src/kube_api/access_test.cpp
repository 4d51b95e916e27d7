// Who may do what: tokens, client certificates of an authority, everybody; with a real kubectl where there is one.
#include <fstream>

#include "config/reader.h"
#include "kube_api/requests/access.h"
#include "kube_api/rig_test.h"
#include "kube_api/server.h"
#include "net/pki.h"
#include "runtime/process.h"
#include "testing/temporary_folder.h"

namespace fairway::kube_api {
namespace {

TEST(AccessTest, WhoAsksIsKnownByTokenOrCertificateOrNotAtAll) {
  KubeApiConfig config;
  config.tokens.push_back({"secret", "robot", {"robots"}});
  const auto who = [&](const std::string& authorization, const std::string& name, std::vector<std::string> groups) {
    http::Request request;
    if (!authorization.empty()) request.headers.set("Authorization", authorization);
    request.peer_common_name = name;
    request.peer_organizations = std::move(groups);
    const auto caller = identify(config, request);
    return caller ? fmt::format("{} of {}", caller->user, fmt::join(caller->groups, "+"))
                  : std::to_string(caller.error().code);
  };
  EXPECT_EQ(who("", "", {}), " of ");
  EXPECT_EQ(who("Bearer secret", "", {}), "robot of robots");
  EXPECT_EQ(who("", "admin", {"system:masters", "ops"}), "admin of system:masters+ops");
  EXPECT_EQ(who("Bearer secret", "admin", {"system:masters"}), "robot of robots");
  EXPECT_EQ(who("Bearer wrong", "admin", {"system:masters"}), "401");
  config.anonymous_admin = true;
  EXPECT_EQ(who("", "", {}), "system:unsecured of system:masters");
  EXPECT_EQ(who("Bearer secret", "", {}), "robot of robots");
  EXPECT_EQ(who("Bearer wrong", "", {}), "401");
}

TEST(AccessTest, NobodyIsLetInWithoutANameWhereTlsCouldTellThemApart) {
  auto plain = config::File::parse("f", "anonymous_admin: true\n");
  EXPECT_TRUE(read_kube_api_config(plain.root()).anonymous_admin);
  EXPECT_EQ(plain.report(), "");
  auto both = config::File::parse("f", "anonymous_admin: true\ntls: {certificate_file: a, key_file: b}\n");
  (void)read_kube_api_config(both.root());
  EXPECT_THAT(both.report(), ::testing::HasSubstr("anonymous_admin: is for an endpoint without tls"));
}

// A server on a port of loopback, and kubectl before it.
class KubectlTest : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  testing::TestEnv env;
  testing::TemporaryFolder folder;
  std::unique_ptr<store::memory::MemoryStore> store = store::memory::make(context);
  std::unique_ptr<KubeApi> api;

  void SetUp() override {
    const auto there = testing::run_on(
        context, run_command(env.env, {.argv = {"kubectl", "version", "--client"}}, std::chrono::hours(1)));
    if (!there || there->exit_code != 0) GTEST_SKIP() << "there is no kubectl here";
  }

  void serve(KubeApiConfig config) {
    config.server.port = 0;
    auto started = testing::run_on(context, KubeApi::start(context, env.env, *store, std::move(config)));
    ASSERT_TRUE(started) << started.error().what;
    api = *std::move(started);
  }

  void TearDown() override {
    if (api) testing::run_on(context, api->stop(std::chrono::seconds(1)));
    api.reset();
    context.restart();
    context.poll();
  }

  std::string put(const std::string& name, const std::string& text) {
    const auto path = folder.file(name);
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path;
  }

  std::string kubectl(std::vector<std::string> arguments) {
    std::vector<std::string> argv{"kubectl"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    ProcessSpec spec{.argv = std::move(argv),
                     .env = {{"KUBECONFIG", folder.file("none")}, {"HOME", folder.file("")}}};
    const auto done = testing::run_on(context, run_command(env.env, std::move(spec), std::chrono::hours(1)));
    return done ? done->out + done->err : done.error().what;
  }
};

TEST_F(KubectlTest, ACertificateOfTheAuthoritySaysUserAndGroups) {
  const auto ca = net::make_certificate_authority("cluster", system_clock());
  const auto server = net::issue_certificate(*ca, {.common_name = "kube-apiserver", .addresses = {"127.0.0.1"}},
                                             net::CertificateUse::server, system_clock());
  const auto client = net::issue_certificate(*ca, {.common_name = "alice", .organizations = {"system:masters"}},
                                             net::CertificateUse::client, system_clock());
  ASSERT_TRUE(ca && server && client);
  KubeApiConfig config;
  config.server.tls = http::TlsServerConfig{
      .certificate_pem = server->certificate_pem, .key_pem = server->key_pem, .client_ca_pem = ca->certificate_pem};
  serve(std::move(config));
  const auto where = fmt::format("--server=https://127.0.0.1:{}", api->port());
  const auto trust = "--certificate-authority=" + put("ca.crt", ca->certificate_pem);
  const auto cert = "--client-certificate=" + put("client.crt", client->certificate_pem);
  const auto key = "--client-key=" + put("client.key", client->key_pem);
  EXPECT_THAT(kubectl({"get", "namespace", "default", where, trust, cert, key, "-o", "name"}),
              ::testing::HasSubstr("namespace/default"));
  const auto me = kubectl({"create", "--raw", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "-f",
                           put("review.json", "{}"), where, trust, cert, key});
  EXPECT_THAT(me, ::testing::HasSubstr(R"("username":"alice","groups":["system:masters","system:authenticated"])"));
  EXPECT_THAT(kubectl({"get", "namespace", "default", where, trust, "--username=x", "--password=y"}),
              ::testing::HasSubstr("Unauthorized"));
}

TEST_F(KubectlTest, AnEndpointForATrustedNetworkAsksForNothing) {
  KubeApiConfig config;
  config.anonymous_admin = true;
  serve(std::move(config));
  const auto where = fmt::format("--server=http://127.0.0.1:{}", api->port());
  EXPECT_THAT(kubectl({"create", "namespace", "seed", where}), ::testing::HasSubstr("namespace/seed created"));
  EXPECT_THAT(kubectl({"get", "nodes", where}), ::testing::HasSubstr("No resources found"));
}

}  // namespace
}  // namespace fairway::kube_api
