#include "cloud/load_balancer/projection.h"

#include <random>

#include "cloud/load_balancer/api_test.h"

namespace fairway::cloud {
namespace {

// Keeps a world by changes alone, and compares it with one made anew after each commit.
class Follower {
 public:
  explicit Follower(CloudUnderTest& cloud) : cloud_(cloud), projector_(cloud.state(), cloud.ledger->revision()) {
    world_ = projector_.world();
    cloud.ledger->observe([this](store::Revision revision, const std::vector<ChangedObject>& changed) {
      const auto change = projector_.advance(cloud_.state(), revision, changed);
      if (!change.empty()) {
        gateway_link::apply(world_, change);
        ++changes;
      }
      auto whole = project(cloud_.state(), revision);
      whole.revision = world_.revision;
      EXPECT_EQ(gateway_link::diff(world_, whole).empty(), true)
          << gateway_link::encode(gateway_link::diff(world_, whole));
    });
  }
  [[nodiscard]] const gateway_link::World& world() const { return world_; }
  int changes = 0;

 private:
  CloudUnderTest& cloud_;
  Projector projector_;
  gateway_link::World world_;
};

TEST(Projector, FollowsEveryChangeOfAnyKind) {
  CloudUnderTest cloud({.away_patience = std::chrono::hours(1)});
  Follower follower(cloud);
  std::mt19937 dice(7);
  const auto roll = [&](int sides) { return static_cast<int>(dice() % static_cast<unsigned>(sides)); };
  const auto pick = [&](const auto& table) {
    if (table.rows().empty()) return std::string("none");
    auto at = table.rows().begin();
    std::advance(at, roll(static_cast<int>(table.size())));
    return at->first;
  };
  for (int step = 0; step < 600; ++step) {
    const auto balancer = pick(cloud.state().table<LoadBalancer>());
    const auto listener = pick(cloud.state().table<Listener>());
    const auto pool = pick(cloud.state().table<Pool>());
    const auto member = pick(cloud.state().table<Member>());
    const auto monitor = pick(cloud.state().table<HealthMonitor>());
    switch (roll(14)) {
      case 0:
        cloud.make_balancer();
        break;
      case 1:
        cloud.call("POST", "/listeners",
                   fmt::format(R"({{"listener":{{"protocol":"TCP","protocol_port":{},"loadbalancer_id":"{}"}}}})",
                               1 + roll(9), balancer));
        break;
      case 2:
        cloud.call("POST", "/pools",
                   fmt::format(R"({{"pool":{{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN","listener_id":"{}"}}}})",
                               listener));
        break;
      case 3:
        cloud.call(
            "PUT", "/pools/" + pool + "/members",
            fmt::format(
                R"({{"members":[{{"address":"10.0.0.{}","protocol_port":1}},{{"address":"10.0.0.{}","protocol_port":2}}]}})",
                roll(5), roll(5)));
        break;
      case 4:
        cloud.call("POST", "/healthmonitors",
                   fmt::format(
                       R"({{"healthmonitor":{{"pool_id":"{}","type":"TCP","delay":1,"timeout":1,"max_retries":1}}}})",
                       pool));
        break;
      case 5:
        cloud.call("DELETE", "/listeners/" + listener);
        break;
      case 6:
        cloud.call("DELETE", "/pools/" + pool);
        break;
      case 7:
        cloud.call("DELETE", "/healthmonitors/" + monitor);
        break;
      case 8:
        if (roll(3) == 0) cloud.call("DELETE", "/loadbalancers/" + balancer + "?cascade=true");
        break;
      case 9:
        cloud.call("PUT", "/healthmonitors/" + monitor,
                   fmt::format(R"({{"healthmonitor":{{"delay":{}}}}})", roll(9)));
        break;
      case 10:
        if (const auto* found = cloud.state().find<Member>(member)) {
          cloud.call("DELETE", "/pools/" + found->pool_id + "/members/" + member);
        }
        break;
      case 11:
        cloud.call(
            "PUT", "/listeners/" + listener,
            fmt::format(R"({{"listener":{{"default_pool_id":{}}}}})", roll(2) == 0 ? "null" : "\"" + pool + "\""));
        break;
      case 12:
        // The router's interface comes and goes.
        cloud.change([&](Work& work) {
          const std::string leg = "77777777-1111-1111-1111-111111111111";
          if (work.find<Port>(leg) != nullptr) {
            work.erase<Port>(leg);
            return;
          }
          Port port = *work.find<Port>("66666666-1111-1111-1111-111111111111");
          port.id = leg;
          port.fixed_ips = {{kOtherSubnet, "198.0.3.1"}};
          work.put(port);
        });
        break;
      default:
        cloud.change([&](Work& work) {
          ::fairway::cloud::Router router = *work.find<::fairway::cloud::Router>(kRouter);
          router.admin_state_up = !router.admin_state_up;
          work.put(router);
        });
        break;
    }
    if (roll(4) != 0) cloud.settle_all();
  }
  EXPECT_GT(follower.changes, 200);
}

TEST(Projector, SaysNothingOfWhatConcernsNoPacket) {
  CloudUnderTest cloud;
  const auto id = cloud.make_balancer();
  Follower follower(cloud);
  cloud.call("PUT", "/loadbalancers/" + id, R"({"loadbalancer":{"name":"x","tags":["a"]}})");
  cloud.change([](Work& work) { work.put(Project{.id = "p9", .name = "p9"}); });
  EXPECT_EQ(follower.changes, 0);
}

TEST(Projector, ARouterInterfaceGivesALoadBalancerItsRouter) {
  CloudUnderTest cloud;
  cloud.call("POST", "/loadbalancers", fmt::format(R"({{"loadbalancer":{{"vip_subnet_id":"{}"}}}})", kOtherSubnet));
  Follower follower(cloud);
  EXPECT_EQ(follower.world().load_balancers.begin()->second.router_id, "");
  cloud.change([&](Work& work) {
    Port port = *work.find<Port>("66666666-1111-1111-1111-111111111111");
    port.id = "77777777-1111-1111-1111-111111111111";
    port.fixed_ips = {{kOtherSubnet, "198.0.3.1"}};
    work.put(port);
  });
  EXPECT_EQ(follower.world().load_balancers.begin()->second.router_id, kRouter);
  EXPECT_EQ(follower.world().routers.at(kRouter).interfaces.size(), 2U);
  cloud.change([&](Work& work) { work.erase<Port>("77777777-1111-1111-1111-111111111111"); });
  EXPECT_EQ(follower.world().load_balancers.begin()->second.router_id, "");
  EXPECT_EQ(follower.world().routers.at(kRouter).interfaces.size(), 1U);
}

}  // namespace
}  // namespace fairway::cloud
