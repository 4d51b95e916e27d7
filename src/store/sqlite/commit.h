// Carries out a group of transactions in one SQLite transaction, so that they share one fsync. Each has its own
// revision, sees what those before it did, and fails alone when its comparisons do.
//
// Threads: the store's writer only.
#pragma once

#include <span>
#include <vector>

#include "store/sqlite/tables.h"

namespace fairway::store::sqlite {

struct Committed {
  std::vector<Result<Revision>> answers;  // one for each transaction, in order
  std::vector<Batch> batches;             // what became durable
};

class Committer {
 public:
  // `database` outlives it. `newest` is the store's revision, `log_begin` that before the log's first change.
  Committer(Database& database, Tables& tables, Revision newest, Revision log_begin)
      : database_(database), tables_(tables), newest_(newest), log_begin_(log_begin) {}

  // Durable when this returns well. The log is cut up to `unwatched` now and then, for that costs.
  [[nodiscard]] Result<Committed> commit(std::span<const Transaction> group, Revision unwatched);

  [[nodiscard]] Revision newest() const { return newest_; }

 private:
  Result<Revision> carry_out(const Transaction& transaction, Revision present, Committed& into);
  Result<> write(const Transaction& transaction, Batch& batch);
  Result<> cut_log(Revision unwatched);

  Database& database_;
  Tables& tables_;
  Revision newest_;
  Revision log_begin_;
};

// The log as it was written, from the undo log and the present values.
[[nodiscard]] Result<std::vector<Batch>> read_log(Tables& tables);

}  // namespace fairway::store::sqlite
