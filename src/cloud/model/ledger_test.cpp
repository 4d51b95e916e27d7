#include "cloud/model/ledger.h"

#include <gtest/gtest.h>

#include "testing/env.h"
#include "testing/memory_store.h"
#include "testing/results.h"

namespace fairway::cloud {
namespace {

using namespace std::chrono_literals;

struct LedgerTest : ::testing::Test {
  std::unique_ptr<Ledger> open() { return testing::run_on(io, Ledger::open(store, env.env)).value(); }
  template <class T>
  T run(Task<T> task) {
    return testing::run_on(io, std::move(task));
  }
  static auto putting(Role role) {
    return [role = std::move(role)](Work& work) -> Result<bool> {
      work.put(role);
      return true;
    };
  }
  Result<bool> put(Ledger& ledger, Role role) { return run(ledger.change<bool>(putting(std::move(role)))); }
  // Begins a task; what it points to is empty until that has ended.
  template <class T>
  std::shared_ptr<std::optional<T>> begin(Task<T> task) {
    auto ended = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(io, std::move(task), [ended](std::exception_ptr, T value) { *ended = std::move(value); });
    turn();
    return ended;
  }
  void turn() {
    io.restart();
    io.poll();
  }
  void wind(Duration by) {
    env.timers.advance(by);
    turn();
  }

