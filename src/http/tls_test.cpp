#include <gtest/gtest.h>

#include "net/pki.h"
#include "testing/http.h"

namespace fairway::http {
namespace {

using fairway::testing::FakeHttpServer;
using fairway::testing::run_on;
using net::CertificateUse;
using net::KeyPair;

// One authority for all tests here; OpenSSL judges validity by the machine's own clock.
class TlsTest : public ::testing::Test {
 protected:
  static const KeyPair& authority() {
    static const KeyPair made = net::make_certificate_authority("test CA", system_clock()).value();
    return made;
  }
  static KeyPair issue(const net::CertificateSubject& subject, CertificateUse use) {
    return net::issue_certificate(authority(), subject, use, system_clock()).value();
  }
  static TlsServerConfig server_tls() {
    static const KeyPair pair =
        issue({.common_name = "api", .dns_names = {"api.test"}, .addresses = {"127.0.0.1"}}, CertificateUse::server);
    return {.certificate_pem = pair.certificate_pem,
            .key_pem = pair.key_pem,
            .client_ca_pem = authority().certificate_pem};
  }
  static TlsClientConfig client_tls() { return {.ca_pem = authority().certificate_pem}; }

  // Who the server says it was asked by, or the client's error.
  std::string ask(TlsServerConfig server_config, TlsClientConfig client_config) {
    FakeHttpServer server(context_, test_.env, who, {.tls = std::move(server_config)});
    return ask(server.port(), std::move(client_config));
  }
  std::string ask(std::uint16_t port, TlsClientConfig client_config) {
    const auto made = make_client(
        context_, test_.env, {.origin = fmt::format("https://127.0.0.1:{}", port), .tls = std::move(client_config)});
    if (!made) return made.error().what;
    const auto answer = run_on(context_, (*made)->send({.target = "/"}));
    if (answer) return answer->body;
    const auto& what = answer.error().what;
    return what.substr(what.find("/: ") + 3);
  }
  static Task<Response> who(Request& request) {
    co_return Response::text(
        200, fmt::format("'{}' of {}", request.peer_common_name, fmt::join(request.peer_organizations, "+")));
  }

  fairway::testing::TestEnv test_;
  boost::asio::io_context context_;
};

TEST_F(TlsTest, AServerIsTrustedByItsAuthorityAndName) {
  EXPECT_EQ(ask(server_tls(), client_tls()), "'' of ");
  auto by_name = client_tls();
  by_name.server_name = "api.test";
  EXPECT_EQ(ask(server_tls(), by_name), "'' of ");
}

TEST_F(TlsTest, AServerOfAnotherNameOrAuthorityIsRefused) {
  auto other_name = client_tls();
  other_name.server_name = "other.test";
  EXPECT_EQ(ask(server_tls(), other_name),
            "TLS handshake: certificate verify failed (SSL routines): hostname mismatch");
  TlsClientConfig stranger{.ca_pem = net::make_certificate_authority("stranger", system_clock())->certificate_pem};
  EXPECT_TRUE(ask(server_tls(), stranger).starts_with("TLS handshake: certificate verify failed"));
  stranger.insecure = true;
  EXPECT_EQ(ask(server_tls(), stranger), "'' of ");
}

TEST_F(TlsTest, AClientCertificateSaysWhoAsks) {
  const auto admin =
      issue({.common_name = "kubernetes-admin", .organizations = {"system:masters", "ops"}}, CertificateUse::client);
  auto client = client_tls();
  client.certificate_pem = admin.certificate_pem;
  client.key_pem = admin.key_pem;
  EXPECT_EQ(ask(server_tls(), client), "'kubernetes-admin' of system:masters+ops");
}

TEST_F(TlsTest, AClientCertificateOfAnotherAuthorityIsRefused) {
  const auto other = net::make_certificate_authority("other", system_clock()).value();
  const auto forged =
      net::issue_certificate(other, {.common_name = "kubernetes-admin"}, CertificateUse::client, system_clock())
          .value();
  auto client = client_tls();
  client.certificate_pem = forged.certificate_pem;
  client.key_pem = forged.key_pem;
  const auto told = ask(server_tls(), client);
  EXPECT_FALSE(told.contains("of")) << told;
  EXPECT_TRUE(told.contains("alert")) << told;
}

TEST_F(TlsTest, ARequiredClientCertificateIsRequired) {
  auto server = server_tls();
  server.require_client_certificate = true;
  const auto told = ask(server, client_tls());
  EXPECT_TRUE(told.contains("certificate required")) << told;
}

TEST_F(TlsTest, PlainAndTlsDoNotMeet) {
  FakeHttpServer plain(context_, test_.env, who);
  EXPECT_TRUE(ask(plain.port(), client_tls()).starts_with("TLS handshake: wrong version number"));
  FakeHttpServer tls(context_, test_.env, who, {.tls = server_tls()});
  const auto client = make_client(context_, test_.env, {.origin = fmt::format("http://127.0.0.1:{}", tls.port())});
  const auto answer = run_on(context_, (*client)->send({.target = "/"}));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, Errc::unavailable);
}

TEST_F(TlsTest, TextsThatAreNoneAreRefusedBeforeAnythingIsServed) {
  const auto made = Server::listen(context_, test_.env, "api",
                                   {.tls = TlsServerConfig{.certificate_pem = "x", .key_pem = "y"}}, who);
  ASSERT_FALSE(made.has_value());
  EXPECT_TRUE(made.error().what.contains("the certificate is not good PEM")) << made.error().what;
  const auto client = make_client(context_, test_.env, {.origin = "https://x", .tls = {.ca_file = "/no/such"}});
  EXPECT_EQ(client.error().what, "client of https://x: read /no/such: No such file or directory");
}

Task<std::string> large_body(Client& client) {
  auto answer = co_await client.send({.method = "POST", .target = "/", .body = std::string(1'000'000, 'x')});
  co_return answer ? fmt::format("{}", answer->body.size()) : answer.error().what;
}

TEST_F(TlsTest, LargeBodiesPassBothWaysOnOneConnection) {
  FakeHttpServer server(
      context_, test_.env,
      [](Request& request) -> Task<Response> { co_return Response::text(200, request.body + request.body); },
      {.tls = server_tls()});
  const auto client = make_client(
      context_, test_.env, {.origin = fmt::format("https://127.0.0.1:{}", server.port()), .tls = client_tls()});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(run_on(context_, large_body(**client)), "2000000");
  EXPECT_EQ(server.requests()[0].peer, server.requests()[1].peer);
}

}  // namespace
}  // namespace fairway::http
