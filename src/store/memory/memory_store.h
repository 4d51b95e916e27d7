// The reference implementation, in memory: for tests, and to say in code what the contract means.
//
// Honest where it matters: every answer comes by way of the loop, comparisons fail, watches lose their place when the
// log is cut, a failed write is sticky. Its disk can be told to fail, or to take its time:
//
//   store->hold();                       // from now on nothing becomes durable: neither answered nor visible
//   store->release();                    // what waited is carried out, in order
//   store->fail_next_write("disk full"); // the next write that is carried out fails, and so does all after it
//
// Threads: the loop's only. Nothing survives the store.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "store/change_log.h"
#include "store/store.h"

namespace fairway::store::memory {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(boost::asio::io_context& context, LogLimits limits = {});
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  Task<Result<RangeAnswer>> range(RangeRequest request) override;
  Task<Result<Revision>> transact(Transaction transaction) override;
  Result<std::unique_ptr<Watch>> watch(std::string prefix, Revision from) override;
  [[nodiscard]] Revision revision() const override;
  [[nodiscard]] Revision oldest_watchable() const override;
  [[nodiscard]] Result<> healthy() const override;
  [[nodiscard]] Result<> reachable() const override;

  // Writes wait from here on, and reachable() says `why`, if anything.
  void hold(std::string why = {});
  void release();
  void fail_next_write(std::string what);
  // Watches from before `revision` get gone.
  void compact(Revision revision);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the coroutines that wait for an answer
};

// `context` outlives the store.
[[nodiscard]] std::unique_ptr<MemoryStore> make(boost::asio::io_context& context, LogLimits limits = {});

}  // namespace fairway::store::memory
