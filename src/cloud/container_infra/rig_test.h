// For tests of container infrastructure: its API over a store in memory, people with roles, networks, and a cluster
// driver on the real link that does what the test says.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "cloud/api/rig_test.h"
#include "cloud/container_infra/api.h"
#include "cluster_link/channel.h"
#include "testing/temporary_folder.h"

namespace fairway::cloud::container_infra {

namespace link = cluster_link;

class InfraRig : public ApiRig {
 public:
  explicit InfraRig(bool with_driver_address = true) {
    people();
    const auto address = with_driver_address ? socket() : std::string();
    drivers = Drivers::start(io, context, {address}).value();
    add_routes(router, {context, passwords, *drivers});
  }
  ~InfraRig() {
    drivers->stop();
    advance(std::chrono::seconds(1));  // lets the ticker see that it is over
  }
  InfraRig(const InfraRig&) = delete;
  InfraRig& operator=(const InfraRig&) = delete;

  [[nodiscard]] std::string socket() const { return "unix:" + folder.file("clusters.sock"); }
  [[nodiscard]] const State& state() const { return ledger->state(); }

  void poll() {
    io.restart();
    io.poll();
  }
  // Winds the time, and lets what waited for it run.
  void advance(Duration by) {
    env.timers.advance(by);
    for (int i = 0; i < 20; ++i) poll();
  }
  void wait_until(const std::function<bool()>& holds) {
    for (int i = 0; i < 100'000 && !holds(); ++i) {
      io.restart();
      io.poll_one();
    }
    EXPECT_TRUE(holds());
  }

  // The API's newest microversion, as clients ask for it.
  ApiAnswer ask(std::string_view as, std::string_view method, const std::string& path, std::string body = {},
                const std::string& version = "latest") {
    return call(as, method, "/container-infra/v1" + path, std::move(body),
                {{"OpenStack-API-Version", "container-infra " + version}});
  }
  std::string make_template(const std::string& name = "k8s", const std::string& more = "") {
    const auto made = ask("demo", "POST", "/clustertemplates",
                          R"({"name":")" + name +
                              R"(","coe":"kubernetes","image_id":"fedora",)"
                              R"("external_network_id":"public")" +
                              more + "}");
    EXPECT_EQ(made.status, 201) << made.text;
    return made.at("uuid");
  }
  std::string make_cluster(const std::string& name = "c1", const std::string& more = "") {
    const auto made =
        ask("demo", "POST", "/clusters", R"({"name":")" + name + R"(","cluster_template_id":"k8s")" + more + "}");
    EXPECT_EQ(made.status, 202) << made.text;
    return made.at("uuid");
  }
  std::string status(const std::string& id) { return ask("demo", "GET", "/clusters/" + id).at("status"); }

  testing::TemporaryFolder folder;
  identity::Passwords passwords{env.random, {.n = 16}};
  std::unique_ptr<Drivers> drivers;

 private:
  static void person(Work& work, const std::string& name) {
    work.put(Project{.id = "p-" + name, .name = name, .domain_id = "default"});
    work.put(User{.id = "user-" + name, .name = name, .domain_id = "default"});
    RoleAssignment assignment;
    assignment.user_id = "user-" + name;
    assignment.project_id = "p-" + name;
    assignment.role_id = name == "admin" ? "admin" : "member";
    assignment.id = assignment.user_id + "/" + assignment.project_id + "/" + assignment.role_id;
    work.put(assignment);
  }
  void people() {
    run([](Ledger& into) -> Task<> {
      const auto done = co_await into.change<bool>([](Work& work) -> Result<bool> {
        work.put(Domain{.id = "default", .name = "Default"});
        for (const auto* role : {"admin", "member", "reader"}) work.put(Role{.id = role, .name = role});
        for (const auto* name : {"admin", "demo", "other"}) person(work, name);
        Network outside;
        outside.id = "net-public";
        outside.name = "public";
        outside.project_id = "p-admin";
        outside.external = true;
        work.put(outside);
        Network inside;
        inside.id = "net-private";
        inside.name = "private";
        inside.project_id = "p-demo";
        work.put(inside);
        return true;
      });
      EXPECT_TRUE(done.has_value());
    }(*ledger));
  }
};

