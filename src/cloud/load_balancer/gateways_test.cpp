// The cloud with a gateway: over a real unix socket, with time wound by hand.
#include <filesystem>

#include "cloud/load_balancer/api_test.h"
#include "gateway_link/channel.h"

namespace fairway::cloud {
namespace {

namespace link = gateway_link;

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fairway-gateways-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string socket() const { return "unix:" + path_ + "/gateway.sock"; }

 private:
  std::string path_;
};

// A gateway that does what the test says: keeps its world, and acknowledges at once or when told.
class FakeGateway {
 public:
  FakeGateway(CloudUnderTest& cloud, const std::string& address, const std::string& name = "gw-1",
              bool acknowledges_all = true)
      : acknowledges(acknowledges_all), cloud_(cloud) {
    auto connected = cloud.run(link::connect(address));
    EXPECT_TRUE(connected.has_value());
    if (!connected) return;
    channel_ = *std::move(connected);
    EXPECT_TRUE(channel_->send(link::Hello{.gateway = name}).has_value());
    boost::asio::co_spawn(cloud.context, follow(this), [](std::exception_ptr) {});
    wait_until([this] { return heard_ > 0; });
  }
  ~FakeGateway() { leave(); }
  FakeGateway(const FakeGateway&) = delete;
  FakeGateway& operator=(const FakeGateway&) = delete;

  void leave() {
    channel_->close();
    wait_until([this] { return ended_; });
    cloud_.poll();
  }
  void say(const link::Message& message) {
    EXPECT_TRUE(channel_->send(message).has_value());
    for (int i = 0; i < 50; ++i) cloud_.poll();
  }
  void acknowledge() { say(link::Applied{world.revision, failing}); }
  void wait_until(const std::function<bool()>& holds) {
    for (int i = 0; i < 100'000 && !holds(); ++i) {
      cloud_.context.restart();
      cloud_.context.poll_one();
    }
    EXPECT_TRUE(holds());
  }

  link::World world;
  std::vector<link::ChangeSet> changes;
  std::vector<link::Failure> failing;
  bool acknowledges;

 private:
  static Task<> follow(FakeGateway* self) {
    while (true) {
      auto message = co_await self->channel_->receive();
      if (!message) break;
      if (auto* whole = std::get_if<link::WholeWorld>(&*message)) self->world = std::move(whole->world);
      if (auto* change = std::get_if<link::ChangeSet>(&*message)) {
        link::apply(self->world, *change);
        self->changes.push_back(std::move(*change));
      }
      ++self->heard_;
      if (self->acknowledges)
        static_cast<void>(self->channel_->send(link::Applied{self->world.revision, self->failing}));
    }
    self->ended_ = true;
  }

  CloudUnderTest& cloud_;
  std::unique_ptr<link::Channel> channel_;
  int heard_ = 0;
  bool ended_ = false;
};

class GatewaysTest : public ::testing::Test {
 protected:
  std::string balancer_status(const std::string& id) {
    return cloud_.call("GET", "/loadbalancers/" + id).at("loadbalancer.provisioning_status");
  }
  std::string balancer_operating(const std::string& id) {
    return cloud_.call("GET", "/loadbalancers/" + id).at("loadbalancer.operating_status");
  }
  void settle(FakeGateway& gateway, const std::string& id) {
    gateway.wait_until([&] {
      const auto* balancer = cloud_.state().find<LoadBalancer>(id);
      return balancer == nullptr || !is_pending(balancer->provisioning_status);
    });
    cloud_.poll();
  }

