#include "store/etcd/writer.h"

#include <fmt/format.h>

#include "base/backoff.h"
#include "runtime/loop.h"
#include "store/etcd/history.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

// How long what was asked for is still tried after the store was closed and etcd does not answer.
constexpr auto closing_patience = 5s;
// Between two tries, while etcd is away.
constexpr auto longest_pause = 1s;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Writer::Writer(boost::asio::io_context& context, Env& env, EtcdConfig config, Opened opened)
    : context_(context),
      env_(env),
      config_(std::move(config)),
      names_(config_.prefix),
      etcd_(std::move(opened.etcd)),
      held_(std::move(opened.held)),
      log_(std::move(opened.log)),
      answered_(env.clock.steady()),
      transactions_(env.metrics.counter("fairway_store_transactions_total", "Transactions carried out or refused.")),
      seconds_(env.metrics.histogram("fairway_store_commit_seconds", "Time to make one group durable.",
                                     {.0005, .001, .002, .005, .01, .02, .05, .1, .5, 1})),
      healthy_(env.metrics.gauge("fairway_store_healthy", "1 until the first failed write, 0 from then on.")),
      reachable_(env.metrics.gauge("fairway_store_reachable", "0 while etcd does not answer and writes wait.")) {
  healthy_.set(1);
  reachable_.set(1);
}

Task<Result<Revision>> Writer::transact(std::shared_ptr<Writer> self, Transaction transaction) {
  const auto work = std::make_shared<Work>();
  work->transaction = std::move(transaction);
  self->waiting_.push_back(work);
  if (!self->working_) {
    self->working_ = true;
    spawn_task(self->context_, self->env_.log, "store transactions", carry_out_all(self));
  }
  while (!work->answered) co_await work->told.wait();
  co_return work->answer;
}

Task<> Writer::carry_out_all(std::shared_ptr<Writer> self) {
  while (!self->waiting_.empty()) {
    const auto work = self->waiting_.front();
    const auto& asked = work->transaction;
    if (!asked.when.empty() || !asked.puts.empty() || !asked.deletes.empty()) co_await self->carry_out(work);
    self->waiting_.pop_front();
    self->answer(*work);
  }
  self->working_ = false;
  if (self->closing_) self->ending_.notify_all();
}

void Writer::answer(Work& work) {
  // One before it failed for good: what the log lacks, it cannot go on behind.
  if (work.answer && !health_) work.answer = std::unexpected(health_.error());
  if (work.answer) {
    if (!work.batch.changes.empty()) log_->append(std::move(work.batch));
    work.answer = log_->newest();
  }
  work.answered = true;
  work.told.notify_all();
}

Task<> Writer::carry_out(WorkPtr work) {
  const auto began = env_.clock.steady();
  work->sequence = ++sequence_;
  bool settled = false;
  while (!settled && health_) settled = co_await attempt(work);
  transactions_.add();
  seconds_.observe(seconds(env_.clock.steady() - began));
}

Task<bool> Writer::attempt(WorkPtr work) {
  auto answer = co_await etcd_->call("/kv/txn", transact_request(config_, names_, {held_.writer, work->sequence - 1},
                                                                 {held_.writer, work->sequence}, work->transaction));
  Result<TransactAnswer> read = answer ? read_transact(*answer, work->transaction)
                                       : Result<TransactAnswer>(std::unexpected(std::move(answer).error()));
  if (!read) {
    co_await wait_for_etcd(std::move(read).error());
    co_return false;
  }
  note_answer();
  if (!read->in_turn) co_return co_await settle_out_of_turn(work, std::move(read->found));
  if (read->failed) work->answer = std::unexpected(std::move(*read->failed));
  work->batch = std::move(read->batch);
  co_return true;
}

Task<bool> Writer::settle_out_of_turn(WorkPtr work, std::string found) {
  const auto marker = found.empty() ? fail(Errc::internal, "its keys were deleted in etcd") : Marker::parse(found);
  if (!marker) {
    fail_for_good(marker.error());
  } else if (marker->writer != held_.writer) {
    fail_for_good({Errc::conflict, "another process has taken the store over"});
  } else if (marker->sequence < work->sequence) {
    fail_for_good(
        {Errc::internal, "etcd has lost a transaction that it had acknowledged; was an old copy restored?"});
  } else {
    // Carried out by an attempt whose answer was lost.
    auto recovered = co_await recover(work);
    if (recovered) co_return true;
    co_await wait_for_etcd(std::move(recovered).error());
  }
  co_return false;
}

Task<Result<>> Writer::recover(WorkPtr work) {
  const auto after = log_->newest();
  const auto sequence = work->sequence;
  auto found = std::make_shared<std::optional<Moment>>();
  const auto look = [found, sequence](Moment moment) {
    if (!moment.marker || moment.marker->sequence < sequence) return true;
    if (moment.marker->sequence == sequence) *found = std::move(moment);
    return false;
  };
  auto read = co_await read_history(*etcd_, names_, after, look);
  // Cut by another user of this etcd; what was written just now is still there.
  if (!read && read.error().code == Errc::gone) read = co_await read_history(*etcd_, names_, 0, look);
  if (!read) co_return std::unexpected(std::move(read).error());
  if (!*found) co_return fail(Errc::internal, "what became of a transaction is no longer in etcd's history");
  if ((*found)->refused) {
    work->answer = fail(Errc::conflict, "a comparison failed; read the keys again and retry");
  }
  work->batch = std::move((*found)->batch);
  env_.log.info("a transaction whose answer was lost was carried out",
                {{"revision", std::to_string((*found)->batch.revision)}});
  co_return Result<>{};
}

