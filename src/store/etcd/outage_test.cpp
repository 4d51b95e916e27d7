// An etcd that is there and does not do what it is told: frozen, without space, its history cut by somebody else.
#include <gtest/gtest.h>

#include "store/etcd/messages.h"
#include "store/etcd/rig_test.h"
#include "testing/results.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;
using testing::run_on;

class Outage : public StoreRig {
 protected:
  // An etcd of its own: it is harmed.
  EtcdConfig begin(std::vector<std::string> arguments = {}) {
    server_ = std::make_unique<testing::EtcdServer>(testing::EtcdTls{}, std::move(arguments));
    config_ = {
        .endpoints = {server_->endpoint()}, .prefix = prefix_, .patience = 10s, .request = 300ms, .away = 500ms};
    store_ = open_store(config_);
    return config_;
  }
  void TearDown() override {
    store_.reset();
    if (server_) turn_for(50ms);
  }
  [[nodiscard]] std::string trouble() const { return testing::what(store_->reachable()); }

  std::unique_ptr<testing::EtcdServer> server_;
  EtcdConfig config_;
  std::unique_ptr<Store> store_;
};

TEST_F(Outage, AFrozenEtcdIsSaidInWordsAndGoesOnByItself) {
  const auto own = begin();
  auto count = begin_count(*store_);
  count_on(*store_, count, 3);
  ASSERT_TRUE(all_answered(count));
  EXPECT_EQ(trouble(), "");
  server_->freeze();
  count_on(*store_, count, 6);
  ASSERT_TRUE(turn_until([&] { return !trouble().empty(); }));
  EXPECT_NE(trouble().find(server_->endpoint()), std::string::npos) << trouble();
  EXPECT_NE(trouble().find("no answer in time"), std::string::npos) << trouble();
  EXPECT_NE(trouble().find("etcdctl endpoint status"), std::string::npos) << trouble();
  EXPECT_FALSE(count.asked.back()->answer) << "what was taken on waits";
  EXPECT_EQ(store_->reachable().error().code, Errc::unavailable);
  EXPECT_EQ(transact(*store_, {}).error().code, Errc::unavailable) << "who only waits is told";
  server_->thaw();
  ASSERT_TRUE(all_answered(count));
  EXPECT_EQ(trouble(), "");
  expect_each_once(count, own);
}

// Nobody writes: the lease's renewal finds it out, and finds out that it is over.
TEST_F(Outage, AFrozenEtcdIsNoticedByAnIdleStoreToo) {
  begin();
  store_.reset();
  turn_for(50ms);
  config_.lease = 900ms;
  store_ = open_store(config_);
  server_->freeze();
  EXPECT_TRUE(turn_until([&] { return !trouble().empty(); }));
  server_->thaw();
  EXPECT_TRUE(turn_until([&] { return trouble().empty(); }));
  EXPECT_TRUE(transact(*store_, {{}, {{"/a", "1"}}, {}})) << "it is still the owner";
}

// The quota is reached under writes; then a person does what the words say.
TEST_F(Outage, AnEtcdWithoutSpaceIsSaidInWordsAndGoesOnWhenItHasSome) {
  const auto own = begin({"--quota-backend-bytes", "1000000"});
  std::vector<std::shared_ptr<Asked>> asked;
  asked.reserve(120);
  for (int i = 0; i < 120; ++i) {
    asked.push_back(ask(*store_, {{}, {{"/large", std::string(10'000, 'x')}}, {}}));
  }
  ASSERT_TRUE(turn_until([&] { return !trouble().empty(); }));
  EXPECT_NE(trouble().find("database space exceeded"), std::string::npos) << trouble();
  EXPECT_NE(trouble().find("etcdctl alarm disarm"), std::string::npos) << trouble();
  EXPECT_NE(trouble().find(server_->endpoint()), std::string::npos) << trouble();
  EXPECT_TRUE(asked.front()->answer);
  EXPECT_FALSE(asked.back()->answer);
  EXPECT_TRUE(store_->healthy()) << "nothing is lost";
  EXPECT_TRUE(run_on(context_, store_->range({}))) << "reading goes on";

  const auto by_hand = [&](const std::string& path, json::Value request) {
    FW_EXPECT_OK(try_call(own, path, std::move(request)));
  };
  by_hand("/kv/compaction", json::Object{{"revision", number(store_->revision())}, {"physical", true}});
  by_hand("/maintenance/defragment", json::Object{});
  // As `etcdctl alarm disarm` does it: each by its member.
  const auto raised = try_call(own, "/maintenance/alarm", json::Object{{"action", "GET"}}).value();
  for (const auto& alarm : json::array_or_empty(raised, "alarms")) {
    by_hand("/maintenance/alarm", json::Object{{"action", "DEACTIVATE"},
                                               {"memberID", json::string_or(alarm, "memberID")},
                                               {"alarm", json::string_or(alarm, "alarm")}});
  }
  ASSERT_TRUE(turn_until([&] { return asked.back()->answer.has_value(); })) << trouble();
  for (const auto& one : asked) FW_EXPECT_OK(*one->answer);
  EXPECT_EQ(trouble(), "");
}

// Somebody else cuts etcd's history past what watches could ask for: those of before go on from memory, and a store that
// is opened afterwards says `gone` for what it cannot know.
TEST_F(Outage, AHistoryThatIsCutByOthersIsGoneForWatchesAfterTheNextOpening) {
  const auto own = begin();
  auto count = begin_count(*store_);
  const auto start = store_->revision();
  count_on(*store_, count, 10);
  ASSERT_TRUE(all_answered(count));
  const auto cut = **count.asked[5]->answer;
  FW_ASSERT_OK(try_call(own, "/kv/compaction", json::Object{{"revision", number(cut)}, {"physical", true}}));
  const auto from_memory = store_->watch("/counter", start).value();
  EXPECT_EQ(run_on(context_, from_memory->next()).value().changes[0].now->value, "0");

  run_on(context_, store_->close(5s));
  store_ = open_store(own);
  EXPECT_GE(store_->oldest_watchable(), cut);
  const auto early = store_->watch("/counter", start);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Errc::gone);
  EXPECT_NE(early.error().what.find("list again"), std::string::npos) << early.error().what;
  const auto late = store_->watch("/counter", store_->oldest_watchable()).value();
  EXPECT_EQ(run_on(context_, late->next()).value().changes[0].now->value, "6");
  EXPECT_EQ(told(run_on(context_, store_->range({})).value()), "/counter=9 ");
}

}  // namespace
}  // namespace fairway::store::etcd
