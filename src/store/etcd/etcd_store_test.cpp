#include "store/etcd/etcd_store.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "runtime/sync.h"
#include "store/etcd/messages.h"
#include "store/etcd/ownership.h"
#include "store/etcd/rig_test.h"
#include "testing/http.h"
#include "testing/results.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;
using testing::run_on;

using EtcdStoreTest = StoreRig;

TEST_F(EtcdStoreTest, HasOneOwnerWhoIsNamed) {
  const auto first = open_store(config());
  auto impatient = config();
  impatient.patience = 100ms;
  const auto second = try_open(impatient);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_NE(second.error().what.find(fmt::format("process {} on ", ::getpid())), std::string::npos)
      << second.error().what;
  EXPECT_TRUE(transact(*first, {{}, {{"/a", "1"}}, {}})) << "the owner is none the worse for it";
}

TEST_F(EtcdStoreTest, GivenUpInOrderItCanBeOpenedAtOnce) {
  auto store = open_store(config());
  ASSERT_TRUE(transact(*store, {{}, {{"/a", "1"}}, {}}));
  run_on(context_, store->close(5s));
  auto impatient = config();
  impatient.patience = 0ms;
  EXPECT_TRUE(try_open(impatient));
}

TEST_F(EtcdStoreTest, TransactionsBeyondEtcdsOperationsAreOneAllTheSame) {
  const auto store = open_store(config());
  Transaction many;
  for (int i = 0; i < 1500; ++i) many.puts.push_back({fmt::format("/{:04}", i), std::to_string(i)});
  for (int i = 0; i < 100; ++i) many.when.push_back({fmt::format("/{:04}", i), 0});
  const auto made = transact(*store, many);
  FW_ASSERT_OK(made);
  const auto all = run_on(context_, store->range({})).value();
  ASSERT_EQ(all.entries.size(), 1500U);
  for (const auto& entry : all.entries) EXPECT_EQ(entry.mod_revision, *made);
  EXPECT_EQ(transact(*store, many).error().code, Errc::conflict);

  many.when.clear();
  many.puts.resize(200);
  for (int i = 200; i < 1500; ++i) many.deletes.push_back(fmt::format("/{:04}", i));
  const auto watch = store->watch("", 0).value();
  FW_ASSERT_OK(transact(*store, many));
  const auto batch = run_on(context_, watch->next()).value();
  ASSERT_EQ(batch.changes.size(), 1500U);
  EXPECT_EQ(batch.changes.front().before->value, "0");
  EXPECT_EQ(batch.changes.back().before->value, "1499");
  EXPECT_FALSE(batch.changes.back().now);
  EXPECT_EQ(run_on(context_, store->range({})).value().entries.size(), 200U);
}

TEST_F(EtcdStoreTest, WhatEtcdWouldRefuseForItsSizeIsRefusedInWordsAndHarmsNothing) {
  const auto store = open_store(config());
  const auto large = transact(*store, {{}, {{"/a", std::string(1'600'000, 'x')}}, {}});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::too_large);
  EXPECT_NE(large.error().what.find("--max-request-bytes"), std::string::npos) << large.error().what;
  Transaction many;
  for (int i = 0; i < 5000; ++i) many.deletes.push_back(std::to_string(i));
  EXPECT_EQ(store->fits(many).error().code, Errc::too_large);
  EXPECT_NE(transact(*store, many).error().what.find("--max-txn-ops"), std::string::npos);
  EXPECT_TRUE(store->healthy());
  EXPECT_TRUE(transact(*store, {{}, {{"/a", "1"}}, {}}));
}