Task<> Writer::wait_for_etcd(Error error) {
  if (!is_transient(error)) {
    fail_for_good(std::move(error));
    co_return;
  }
  if (closing_ && env_.clock.steady() - closing_since_ > closing_patience) {
    error.what += "; whether it was written is unknown";
    fail_for_good(std::move(error));
    co_return;
  }
  note_failure(std::move(error));
  // The other endpoints first, then by and by.
  if (failures_ % etcd_->count() == 0) {
    co_await env_.timers.sleep(std::min<Duration>(longest_pause, 20ms * (failures_ / etcd_->count())));
  }
}

void Writer::note_failure(Error error) {
  ++failures_;
  const bool is_another = error.code == Errc::exhausted && obstacle_ && obstacle_->code != Errc::exhausted;
  if (!obstacle_ || is_another) {
    env_.log.warn("etcd does not do what it is told; writes wait for it",
                  {{"error", error.what}, {"remedy", std::string(remedy(error))}});
  }
  obstacle_ = std::move(error);
  reachable_.set(0);
}

void Writer::note_answer() {
  const auto before = std::exchange(answered_, env_.clock.steady());
  if (!obstacle_) return;
  obstacle_.reset();
  failures_ = 0;
  reachable_.set(1);
  env_.log.info("etcd answers again",
                {{"prefix", names_.prefix()}, {"after_ms", std::to_string((answered_ - before) / 1ms)}});
}

Result<> Writer::reachable() const {
  const auto silent = env_.clock.steady() - answered_;
  if (!obstacle_ || silent < config_.away) return {};
  return fail(Errc::unavailable,
              fmt::format("etcd has done nothing it was told for {} s: {}; {}. What waits is written when it answers",
                          silent / 1s, obstacle_->what, remedy(*obstacle_)));
}

void Writer::fail_for_good(Error error) {
  if (!health_) return;
  auto told = std::move(error).within("write to the store");
  told.code = Errc::unavailable;
  told.what += "; the store is read-only until Fairway is restarted";
  env_.log.error("the store could not be written and is read-only now", {{"error", told.what}});
  health_ = std::unexpected(std::move(told));
  healthy_.set(0);
}

Task<> Writer::tend(std::shared_ptr<Writer> self) {
  auto next_cut = self->env_.clock.steady() + self->config_.compact;
  Revision cuttable = 0;
  while (!self->closing_ || !self->idle()) {
    const bool ending = co_await self->ending_.wait(self->until_renewal());
    if (ending || !self->health_) continue;
    co_await self->renew();
    if (self->config_.compact == 0ms || self->env_.clock.steady() < next_cut) continue;
    next_cut = self->env_.clock.steady() + self->config_.compact;
    co_await self->compact(std::min(cuttable, self->log_->oldest()));
    cuttable = self->log_->newest();
  }
  const auto released = co_await release_ownership(*self->etcd_, self->held_.lease);
  if (!released) self->env_.log.warn("the store was not given up in order", {{"error", released.error().what}});
  self->released_ = true;
  self->released_notice_.notify_all();
}

Duration Writer::until_renewal() const {
  const Duration usual = config_.lease / 3;
  return obstacle_ ? std::min<Duration>(usual, longest_pause) : usual;
}

Task<> Writer::renew() {
  for (std::size_t tries = 0; tries < etcd_->count(); ++tries) {
    auto renewed = co_await renew_ownership(*etcd_, env_, config_, names_, held_);
    if (renewed) {
      // A write that waits knows better: etcd renews leases while it refuses writes.
      if (idle()) note_answer();
      co_return;
    }
    if (is_transient(renewed.error())) {
      note_failure(std::move(renewed).error());
      continue;
    }
    if (renewed.error().code == Errc::conflict) {
      fail_for_good(std::move(renewed).error());
    } else {
      env_.log.warn("the store's lease could not be renewed", {{"error", renewed.error().what}});
    }
    co_return;
  }
}

Task<> Writer::compact(Revision up_to) {
  if (up_to <= 0) co_return;
  json::Object request{{"revision", number(up_to)}};
  const auto done = co_await etcd_->call("/kv/compaction", std::move(request));
  if (!done && done.error().code != Errc::gone) {
    env_.log.warn("etcd's history could not be cut", {{"error", done.error().what}});
  }
}

void Writer::close() {
  closing_ = true;
  closing_since_ = env_.clock.steady();
  ending_.notify_all();
}

Task<> Writer::closed(std::shared_ptr<Writer> self, Duration patience) {
  const auto end = self->env_.clock.steady() + patience;
  while (!self->released_ && self->env_.clock.steady() < end) {
    (void)co_await self->released_notice_.wait(end - self->env_.clock.steady());
  }
}

}  // namespace fairway::store::etcd
