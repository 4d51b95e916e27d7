// The whole cloud over real HTTP on loopback: it starts, serves all its APIs, forgets nothing over a restart, and
// stands up to what strangers send.
#include "cloud/cloud.h"

#include <filesystem>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "http/client.h"
#include "json/value.h"
#include "testing/env.h"
#include "testing/memory_store.h"

namespace fairway::cloud {
namespace {

struct Answer {
  int status = 0;
  json::Value body;
  http::Headers headers;
  [[nodiscard]] std::string at(std::string_view path) const { return json::string_or(body, path); }
};

struct CloudTest : ::testing::Test {
  CloudTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "fairway-cloud-XXXXXX";
    directory = ::mkdtemp(pattern.data());
    start();
  }
  void TearDown() override {
    stop();
    std::filesystem::remove_all(directory);
  }

  void start() {
    CloudConfig config;
    config.secrets_directory = directory + "/secrets";
    config.noop_gateway = true;
    config.networks.make = true;
    config.http.max_body_bytes = 64 * 1024;
    cloud = testing::run_on(io, Cloud::start(io, env, store, config)).value();
    client = http::make_client(io, env, {.origin = fmt::format("http://127.0.0.1:{}", cloud->port())}).value();
  }
  void stop() {
    client.reset();
    testing::run_on(io, cloud->stop(std::chrono::seconds(5)));
    cloud.reset();
  }

  Answer send(http::Request request) {
    const auto response = testing::run_on(io, client->send(std::move(request)));
    if (!response) return {};
    Answer answer{response->status, {}, response->headers};
    if (auto body = json::parse(response->body)) answer.body = *std::move(body);
    return answer;
  }
  Answer call(const std::string& method, const std::string& target, const std::string& body = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    if (!token.empty()) request.headers.set("X-Auth-Token", token);
    return send(std::move(request));
  }
  void log_in(const std::string& name) {
    std::ifstream file(directory + "/secrets/" + name + ".password");
    std::string password;
    file >> password;
    token.clear();
    const auto answer = call(
        "POST", "/identity/v3/auth/tokens",
        fmt::format(
            R"({{"auth":{{"identity":{{"methods":["password"],"password":{{"user":{{"name":"{}","domain":{{"id":"default"}},)"
            R"("password":"{}"}}}}}},"scope":{{"project":{{"name":"{}","domain":{{"id":"default"}}}}}}}}}})",
            name, password, name));
    ASSERT_EQ(answer.status, 201);
    token = answer.headers.find("X-Subject-Token").value_or("");
  }

