#include "store/change_log.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "runtime/sync.h"

namespace fairway::store {
namespace {

std::size_t size_of(const std::optional<Entry>& entry) { return entry ? entry->key.size() + entry->value.size() : 0; }

std::size_t size_of(const Batch& batch) {
  std::size_t size = 0;
  for (const auto& change : batch.changes) size += change.key.size() + size_of(change.now) + size_of(change.before);
  return size;
}

Batch only_prefix(const Batch& batch, const std::string& prefix) {
  Batch filtered{batch.revision, {}};
  for (const auto& change : batch.changes) {
    if (change.key.starts_with(prefix)) filtered.changes.push_back(change);
  }
  return filtered;
}

std::unexpected<Error> log_too_short(Revision from, Revision oldest) {
  return fail(Errc::gone, fmt::format("watch from revision {}: the log begins at {}; list again and watch from there",
                                      from, oldest));
}

}  // namespace

struct ChangeLog::State {
  LogLimits limits;
  std::deque<Batch> batches;  // all that lie after oldest, in order
  std::size_t bytes = 0;
  Revision oldest = 0;
  Revision newest = 0;
  bool closed = false;
  Notify grown;

  // The first after `revision`.
  [[nodiscard]] auto after(Revision revision) const {
    return std::ranges::upper_bound(batches, revision, {}, &Batch::revision);
  }

  void drop_oldest() {
    bytes -= size_of(batches.front());
    oldest = batches.front().revision;
    batches.pop_front();
  }
};

class ChangeLog::Reader final : public Watch {
 public:
  Reader(std::shared_ptr<State> state, std::string prefix, Revision from)
      : place_(std::make_shared<Place>(std::move(state), std::move(prefix), from)) {}

  Task<Result<Batch>> next() override { return next(place_); }

 private:
  struct Place {
    Place(std::shared_ptr<State> of, std::string only, Revision from)
        : log(std::move(of)), prefix(std::move(only)), position(from) {}
    std::shared_ptr<State> log;
    std::string prefix;
    Revision position;
  };

  // Holds its place itself: the watch may be dropped while this is suspended.
  static Task<Result<Batch>> next(std::shared_ptr<Place> place) {
    auto& log = *place->log;
    while (true) {
      if (log.closed) co_return fail(Errc::unavailable, "watch " + place->prefix + ": the store is closing");
      if (place->position < log.oldest) co_return log_too_short(place->position, log.oldest);
      for (auto at = log.after(place->position); at != log.batches.end(); ++at) {
        place->position = at->revision;
        if (auto filtered = only_prefix(*at, place->prefix); !filtered.changes.empty()) co_return filtered;
      }
      co_await log.grown.wait();
    }
  }

  std::shared_ptr<Place> place_;
};

ChangeLog::ChangeLog(LogLimits limits, Revision revision) : state_(std::make_shared<State>()) {
  state_->limits = limits;
  state_->oldest = state_->newest = revision;
}

ChangeLog::~ChangeLog() { close(); }

void ChangeLog::close() {
  state_->closed = true;
  state_->grown.notify_all();
}

void ChangeLog::append(Batch batch) {
  auto& log = *state_;
  FW_CHECK(batch.revision > log.newest);
  log.newest = batch.revision;
  log.bytes += size_of(batch);
  log.batches.push_back(std::move(batch));
  while (log.batches.size() > 1 && (log.batches.size() > log.limits.revisions || log.bytes > log.limits.bytes)) {
    log.drop_oldest();
  }
  log.grown.notify_all();
}

void ChangeLog::advance(Revision revision) { state_->newest = std::max(state_->newest, revision); }

void ChangeLog::compact(Revision revision) {
  while (!state_->batches.empty() && state_->batches.front().revision <= revision) state_->drop_oldest();
  state_->oldest = std::max(state_->oldest, std::min(revision, state_->newest));
  state_->grown.notify_all();  // who stands before it learns that it is gone
}

Result<std::unique_ptr<Watch>> ChangeLog::watch(std::string prefix, Revision from) const {
  if (from <= 0) from = state_->newest;
  if (from < state_->oldest) return log_too_short(from, state_->oldest);
  return std::make_unique<Reader>(state_, std::move(prefix), from);
}

Revision ChangeLog::newest() const { return state_->newest; }
Revision ChangeLog::oldest() const { return state_->oldest; }

}  // namespace fairway::store
