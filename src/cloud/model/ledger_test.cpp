#include "cloud/model/ledger.h"

#include <gtest/gtest.h>

#include "testing/env.h"
#include "testing/memory_store.h"

namespace fairway::cloud {
namespace {

struct LedgerTest : ::testing::Test {
  std::unique_ptr<Ledger> open() { return testing::run_on(io, Ledger::open(store, env.env)).value(); }
  template <class T>
  T run(Task<T> task) {
    return testing::run_on(io, std::move(task));
  }
  Result<bool> put(Ledger& ledger, Role role) {
    return run(ledger.change<bool>([&](Work& work) -> Result<bool> {
      work.put(role);
      return true;
    }));
  }

  boost::asio::io_context io;
  store::memory::MemoryStore store{io};
  testing::TestEnv env;
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
