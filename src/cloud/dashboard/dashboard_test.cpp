// The dashboard's endpoints over a cloud in memory, with real people, tokens and APIs.
#include "cloud/dashboard/dashboard.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/api/rig_test.h"
#include "cloud/dashboard/assets.h"
#include "cloud/dashboard/session.h"
#include "cloud/identity/bootstrap.h"
#include "cloud/identity/identity.h"
#include "cloud/load_balancer/api.h"
#include "cloud/network/bootstrap.h"
#include "cloud/network/network.h"

namespace fairway::cloud::dashboard {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr identity::ScryptCost kCheap{.n = 2, .r = 1, .p = 1};

// Keeps what a stream writes; `closes_after` pieces the peer is gone.
class KeptWriter final : public http::BodyWriter {
 public:
  Task<Result<>> write(std::string_view bytes) override {
    pieces.emplace_back(bytes);
    co_return Result<>{};
  }
  [[nodiscard]] bool closed() const override { return gone; }
  void on_closed(std::function<void()> callback) override { callback_ = std::move(callback); }
  void close() {
    gone = true;
    if (callback_) callback_();
  }
  std::vector<std::string> pieces;
  bool gone = false;

 private:
  std::function<void()> callback_;
};

struct DashboardTest : ::testing::Test {
  DashboardTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "fairway-dashboard-XXXXXX";
    directory = ::mkdtemp(pattern.data());
    EXPECT_TRUE(rig.run(identity::bootstrap(*rig.ledger, rig.env.env, passwords, directory + "/secrets")));
    EXPECT_TRUE(rig.run(tokens.maintain()));
    EXPECT_TRUE(rig.run(network::bootstrap(*rig.ledger, rig.env.env, "172.24.4.0/24", "10.0.0.0/24")));
    identity::add_routes(rig.router, context, tokens, passwords);
    network::add_routes(rig.router, context);
    add_load_balancer_routes(rig.router, context, *gateways);
    add_routes(rig.router, context, *gateways, *drivers);
  }
  void TearDown() override {
    rig.run(gateways->stop());
    drivers->stop();
    rig.env.timers.advance(std::chrono::seconds(1));  // lets the ticker see that it is over
    poll();
    gateways.reset();
    drivers.reset();
    std::filesystem::remove_all(directory);
  }

  void poll() {
    for (int i = 0; i < 20; ++i) {
      rig.io.restart();
      while (rig.io.poll() > 0) {
      }
    }
  }

  std::string password(const std::string& name) {
    std::ifstream file(directory + "/secrets/" + name + ".password");
    std::string text;
    file >> text;
    return text;
  }

  http::Request request(std::string_view method, std::string target, std::string body = {}) {
    http::Request made;
    made.method = method;
    made.target = std::move(target);
    made.body = std::move(body);
    made.peer = "10.1.1.1:4000";
    made.headers.set("Host", "cloud.test");
    if (!made.body.empty()) made.headers.set("Content-Type", "application/json");
    if (!session.empty()) made.headers.set("Cookie", session);
    if (!csrf.empty() && method != "GET") made.headers.set("X-Fairway-Csrf", csrf);
    return made;
  }
  ApiAnswer call(std::string_view method, const std::string& target, std::string body = {}) {
    return rig.send(request(method, "/dashboard/api" + target, std::move(body)));
  }
  ApiAnswer try_login(const std::string& user, const std::string& secret, const std::string& project) {
    return call("POST", "/login",
                json::write(json::Object{{"user", user}, {"password", secret}, {"project", project}}));
  }
  ApiAnswer log_in(const std::string& name) {
    auto answer = try_login(name, password(name), name);
    EXPECT_EQ(answer.status, 200) << answer.text;
    session = answer.headers.find("Set-Cookie")
                  .value_or("")
                  .substr(0, answer.headers.find("Set-Cookie").value_or("").find(';'));
    csrf = answer.at("csrf");
    return answer;
  }
  std::string allocate() {
    const auto view = call("GET", "/views/floating-ips");
    const auto made =
        call("POST", "/floating-ips", fmt::format(R"({{"network_id":"{}"}})", view.at("external_networks.0.id")));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at("floatingip.id");
  }

  std::string directory, session, csrf;
  ApiRig rig;
  identity::Passwords passwords{rig.env.random, kCheap};
  identity::Tokens tokens{*rig.ledger, rig.env.env, identity::TokenConfig{}};
  ApiContext context{*rig.ledger, rig.env.env, tokens, "http://cloud.test"};
  std::unique_ptr<Gateways> gateways = Gateways::start(rig.io, rig.env.env, *rig.ledger, {.noop = true}).value();
  std::unique_ptr<container_infra::Drivers> drivers = container_infra::Drivers::start(rig.io, context, {}).value();
};

