// What a backend must do to be a store: one suite for all of them. A backend's test says how one is opened:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreKind{"memory", [] { … }}));
//
// The suite reads from outside only. A revision is told as the number of the suite's own transactions up to it, so it
// runs as well against a store whose revisions skip numbers and that others have used (etcd).
#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "store/change_log.h"
#include "store/store.h"

namespace fairway::store {

// One set of data, and the ways to a store of it.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  // Opens, or opens again: then with what was acknowledged before, if survives_reopening().
  virtual Result<std::unique_ptr<Store>> open(boost::asio::io_context& context, LogLimits limits) = 0;
  [[nodiscard]] virtual bool survives_reopening() const = 0;
  // Empty, or what this machine lacks for it.
  [[nodiscard]] virtual std::string missing() const { return ""; }
  // The next write of the open store fails; false: this backend cannot be made to.
  virtual bool fail_next_write() = 0;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
  friend void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }
};

class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    if (const auto missing = data_->missing(); !missing.empty()) GTEST_SKIP() << missing;
    open({});
    base_ = store_->revision();
  }

  void open(LogLimits limits) {
    store_.reset();
    auto opened = data_->open(context_, limits);
    ASSERT_TRUE(opened) << opened.error().what;
    store_ = std::move(*opened);
  }

  // Runs the loop until the task is done. Failing that, when nothing is left to run, nothing is returned.
  template <class T>
  std::optional<T> finish(Task<T> task) {
    std::optional<T> value;
    start(std::move(task), value);
    turn_until([&] { return value.has_value(); });
    return value;
  }
  // Starts it; the value appears when it is done.
  template <class T>
  void start(Task<T> task, std::optional<T>& value) {
    boost::asio::co_spawn(context_, std::move(task), [&value](std::exception_ptr error, T result) {
      if (error) std::rethrow_exception(error);
      value.emplace(std::move(result));
    });
  }
  void turn_until(const std::function<bool()>& done) {
    context_.restart();
    while (!done() && context_.run_one() != 0) {
    }
  }
  // What is ready now, and nothing that has to be waited for.
  void turn() {
    context_.restart();
    context_.poll();
  }

  // Each outcome as one short text: "3", "conflict", "a=1@1/3 b=2@2/2 rev 3".
  std::string transact(Transaction transaction) {
    for (auto& compare : transaction.when) {
      if (compare.mod_revision != 0) compare.mod_revision = revision_of(compare.mod_revision);
    }
    return describe(finish(store_->transact(std::move(transaction))));
  }
  std::string put(std::string key, std::string value) {
    return transact({{}, {{std::move(key), std::move(value)}}, {}});
  }
  std::string erase(std::string key) { return transact({{}, {}, {std::move(key)}}); }
  std::string range(RangeRequest request) { return describe(finish(store_->range(std::move(request)))); }
  std::string next(Watch& watch) { return describe(finish(watch.next())); }
  std::unique_ptr<Watch> watch_from_now(std::string prefix) { return take(store_->watch(std::move(prefix), 0)); }
  std::unique_ptr<Watch> watch(std::string prefix, Revision from) {
    return take(store_->watch(std::move(prefix), revision_of(from)));
  }
  static std::unique_ptr<Watch> take(Result<std::unique_ptr<Watch>> made) {
    EXPECT_TRUE(made) << made.error().what;
    return made ? std::move(*made) : nullptr;
  }

  // The revision of the suite's n-th transaction; one that nothing has, when there were not so many.
  [[nodiscard]] Revision revision_of(std::int64_t number) const {
    if (number == 0) return base_;
    const auto index = static_cast<std::size_t>(number - 1);
    return index < made_.size() ? made_[index] : base_ + 1'000'000;
  }
  [[nodiscard]] std::int64_t number_of(Revision revision) const {
    return std::ranges::upper_bound(made_, revision) - made_.begin();
  }
  // What transact() returned: a revision that was not there before is one more transaction's.
  std::string describe(Revision revision) {
    if (revision > (made_.empty() ? base_ : made_.back())) made_.push_back(revision);
    return std::to_string(number_of(revision));
  }
  std::string describe(const Entry& entry) {
    return fmt::format("{}={}@{}/{}", entry.key, entry.value, number_of(entry.create_revision),
                       number_of(entry.mod_revision));
  }
  std::string describe(const RangeAnswer& answer) {
    std::string text;
    for (const auto& entry : answer.entries) text += describe(entry) + " ";
    return text + fmt::format("rev {}{}", number_of(answer.revision), answer.more ? " more" : "");
  }
  std::string describe(const Batch& batch) {
    std::string text = fmt::format("{}:", number_of(batch.revision));
    for (const auto& change : batch.changes) {
      text += fmt::format(" {} {}->{}", change.key, change.before ? change.before->value : "-",
                          change.now ? change.now->value : "-");
    }
    return text;
  }
  template <class T>
  std::string describe(const std::optional<Result<T>>& outcome) {
    if (!outcome) return "never answered";
    return *outcome ? describe(**outcome) : std::string(name(outcome->error().code));
  }

  boost::asio::io_context context_{1};
  std::unique_ptr<StoreUnderTest> data_ = GetParam().make();
  std::unique_ptr<Store> store_;
  Revision base_ = 0;           // where the suite found it
  std::vector<Revision> made_;  // by its transactions
};