TEST_F(EtcdStoreTest, ARangeLargerThanAnAnswerComesInPagesOfOneRevision) {
  auto narrow = config();
  narrow.max_answer_bytes = 200'000;
  const auto store = open_store(narrow);
  for (int i = 0; i < 20; ++i) {
    FW_ASSERT_OK(transact(*store, {{}, {{fmt::format("/{:02}", i), std::string(100'000, 'x')}}, {}}));
  }
  const auto all = run_on(context_, store->range({}));
  FW_ASSERT_OK(all);
  EXPECT_EQ(all->entries.size(), 20U);
  EXPECT_EQ(all->revision, store->revision());
  EXPECT_FALSE(all->more);
}

// Whatever was acknowledged or is still waited for when etcd is killed is there afterwards, once.
TEST_F(EtcdStoreTest, GoesOnAfterEtcdWasKilled) {
  testing::EtcdServer server;
  EtcdConfig own{.endpoints = {server.endpoint()}, .prefix = prefix_, .patience = 10s};
  const auto store = open_store(own);
  auto count = begin_count(*store);
  for (int round = 0; round < 3; ++round) {
    count_on(*store, count, 30);
    ASSERT_TRUE(turn_until([&] { return count.asked[count.asked.size() - 20]->answer.has_value(); }));
    server.kill();
    turn_for(60ms);
    EXPECT_FALSE(count.asked.back()->answer) << "it waits";
    server.start();
    ASSERT_TRUE(all_answered(count));
  }
  expect_each_once(count, own);
  EXPECT_TRUE(store->healthy());
  EXPECT_EQ(told(run_on(context_, store->range({})).value()), "/counter=89 ");
}

// Between the store and etcd: carries requests out and loses answers, as a connection does that breaks in between.
class LossyGateway {
 public:
  LossyGateway(boost::asio::io_context& context, Env& env)
      : etcd_(http::make_client(context, env, {.origin = shared_etcd().endpoint()}).value()),
        server_(context, env, [this](http::Request& request) { return forward(request); }) {}
  [[nodiscard]] std::string origin() const { return server_.origin(); }
  void lose_next_transactions(int count) { losing_ = count; }

 private:
  Task<http::Response> forward(http::Request& request) {
    http::Request copy{.method = request.method, .target = request.target, .body = request.body};
    if (request.path == "/v3/watch") co_return co_await stream(std::move(copy));
    auto answer = co_await etcd_->send(std::move(copy));
    if (!answer) co_return http::Response::json(503, R"({"message":"gone","code":14})");
    if (request.path == "/v3/kv/txn" && losing_ > 0) {
      --losing_;
      co_return http::Response::json(503, R"({"message":"transport is closing","code":14})");
    }
    co_return http::Response::json(answer->status, answer->body);
  }
  Task<http::Response> stream(http::Request request) {
    auto body =
        std::make_shared<std::unique_ptr<http::BodyReader>>((co_await etcd_->open(std::move(request))).value());
    http::Response response;
    response.stream = [body](http::BodyWriter& writer) -> Task<> {
      while (true) {
        const auto piece = co_await (*body)->read_some(10s);
        if (!piece || piece->empty()) co_return;
        const auto written = co_await writer.write(*piece);
        if (!written) co_return;
      }
    };
    co_return response;
  }

  std::unique_ptr<http::Client> etcd_;
  int losing_ = 0;
  testing::FakeHttpServer server_;
};

class LostAnswers : public EtcdStoreTest {
 protected:
  void SetUp() override {
    EtcdStoreTest::SetUp();
    if (IsSkipped()) return;
    gateway_ = std::make_unique<LossyGateway>(context_, shared_env());
    auto through = config();
    through.endpoints = {gateway_->origin()};
    store_ = open_store(through);
    FW_ASSERT_OK(transact(*store_, {{}, {{"/a", "1"}, {"/b", "1"}}, {}}));
    watch_ = store_->watch("", 0).value();
  }
  std::unique_ptr<LossyGateway> gateway_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(LostAnswers, AreFoundInEtcdsHistory) {
  gateway_->lose_next_transactions(2);
  const auto revision = transact(*store_, {{{"/a", store_->revision()}}, {{"/a", "2"}, {"/c", "2"}}, {"/b"}});
  FW_ASSERT_OK(revision);
  const auto batch = run_on(context_, watch_->next()).value();
  EXPECT_EQ(batch.revision, *revision);
  std::string changes;
  for (const auto& change : batch.changes) {
    changes += fmt::format("{} {}->{} ", change.key, change.before ? change.before->value : "-",
                           change.now ? change.now->value : "-");
  }
  EXPECT_EQ(changes, "/a 1->2 /c -->2 /b 1->- ");
  const auto kv =
      read_kv(json::array_or_empty(call("/kv/range", json::Object{{"key", base64(Names(prefix_).data("/a"))}}), "kvs")
                  .front());
  EXPECT_EQ(kv.value, "2");
  EXPECT_EQ(kv.mod_revision, *revision) << "carried out once";
}

TEST_F(LostAnswers, OfARefusedTransactionAreRefusals) {
  gateway_->lose_next_transactions(1);
  const auto refused = transact(*store_, {{{"/a", 0}}, {{"/a", "2"}}, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  const auto next = transact(*store_, {{}, {{"/c", "1"}}, {}});
  FW_ASSERT_OK(next);
  EXPECT_EQ(run_on(context_, watch_->next()).value().revision, *next) << "nothing was changed before";
  EXPECT_EQ(told(run_on(context_, store_->range({})).value()), "/a=1 /b=1 /c=1 ");
}

TEST_F(LostAnswers, OfOneAmongManyThatWaitHarmNoneOfThem) {
  gateway_->lose_next_transactions(3);
  auto count = begin_count(*store_);
  count_on(*store_, count, 4);
  const auto refused = ask(*store_, {{{"/a", 0}}, {{"/a", "2"}}, {}});
  count_on(*store_, count, 4);
  ASSERT_TRUE(all_answered(count));
  ASSERT_TRUE(refused->answer);
  EXPECT_EQ(refused->answer->error().code, Errc::conflict);
  expect_each_once(count, config());
}

TEST_F(LostAnswers, OfTakingTheStoreOverAreNoOtherOwner) {
  auto own = config();
  own.prefix = make_prefix();
  own.endpoints = {gateway_->origin()};
  own.patience = 5s;
  gateway_->lose_next_transactions(2);  // the look at the format, and the taking
  EXPECT_TRUE(try_open(own));
}

TEST_F(EtcdStoreTest, AnEndpointThatDoesNotAnswerIsPassedOver) {
  auto several = config();
  several.endpoints.insert(several.endpoints.begin(), "http://127.0.0.1:1");
  const auto store = open_store(several);
  EXPECT_TRUE(transact(*store, {{}, {{"/a", "1"}}, {}}));
}

TEST_F(EtcdStoreTest, ALeaseThatEndedIsTakenAgain) {
  auto quick = config();
  quick.lease = 300ms;
  const auto store = open_store(quick);
  const auto owner = [this] {
    return json::array_or_empty(call("/kv/range", json::Object{{"key", base64(Names(prefix_).owner())}}), "kvs");
  };
  const auto lease = number_at(owner().at(0), "lease");
  call("/lease/revoke", json::Object{{"ID", number(lease)}});
  EXPECT_TRUE(owner().empty());
  EXPECT_TRUE(turn_until([&] { return !owner().empty(); }));
  EXPECT_TRUE(transact(*store, {{}, {{"/a", "1"}}, {}}));
}

// etcd keeps its history for ever unless somebody cuts it.
TEST_F(EtcdStoreTest, EtcdsHistoryIsCutBehindTheLog) {
  testing::EtcdServer server;
  EtcdConfig own{.endpoints = {server.endpoint()},
                 .prefix = prefix_,
                 .log_keep = {.revisions = 5, .bytes = 1 << 20},
                 .lease = 90ms,
                 .patience = 10s,
                 .compact = 1ms};
  auto store = open_store(own);
  for (int i = 0; i < 40; ++i) FW_ASSERT_OK(transact(*store, {{}, {{"/a", std::to_string(i)}}, {}}));
  const auto etcd = Endpoints::make(context_, shared_env(), own).value();
  const auto oldest_kept = [&](Revision revision) {
    json::Object look{{"key", base64(prefix_)}, {"revision", number(revision)}};
    return run_on(context_, etcd->call("/kv/range", std::move(look))).has_value();
  };
  EXPECT_TRUE(turn_until([&] { return !oldest_kept(store->oldest_watchable() - 1); }));
  EXPECT_TRUE(oldest_kept(store->oldest_watchable())) << "what a watch can ask for stays";

  const auto oldest = store->oldest_watchable();
  store.reset();
  store = open_store(own);  // which would read further back than the history reaches
  EXPECT_GE(store->oldest_watchable(), oldest);
  FW_EXPECT_OK(transact(*store, {{}, {{"/a", "again"}}, {}}));
}

struct OwnerCase {
  std::string what;
  OwnerRecord owner;
  OwnerState state;
};

TEST(Owner, IsJudgedByMachineAndProcess) {
  const auto here = identify_process(::getpid()).value();
  const auto parent = identify_process(::getppid()).value();
  const OwnerRecord self{"w", "here", "boot", "ns", here.pid, here.start_ticks};
  const std::vector<OwnerCase> table{
      {"ourselves", self, OwnerState::this_process},
      {"alive", {"x", "here", "boot", "ns", parent.pid, parent.start_ticks}, OwnerState::alive},
      {"its number is a stranger's by now", {"x", "here", "boot", "ns", parent.pid, 1}, OwnerState::dead},
      {"another boot of this machine, or another machine",
       {"x", "here", "old", "ns", here.pid, 1},
       OwnerState::elsewhere},
      {"in a container", {"x", "here", "boot", "other", here.pid, 1}, OwnerState::elsewhere},
      {"unknown", {}, OwnerState::elsewhere},
  };
  for (const auto& [what, owner, state] : table) EXPECT_EQ(judge(owner, self), state) << what;
}

TEST(Marker, ComesBackFromItsText) {
  const Marker marker{"3f", 12};
  EXPECT_EQ(Marker::parse(marker.text()).value(), marker);
  EXPECT_EQ(Marker::parse(R"({"format":2,"writer":"x","sequence":1})").error().code, Errc::unsupported);
  EXPECT_EQ(Marker::parse("x").error().code, Errc::internal);
}

struct ErrorCase {
  int status;
  std::string body;
  Errc code;
};

TEST(GatewayError, IsReadFromItsBody) {
  const std::vector<ErrorCase> table{
      {400, R"({"message":"etcdserver: request is too large","code":3})", Errc::too_large},
      {400, R"({"message":"etcdserver: too many operations in txn request","code":3})", Errc::too_large},
      {400, R"({"message":"etcdserver: duplicate key given in txn request","code":3})", Errc::invalid},
      {404, R"({"message":"etcdserver: requested lease not found","code":5})", Errc::not_found},
      {429, R"({"message":"etcdserver: mvcc: database space exceeded","code":8})", Errc::exhausted},
      {503, R"({"message":"etcdserver: no leader","code":14})", Errc::unavailable},
      {429, R"json({"message":"grpc: received message larger than max (1 vs. 2)","code":8})json", Errc::too_large},
      {400, R"({"message":"etcdserver: mvcc: required revision has been compacted","code":11})", Errc::gone},
      {503, R"({"error":"transport is closing","code":14})", Errc::unavailable},
      {504, R"({"message":"etcdserver: request timed out","code":4})", Errc::timeout},
      {502, "<html>", Errc::unavailable},
  };
  for (const auto& [status, body, code] : table) EXPECT_EQ(read_error(status, body).code, code) << body;
}

}  // namespace
}  // namespace fairway::store::etcd