TEST_F(DashboardTest, ThePagesFilesAreServedOnceAndThenKnown) {
  const auto page = rig.send(request("GET", "/dashboard/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.text, HasSubstr("/dashboard/app.js"));
  EXPECT_EQ(page.headers.find("Cache-Control"), "no-cache");
  EXPECT_TRUE(page.headers.find("Content-Security-Policy"));
  auto again = request("GET", "/dashboard/");
  again.headers.set("If-None-Match", std::string(page.headers.find("ETag").value_or("")));
  const auto known = rig.send(std::move(again));
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.text, "");
  EXPECT_EQ(rig.send(request("GET", "/dashboard/nothing.js")).status, 404);
  EXPECT_EQ(rig.send(request("GET", "/dashboard/..%2Fsecrets")).status, 404);
}

TEST_F(DashboardTest, ThePagesHoldNoScriptInTheirTextAndParseNone) {
  for (const auto& asset : assets()) {
    EXPECT_THAT(std::string(asset.bytes), Not(HasSubstr("innerHTML"))) << asset.name;
    EXPECT_THAT(std::string(asset.bytes), Not(HasSubstr("eval("))) << asset.name;
    EXPECT_THAT(std::string(asset.bytes), Not(HasSubstr(" style="))) << asset.name;
    EXPECT_THAT(std::string(asset.bytes), Not(HasSubstr("localStorage"))) << asset.name;
  }
}

TEST_F(DashboardTest, PeopleAtTheRootAreLedToThePage) {
  auto person = request("GET", "/");
  person.headers.set("Accept", "text/html,application/xhtml+xml");
  const auto led = rig.send(std::move(person));
  EXPECT_EQ(led.status, 302);
  EXPECT_EQ(led.headers.find("Location"), "/dashboard/");
  EXPECT_EQ(rig.send(request("GET", "/")).status, 404);
  EXPECT_EQ(rig.send(request("GET", "/dashboard")).headers.find("Location"), "/dashboard/");
}

TEST_F(DashboardTest, ARightPasswordMakesASession) {
  EXPECT_EQ(call("GET", "/session").status, 401);
  const auto answer = log_in("demo");
  EXPECT_EQ(answer.at("project"), "demo");
  const std::string cookie(answer.headers.find("Set-Cookie").value_or(""));
  EXPECT_THAT(cookie, HasSubstr("; Max-Age=3600; Path=/dashboard; HttpOnly; SameSite=Strict"));
  EXPECT_THAT(answer.text, Not(HasSubstr(session.substr(session.find('=') + 1))));
  EXPECT_THAT(answer.text, Not(HasSubstr(password("demo"))));
  EXPECT_EQ(call("GET", "/session").at("user"), "demo");
}

TEST_F(DashboardTest, EveryWrongLoginGetsTheSameAnswer) {
  const auto wrong = try_login("demo", "no", "demo");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_FALSE(wrong.headers.find("Set-Cookie"));
  for (const auto& other : {try_login("nobody", "no", "demo"), try_login("demo", password("demo"), "nowhere"),
                            try_login("demo", password("demo"), "admin")}) {
    EXPECT_EQ(other.status, 401);
    EXPECT_EQ(other.text, wrong.text);
  }
  EXPECT_EQ(try_login("demo", "", "demo").status, 400);
  EXPECT_EQ(call("POST", "/login", "[]").status, 400);
}

TEST_F(DashboardTest, GuessingIsSlowed) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(try_login("demo", "no", "demo").status, 401) << i;
  const auto refused = try_login("demo", password("demo"), "demo");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.find("Retry-After"), "20");
  rig.env.timers.advance(std::chrono::seconds(20));
  EXPECT_EQ(try_login("demo", password("demo"), "demo").status, 200);
}

TEST_F(DashboardTest, LoggingOutRevokesTheToken) {
  log_in("demo");
  const auto out = call("POST", "/logout", "{}");
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(std::string(out.headers.find("Set-Cookie").value_or("")), HasSubstr("Max-Age=0"));
  EXPECT_EQ(call("GET", "/session").status, 401);
  EXPECT_FALSE(tokens.verify(session.substr(session.find('=') + 1)));
}

TEST_F(DashboardTest, AChangeWithoutTheSessionsMarkIsRefusedAndChangesNothing) {
  log_in("demo");
  const auto network = call("GET", "/views/floating-ips").at("external_networks.0.id");
  csrf.clear();
  EXPECT_EQ(call("POST", "/floating-ips", fmt::format(R"({{"network_id":"{}"}})", network)).status, 403);
  EXPECT_EQ(call("POST", "/logout", "{}").status, 403);
  EXPECT_EQ(call("GET", "/views/floating-ips").at("total"), "0");
  auto foreign = request("POST", "/dashboard/api/login", R"({"user":"demo","password":"x","project":"demo"})");
  foreign.headers.set("Origin", "http://evil.example");
  EXPECT_EQ(rig.send(std::move(foreign)).status, 403);
}

