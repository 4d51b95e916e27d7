// The store on a cluster of three real members, of which some are killed or frozen under writes.
#include <gtest/gtest.h>

#include "store/etcd/messages.h"
#include "store/etcd/rig_test.h"
#include "testing/results.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

class Members : public StoreRig {
 protected:
  void SetUp() override {
    StoreRig::SetUp();
    if (IsSkipped()) return;
    servers_ = testing::EtcdServer::cluster(3);
    config_ = {.prefix = prefix_, .patience = 20s, .request = 1s};
    for (const auto& server : servers_) config_.endpoints.push_back(server->endpoint());
    store_ = open_store(config_);
    ASSERT_NE(store_, nullptr);
    count_ = begin_count(*store_);
  }
  [[nodiscard]] EtcdConfig only(std::size_t member) const {
    auto one = config_;
    one.endpoints = {config_.endpoints[member]};
    return one;
  }
  // Its place in servers_; whoever it is, the members agree on it.
  std::size_t leader() {
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      const auto status = try_call(only(i), "/maintenance/status", json::Object{});
      if (status && json::string_or(*status, "leader") == json::string_or(*status, "header.member_id")) return i;
    }
    ADD_FAILURE() << "no leader";
    return 0;
  }
  // Half of the writes are under way when it happens.
  void write_through(const std::function<void()>& loss) {
    count_on(*store_, count_, 40);
    const auto half = count_.asked.size() - 20;
    ASSERT_TRUE(turn_until([&] { return count_.asked[half]->answer.has_value(); }));
    loss();
    count_on(*store_, count_, 10);
    ASSERT_TRUE(all_answered(count_));
  }

  std::vector<std::unique_ptr<testing::EtcdServer>> servers_;
  EtcdConfig config_;
  std::unique_ptr<Store> store_;
  Count count_;
};

TEST_F(Members, TheEndpointInUseIsKilledAndTheNextOneServes) {
  write_through([&] { servers_[0]->kill(); });
  servers_[0]->start();
  write_through([&] { servers_[1]->kill(); });
  servers_[1]->start();
  expect_each_once(count_, only(2));
  EXPECT_TRUE(store_->healthy());
  EXPECT_TRUE(store_->reachable());
}

TEST_F(Members, TheLeaderIsKilledAndAnotherIsElected) {
  for (int round = 0; round < 2; ++round) {
    const auto lost = leader();
    write_through([&] { servers_[lost]->kill(); });
    servers_[lost]->start();
  }
  expect_each_once(count_, config_);
  EXPECT_TRUE(store_->healthy());
}

TEST_F(Members, AFrozenMemberIsLeftForTheNextOne) {
  const auto began = system_clock().steady();
  write_through([&] { servers_[0]->freeze(); });
  EXPECT_LT(system_clock().steady() - began, 10s);
  servers_[0]->thaw();
  expect_each_once(count_, only(0));
  EXPECT_TRUE(store_->reachable());
}

TEST_F(Members, WithoutAMajorityWritesWaitAndGoOnWithIt) {
  servers_[1]->kill();
  servers_[2]->kill();
  count_on(*store_, count_, 5);
  turn_for(1500ms);
  EXPECT_FALSE(count_.asked.front()->answer);
  servers_[1]->start();
  ASSERT_TRUE(all_answered(count_));
  servers_[2]->start();
  expect_each_once(count_, config_);
  EXPECT_TRUE(store_->healthy());
}

}  // namespace
}  // namespace fairway::store::etcd