// A driver that keeps its wishes and says what it is told to.
class FakeDriver {
 public:
  explicit FakeDriver(InfraRig& rig, const std::string& name = "driver-1") : rig_(rig) {
    auto connected = rig.run(link::connect(rig.socket()));
    EXPECT_TRUE(connected.has_value());
    if (!connected) return;
    channel_ = *std::move(connected);
    EXPECT_TRUE(channel_->send(link::Hello{.driver = name}).has_value());
    boost::asio::co_spawn(rig.io, follow(this), [](std::exception_ptr) {});
    rig_.wait_until([this] { return heard_ > 0 || ended_; });
  }
  ~FakeDriver() { leave(); }
  FakeDriver(const FakeDriver&) = delete;
  FakeDriver& operator=(const FakeDriver&) = delete;

  void leave() {
    if (!channel_) return;
    channel_->close();
    rig_.wait_until([this] { return ended_; });
    channel_.reset();
    for (int i = 0; i < 20; ++i) rig_.poll();
  }
  // Says it, and waits until the cloud has taken it in.
  void say(const link::Message& message) {
    const auto before = rig_.drivers->reports();
    EXPECT_TRUE(channel_->send(message).has_value());
    rig_.wait_until([&] { return rig_.drivers->reports() > before; });
    for (int i = 0; i < 20; ++i) rig_.poll();
  }
  static link::NodeGroupFact nodes_of(const link::NodeGroupWish& group) {
    link::NodeGroupFact fact{.id = group.id, .nodes = {}};
    for (std::int64_t i = 0; i < group.node_count; ++i) {
      fact.nodes.push_back({group.name + "-" + std::to_string(i), "", "10.0.0." + std::to_string(10 + i)});
    }
    return fact;
  }
  void report(const std::string& id, const std::string& state, const std::string& reason = "") {
    link::Facts facts{.id = id, .generation = wishes.at(id).generation, .state = state, .reason = reason};
    if (state == "done") {
      facts.api_address = "https://127.0.0.1:41235";
      facts.coe_version = "v1.36.0";
      facts.health = "HEALTHY";
      facts.health_reason = {{"api", "ok"}};
      for (const auto& group : wishes.at(id).node_groups) facts.node_groups.push_back(nodes_of(group));
    }
    say(facts);
  }
  // Waits for a wish of this cluster that fits.
  const link::ClusterWish& expect(const std::string& id, const std::function<bool(const link::ClusterWish&)>& fits) {
    rig_.wait_until([&] { return wishes.contains(id) && fits(wishes.at(id)); });
    return wishes[id];
  }
  const link::ClusterWish& expect(const std::string& id) {
    return expect(id, [](const auto&) { return true; });
  }
  [[nodiscard]] bool turned_away() const { return ended_; }

  std::map<std::string, link::ClusterWish> wishes;

 private:
  static Task<> follow(FakeDriver* self) {
    while (true) {
      auto message = co_await self->channel_->receive();
      if (!message) break;
      if (auto* all = std::get_if<link::Wishes>(&*message)) {
        self->wishes.clear();
        for (auto& wish : all->clusters) self->wishes[wish.id] = wish;
      }
      if (auto* one = std::get_if<link::Wish>(&*message)) self->wishes[one->cluster.id] = one->cluster;
      ++self->heard_;
    }
    self->ended_ = true;
  }

  InfraRig& rig_;
  std::unique_ptr<link::Channel> channel_;
  int heard_ = 0;
  bool ended_ = false;
};

}  // namespace fairway::cloud::container_infra
