// The Load Balancing APIs in this process, over a store in memory: requests in, answers out, time wound by hand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "cloud/api/context.h"
#include "cloud/load_balancer/api.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/network/ports.h"
#include "json/value.h"
#include "testing/env.h"
#include "testing/memory_store.h"

namespace fairway::cloud {

// Tokens are names of callers.
class NamedCallers final : public TokenVerifier {
 public:
  [[nodiscard]] Result<Caller> verify(std::string_view token) const override {
    const auto at = callers.find(token);
    if (at == callers.end()) return fail(Errc::unauthenticated, "The request you have made requires authentication.");
    return at->second;
  }
  std::map<std::string, Caller, std::less<>> callers;
};

inline constexpr auto kSubnet = "11111111-1111-1111-1111-111111111111";
inline constexpr auto kOtherSubnet = "33333333-1111-1111-1111-111111111111";
inline constexpr auto kNetwork = "44444444-1111-1111-1111-111111111111";
inline constexpr auto kRouter = "55555555-1111-1111-1111-111111111111";

struct Answer {
  int status = 0;
  std::string text;
  json::Value body;
  std::string content_type;

  [[nodiscard]] std::string at(std::string_view path) const {
    const auto* value = json::find(body, path);
    if (value == nullptr) return "(absent)";
    return value->is_string() ? std::string(value->get_string()) : json::write(*value);
  }
  [[nodiscard]] std::string fault() const { return json::string_or(body, "faultstring"); }
};

// `wait` decides when pending objects are settled: with noop at once, else when the test says so.
class CloudUnderTest {
 public:
  explicit CloudUnderTest(GatewaysConfig config = {.noop = true}, const std::string& project = "p-demo") {
    store_ = store::memory::make(context);
    add_callers(project);
    start(std::move(config));
    make_network(project);
  }
  ~CloudUnderTest() {
    try {
      stop();
    } catch (...) {
      ADD_FAILURE() << "the cloud under test did not end in order";
    }
  }
  CloudUnderTest(const CloudUnderTest&) = delete;
  CloudUnderTest& operator=(const CloudUnderTest&) = delete;