// So that who lists an empty store can watch from what the list said: from 0 would be from now on.
TEST_P(StoreContract, AnEmptyStoreHasARevisionToWatchFrom) {
  EXPECT_GT(store_->revision(), 0);
  EXPECT_EQ(range({}), "rev 0");
  EXPECT_EQ(number_of(store_->oldest_watchable()), 0);
  put("/a", "1");
  EXPECT_EQ(next(*watch("", 0)), "1: /a -->1");
  EXPECT_TRUE(store_->healthy());
}

TEST_P(StoreContract, RevisionsGrowWithEachTransactionThatChangesSomething) {
  EXPECT_EQ(put("/a", "1"), "1");
  EXPECT_EQ(transact({{}, {{"/b", "2"}, {"/c", "3"}}, {}}), "2");
  EXPECT_EQ(put("/a", "1"), "3") << "writing the same value is a change too";
  EXPECT_EQ(erase("/absent"), "3");
  EXPECT_EQ(transact({}), "3");
  EXPECT_EQ(transact({{{"/a", 3}}, {}, {}}), "3");
  EXPECT_EQ(erase("/b"), "4");
  EXPECT_EQ(range({}), "/a=1@1/3 /c=3@2/2 rev 4");
  EXPECT_EQ(number_of(store_->revision()), 4);
}

TEST_P(StoreContract, AKeyMadeAgainIsNew) {
  put("/a", "1");
  erase("/a");
  EXPECT_EQ(put("/a", "2"), "3");
  EXPECT_EQ(range({}), "/a=2@3/3 rev 3");
}

TEST_P(StoreContract, ATransactionHoldsOnlyWhenEveryComparisonDoes) {
  put("/a", "1");
  EXPECT_EQ(transact({{{"/a", 0}}, {{"/a", "x"}}, {}}), "conflict") << "it exists";
  EXPECT_EQ(transact({{{"/a", 2}}, {{"/a", "x"}}, {}}), "conflict") << "it is at another revision";
  EXPECT_EQ(transact({{{"/b", 1}}, {{"/a", "x"}}, {}}), "conflict") << "it does not exist";
  EXPECT_EQ(transact({{{"/a", 1}, {"/b", 7}}, {{"/a", "x"}, {"/c", "x"}}, {"/a2"}}), "conflict");
  EXPECT_EQ(range({}), "/a=1@1/1 rev 1") << "nothing was changed";
  EXPECT_EQ(transact({{{"/a", 1}, {"/b", 0}}, {{"/a", "2"}, {"/b", "2"}}, {}}), "2");
  EXPECT_EQ(transact({{{"/a", 2}}, {}, {"/a"}}), "3");
}

TEST_P(StoreContract, AConflictNamesTheKey) {
  put("/networks/3f2b", "1");
  const auto answer = finish(store_->transact({{{"/networks/3f2b", 0}}, {{"/x", "1"}}, {}}));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_NE(answer->error().what.find("/networks/3f2b"), std::string::npos) << answer->error().what;
}