  Folder folder_;
  CloudUnderTest cloud_{{.address = folder_.socket()}};
};

TEST_F(GatewaysTest, ActiveMeansApplied) {
  FakeGateway gateway(cloud_, folder_.socket());
  gateway.acknowledges = false;
  const auto id = cloud_.make_balancer();
  gateway.wait_until([&] { return gateway.world.load_balancers.contains(id); });
  EXPECT_EQ(balancer_status(id), "PENDING_CREATE");
  EXPECT_EQ(balancer_operating(id), "OFFLINE");
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(balancer_operating(id), "ONLINE");
  EXPECT_EQ(gateway.world.load_balancers.at(id).router_id, kRouter);
  EXPECT_EQ(gateway.world.load_balancers.at(id).vip_address, "198.0.2.5");
  EXPECT_NE(gateway.world.load_balancers.at(id).vip_mac, "");
}

TEST_F(GatewaysTest, AnOldAcknowledgementIsNotForWhatCameAfter) {
  FakeGateway gateway(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(gateway, id);
  gateway.acknowledges = false;
  const auto old = gateway.world.revision;
  const auto listener = cloud_.make_listener(id);
  gateway.wait_until([&] { return gateway.world.listeners.contains(listener); });
  gateway.say(link::Applied{old, {}});
  EXPECT_EQ(balancer_status(id), "PENDING_UPDATE");
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ACTIVE");
}

TEST_F(GatewaysTest, AChangeThatConcernsNoPacketNeedsNoWord) {
  FakeGateway gateway(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(gateway, id);
  gateway.acknowledges = false;
  const auto before = gateway.changes.size();
  EXPECT_EQ(cloud_.call("PUT", "/loadbalancers/" + id, R"({"loadbalancer":{"name":"renamed"}})").status, 200);
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(gateway.changes.size(), before);
}

TEST_F(GatewaysTest, InForceIsWhatAGatewayHasAcknowledged) {
  FakeGateway gateway(cloud_, folder_.socket());
  gateway.acknowledges = false;
  cloud_.make_balancer();
  std::vector<bool> ended;
  const auto wait = [&](Duration limit = std::chrono::hours(1)) {
    boost::asio::co_spawn(cloud_.context, cloud_.gateways->wait_in_force(limit),
                          [&](std::exception_ptr, bool in_force) { ended.push_back(in_force); });
    for (int i = 0; i < 50; ++i) cloud_.poll();
  };
  wait();
  EXPECT_TRUE(ended.empty());
  gateway.acknowledge();
  EXPECT_EQ(ended, (std::vector{true}));
  wait();
  EXPECT_EQ(ended, (std::vector{true, true})) << "nothing has changed since";

  cloud_.make_balancer();
  wait(std::chrono::milliseconds(1));
  gateway.wait_until([&] { return ended.size() == 3; });
  EXPECT_FALSE(ended.back()) << "it is not waited for longer";
  wait();
  gateway.leave();
  EXPECT_EQ(ended, (std::vector{true, true, false, true})) << "nobody is there to wait for";
}

TEST_F(GatewaysTest, SendsOnlyWhatChanged) {
  FakeGateway gateway(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(gateway, id);
  const auto listener = cloud_.make_listener(id);
  settle(gateway, id);
  const auto pool = cloud_.make_pool(listener);
  settle(gateway, id);
  gateway.changes.clear();
  cloud_.make_member(pool, "10.0.0.3");
  settle(gateway, id);
  ASSERT_EQ(gateway.changes.size(), 1U);
  EXPECT_EQ(gateway.changes[0].put.pools.size(), 1U);
  EXPECT_TRUE(gateway.changes[0].put.listeners.empty());
  EXPECT_TRUE(gateway.changes[0].put.load_balancers.empty());
  EXPECT_TRUE(gateway.changes[0].deleted.empty());
}

TEST_F(GatewaysTest, ADeleteIsDoneWhenItIsApplied) {
  FakeGateway gateway(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(gateway, id);
  const auto listener = cloud_.make_listener(id);
  settle(gateway, id);
  gateway.acknowledges = false;
  EXPECT_EQ(cloud_.call("DELETE", "/loadbalancers/" + id + "?cascade=true").status, 204);
  gateway.wait_until([&] { return gateway.world.load_balancers.empty(); });
  EXPECT_TRUE(gateway.world.listeners.empty());
  EXPECT_EQ(balancer_status(id), "PENDING_DELETE");
  EXPECT_EQ(cloud_.call("GET", "/listeners/" + listener).status, 200);
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(cloud_.call("GET", "/loadbalancers/" + id).status, 404);
  EXPECT_EQ(cloud_.call("GET", "/listeners/" + listener).status, 404);
}

TEST_F(GatewaysTest, WhatAGatewayCannotDoIsInErrorWithItsReasonUntilItCan) {
  FakeGateway gateway(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(gateway, id);
  gateway.acknowledges = false;
  const auto listener = cloud_.make_listener(id, 81);
  gateway.wait_until([&] { return gateway.world.listeners.contains(listener); });
  gateway.failing = {{"listener", listener, "port 81 is taken"}};
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ACTIVE") << "the child's failure is the child's";
  const auto shown = cloud_.call("GET", "/listeners/" + listener);
  EXPECT_EQ(shown.at("listener.provisioning_status"), "ERROR");
  EXPECT_EQ(shown.at("listener.operating_status"), "ERROR");
  EXPECT_EQ(shown.at("listener.error_reason"), "port 81 is taken");
  EXPECT_EQ(balancer_operating(id), "ERROR");

  gateway.failing.clear();
  gateway.acknowledge();
  cloud_.poll();
  const auto mended = cloud_.call("GET", "/listeners/" + listener);
  EXPECT_EQ(mended.at("listener.provisioning_status"), "ACTIVE");
  EXPECT_EQ(mended.at("listener.error_reason"), "(absent)");
}

TEST_F(GatewaysTest, ALoadBalancerThatCannotBeServedIsInErrorAndCanBeDeletedOrTriedAgain) {
  FakeGateway gateway(cloud_, folder_.socket());
  gateway.acknowledges = false;
  const auto id = cloud_.make_balancer();
  gateway.wait_until([&] { return gateway.world.load_balancers.contains(id); });
  gateway.failing = {{"load_balancer", id, "no namespace"}};
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ERROR");
  EXPECT_EQ(cloud_.call("PUT", "/loadbalancers/" + id, R"({"loadbalancer":{"name":"x"}})").fault(),
            fmt::format("Invalid state ERROR of loadbalancer resource {}", id));

  gateway.changes.clear();
  EXPECT_EQ(cloud_.call("PUT", "/loadbalancers/" + id + "/failover", "", "admin").status, 202);
  gateway.wait_until([&] { return !gateway.changes.empty(); });
  EXPECT_TRUE(gateway.changes[0].put.load_balancers.contains(id)) << "sent again, although it is as it was";
  gateway.failing.clear();
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ACTIVE");
}

TEST_F(GatewaysTest, ASubnetWithoutARouterIsNoError) {
  FakeGateway gateway(cloud_, folder_.socket());
  gateway.acknowledges = false;
  const auto made = cloud_.call("POST", "/loadbalancers",
                                fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}"}}}})", kOtherSubnet));
  const auto id = made.at("loadbalancer.id");
  gateway.wait_until([&] { return gateway.world.load_balancers.contains(id); });
  EXPECT_EQ(gateway.world.load_balancers.at(id).router_id, "");
  gateway.failing = {{"load_balancer", id, "no router"}};
  gateway.acknowledge();
  settle(gateway, id);
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(balancer_operating(id), "OFFLINE");
}

TEST_F(GatewaysTest, WithoutAGatewayNothingStaysPendingForLong) {
  const auto id = cloud_.make_balancer();
  EXPECT_EQ(balancer_status(id), "PENDING_CREATE");
  cloud_.wind(std::chrono::seconds(2));
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(balancer_operating(id), "OFFLINE");
  EXPECT_EQ(cloud_.call("DELETE", "/loadbalancers/" + id).status, 204);
  EXPECT_EQ(cloud_.call("GET", "/loadbalancers/" + id).status, 404) << "away for long: nobody is waited for";
}

TEST_F(GatewaysTest, AGatewayThatGoesAwayWhilePendingIsNotWaitedForForever) {
  auto gateway = std::make_unique<FakeGateway>(cloud_, folder_.socket());
  gateway->acknowledges = false;
  const auto id = cloud_.make_balancer();
  gateway.reset();
  EXPECT_EQ(balancer_status(id), "PENDING_CREATE");
  cloud_.wind(std::chrono::seconds(2));
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(balancer_operating(id), "OFFLINE");

  FakeGateway again(cloud_, folder_.socket());
  EXPECT_TRUE(again.world.load_balancers.contains(id));
  for (int i = 0; i < 50; ++i) cloud_.poll();
  EXPECT_EQ(balancer_operating(id), "ONLINE");
}

TEST_F(GatewaysTest, ASilentGatewayIsCutOff) {
  FakeGateway gateway(cloud_, folder_.socket());
  gateway.acknowledges = false;
  const auto id = cloud_.make_balancer();
  cloud_.wind(std::chrono::seconds(29));
  EXPECT_EQ(balancer_status(id), "PENDING_CREATE");
  EXPECT_EQ(cloud_.gateways->connected(), 1U);
  cloud_.wind(std::chrono::seconds(3));
  EXPECT_EQ(cloud_.gateways->connected(), 0U);
  cloud_.wind(std::chrono::seconds(2));
  EXPECT_EQ(balancer_status(id), "ACTIVE");
}

TEST_F(GatewaysTest, ASilentGatewayThatComesBackAtOnceIsNotWaitedForBeforeItAnswers) {
  auto gateway = std::make_unique<FakeGateway>(cloud_, folder_.socket(), "gw-1", false);
  const auto id = cloud_.make_balancer();
  cloud_.wind(std::chrono::milliseconds(30'600));
  EXPECT_EQ(cloud_.gateways->connected(), 0U);
  EXPECT_EQ(balancer_status(id), "PENDING_CREATE");
  gateway = std::make_unique<FakeGateway>(cloud_, folder_.socket(), "gw-1", false);
  EXPECT_EQ(cloud_.gateways->connected(), 1U);
  cloud_.wind(std::chrono::seconds(2));
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(balancer_operating(id), "OFFLINE");
  gateway->acknowledge();
  EXPECT_EQ(balancer_operating(id), "ONLINE");
  cloud_.make_listener(id);
  cloud_.wind(std::chrono::seconds(5));
  EXPECT_EQ(balancer_status(id), "PENDING_UPDATE") << "it answers again, so it is waited for";
}

TEST_F(GatewaysTest, NothingPendingSurvivesARestart) {
  auto gateway = std::make_unique<FakeGateway>(cloud_, folder_.socket());
  gateway->acknowledges = false;
  const auto made = cloud_.make_balancer("made");
  const auto gone = cloud_.make_balancer("gone");
  gateway->acknowledge();
  settle(*gateway, made);
  settle(*gateway, gone);
  EXPECT_EQ(cloud_.call("DELETE", "/loadbalancers/" + gone).status, 204);
  cloud_.make_listener(made);
  gateway.reset();
  cloud_.restart({.address = folder_.socket()});
  EXPECT_EQ(balancer_status(made), "PENDING_UPDATE");
  EXPECT_EQ(balancer_status(gone), "PENDING_DELETE");

  FakeGateway again(cloud_, folder_.socket());
  EXPECT_FALSE(again.world.load_balancers.contains(gone));
  for (int i = 0; i < 50; ++i) cloud_.poll();
  EXPECT_EQ(balancer_status(made), "ACTIVE");
  EXPECT_EQ(cloud_.call("GET", "/loadbalancers/" + gone).status, 404);
}

TEST_F(GatewaysTest, HealthIsAFactAndRollsUp) {
  FakeGateway gateway(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(gateway, id);
  const auto listener = cloud_.make_listener(id);
  settle(gateway, id);
  const auto pool = cloud_.make_pool(listener);
  settle(gateway, id);
  const auto first = cloud_.make_member(pool, "10.0.0.3");
  settle(gateway, id);
  const auto second = cloud_.make_member(pool, "10.0.0.4");
  settle(gateway, id);
  const auto member = [&](const std::string& which) {
    return cloud_.call("GET", "/pools/" + pool + "/members/" + which).at("member.operating_status");
  };
  const auto pool_status = [&] { return cloud_.call("GET", "/pools/" + pool).at("pool.operating_status"); };
  EXPECT_EQ(member(first), "NO_MONITOR");
  cloud_.call(
      "POST", "/healthmonitors",
      fmt::format(R"({{"healthmonitor":{{"pool_id":"{}","type":"TCP","delay":1,"timeout":1,"max_retries":1}}}})",
                  pool));
  settle(gateway, id);
  EXPECT_EQ(member(first), "OFFLINE") << "not checked yet";

  const auto revision = cloud_.ledger->revision();
  gateway.say(link::Health{{{pool, first, "ONLINE"}, {pool, second, "ONLINE"}}, true});
  EXPECT_EQ(member(first), "ONLINE");
  EXPECT_EQ(pool_status(), "ONLINE");
  gateway.say(link::Health{{{pool, second, "ERROR"}}, false});
  EXPECT_EQ(member(second), "ERROR");
  EXPECT_EQ(pool_status(), "DEGRADED");
  EXPECT_EQ(balancer_operating(id), "DEGRADED");
  gateway.say(link::Health{{{pool, first, "ERROR"}}, false});
  EXPECT_EQ(pool_status(), "ERROR");
  EXPECT_EQ(balancer_operating(id), "ERROR");
  EXPECT_EQ(balancer_status(id), "ACTIVE");
  EXPECT_EQ(cloud_.ledger->revision(), revision) << "facts write nothing";
}

TEST_F(GatewaysTest, CountersNeverFall) {
  auto gateway = std::make_unique<FakeGateway>(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(*gateway, id);
  const auto listener = cloud_.make_listener(id);
  settle(*gateway, id);
  const auto bytes = [&] { return cloud_.call("GET", "/loadbalancers/" + id + "/stats").at("stats.bytes_in"); };
  gateway->say(link::Counters{"e1", {{listener, 100, 200, 3, 10, 0}}});
  EXPECT_EQ(bytes(), "100");
  EXPECT_EQ(
      cloud_.call("GET", "/listeners/" + listener + "/stats").text,
      R"({"stats":{"bytes_in":100,"bytes_out":200,"active_connections":3,"total_connections":10,"request_errors":0}})");
  gateway->say(link::Counters{"e2", {{listener, 5, 5, 1, 1, 0}}});
  EXPECT_EQ(bytes(), "105") << "a new engine begins at zero";
  gateway.reset();
  cloud_.restart({.address = folder_.socket()});
  EXPECT_EQ(bytes(), "105") << "what was shown is durable";
  gateway = std::make_unique<FakeGateway>(cloud_, folder_.socket());
  gateway->say(link::Counters{"e2", {{listener, 7, 7, 1, 2, 0}}});
  EXPECT_EQ(bytes(), "107") << "the engine went on counting meanwhile";
  EXPECT_EQ(cloud_.call("GET", "/listeners/" + listener + "/stats").at("stats.active_connections"), "1");
}

TEST_F(GatewaysTest, StrangersOnTheLinkAreLetGo) {
  auto peer = cloud_.run(link::connect(folder_.socket()));
  ASSERT_TRUE(peer.has_value());
  EXPECT_TRUE((*peer)->send(link::Applied{1, {}}).has_value());
  const auto answer = cloud_.run((*peer)->receive());
  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(cloud_.gateways->connected(), 0U);
}

TEST_F(GatewaysTest, TheSameGatewayAgainReplacesItsOldConnection) {
  FakeGateway first(cloud_, folder_.socket());
  const auto id = cloud_.make_balancer();
  settle(first, id);
  FakeGateway second(cloud_, folder_.socket());
  cloud_.poll();
  EXPECT_EQ(cloud_.gateways->connected(), 1U);
  EXPECT_TRUE(second.world.load_balancers.contains(id));
}

TEST(NoopGateways, AcknowledgeAtOnceAndServeNothing) {
  CloudUnderTest cloud;
  const auto id = cloud.make_balancer();
  const auto shown = cloud.call("GET", "/loadbalancers/" + id);
  EXPECT_EQ(shown.at("loadbalancer.provisioning_status"), "ACTIVE");
  EXPECT_EQ(shown.at("loadbalancer.operating_status"), "OFFLINE");
  EXPECT_NE(shown.at("loadbalancer.updated_at"), "null");
}

// The store takes its time, so that one change comes while the one before it is being settled.
TEST(NoopGateways, SettleWhatIsChangedAgainWhileItIsBeingSettled) {
  CloudUnderTest cloud;
  const auto id = cloud.make_balancer();
  const auto begin_change = [&] {
    const auto touch = [id](Work& work) -> Result<bool> {
      auto balancer = *work.find<LoadBalancer>(id);
      balancer.provisioning_status = kPendingUpdate;
      work.put(std::move(balancer));
      return true;
    };
    boost::asio::co_spawn(cloud.context, cloud.ledger->change<bool>(touch),
                          [](const std::exception_ptr&, const Result<bool>&) {});
  };
  cloud.store().hold();
  begin_change();
  cloud.poll();
  cloud.store().release();
  // The first change becomes durable, and its settling waits for the store again.
  while (cloud.state().find<LoadBalancer>(id)->provisioning_status == kPendingUpdate) cloud.context.run_one();
  cloud.store().hold();
  begin_change();
  cloud.poll();
  cloud.store().release();
  cloud.poll();
  EXPECT_EQ(cloud.state().find<LoadBalancer>(id)->provisioning_status, kActive);
}

TEST(Gateways, SayWhenTheirAddressIsTaken) {
  Folder folder;
  CloudUnderTest first({.address = folder.socket()});
  const auto second = Gateways::start(first.context, first.test.env, *first.ledger, {.address = folder.socket()});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::conflict);
}

}  // namespace
}  // namespace fairway::cloud
