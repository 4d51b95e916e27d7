#include <fstream>

#include <gtest/gtest.h>

#include "net/pki.h"
#include "store/etcd/rig_test.h"
#include "testing/env.h"
#include "testing/results.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

// An authority, etcd's certificate and ours, as files.
class Certificates {
 public:
  Certificates() {
    write("ca.crt", authority_.certificate_pem);
    // etcd's gateway is a client of etcd itself and shows the server's certificate.
    issue("server", {.common_name = "etcd", .addresses = {"127.0.0.1"}}, net::CertificateUse::both);
    issue("client", {.common_name = "fairway"}, net::CertificateUse::client);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  void issue(const std::string& name, const net::CertificateSubject& subject, net::CertificateUse use) {
    const auto pair = net::issue_certificate(authority_, subject, use, system_clock()).value();
    write(name + ".crt", pair.certificate_pem);
    write(name + ".key", pair.key_pem);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }

  testing::TemporaryFolder folder_;
  net::KeyPair authority_ = net::make_certificate_authority("etcd CA", system_clock()).value();
};

TEST(EtcdTls, EachSideShowsItsCertificate) {
  if (!testing::EtcdServer::installed()) GTEST_SKIP() << "etcd is not installed; tools/setup installs it";
  const Certificates files;
  testing::EtcdServer server({files.file("server.crt"), files.file("server.key"), files.file("ca.crt")});
  boost::asio::io_context context;
  EtcdConfig config{.endpoints = {server.endpoint()},
                    .tls = {.ca_file = files.file("ca.crt"),
                            .certificate_file = files.file("client.crt"),
                            .key_file = files.file("client.key")},
                    .prefix = make_prefix(),
                    .patience = 10s};
  {
    const auto store = testing::run_on(context, open(context, shared_env(), config));
    FW_ASSERT_OK(store);
    Transaction write{{}, {{"/a", "1"}}, {}};
    FW_EXPECT_OK(testing::run_on(context, (*store)->transact(std::move(write))));
    EXPECT_EQ(testing::run_on(context, (*store)->range({})).value().entries.size(), 1U);
  }
  config.patience = 0ms;
  auto nobody = config;
  nobody.tls.certificate_file.clear();
  nobody.tls.key_file.clear();
  EXPECT_FALSE(testing::run_on(context, open(context, shared_env(), nobody))) << "without a certificate of our own";
  auto distrustful = config;
  distrustful.tls.ca_file.clear();
  const auto refused = testing::run_on(context, open(context, shared_env(), distrustful));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("certificate"), std::string::npos) << refused.error().what;
}

}  // namespace
}  // namespace fairway::store::etcd