TEST_P(StoreContract, AKeyTwiceOrWithoutANameIsRefused) {
  EXPECT_EQ(transact({{}, {{"/a", "1"}, {"/a", "2"}}, {}}), "invalid");
  EXPECT_EQ(transact({{}, {{"/a", "1"}}, {"/a"}}), "invalid");
  EXPECT_EQ(transact({{}, {}, {""}}), "invalid");
  EXPECT_EQ(put("", "1"), "invalid");
  EXPECT_EQ(range({}), "rev 0");
}

TEST_P(StoreContract, TransactionsAreCarriedOutInTheOrderOfTheCalls) {
  const auto all = watch_from_now("");
  std::vector<std::optional<Result<Revision>>> answers(200);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    start(store_->transact({{}, {{"/counter", std::to_string(i)}}, {}}), answers[i]);
  }
  turn_until([&] { return answers.back().has_value(); });
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(describe(answers[i]), std::to_string(i + 1));
  EXPECT_EQ(next(*all), "1: /counter -->0");
  for (int i = 1; i < 200; ++i) EXPECT_EQ(next(*all), fmt::format("{}: /counter {}->{}", i + 1, i - 1, i));
  EXPECT_EQ(range({}), "/counter=199@1/200 rev 200");
}

// One that fails in the middle holds up none of those behind it.
TEST_P(StoreContract, AFailedTransactionAmongOthersFailsAlone) {
  std::vector<std::optional<Result<Revision>>> answers(9);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Revision expected = i % 3 == 1 ? base_ + 1'000'000 : 0;
    start(store_->transact({{{fmt::format("/{}", i), expected}}, {{fmt::format("/{}", i), "x"}}, {}}), answers[i]);
  }
  turn_until([&] { return answers.back().has_value(); });
  std::string told;
  for (const auto& answer : answers) told += describe(answer) + " ";
  EXPECT_EQ(told, "1 conflict 2 3 conflict 4 5 conflict 6 ");
}

TEST_P(StoreContract, AnAnswerMeansThatTheRevisionIsReached) {
  std::vector<Revision> seen;
  const auto writer = [](Store& store, std::vector<Revision>& lags) -> Task<bool> {
    for (int i = 0; i < 20; ++i) {
      Transaction write{{}, {{"/a", "1"}}, {}};
      const auto revision = co_await store.transact(std::move(write));
      lags.push_back(revision ? store.revision() - *revision : -100);
    }
    co_return true;
  };
  EXPECT_TRUE(finish(writer(*store_, seen)));
  EXPECT_EQ(seen, std::vector<Revision>(20, 0));
}

TEST_P(StoreContract, ARangeIsInByteOrderAndCanBePaged) {
  transact({{}, {{"/b/2", "2"}, {"/b/10", "10"}, {"/b", "x"}, {"/b/1", "1"}, {"/c", "y"}, {"/b/\xff", "z"}}, {}});
  EXPECT_EQ(range({.prefix = "/b/", .after = "", .limit = 0}),
            "/b/1=1@1/1 /b/10=10@1/1 /b/2=2@1/1 /b/\xff=z@1/1 rev 1");
  EXPECT_EQ(range({.prefix = "/b/", .after = "", .limit = 2}), "/b/1=1@1/1 /b/10=10@1/1 rev 1 more");
  EXPECT_EQ(range({.prefix = "/b/", .after = "/b/10", .limit = 2}), "/b/2=2@1/1 /b/\xff=z@1/1 rev 1");
  EXPECT_EQ(range({.prefix = "/b/", .after = "/b/\xff", .limit = 2}), "rev 1");
  EXPECT_EQ(range({.prefix = "/b/", .after = "/a", .limit = 1}), "/b/1=1@1/1 rev 1 more");
  EXPECT_EQ(range({.prefix = "/b/", .after = "/z", .limit = 0}), "rev 1");
  EXPECT_EQ(range({.prefix = "/nothing", .after = "", .limit = 0}), "rev 1");
}

