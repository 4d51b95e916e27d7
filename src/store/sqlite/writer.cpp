#include "store/sqlite/writer.h"

#include <pthread.h>

#include <ranges>

namespace fairway::store::sqlite {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Writer::Writer(Env& env, std::unique_ptr<Owned> owned, Deliver deliver)
    : env_(env),
      owned_(std::move(owned)),
      deliver_(std::move(deliver)),
      transactions_(env.metrics.counter("fairway_store_transactions_total", "Transactions carried out or refused.")),
      commits_(env.metrics.counter("fairway_store_commits_total", "Groups of transactions made durable together.")),
      seconds_(env.metrics.histogram("fairway_store_commit_seconds", "Time to make one group durable.",
                                     {.0005, .001, .002, .005, .01, .02, .05, .1, .5, 1})),
      healthy_(env.metrics.gauge("fairway_store_healthy", "1 until the first failed write, 0 from then on.")),
      thread_([this] { work(); }) {
  healthy_.set(1);
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

template <class T>
void Writer::queue(std::vector<T> WorkGroup::* kind, T work) {
  {
    const std::lock_guard lock(mutex_);
    (waiting_.*kind).push_back(std::move(work));
  }
  queued_.notify_one();
}

void Writer::push(Write write) { queue(&WorkGroup::writes, std::move(write)); }
void Writer::push(Read read) { queue(&WorkGroup::reads, std::move(read)); }

void Writer::work() {
  pthread_setname_np(pthread_self(), "store");
  const auto due = [this] { return stopping_ || !waiting_.empty(); };
  while (true) {
    WorkGroup group;
    {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, due);
      if (waiting_.empty()) return;
      std::swap(group, waiting_);
    }
    deliver_(carry_out(std::move(group)));
  }
}

GroupOutcome Writer::carry_out(WorkGroup group) {
  GroupOutcome outcome{std::move(group), {}, {}, {}, {}};
  if (!outcome.group.writes.empty()) commit(outcome);
  for (const auto& read : outcome.group.reads) outcome.read.push_back(range(read.request));
  outcome.health = health_;
  return outcome;
}

void Writer::commit(GroupOutcome& outcome) {
  std::vector<Transaction> group;
  group.reserve(outcome.group.writes.size());
  for (auto& write : outcome.group.writes) group.push_back(std::move(write.transaction));
  if (health_) {
    const auto began = env_.clock.steady();
    auto done = owned_->committer->commit(group, unwatched_.load(std::memory_order_relaxed));
    if (done) {
      seconds_.observe(seconds(env_.clock.steady() - began));
      commits_.add();
      transactions_.add(group.size());
      outcome.written = std::move(done->answers);
      outcome.batches = std::move(done->batches);
      return;
    }
    auto error = std::move(done).error().within("write to the store");
    error.what += "; the store is read-only until the cause is mended and Fairway restarted";
    env_.log.error("the store could not be written and is read-only now", {{"error", error.what}});
    error.code = Errc::unavailable;
    health_ = std::unexpected(std::move(error));
    healthy_.set(0);
  }
  outcome.written.assign(group.size(), std::unexpected(health_.error()));
}

Result<RangeAnswer> Writer::range(const RangeRequest& request) {
  // One more than asked for shows whether there are more.
  const auto wanted = request.limit == 0 ? 0 : request.limit + 1;
  FW_TRY(auto entries, owned_->tables.list_entries(request.prefix, request.after, wanted));
  RangeAnswer answer{std::move(entries), owned_->committer->newest(), false};
  if (wanted != 0 && answer.entries.size() == wanted) {
    answer.entries.pop_back();
    answer.more = true;
  }
  return answer;
}

}  // namespace fairway::store::sqlite