  std::string directory, token;
  boost::asio::io_context io;
  store::memory::MemoryStore store{io};
  testing::KeptLog log;
  Metrics metrics;
  testing::ManualClock clock;
  Env env{system_clock(), system_random(), loop_timers(), log, metrics};
  std::unique_ptr<Cloud> cloud;
  std::unique_ptr<http::Client> client;
};

TEST_F(CloudTest, ServesAllItsApisAtTheCataloguesAddresses) {
  EXPECT_EQ(call("GET", "/livez").status, 200);
  EXPECT_EQ(call("GET", "/readyz").status, 200);
  EXPECT_EQ(call("GET", "/identity").status, 300);
  EXPECT_EQ(call("GET", "/network/").status, 200);
  EXPECT_EQ(call("GET", "/load-balancer/").status, 200);
  log_in("demo");
  EXPECT_EQ(call("GET", "/network/v2.0/networks").status, 200);
  EXPECT_EQ(call("GET", "/network/v2.0/networks.json").status, 200);
  EXPECT_EQ(call("GET", "/network/v2.0/lb/vips").status, 200);
  EXPECT_EQ(call("GET", "/load-balancer/v2.0/lbaas/loadbalancers").status, 200);
  EXPECT_EQ(call("GET", "/identity/v3/auth/catalog").status, 200);
}

TEST_F(CloudTest, WhatIsNotThereIsSaidInTheApisShape) {
  EXPECT_EQ(call("GET", "/network/v2.0/nosuch").status, 401);
  EXPECT_EQ(call("GET", "/load-balancer/v2.0/lbaas/nosuch").status, 401);
  EXPECT_EQ(call("GET", "/identity/v3/nosuch").at("error.message"), "The resource could not be found.");
  EXPECT_EQ(call("GET", "/elsewhere").status, 404);
  log_in("demo");
  EXPECT_EQ(call("GET", "/network/v2.0/nosuch").at("NeutronError.type"), "HTTPNotFound");
  EXPECT_EQ(call("PATCH", "/network/v2.0/networks").status, 405);
  const auto balancers = call("GET", "/load-balancer/v2.0/lbaas/nosuch");
  EXPECT_EQ(balancers.status, 404);
  EXPECT_EQ(balancers.at("title"), "Not Found");
}

TEST_F(CloudTest, RemembersEverythingOverARestart) {
  log_in("demo");
  const auto public_id =
      call("GET", "/network/v2.0/networks?name=public&fields=id").body.at("networks").at(0).at("id").as_string();
  const auto made =
      call("POST", "/network/v2.0/floatingips",
           fmt::format(R"({{"floatingip":{{"floating_network_id":"{}"}}}})", std::string_view(public_id)));
  ASSERT_EQ(made.status, 201);
  const auto before = token;
  stop();
  start();
  EXPECT_EQ(call("GET", "/network/v2.0/floatingips/" + made.at("floatingip.id")).at("floatingip.floating_ip_address"),
            made.at("floatingip.floating_ip_address"));
  EXPECT_EQ(token, before);  // the old token still works
  log_in("admin");
}

TEST_F(CloudTest, RefusesWhatIsTooLarge) {
  log_in("demo");
  const auto answer = call("POST", "/network/v2.0/networks", std::string(65 * 1024, ' '));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(call("GET", "/network/v2.0/networks").status, 200);
}

// Another byte in one place, or some fewer.
void spoil(std::string& body, std::mt19937& random) {
  constexpr std::string_view kBytes = "{}[]\",:0-9.eE+tfn\\u\x80\xff\n ";
  const auto at = random() % body.size();
  if (random() % 2 == 0) {
    body[at] = kBytes[random() % kBytes.size()];
  } else {
    body.erase(at, 1 + random() % 8);
  }
  if (body.empty()) body = "x";
}

// Bytes that no client means: mutations of good requests, with a fixed seed. Whatever comes, an answer goes back,
// none is a 500, and the cloud serves on.
TEST_F(CloudTest, StandsUpToStrangers) {
  log_in("admin");
  std::mt19937 random(20'261'124);
  const std::vector<std::string> paths{"/identity/v3/auth/tokens",      "/identity/v3/users",
                                       "/identity/v3/projects",         "/network/v2.0/networks",
                                       "/network/v2.0/subnets",         "/network/v2.0/ports",
                                       "/network/v2.0/routers",         "/network/v2.0/floatingips",
                                       "/network/v2.0/security-groups", "/network/v2.0/security-group-rules"};
  const std::vector<std::string> bodies{
      R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"x","password":"y"}}},"scope":{"project":{"id":"z"}}}})",
      R"({"user":{"name":"n","password":"p","enabled":true,"domain_id":"default"}})",
      R"({"network":{"name":"n","admin_state_up":true,"mtu":1400,"router:external":false}})",
      R"({"subnet":{"network_id":"11111111-1111-1111-1111-111111111111","ip_version":4,"cidr":"10.0.0.0/24","allocation_pools":[{"start":"10.0.0.1","end":"10.0.0.2"}]}})",
      R"({"port":{"network_id":"11111111-1111-1111-1111-111111111111","fixed_ips":[{"ip_address":"10.0.0.1"}],"security_groups":[]}})",
      R"({"router":{"external_gateway_info":{"network_id":"11111111-1111-1111-1111-111111111111","enable_snat":true}}})",
      R"({"floatingip":{"floating_network_id":"11111111-1111-1111-1111-111111111111","port_id":null}})",
      R"({"security_group_rule":{"security_group_id":"11111111-1111-1111-1111-111111111111","direction":"ingress","protocol":"tcp","port_range_min":1,"port_range_max":2}})"};
  const std::vector<std::string> queries{
      "",           "?limit=1", "?limit=x",     "?marker=y&limit=2",         "?sort_key=name&sort_dir=asc",
      "?fields=id", "?tags=a",  "?name=%00%ff", "?fixed_ips=ip_address%3D1", "?page_reverse=True&limit=1",
      "?id=&id="};
  const auto pick = [&](const auto& list) -> const auto& { return list[random() % list.size()]; };
  std::map<int, int> statuses;
  for (int round = 0; round < 1500; ++round) {
    auto body = pick(bodies);
    for (unsigned int edits = random() % 4; edits > 0; --edits) spoil(body, random);
    const std::vector<std::string> methods{"POST", "PUT", "GET", "DELETE", "PATCH"};
    const auto& method = pick(methods);
    auto target = pick(paths);
    if (method != "POST" && random() % 2 == 0) target += "/11111111-1111-1111-1111-111111111111";
    target += pick(queries);
    const auto answer = call(method, target, body);
    ++statuses[answer.status];
    ASSERT_NE(answer.status, 0) << method << " " << target << " " << body;
    ASSERT_LT(answer.status, 502) << method << " " << target << " " << body;
    ASSERT_NE(answer.status, 500) << method << " " << target << " " << body;
  }
  EXPECT_GT(statuses[400], 100);
  EXPECT_EQ(call("GET", "/readyz").status, 200);
}

TEST(CloudConfig, IsReadAndItsProblemsAreNamed) {
  auto good = config::File::parse(
      "x.yaml",
      "cloud:\n  port: 9000\n  secrets_directory: /tmp/x\n  token_lifetime: 2h\n  gateway_address: unix:/run/g\n");
  const auto read = read_cloud_config(good.root().section("cloud"));
  EXPECT_TRUE(good.problems().empty()) << good.report();
  EXPECT_EQ(read.http.port, 9000);
  EXPECT_EQ(read.token_lifetime, std::chrono::hours(2));
  auto bad = config::File::parse("x.yaml",
                                 "cloud:\n  port: x\n  public_url: ftp://x\n  gateway_address: tcp:x\n  "
                                 "token_lifetime: 1s\n  networks: {public_cidr: 10.0.0.0/30}\n  bogus: 1\n");
  (void)read_cloud_config(bad.root().section("cloud"));
  for (const auto* path : {"cloud.port", "cloud.public_url", "cloud.gateway_address", "cloud.token_lifetime",
                           "cloud.networks.public_cidr", "cloud.bogus", "cloud.secrets_directory"}) {
    EXPECT_NE(bad.report().find(path), std::string::npos) << path << "\n" << bad.report();
  }
}

}  // namespace
}  // namespace fairway::cloud
