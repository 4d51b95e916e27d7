// The thread that owns the database: takes what is queued, commits it as one group, hands the outcome back.
//
// Threads: push() from the loop; `deliver` is called on the writer's own thread, once for each group, in order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/env.h"
#include "store/sqlite/commit.h"

namespace fairway::store::sqlite {

struct Write {
  Transaction transaction;
  std::move_only_function<void(Result<Revision>)> answer;
};

struct Read {
  RangeRequest request;
  std::move_only_function<void(Result<RangeAnswer>)> answer;
};

struct WorkGroup {
  std::vector<Write> writes;
  std::vector<Read> reads;
  [[nodiscard]] bool empty() const { return writes.empty() && reads.empty(); }
};

struct GroupOutcome {
  WorkGroup group;
  std::vector<Result<Revision>> written;  // one for each write
  std::vector<Result<RangeAnswer>> read;  // one for each read
  std::vector<Batch> batches;             // what became durable, for the watches
  Result<> health;                        // the first failed write, from then on
};

class Writer {
 public:
  using Deliver = std::function<void(GroupOutcome)>;

  // `env` outlives it; `committer`'s database lives on with it.
  struct Owned;
  Writer(Env& env, std::unique_ptr<Owned> owned, Deliver deliver);
  // Carries out what is queued, then ends the thread.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void push(Write write);
  void push(Read read);
  // What no watch can ask for any more may be cut from the log on disk.
  void set_unwatched(Revision revision) { unwatched_.store(revision, std::memory_order_relaxed); }

 private:
  template <class T>
  void queue(std::vector<T> WorkGroup::* kind, T work);
  void work();
  GroupOutcome carry_out(WorkGroup group);
  void commit(GroupOutcome& outcome);
  Result<RangeAnswer> range(const RangeRequest& request);

  Env& env_;
  std::unique_ptr<Owned> owned_;
  Deliver deliver_;
  Result<> health_;
  std::atomic<Revision> unwatched_{0};

  Counter& transactions_;
  Counter& commits_;
  Histogram& seconds_;
  Gauge& healthy_;

  std::mutex mutex_;
  std::condition_variable queued_;
  WorkGroup waiting_;      // by mutex_
  bool stopping_ = false;  // by mutex_
  std::thread thread_;     // last: everything else is there when it starts
};

// What the thread works on, in the order in which it is made.
struct Writer::Owned {
  Database database;
  Tables tables;
  std::optional<Committer> committer;
};

}  // namespace fairway::store::sqlite