TEST_F(DashboardTest, AFloatingIpFromAllocationToRelease) {
  log_in("demo");
  const auto id = allocate();
  EXPECT_EQ(call("GET", "/views/floating-ips").at("items.0.condition.text"), "not associated");
  const auto token = session.substr(session.find('=') + 1);
  const auto subnets = rig.call(token, "GET", "/network/v2.0/subnets?name=private-subnet");
  const auto made = rig.call(
      token, "POST", "/load-balancer/v2/lbaas/loadbalancers",
      fmt::format(R"({{"loadbalancer":{{"name":"shop","vip_subnet_id":"{}"}}}})", subnets.at("subnets.0.id")));
  ASSERT_EQ(made.status, 201) << made.text << subnets.text;
  const auto targets = call("GET", "/views/targets?id=" + id);
  EXPECT_EQ(targets.at("items.0.title"), "VIP of load balancer shop");
  const auto port = targets.at("items.0.port_id");
  EXPECT_EQ(call("PUT", "/floating-ips/" + id + "/port", fmt::format(R"({{"port_id":"{}"}})", port)).status, 200);
  EXPECT_EQ(call("GET", "/views/floating-ips").at("items.0.target.title"), "VIP of load balancer shop");
  EXPECT_EQ(call("GET", "/views/load-balancers").at("items.0.floating_ips.0.id"), id);
  EXPECT_EQ(call("GET", "/views/targets?id=" + id).at("total"), "0");
  EXPECT_EQ(call("PUT", "/floating-ips/" + id + "/port", R"({"port_id":""})").status, 200);
  EXPECT_EQ(call("DELETE", "/floating-ips/" + id).status, 204);
  EXPECT_EQ(call("GET", "/views/floating-ips").at("total"), "0");
}

TEST_F(DashboardTest, RefusalsAreTheCloudsOwnSentences) {
  log_in("demo");
  const auto id = allocate();
  const auto refused =
      call("PUT", "/floating-ips/" + id + "/port", R"({"port_id":"6a2b5b4c-0000-4000-8000-000000000000"})");
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.at("error"), "Port 6a2b5b4c-0000-4000-8000-000000000000 could not be found.");
  EXPECT_EQ(call("DELETE", "/floating-ips/..%2Fnetworks").status, 404);
  EXPECT_EQ(call("POST", "/floating-ips", "no JSON").status, 400);
  EXPECT_EQ(call("GET", "/views/nothing").status, 404);
}

TEST_F(DashboardTest, AnotherProjectsObjectsAreNotThere) {
  log_in("admin");
  const auto id = allocate();
  log_in("demo");
  EXPECT_EQ(call("GET", "/views/floating-ips").at("total"), "0");
  EXPECT_EQ(call("GET", "/views/targets?id=" + id).status, 404);
  EXPECT_EQ(call("DELETE", "/floating-ips/" + id).status, 404);
  EXPECT_EQ(call("PUT", "/floating-ips/" + id + "/port", R"({"port_id":""})").status, 404);
}

TEST_F(DashboardTest, AViewIsSentAnewWhenItIsAnother) {
  log_in("demo");
  auto asked = request("GET", "/dashboard/api/watch/floating-ips");
  asked.path = asked.target;
  auto response = rig.run(rig.router.dispatch(asked));
  ASSERT_TRUE(response.stream);
  EXPECT_EQ(response.headers.find("Content-Type"), "text/event-stream");
  KeptWriter writer;
  bool ended = false;
  boost::asio::co_spawn(rig.io, response.stream(writer), [&](std::exception_ptr) { ended = true; });
  poll();
  ASSERT_EQ(writer.pieces.size(), 1U);
  EXPECT_THAT(writer.pieces[0], ::testing::StartsWith("data: {"));
  rig.env.timers.advance(std::chrono::milliseconds(100));
  poll();
  EXPECT_EQ(writer.pieces.size(), 1U);
  const auto token = session.substr(session.find('=') + 1);
  const auto network = call("GET", "/views/floating-ips").at("external_networks.0.id");
  const auto name = R"(two\nlines</script>)";
  const auto made =
      rig.call(token, "POST", "/network/v2.0/floatingips",
               fmt::format(R"({{"floatingip":{{"floating_network_id":"{}","description":"{}"}}}})", network, name));
  ASSERT_EQ(made.status, 201) << made.text;
  poll();
  ASSERT_EQ(writer.pieces.size(), 2U);
  // One event is one line, whatever the objects are called.
  EXPECT_EQ(writer.pieces[1].find('\n'), writer.pieces[1].size() - 2);
  EXPECT_THAT(writer.pieces[1], HasSubstr(R"(two\nlines)"));
  rig.env.timers.advance(std::chrono::milliseconds(100));
  poll();
  ASSERT_EQ(call("POST", "/logout", "{}").status, 204);
  poll();
  EXPECT_EQ(writer.pieces.back(), "event: ended\ndata: {}\n\n");
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace fairway::cloud::dashboard
