#include "store/memory/memory_store.h"

#include "store/contract_test_suite.h"
#include "testing/env.h"

namespace fairway::store {
namespace {

class InMemory final : public StoreUnderTest {
 public:
  Result<std::unique_ptr<Store>> open(boost::asio::io_context& context, LogLimits limits) override {
    auto store = memory::make(context, limits);
    store_ = store.get();
    return store;
  }
  [[nodiscard]] bool survives_reopening() const override { return false; }
  bool fail_next_write() override {
    store_->fail_next_write("No space left on device");
    return true;
  }

 private:
  memory::MemoryStore* store_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         ::testing::Values(StoreKind{"memory", [] { return std::make_unique<InMemory>(); }}));

TEST(MemoryStore, WhatIsHeldIsNeitherAnsweredNorVisibleUntilReleased) {
  boost::asio::io_context context;
  const auto store = memory::make(context);
  const auto turn = [&] {
    context.restart();
    context.poll();
  };
  std::vector<Revision> answers;
  const auto answered = [&](std::exception_ptr, const Result<Revision>& revision) {
    answers.push_back(revision.value_or(-1));
  };
  store->hold();
  boost::asio::co_spawn(context, store->transact({{}, {{"/a", "1"}}, {}}), answered);
  boost::asio::co_spawn(context, store->transact({{}, {{"/a", "2"}}, {}}), answered);
  turn();
  EXPECT_EQ(answers, std::vector<Revision>{});
  EXPECT_EQ(store->revision(), 1);
  store->release();
  turn();
  EXPECT_EQ(answers, (std::vector<Revision>{2, 3}));
}

TEST(MemoryStore, CompactionSendsOldWatchesAway) {
  boost::asio::io_context context;
  const auto store = memory::make(context);
  std::vector<std::string> seen;
  const auto story = [](memory::MemoryStore& of, std::vector<std::string>& outcomes) -> Task<bool> {
    auto watch = of.watch("", 0);
    for (int i = 0; i < 5; ++i) {
      Transaction write{{}, {{"/a", std::to_string(i)}}, {}};
      (void)co_await of.transact(std::move(write));
    }
    of.compact(4);
    const auto gone = co_await (*watch)->next();
    outcomes.emplace_back(gone ? "a batch" : name(gone.error().code));
    auto later = of.watch("", 4);
    const auto batch = co_await (*later)->next();
    outcomes.emplace_back(batch ? std::to_string(batch->revision) : "none");
    co_return true;
  };
  boost::asio::co_spawn(context, story(*store, seen), boost::asio::detached);
  context.run();
  EXPECT_EQ(seen, (std::vector<std::string>{"gone", "5"}));
}

}  // namespace
}  // namespace fairway::store