TEST_P(StoreContract, KeysAndValuesAreBytes) {
  const std::string key("k\0\x01\xfe'\"%", 7);
  const std::string value("\0\xff\xc3\x28 text \n\0", 12);
  EXPECT_EQ(put(key, value), "1");
  EXPECT_EQ(put("empty", ""), "2");
  EXPECT_EQ(put("long", std::string(1'500'000, 'x')), "3");
  const auto answer = finish(store_->range({}));
  ASSERT_TRUE(answer && *answer);
  ASSERT_EQ((*answer)->entries.size(), 3U);
  EXPECT_EQ((*answer)->entries[0].value, "");
  EXPECT_EQ((*answer)->entries[1].key, key);
  EXPECT_EQ((*answer)->entries[1].value, value);
  EXPECT_EQ((*answer)->entries[2].value.size(), 1'500'000U);
}

TEST_P(StoreContract, AWatchSeesEveryChangeOnceInOrderAndWholeTransactions) {
  put("/a/old", "0");
  const auto all = watch_from_now("");
  put("/a/1", "1");
  transact({{}, {{"/a/1", "2"}, {"/b/1", "3"}}, {"/a/old"}});
  erase("/a/1");
  EXPECT_EQ(next(*all), "2: /a/1 -->1");
  EXPECT_EQ(next(*all), "3: /a/1 1->2 /b/1 -->3 /a/old 0->-");
  EXPECT_EQ(next(*all), "4: /a/1 2->-");
}

TEST_P(StoreContract, AWatchSeesOnlyItsPrefix) {
  const auto only = watch_from_now("/a/");
  put("/b/1", "1");
  transact({{}, {{"/a/1", "2"}, {"/b/1", "3"}}, {}});
  put("/a", "4");
  put("/a/2", "5");
  EXPECT_EQ(next(*only), "2: /a/1 -->2");
  EXPECT_EQ(next(*only), "4: /a/2 -->5");
}

TEST_P(StoreContract, AWatchFromARevisionBeginsAfterIt) {
  for (int i = 1; i <= 5; ++i) put("/a", std::to_string(i));
  const auto since = watch("/", 3);
  EXPECT_EQ(next(*since), "4: /a 3->4");
  EXPECT_EQ(next(*since), "5: /a 4->5");
  const auto now = watch("/", 5);
  put("/a", "6");
  EXPECT_EQ(next(*now), "6: /a 5->6");
  EXPECT_EQ(next(*since), "6: /a 5->6");
}

TEST_P(StoreContract, AWatchThatIsWaitedForIsWoken) {
  const auto waiting = watch_from_now("/a");
  std::optional<Result<Batch>> seen;
  start(waiting->next(), seen);
  turn();
  EXPECT_FALSE(seen.has_value());
  put("/b", "1");
  turn();
  EXPECT_FALSE(seen.has_value());
  put("/a", "2");
  turn_until([&] { return seen.has_value(); });
  EXPECT_EQ(describe(seen), "2: /a -->2");
}

TEST_P(StoreContract, AFailedTransactionIsNotSeenByAWatch) {
  const auto all = watch_from_now("");
  transact({{{"/a", 9}}, {{"/a", "1"}}, {}});
  put("/b", "2");
  EXPECT_EQ(next(*all), "1: /b -->2");
}

TEST_P(StoreContract, TheLogIsBoundedAndOlderWatchesAreGone) {
  open({.revisions = 10, .bytes = std::size_t{1} << 30U});
  const auto slow = watch_from_now("");
  for (int i = 1; i <= 50; ++i) put("/a", std::to_string(i));
  EXPECT_EQ(number_of(store_->oldest_watchable()), 40);
  EXPECT_EQ(next(*slow), "gone");
  EXPECT_EQ(next(*slow), "gone");
  const auto early = store_->watch("", revision_of(39));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Errc::gone);
  EXPECT_EQ(next(*watch("", 40)), "41: /a 40->41");
  EXPECT_EQ(next(*watch("", 49)), "50: /a 49->50");
}

