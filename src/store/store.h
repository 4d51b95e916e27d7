// The store's contract: keys to values, each with a revision; range, transaction, watch. SQLite on one machine, etcd
// on several; store/contract_test_suite.h is what a backend must pass.
//
// Revisions are positive, grow with each transaction that changes something, and are never reset. They may skip numbers:
// etcd counts for all its users, and its store moves it without changing anything of its own. A transaction is durable
// before it is acknowledged, all of it or none. Watches see every change once, in order, whole transactions together,
// and only durable ones.
//
// Threads: one loop. One owner process for each store: opening one that another process owns fails with `conflict`.
// After a failed write the store is read-only and every later write returns that first error (sticky; see healthy()).
// A backend that is out of reach for a while and can find out later what became of a write has not failed: its writes
// wait.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"

namespace fairway::store {

using Revision = std::int64_t;

struct Entry {
  std::string key;
  std::string value;
  Revision create_revision = 0;
  Revision mod_revision = 0;
  bool operator==(const Entry&) const = default;
};

struct RangeRequest {
  std::string prefix;     // every key that begins so, in byte order
  std::string after;      // only keys greater than this (paging); empty: from the start
  std::size_t limit = 0;  // 0: all
};

struct RangeAnswer {
  std::vector<Entry> entries;
  Revision revision = 0;  // the store's revision that the answer shows
  bool more = false;
};

// The transaction holds when every key's mod_revision is as said (0: the key does not exist).
struct Compare {
  std::string key;
  Revision mod_revision = 0;
};

struct Put {
  std::string key;
  std::string value;
};

struct Transaction {
  std::vector<Compare> when;
  std::vector<Put> puts;
  std::vector<std::string> deletes;  // of an absent key: no change
};

struct Change {
  std::string key;
  std::optional<Entry> now;     // empty: deleted
  std::optional<Entry> before;  // as it was, if it was
};

// One transaction's changes.
struct Batch {
  Revision revision = 0;
  std::vector<Change> changes;
};

class Watch {
 public:
  virtual ~Watch() = default;
  // The next batch that touches the prefix (with only the changes that do). Error: gone, when the log no longer
  // reaches back to where this watch stands; unavailable, when the store is closing.
  virtual Task<Result<Batch>> next() = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Task<Result<RangeAnswer>> range(RangeRequest request) = 0;

  // The new revision. Errors: conflict (a comparison failed; nothing was changed), unavailable (not durable; sticky),
  // invalid (a key twice, or an empty one), too_large (see fits()). A transaction that changes nothing returns the
  // present revision. Transactions are carried out in the order of the calls.
  virtual Task<Result<Revision>> transact(Transaction transaction) = 0;

  // Whether a transaction of this size can be carried out at all. Who decides in memory before it writes asks first.
  // Error: too_large, with what limits it.
  [[nodiscard]] virtual Result<> fits(const Transaction& transaction) const {
    (void)transaction;
    return {};
  }

  // Changes after revision `from` (0 or less: from now on). Error: gone.
  virtual Result<std::unique_ptr<Watch>> watch(std::string prefix, Revision from) = 0;

  // The newest durable revision, and the oldest from which a watch can still start.
  [[nodiscard]] virtual Revision revision() const = 0;
  [[nodiscard]] virtual Revision oldest_watchable() const = 0;

  // The first failed write, if there was one.
  [[nodiscard]] virtual Result<> healthy() const = 0;

  // What makes writes wait for longer than a moment, and what to do about it: the backend is out of reach. They go on by
  // themselves afterwards; who owes an answer asks here before it writes. Error: unavailable.
  [[nodiscard]] virtual Result<> reachable() const { return {}; }

  // The orderly end: what was asked for before is carried out, and another process may own the store at once. Waits at
  // most `patience`. The destructor alone is enough where the loop goes on.
  virtual Task<> close(Duration patience) {
    (void)patience;
    co_return;
  }
};

}  // namespace fairway::store