  // Runs the loop until nothing is left to do but waiting.
  void poll() {
    context.restart();
    while (context.poll() > 0) {
    }
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> value;
    boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T result) {
      if (error) std::rethrow_exception(error);
      value.emplace(std::move(result));
    });
    context.restart();
    while (!value) context.poll_one();
    return *std::move(value);
  }

  template <class Decide>
  void change(Decide decide) {
    const auto done = run(ledger->change<bool>([&](Work& work) -> Result<bool> {
      decide(work);
      return true;
    }));
    ASSERT_TRUE(done.has_value());
  }

  // One request; what it leaves to do in the background is not done yet.
  Answer ask(std::string_view method, std::string target, std::string body = "", std::string_view as = "demo",
             const std::string& accept = "") {
    http::Request request;
    if (!accept.empty()) request.headers.set("Accept", accept);
    request.method = method;
    request.target = target;
    const auto mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string::npos) request.query = http::Query::parse(target.substr(mark + 1));
    request.headers.set("X-Auth-Token", std::string(as));
    request.body = std::move(body);
    auto response = run(router->dispatch(request));
    Answer answer{.status = response.status, .text = response.body, .body = {}, .content_type = {}};
    answer.content_type = response.headers.find("Content-Type").value_or("");
    if (auto parsed = json::parse(response.body)) answer.body = *std::move(parsed);
    return answer;
  }
  // The same, and then everything that follows from it.
  Answer call(std::string_view method, const std::string& path, std::string body = "", std::string_view as = "demo") {
    auto answer = ask(method, "/load-balancer/v2/lbaas" + path, std::move(body), as);
    poll();
    return answer;
  }

  // A load balancer that is ACTIVE (in noop mode).
  std::string make_balancer(const std::string& name = "lb") {
    const auto made = call("POST", "/loadbalancers",
                           fmt::format(R"({{"loadbalancer":{{"name":"{}","vip_subnet_id":"{}"}}}})", name, kSubnet));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at("loadbalancer.id");
  }
  std::string make_listener(const std::string& balancer, int port = 80, const std::string& protocol = "TCP") {
    const auto made =
        call("POST", "/listeners",
             fmt::format(R"({{"listener":{{"protocol":"{}","protocol_port":{},"loadbalancer_id":"{}"}}}})", protocol,
                         port, balancer));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at("listener.id");
  }
  std::string make_pool(const std::string& listener, const std::string& protocol = "TCP") {
    const auto made =
        call("POST", "/pools",
             fmt::format(R"({{"pool":{{"protocol":"{}","lb_algorithm":"ROUND_ROBIN","listener_id":"{}"}}}})",
                         protocol, listener));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at("pool.id");
  }
  std::string make_member(const std::string& pool, const std::string& address, int port = 80) {
    const auto made = call("POST", "/pools/" + pool + "/members",
                           fmt::format(R"({{"member":{{"address":"{}","protocol_port":{}}}}})", address, port));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at("member.id");
  }

  // What a gateway's word would do, without one.
  void settle_all(const Failures& failures = {}) {
    change([&](Work& work) {
      std::vector<std::string> ids;
      for (const auto& [id, row] : work.table<LoadBalancer>().rows()) ids.push_back(id);
      for (const auto& id : ids) settle(work, test.env, id, failures);
    });
    poll();
  }

  [[nodiscard]] const State& state() const { return ledger->state(); }
  [[nodiscard]] store::memory::MemoryStore& store() { return *store_; }

  // As after a kill and a new start over the same store.
  void restart(GatewaysConfig config) {
    stop();
    start(std::move(config));
  }

  void wind(Duration by) {
    for (auto left = by; left > Duration::zero(); left -= std::chrono::milliseconds(500)) {
      test.timers.advance(std::min<Duration>(left, std::chrono::milliseconds(500)));
      poll();
    }
  }

  testing::TestEnv test;  // outlives the waiting coroutines that context destroys
  boost::asio::io_context context;
  NamedCallers callers;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Gateways> gateways;
  std::unique_ptr<ApiContext> api;
  std::unique_ptr<http::Router> router;

 private:
  void add_callers(const std::string& project) {
    const auto person = [](std::string name, std::string of, std::vector<std::string> roles) {
      Caller caller;
      caller.user_id = caller.user_name = std::move(name);
      caller.project_id = caller.project_name = std::move(of);
      caller.is_admin = std::ranges::find(roles, "admin") != roles.end();
      caller.roles = std::move(roles);
      return caller;
    };
    callers.callers = {{"demo", person("demo", project, {"member", "reader"})},
                       {"reader", person("reader", project, {"reader"})},
                       {"other", person("other", "p-other", {"member", "reader"})},
                       {"admin", person("admin", project, {"admin", "member", "reader"})},
                       {"stranger", person("stranger", "p-stranger", {})},
                       {"nowhere", person("nowhere", "", {"admin", "member", "reader"})}};
  }

  void start(GatewaysConfig config) {
    auto opened = run(Ledger::open(*store_, test.env));
    ASSERT_TRUE(opened.has_value()) << opened.error().what;
    ledger = *std::move(opened);
    auto started = Gateways::start(context, test.env, *ledger, std::move(config));
    ASSERT_TRUE(started.has_value()) << started.error().what;
    gateways = *std::move(started);
    api = std::make_unique<ApiContext>(ApiContext{*ledger, test.env, callers, "http://localhost"});
    router = std::make_unique<http::Router>();
    add_load_balancer_routes(*router, *api, *gateways);
  }

  void stop() {
    if (gateways) {
      boost::asio::co_spawn(context, gateways->stop(), [](std::exception_ptr) {});
      poll();
    }
    test.timers.advance(std::chrono::seconds(1));  // lets the ticker see that it is over
    poll();
    router.reset();
    gateways.reset();
    api.reset();
    ledger.reset();
    poll();
  }

  void make_network(const std::string& project) {
    change([&](Work& work) {
      Network network;
      network.id = kNetwork;
      network.project_id = project;
      network.name = "private";
      work.put(network);
      for (const auto& [id, net] : {std::pair{kSubnet, "198.0.2"}, {kOtherSubnet, "198.0.3"}}) {
        Subnet subnet;
        subnet.id = id;
        subnet.project_id = project;
        subnet.network_id = kNetwork;
        subnet.cidr = fmt::format("{}.0/24", net);
        subnet.gateway_ip = fmt::format("{}.1", net);
        subnet.allocation_pools = {{fmt::format("{}.5", net), fmt::format("{}.254", net)}};
        work.put(subnet);
      }
      Router router_row;
      router_row.id = kRouter;
      router_row.project_id = project;
      work.put(router_row);
      Port leg;
      leg.id = "66666666-1111-1111-1111-111111111111";
      leg.project_id = project;
      leg.network_id = kNetwork;
      leg.device_id = kRouter;
      leg.device_owner = kRouterInterface;
      leg.mac_address = "fa:16:3e:00:00:01";
      leg.fixed_ips = {{kSubnet, "198.0.2.1"}};
      work.put(leg);
    });
  }

  std::unique_ptr<store::memory::MemoryStore> store_;
};

}  // namespace fairway::cloud