TEST_P(StoreContract, TheLogIsBoundedInBytesToo) {
  open({.revisions = 1000, .bytes = 100'000});
  for (int i = 1; i <= 30; ++i) put("/a", std::string(10'000, 'x'));
  EXPECT_GT(number_of(store_->oldest_watchable()), 20);
  EXPECT_LT(number_of(store_->oldest_watchable()), 30);
  put("/a", std::string(1'000'000, 'y'));
  EXPECT_EQ(number_of(store_->oldest_watchable()), 30) << "the newest always stays";
}

TEST_P(StoreContract, AWatchEndsWhenTheStoreCloses) {
  const auto waiting = watch_from_now("");
  std::optional<Result<Batch>> seen;
  start(waiting->next(), seen);
  turn();
  store_.reset();
  turn_until([&] { return seen.has_value(); });
  EXPECT_EQ(describe(seen), "unavailable");
  EXPECT_EQ(describe(finish(waiting->next())), "unavailable");
}

TEST_P(StoreContract, AWatchThatIsDroppedWhileItWaitsHarmsNobody) {
  auto dropped = watch_from_now("");
  std::optional<Result<Batch>> seen;
  start(dropped->next(), seen);
  turn();
  dropped.reset();
  put("/a", "1");
  turn_until([&] { return seen.has_value(); });
  EXPECT_EQ(describe(seen), "1: /a -->1");
}

TEST_P(StoreContract, WhatWasAskedForBeforeTheStoreClosesIsAnswered) {
  std::vector<std::optional<Result<Revision>>> answers(50);
  for (auto& answer : answers) start(store_->transact({{}, {{"/a", "1"}}, {}}), answer);
  turn();
  store_.reset();
  turn_until([&] { return std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); }); });
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(describe(answers[i]), std::to_string(i + 1));
}

TEST_P(StoreContract, AfterAFailedWriteTheStoreIsReadOnlyAndKeepsTheFirstError) {
  put("/a", "1");
  const auto all = watch_from_now("");
  if (!data_->fail_next_write()) GTEST_SKIP() << "this backend cannot be made to fail";
  const auto first = finish(store_->transact({{}, {{"/a", "2"}}, {}}));
  ASSERT_TRUE(first && !*first);
  EXPECT_EQ(first->error().code, Errc::unavailable);
  const auto second = finish(store_->transact({{}, {{"/b", "3"}}, {}}));
  ASSERT_TRUE(second && !*second);
  EXPECT_EQ(second->error().what, first->error().what);
  EXPECT_EQ(transact({}), "unavailable");
  ASSERT_FALSE(store_->healthy());
  EXPECT_EQ(store_->healthy().error().what, first->error().what);
  EXPECT_EQ(range({}), "/a=1@1/1 rev 1") << "reading goes on";
  EXPECT_EQ(number_of(store_->revision()), 1);
  std::optional<Result<Batch>> seen;
  start(all->next(), seen);
  turn();
  EXPECT_FALSE(seen.has_value()) << "a watch sees only what is durable";
}

TEST_P(StoreContract, OpenedAgainItIsWhereItWas) {
  if (!data_->survives_reopening()) GTEST_SKIP() << "nothing of it survives";
  put("/a", "1");
  transact({{}, {{"/a", "2"}, {"/b", "3"}}, {}});
  erase("/b");
  put("/c", "4");
  open({});
  EXPECT_EQ(number_of(store_->revision()), 4);
  EXPECT_EQ(range({}), "/a=2@1/2 /c=4@4/4 rev 4");
  const auto since = watch("", 1);
  EXPECT_EQ(next(*since), "2: /a 1->2 /b -->3");
  EXPECT_EQ(next(*since), "3: /b 3->-");
  EXPECT_EQ(next(*since), "4: /c -->4");
  EXPECT_EQ(put("/a", "5"), "5");
  EXPECT_EQ(next(*since), "5: /a 2->5");
}

TEST_P(StoreContract, RevisionsAndTheLogsBeginOutliveReopening) {
  if (!data_->survives_reopening()) GTEST_SKIP() << "nothing of it survives";
  open({.revisions = 10, .bytes = std::size_t{1} << 30U});
  for (int i = 1; i <= 100; ++i) put("/a", std::to_string(i));
  erase("/a");
  open({.revisions = 10, .bytes = std::size_t{1} << 30U});
  EXPECT_EQ(number_of(store_->revision()), 101);
  EXPECT_EQ(number_of(store_->oldest_watchable()), 91);
  EXPECT_EQ(next(*watch("", 91)), "92: /a 91->92");
  EXPECT_EQ(range({}), "rev 101");
}

}  // namespace fairway::store
