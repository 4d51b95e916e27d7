#include "openstack/client.h"

#include "openstack/faults.h"
#include "openstack/login.h"
#include "testing/fake_openstack.h"
#include "testing/simulation.h"

namespace fairway::openstack {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Credentials credentials() {
  Credentials to;
  to.auth_url = "http://identity:5000/v3";
  to.application_credential_id = "a";
  to.application_credential_secret = "secret";
  return to;
}

class OpenStack : public ::testing::Test {
 protected:
  testing::Simulation sim;
  testing::FakeOpenStack cloud{sim.env()};
  std::unique_ptr<Client> client = make_client(sim.env(), credentials(), cloud.connect());

  Result<Answer> get(const std::string& path, Service service = Service::load_balancer) {
    return sim.run(client->send(service, "GET", path));
  }
  Result<Answer> post_fip() {
    return sim.run(client->send(Service::network, "POST", "/v2.0/floatingips",
                                json::Object{{"floatingip", json::Object{{"floating_network_id", "net-public"}}}}));
  }
};

TEST_F(OpenStack, LogsInOnceAndFindsTheServicesOfTheCatalog) {
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  ASSERT_TRUE(get("/v2.0/networks", Service::network));
  EXPECT_EQ(cloud.logins(), 1);
  EXPECT_EQ(sim.run(client->project_id()), "project-1");
  EXPECT_EQ(sim.run(octavia_version(*client))->minor, 26);
}

TEST_F(OpenStack, ATokenThatIsRefusedIsRenewedOnce) {
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  cloud.revoke_tokens();
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  EXPECT_EQ(cloud.logins(), 2);
}

TEST_F(OpenStack, AWrongSecretIsSaidInWordsAndNeverShown) {
  auto wrong = credentials();
  wrong.application_credential_secret = "hunter2";
  client = make_client(sim.env(), wrong, cloud.connect());
  const auto answer = get("/v2.0/lbaas/loadbalancers");
  EXPECT_EQ(answer.error().code, Errc::unauthenticated);
  EXPECT_THAT(
      answer.error().what,
      HasSubstr("log in to Keystone at http://identity:5000/v3: The request you have made requires authentication."));
  EXPECT_THAT(answer.error().what, ::testing::Not(HasSubstr("hunter2")));
}

TEST_F(OpenStack, RetryAfterIsHonoured) {
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  int refusals = 2;
  cloud.wire.fault = [&](const http::Request&) -> testing::Fault {
    if (refusals-- <= 0) return {};
    auto busy = http::Response::text(429, "");
    busy.headers.set("Retry-After", "7");
    return {.instead = busy};
  };
  const auto began = sim.now();
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  EXPECT_EQ(sim.now() - began, std::chrono::seconds(14));
}

TEST_F(OpenStack, RetriesEndAtTheDeadline) {
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  cloud.wire.fault = [](const http::Request&) { return testing::Fault{.instead = http::Response::text(503, "")}; };
  const auto began = sim.now();
  EXPECT_EQ(get("/v2.0/lbaas/loadbalancers").error().code, Errc::unavailable);
  EXPECT_LE(sim.now() - began, std::chrono::seconds(60));
  EXPECT_GE(sim.now() - began, std::chrono::seconds(30));
}

TEST_F(OpenStack, APostWhoseAnswerIsLostIsNeverSentAgain) {
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  cloud.wire.fault = [](const http::Request& request) {
    return testing::Fault{.lose_answer = request.method == "POST"};
  };
  const auto answer = post_fip();
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_EQ(cloud.floating_ips.size(), 1U);
}

TEST_F(OpenStack, ALostConnectionIsTriedAgainForReadsOnly) {
  ASSERT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  int faults = 0;
  cloud.wire.fault = [&](const http::Request&) { return testing::Fault{.refuse = faults++ < 2}; };
  EXPECT_TRUE(get("/v2.0/lbaas/loadbalancers"));
  faults = 0;
  EXPECT_EQ(post_fip().error().code, Errc::unavailable);
  EXPECT_EQ(faults, 1);
}

struct FaultCase {
  int status;
  std::string body;
  Errc code;
  std::string message;
};

TEST(Faults, AreReadWhicheverServiceWroteThem) {
  for (const auto& [status, body, code, message] : std::vector<FaultCase>{
           {404, R"({"faultcode":"Client","faultstring":"Load Balancer x not found.","debuginfo":null})",
            Errc::not_found, "Load Balancer x not found."},
           {403, R"({"faultstring":"Quota has been met for resources: Load Balancer"})", Errc::exhausted,
            "Quota has been met"},
           {403, R"({"faultstring":"Policy does not allow this request to be performed."})", Errc::denied, "Policy"},
           {409,
            R"({"NeutronError":{"type":"IpAddressGenerationFailure","message":"No more IP addresses","detail":""}})",
            Errc::exhausted, "No more IP"},
           {409, R"({"faultstring":"Load Balancer x is immutable and cannot be updated."})", Errc::conflict,
            "immutable"},
           {401, R"({"error":{"code":401,"message":"requires authentication"}})", Errc::unauthenticated,
            "requires authentication"},
           {404, R"({"code":404,"title":"Bad Request","description":"Pool X not found."})", Errc::not_found,
            "Pool X not found."},
           {406, R"({"errors":[{"status":406,"detail":"no JSON"}]})", Errc::invalid, "no JSON"},
           {501, R"({"faultstring":"Provider 'p' does not support a requested option: UDP"})", Errc::unsupported,
            "UDP"},
           {500, "<html>", Errc::unavailable, "500"}}) {
    const auto error = fault(status, body, "GET /x");
    EXPECT_EQ(error.code, code) << body;
    EXPECT_THAT(error.what, StartsWith("GET /x: "));
    EXPECT_THAT(error.what, HasSubstr(message));
  }
}

TEST(Login, IsAskedForInEachForm) {
  Credentials by_password;
  by_password.username = "u";
  by_password.password = "p";
  by_password.project_name = "t";
  by_password.user_domain_name = "D";
  EXPECT_EQ(
      json::write(login_request(by_password)),
      R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u","domain":{"name":"D"},"password":"p"}}},)"
      R"("scope":{"project":{"name":"t","domain":{"id":"default"}}}}})");
  auto by_trust = by_password;
  by_trust.trust_id = "T";
  EXPECT_THAT(json::write(login_request(by_trust)), HasSubstr(R"("scope":{"OS-TRUST:trust":{"id":"T"}})"));
  auto by_application = credentials();
  by_application.project_name = "t";
  EXPECT_EQ(
      json::write(login_request(by_application)),
      R"({"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"a","secret":"secret"}}}})");
  Credentials by_token;
  by_token.token = "x";
  by_token.project_id = "P";
  EXPECT_EQ(json::write(login_request(by_token)),
            R"({"auth":{"identity":{"methods":["token"],"token":{"id":"x"}},"scope":{"project":{"id":"P"}}}})");
}

TEST(Endpoints, LoseTheirVersion) {
  for (const char* url :
       {"http://h:9876", "http://h:9876/", "http://h:9876/v2.0", "http://h:9876/v2.0/", "http://h:9876/v2"}) {
    EXPECT_EQ(without_version(url), "http://h:9876") << url;
  }
  EXPECT_EQ(without_version("http://h/identity/v3/"), "http://h/identity");
}

}  // namespace
}  // namespace fairway::openstack