  testing::TestEnv env;
  boost::asio::io_context io;
  store::memory::MemoryStore store{io};
};

TEST_F(LedgerTest, WhatWasChangedIsThereAfterAnotherOpen) {
  {
    auto ledger = open();
    ASSERT_TRUE(put(*ledger, {.id = "r1", .name = "admin"}));
    ASSERT_TRUE(put(*ledger, {.id = "r2", .name = "member"}));
    ASSERT_TRUE(run(ledger->change<bool>([](Work& work) -> Result<bool> {
      work.erase<Role>("r1");
      work.put(RoleAssignment{"u/p/r2", "u", "p", "r2"});
      return true;
    })));
  }
  const auto ledger = open();
  EXPECT_EQ(ledger->state().find<Role>("r1"), nullptr);
  ASSERT_NE(ledger->state().find<Role>("r2"), nullptr);
  EXPECT_EQ(ledger->state().find<Role>("r2")->name, "member");
  EXPECT_EQ(ledger->state().table<RoleAssignment>().find_by("user_id", "u").size(), 1U);
}

TEST_F(LedgerTest, ARefusedDecisionChangesNothing) {
  auto ledger = open();
  ASSERT_TRUE(put(*ledger, {.id = "r1", .name = "admin"}));
  const auto before = ledger->revision();
  const auto result = run(ledger->change<bool>([](Work& work) -> Result<bool> {
    work.put(Role{.id = "r1", .name = "changed"});
    work.put(Role{.id = "r1", .name = "changed again"});
    work.put(Role{.id = "r2", .name = "new"});
    work.erase<Role>("r1");
    return fail(Errc::conflict, "no");
  }));
  EXPECT_EQ(result.error().what, "no");
  EXPECT_EQ(ledger->state().find<Role>("r1")->name, "admin");
  EXPECT_EQ(ledger->state().find<Role>("r2"), nullptr);
  EXPECT_EQ(ledger->revision(), before);
  EXPECT_EQ(ledger->state().table<Role>().revision("r1"), before);
}

TEST_F(LedgerTest, ObserversSeeEachCommitOnceAndInOrder) {
  auto ledger = open();
  std::vector<std::string> seen;
  const auto start = ledger->revision();
  ledger->observe([&](store::Revision revision, const std::vector<ChangedObject>& objects) {
    for (const auto& object : objects) {
      seen.push_back(
          fmt::format("{} {} {}{}", revision - start, object.kind, object.id, object.deleted ? " gone" : ""));
    }
  });
  ASSERT_TRUE(put(*ledger, {.id = "r1", .name = "a"}));
  ASSERT_TRUE(run(ledger->change<bool>([](Work& work) -> Result<bool> {
    work.put(Role{.id = "r2", .name = "b"});
    work.erase<Role>("r1");
    return true;
  })));
  EXPECT_EQ(seen, (std::vector<std::string>{"1 role r1", "2 role r2", "2 role r1 gone"}));
}

TEST_F(LedgerTest, AnAnswerWaitsForTheDiskAndAReaderCanToo) {
  auto ledger = open();
  store.hold();
  bool answered = false, settled = false;
  boost::asio::co_spawn(io, ledger->change<bool>([](Work& work) -> Result<bool> {
    work.put(Role{.id = "r1", .name = "a"});
    return true;
  }),
                        [&](std::exception_ptr, Result<bool> result) { answered = result.has_value(); });
  io.restart();
  io.poll();
  EXPECT_NE(ledger->state().find<Role>("r1"), nullptr);  // later decisions see it
  boost::asio::co_spawn(io, ledger->settle(),
                        [&](std::exception_ptr, Result<> result) { settled = result.has_value(); });
  io.restart();
  io.poll();
  EXPECT_FALSE(answered);
  EXPECT_FALSE(settled);
  store.release();
  io.restart();
  io.run();
  EXPECT_TRUE(answered);
  EXPECT_TRUE(settled);
}

TEST_F(LedgerTest, AfterAFailedWriteNothingIsAcknowledgedAnyMore) {
  auto ledger = open();
  store.fail_next_write("disk full");
  EXPECT_NE(put(*ledger, {.id = "r1", .name = "a"}).error().what.find("disk full"), std::string::npos);
  EXPECT_FALSE(put(*ledger, {.id = "r2", .name = "b"}));
  EXPECT_FALSE(run(ledger->settle()));
  EXPECT_FALSE(ledger->healthy());
}

// What was decided stays decided: only the answer comes before the disk.
TEST_F(LedgerTest, AChangeThatTakesTooLongIsAnsweredAndMadeAllTheSame) {
  const auto ledger = open();
  int observed = 0;
  ledger->observe([&](store::Revision, const std::vector<ChangedObject>&) { ++observed; });
  store.hold();
  const auto late = begin(ledger->change<bool>(putting({.id = "r1", .name = "a"})));
  wind(19s);
  EXPECT_FALSE(*late);
  wind(1s);
  ASSERT_TRUE(*late);
  EXPECT_EQ((*late)->error().code, Errc::timeout);
  EXPECT_EQ(
      (*late)->error().what,
      "the store did not answer within 20 s; it goes on trying, and whether the change was made will be seen then");
  EXPECT_NE(ledger->state().find<Role>("r1"), nullptr) << "later decisions see it";
  const auto reader = begin(ledger->settle());
  wind(20s);
  ASSERT_TRUE(*reader) << "what is not written is shown to nobody";
  EXPECT_EQ((*reader)->error().code, Errc::timeout);
  EXPECT_EQ(observed, 0);
  store.release();
  turn();
  EXPECT_EQ(observed, 1);
  EXPECT_TRUE(run(ledger->settle()));
  EXPECT_GT(ledger->state().table<Role>().revision("r1"), 0);
}

// The order of decisions is the order on the disk, whoever still waits.
TEST_F(LedgerTest, WhatWasDecidedOnALateChangeIsWrittenAfterIt) {
  auto ledger = open();
  store.hold();
  const auto late = begin(ledger->change<bool>(putting({.id = "r1", .name = "a"})));
  wind(20s);
  ASSERT_TRUE(*late);
  const auto next = begin(ledger->change<bool>([](Work& work) -> Result<bool> {
    if (work.find<Role>("r1") == nullptr) return fail(Errc::not_found, "r1");
    work.erase<Role>("r1");
    work.put(Role{.id = "r2", .name = "b"});
    return true;
  }));
  store.release();
  turn();
  ASSERT_TRUE(*next);
  EXPECT_TRUE(**next);
  ledger = open();
  EXPECT_EQ(ledger->state().find<Role>("r1"), nullptr);
  EXPECT_NE(ledger->state().find<Role>("r2"), nullptr);
}

TEST_F(LedgerTest, ALateChangeThatFailsAfterAllEndsAllAcknowledging) {
  const auto ledger = open();
  store.hold();
  const auto late = begin(ledger->change<bool>(putting({.id = "r1", .name = "a"})));
  wind(20s);
  ASSERT_TRUE(*late);
  store.fail_next_write("disk full");
  store.release();
  turn();
  EXPECT_NE(run(ledger->settle()).error().what.find("disk full"), std::string::npos);
  EXPECT_FALSE(put(*ledger, {.id = "r2", .name = "b"}));
}

TEST_F(LedgerTest, MayBeGoneBeforeTheStoreAnswers) {
  auto ledger = open();
  store.hold();
  const auto under_way = begin(ledger->change<bool>(putting({.id = "r1", .name = "a"})));
  const auto behind_it = begin(ledger->keep<bool>(putting({.id = "r2", .name = "b"})));
  const auto reader = begin(ledger->settle());
  const auto late = begin(ledger->settle());
  env.timers.advance(20s);  // its time is over, and before it says so the ledger goes
  ledger.reset();
  turn();
  for (const auto& waiter : {reader, late}) EXPECT_EQ((*waiter)->error().code, Errc::unavailable);
  for (const auto& waiter : {under_way, behind_it}) {
    ASSERT_TRUE(*waiter);
    EXPECT_EQ((*waiter)->error().what,
              "the cloud has ended; whether the change was made will be seen when it is back");
  }
  store.release();
  turn();
  ledger = open();
  EXPECT_NE(ledger->state().find<Role>("r1"), nullptr) << "the store had it";
  EXPECT_EQ(ledger->state().find<Role>("r2"), nullptr);
}

TEST_F(LedgerTest, WhatIsDecidedWhileTheStoreIsBusyIsWrittenTogether) {
  auto ledger = open();
  std::vector<std::string> seen;
  ledger->observe([&](store::Revision, const std::vector<ChangedObject>& objects) {
    std::string names;
    for (const auto& object : objects) names += fmt::format(" {}{}", object.id, object.deleted ? " gone" : "");
    seen.push_back(names);
  });
  const auto start = store.revision();
  store.hold();
  std::vector<std::shared_ptr<std::optional<Result<bool>>>> changes;
  const auto change = [&](auto decide) { changes.push_back(begin(ledger->change<bool>(decide))); };
  change(putting({.id = "r1", .name = "a"}));
  change(putting({.id = "r2", .name = "b"}));
  change(putting({.id = "r1", .name = "c"}));
  change(putting({.id = "r3", .name = "d"}));
  change([](Work& work) -> Result<bool> {
    work.erase<Role>("r3");
    work.erase<Role>("r2");
    work.put(Role{.id = "r2", .name = "e"});
    return true;
  });
  store.release();
  turn();
  for (const auto& made : changes) EXPECT_TRUE(*made && **made);
  EXPECT_EQ(store.revision(), start + 2) << "the first alone, then all others";
  EXPECT_EQ(seen, (std::vector<std::string>{" r1", " r2 r1 r3 gone"})) << "the last word on each";
  EXPECT_EQ(ledger->state().table<Role>().revision("r1"), start + 2);
  ledger = open();
  EXPECT_EQ(ledger->state().find<Role>("r1")->name, "c");
  EXPECT_EQ(ledger->state().find<Role>("r2")->name, "e");
  EXPECT_EQ(ledger->state().find<Role>("r3"), nullptr);
}

// As a load balancer that is settled as soon as its change is durable.
TEST_F(LedgerTest, AnObserverMayChangeMore) {
  const auto ledger = open();
  std::shared_ptr<std::optional<Result<bool>>> more;
  ledger->observe([&](store::Revision, const std::vector<ChangedObject>&) {
    if (more) return;
    more = std::make_shared<std::optional<Result<bool>>>();
    boost::asio::co_spawn(io, ledger->keep<bool>(putting({.id = "r2", .name = "b"})),
                          [more](std::exception_ptr, Result<bool> made) { *more = made; });
  });
  ASSERT_TRUE(put(*ledger, {.id = "r1", .name = "a"}));
  turn();
  ASSERT_TRUE(more && *more);
  EXPECT_TRUE(**more);
  EXPECT_EQ(ledger->revision(), ledger->state().table<Role>().revision("r2"));
}

TEST_F(LedgerTest, WhileTheStoreIsOutOfReachChangesAreRefusedAndReadingGoesOn) {
  const auto ledger = open();
  ASSERT_TRUE(put(*ledger, {.id = "r1", .name = "admin"}));
  store.hold("etcd at http://a: no answer");
  const auto refused = put(*ledger, {.id = "r1", .name = "changed"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(refused.error().what, "etcd at http://a: no answer");
  EXPECT_EQ(ledger->state().find<Role>("r1")->name, "admin");
  EXPECT_EQ(testing::what(ledger->healthy()), "etcd at http://a: no answer");
  EXPECT_TRUE(run(ledger->settle())) << "all that is shown is written";
  store.release();
  EXPECT_TRUE(put(*ledger, {.id = "r1", .name = "changed"}));
}

// Nobody can be asked to tell a fact again.
TEST_F(LedgerTest, FactsAreKeptForAsLongAsItTakes) {
  const auto ledger = open();
  store.hold("etcd at http://a: no answer");
  const auto kept = begin(ledger->keep<bool>(putting({.id = "r2", .name = "a fact"})));
  wind(1h);
  EXPECT_FALSE(*kept);
  EXPECT_EQ(testing::what(run(ledger->settle())), "etcd at http://a: no answer")
      << "when what is shown will be written nobody knows: said at once";
  store.release();
  turn();
  ASSERT_TRUE(*kept);
  EXPECT_TRUE(**kept);
}

// A store that takes one object at a time, as etcd takes no more than so many.
class NarrowStore final : public store::Store {
 public:
  explicit NarrowStore(store::Store& behind) : behind_(behind) {}
  Task<Result<store::RangeAnswer>> range(store::RangeRequest request) override {
    return behind_.range(std::move(request));
  }
  Task<Result<store::Revision>> transact(store::Transaction transaction) override {
    return behind_.transact(std::move(transaction));
  }
  [[nodiscard]] Result<> fits(const store::Transaction& transaction) const override {
    return transaction.puts.size() < 2 ? Result<>() : fail(Errc::too_large, "two are too many");
  }
  Result<std::unique_ptr<store::Watch>> watch(std::string prefix, store::Revision from) override {
    return behind_.watch(std::move(prefix), from);
  }
  [[nodiscard]] store::Revision revision() const override { return behind_.revision(); }
  [[nodiscard]] store::Revision oldest_watchable() const override { return behind_.oldest_watchable(); }
  [[nodiscard]] Result<> healthy() const override { return behind_.healthy(); }

 private:
  store::Store& behind_;
};

TEST_F(LedgerTest, WhatTheStoreCannotTakeIsRefusedAndUndone) {
  NarrowStore narrow(store);
  const auto ledger = run(Ledger::open(narrow, env.env)).value();
  ASSERT_TRUE(put(*ledger, {.id = "r1", .name = "admin"}));
  const auto both = run(ledger->change<bool>([](Work& work) -> Result<bool> {
    work.put(Role{.id = "r1", .name = "changed"});
    work.put(Role{.id = "r2", .name = "new"});
    return true;
  }));
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code, Errc::too_large);
  EXPECT_EQ(ledger->state().find<Role>("r1")->name, "admin");
  EXPECT_EQ(ledger->state().find<Role>("r2"), nullptr);
  EXPECT_TRUE(put(*ledger, {.id = "r2", .name = "new"})) << "the next change is none the worse for it";

  const auto start = store.revision();
  store.hold();
  for (const auto* id : {"r3", "r4", "r5"}) (void)begin(ledger->change<bool>(putting({.id = id, .name = id})));
  store.release();
  turn();
  EXPECT_EQ(store.revision(), start + 3) << "what it cannot take together it gets one by one";
}

TEST_F(LedgerTest, WhatIsNoObjectIsAnErrorThatNamesTheKey) {
  ASSERT_TRUE(run(store.transact({.when = {}, .puts = {{"/cloud/role/r1", "{\"name\":5}"}}, .deletes = {}})));
  const auto opened = run(Ledger::open(store, env.env));
  EXPECT_NE(opened.error().what.find("/cloud/role/r1"), std::string::npos);
}

TEST(Table, IndexesFollowTheirObjects) {
  Table<RoleAssignment> table;
  table.set(std::make_shared<const RoleAssignment>(RoleAssignment{"1", "u1", "p1", "r"}), 1);
  table.set(std::make_shared<const RoleAssignment>(RoleAssignment{"2", "u1", "p2", "r"}), 2);
  EXPECT_EQ(table.count_by("user_id", "u1"), 2U);
  table.set(std::make_shared<const RoleAssignment>(RoleAssignment{"2", "u2", "p2", "r"}), 3);
  EXPECT_EQ(table.count_by("user_id", "u1"), 1U);
  EXPECT_EQ(table.find_by("user_id", "u2").front()->id, "2");
  table.unset("1");
  EXPECT_EQ(table.count_by("user_id", "u1"), 0U);
  EXPECT_EQ(table.find_by("user_id", "u1").size(), 0U);
}

}  // namespace
}  // namespace fairway::cloud
