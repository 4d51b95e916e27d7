// The queue of transactions on their way to etcd: sent one after the other, each carried out once, answered in order.
//
// One after the other, since requests on several connections overtake each other, and those that did would have to be
// sent again; and none together in one of etcd's, since each has a revision of its own, by which watches are resumed.
// Who has many changes at once puts them into one transaction (cloud/model/ledger.h).
//
// A transaction whose answer was lost is sent again until it is known what became of it; the marker makes that safe
// (messages.h). One that was carried out although its answer was lost is read from etcd's history.
//
// Threads: the loop's. Lifetime: shared with the coroutines that carry transactions out, which may outlive the store.
#pragma once

#include <deque>
#include <memory>

#include "runtime/env.h"
#include "runtime/sync.h"
#include "store/change_log.h"
#include "store/etcd/endpoints.h"
#include "store/etcd/messages.h"
#include "store/etcd/ownership.h"

namespace fairway::store::etcd {

class Writer : public std::enable_shared_from_this<Writer> {
 public:
  // What is held by the time that writing begins; the log holds etcd's history up to held.since.
  struct Opened {
    std::unique_ptr<Endpoints> etcd;
    Ownership held;
    std::unique_ptr<ChangeLog> log;
  };
  Writer(boost::asio::io_context& context, Env& env, EtcdConfig config, Opened opened);

  static Task<Result<Revision>> transact(std::shared_ptr<Writer> self, Transaction transaction);
  // Keeps the lease and cuts etcd's history now and then, until close(); then gives the ownership up once all is done.
  static Task<> tend(std::shared_ptr<Writer> self);

  // Nothing more will be asked for. What was is still carried out, if etcd answers.
  void close();
  // Waits until the ownership is given up.
  static Task<> closed(std::shared_ptr<Writer> self, Duration patience);

  [[nodiscard]] ChangeLog& log() { return *log_; }
  [[nodiscard]] Endpoints& etcd() { return *etcd_; }
  [[nodiscard]] const Names& names() const { return names_; }
  [[nodiscard]] const EtcdConfig& config() const { return config_; }
  [[nodiscard]] const Result<>& healthy() const { return health_; }
  [[nodiscard]] bool idle() const { return waiting_.empty(); }
  // Error: unavailable, with the endpoint and the remedy, once etcd has been away for config.away.
  [[nodiscard]] Result<> reachable() const;
  [[nodiscard]] Env& env() { return env_; }

 private:
  struct Work {
    Transaction transaction;
    std::int64_t sequence = 0;
    bool answered = false;
    Result<Revision> answer = 0;  // as long as it is well: the revision is taken from the batch or the log
    Batch batch;
    Notify told;
  };
  using WorkPtr = std::shared_ptr<Work>;

  // One after the other, until none waits.
  static Task<> carry_out_all(std::shared_ptr<Writer> self);
  void answer(Work& work);
  Task<> carry_out(WorkPtr work);
  // Both: whether the outcome is known now.
  Task<bool> attempt(WorkPtr work);
  Task<bool> settle_out_of_turn(WorkPtr work, std::string found);
  Task<Result<>> recover(WorkPtr work);
  // Before it is asked again; an error that no asking again can mend fails for good instead.
  Task<> wait_for_etcd(Error error);
  void note_failure(Error error);
  void note_answer();
  void fail_for_good(Error error);

  [[nodiscard]] Duration until_renewal() const;
  Task<> renew();
  Task<> compact(Revision up_to);

  boost::asio::io_context& context_;
  Env& env_;
  EtcdConfig config_;
  Names names_;
  std::unique_ptr<Endpoints> etcd_;
  Ownership held_;
  std::unique_ptr<ChangeLog> log_;
  Result<> health_;

  std::deque<WorkPtr> waiting_;  // the first is under way
  bool working_ = false;         // carry_out_all() runs
  std::int64_t sequence_ = 0;    // of the newest that was sent
  Notify ending_;                // it closes, or has nothing more to do and closes
  Notify released_notice_;
  std::optional<Error> obstacle_;  // why etcd does not do what it is told; said once
  std::size_t failures_ = 0;       // since it does not
  SteadyTime answered_;            // when it last did
  bool closing_ = false;
  bool released_ = false;
  SteadyTime closing_since_{};

  Counter& transactions_;
  Histogram& seconds_;
  Gauge& healthy_;
  Gauge& reachable_;
};

}  // namespace fairway::store::etcd
