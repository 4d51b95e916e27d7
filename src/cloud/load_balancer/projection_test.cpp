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

// Changes of all kinds by chance, the same in every run.
class Walk {
 public:
  explicit Walk(CloudUnderTest& cloud) : cloud_(cloud) {}

  void step() {
    constexpr std::array kSteps{&Walk::make_balancer,  &Walk::make_listener,  &Walk::make_pool,
                                &Walk::set_members,    &Walk::make_monitor,   &Walk::remove_listener,
                                &Walk::remove_pool,    &Walk::remove_monitor, &Walk::remove_balancer,
                                &Walk::change_monitor, &Walk::remove_member,  &Walk::change_listener,
                                &Walk::plug_or_unplug, &Walk::switch_router};
    (this->*kSteps[static_cast<std::size_t>(roll(kSteps.size()))])();
    if (roll(4) != 0) cloud_.settle_all();
  }

 private:
  int roll(std::size_t sides) { return static_cast<int>(dice_() % sides); }
  template <class T>
  std::string any() {
    const auto& table = cloud_.state().table<T>();
    if (table.rows().empty()) return "none";
    auto at = table.rows().begin();
    std::advance(at, roll(table.size()));
    return at->first;
  }

  void make_balancer() { cloud_.make_balancer(); }
  void make_listener() {
    cloud_.call("POST", "/listeners",
                fmt::format(R"({{"listener":{{"protocol":"TCP","protocol_port":{},"loadbalancer_id":"{}"}}}})",
                            1 + roll(9), any<LoadBalancer>()));
  }
  void make_pool() {
    cloud_.call("POST", "/pools",
                fmt::format(R"({{"pool":{{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN","listener_id":"{}"}}}})",
                            any<Listener>()));
  }
  void set_members() {
    constexpr const char* kMember = R"({{"address":"10.0.0.{}","protocol_port":{}}})";
    const auto first = fmt::format(fmt::runtime(kMember), roll(5), 1);
    const auto second = fmt::format(fmt::runtime(kMember), roll(5), 2);
    cloud_.call("PUT", "/pools/" + any<Pool>() + "/members", fmt::format(R"({{"members":[{},{}]}})", first, second));
  }
  void make_monitor() {
    cloud_.call(
        "POST", "/healthmonitors",
        fmt::format(R"({{"healthmonitor":{{"pool_id":"{}","type":"TCP","delay":1,"timeout":1,"max_retries":1}}}})",
                    any<Pool>()));
  }
  void remove_listener() { cloud_.call("DELETE", "/listeners/" + any<Listener>()); }
  void remove_pool() { cloud_.call("DELETE", "/pools/" + any<Pool>()); }
  void remove_monitor() { cloud_.call("DELETE", "/healthmonitors/" + any<HealthMonitor>()); }
  void remove_balancer() {
    if (roll(3) == 0) cloud_.call("DELETE", "/loadbalancers/" + any<LoadBalancer>() + "?cascade=true");
  }
  void change_monitor() {
    cloud_.call("PUT", "/healthmonitors/" + any<HealthMonitor>(),
                fmt::format(R"({{"healthmonitor":{{"delay":{}}}}})", roll(9)));
  }
  void remove_member() {
    const auto member = any<Member>();
    const auto* found = cloud_.state().find<Member>(member);
    if (found != nullptr) cloud_.call("DELETE", "/pools/" + found->pool_id + "/members/" + member);
  }
  void change_listener() {
    const auto pool = roll(2) == 0 ? "null" : "\"" + any<Pool>() + "\"";
    cloud_.call("PUT", "/listeners/" + any<Listener>(),
                fmt::format(R"({{"listener":{{"default_pool_id":{}}}}})", pool));
  }
  // The router's interface comes and goes.
  void plug_or_unplug() {
    cloud_.change([](Work& work) {
      const std::string leg = "77777777-1111-1111-1111-111111111111";
      if (work.find<Port>(leg) != nullptr) return work.erase<Port>(leg);
      Port port = *work.find<Port>("66666666-1111-1111-1111-111111111111");
      port.id = leg;
      port.fixed_ips = {{kOtherSubnet, "198.0.3.1"}};
      work.put(port);
    });
  }
  void switch_router() {
    cloud_.change([](Work& work) {
      ::fairway::cloud::Router router = *work.find<::fairway::cloud::Router>(kRouter);
      router.admin_state_up = !router.admin_state_up;
      work.put(router);
    });
  }

  CloudUnderTest& cloud_;
  std::mt19937 dice_{7};
};

TEST(Projector, FollowsEveryChangeOfAnyKind) {
  CloudUnderTest cloud({.away_patience = std::chrono::hours(1)});
  Follower follower(cloud);
  Walk walk(cloud);
  for (int step = 0; step < 600; ++step) walk.step();
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
