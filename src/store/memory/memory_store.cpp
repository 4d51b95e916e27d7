#include "store/memory/memory_store.h"

#include <deque>
#include <map>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/sync.h"
#include "store/check.h"

namespace fairway::store::memory {
namespace {

using Entries = std::map<std::string, Entry, std::less<>>;

std::optional<Entry> find(const Entries& entries, const std::string& key) {
  const auto at = entries.find(key);
  return at == entries.end() ? std::nullopt : std::optional(at->second);
}

Result<> compare(const Entries& entries, const std::vector<Compare>& when) {
  for (const auto& wanted : when) {
    const auto entry = find(entries, wanted.key);
    const Revision found = entry ? entry->mod_revision : 0;
    if (found != wanted.mod_revision) return std::unexpected(comparison_failed(wanted, found));
  }
  return {};
}

// What the transaction changes at `revision`, and in `entries`.
Batch carry_out(Entries& entries, const Transaction& transaction, Revision revision) {
  Batch batch{revision, {}};
  for (const auto& put : transaction.puts) {
    auto before = find(entries, put.key);
    const Entry now{put.key, put.value, before ? before->create_revision : revision, revision};
    entries.insert_or_assign(put.key, now);
    batch.changes.push_back({put.key, now, std::move(before)});
  }
  for (const auto& key : transaction.deletes) {
    auto before = find(entries, key);
    if (!before) continue;
    entries.erase(key);
    batch.changes.push_back({key, std::nullopt, std::move(before)});
  }
  return batch;
}

// Lets the loop go round once, as a disk would.
Task<> by_way_of(boost::asio::io_context& context) {
  co_await boost::asio::post(context, boost::asio::use_awaitable);
}

}  // namespace

struct MemoryStore::State {
  State(boost::asio::io_context& loop, LogLimits limits) : context(loop), log(limits, 1) {}

  Result<Revision> commit(const Transaction& transaction) {
    if (!health) return std::unexpected(health.error());
    FW_TRY_DO(compare(entries, transaction.when));
    if (failing && !(transaction.puts.empty() && transaction.deletes.empty())) {
      health = fail(Errc::unavailable, "write to the store: " + *failing + "; it is read-only until restarted");
      return std::unexpected(health.error());
    }
    auto batch = carry_out(entries, transaction, log.newest() + 1);
    if (!batch.changes.empty()) log.append(std::move(batch));
    return log.newest();
  }

  boost::asio::io_context& context;
  Entries entries;
  ChangeLog log;
  AsyncMutex in_order;
  bool held = false;
  Result<> reach;
  Notify released;
  std::optional<std::string> failing;
  Result<> health;

  static Task<Result<Revision>> transact(std::shared_ptr<State> self, Transaction transaction) {
    const auto turn = co_await self->in_order.lock();
    co_await by_way_of(self->context);
    while (self->held) co_await self->released.wait();
    co_return self->commit(transaction);
  }

  static Task<Result<RangeAnswer>> range(std::shared_ptr<State> self, RangeRequest request) {
    co_await by_way_of(self->context);
    RangeAnswer answer{{}, self->log.newest(), false};
    auto at = request.after < request.prefix ? self->entries.lower_bound(request.prefix)
                                             : self->entries.upper_bound(request.after);
    for (; at != self->entries.end() && at->first.starts_with(request.prefix); ++at) {
      if (request.limit != 0 && answer.entries.size() == request.limit) {
        answer.more = true;
        break;
      }
      answer.entries.push_back(at->second);
    }
    co_return answer;
  }
};

MemoryStore::MemoryStore(boost::asio::io_context& context, LogLimits limits)
    : state_(std::make_shared<State>(context, limits)) {}
MemoryStore::~MemoryStore() {
  state_->log.close();
  release();
}

Task<Result<RangeAnswer>> MemoryStore::range(RangeRequest request) {
  return State::range(state_, std::move(request));
}

Task<Result<Revision>> MemoryStore::transact(Transaction transaction) {
  const auto state = state_;
  if (auto fine = check(transaction); !fine) co_return std::unexpected(fine.error());
  co_return co_await State::transact(state, std::move(transaction));
}

Result<std::unique_ptr<Watch>> MemoryStore::watch(std::string prefix, Revision from) {
  return state_->log.watch(std::move(prefix), from);
}

Revision MemoryStore::revision() const { return state_->log.newest(); }
Revision MemoryStore::oldest_watchable() const { return state_->log.oldest(); }
Result<> MemoryStore::healthy() const { return state_->health; }

Result<> MemoryStore::reachable() const { return state_->reach; }

void MemoryStore::hold(std::string why) {
  state_->held = true;
  if (!why.empty()) state_->reach = fail(Errc::unavailable, std::move(why));
}
void MemoryStore::release() {
  state_->held = false;
  state_->reach = {};
  state_->released.notify_all();
}
void MemoryStore::fail_next_write(std::string what) { state_->failing = std::move(what); }
void MemoryStore::compact(Revision revision) { state_->log.compact(revision); }

std::unique_ptr<MemoryStore> make(boost::asio::io_context& context, LogLimits limits) {
  return std::make_unique<MemoryStore>(context, limits);
}

}  // namespace fairway::store::memory
