#include "store/sqlite/commit.h"

#include <algorithm>
#include <map>
#include <ranges>

#include "store/check.h"

namespace fairway::store::sqlite {
namespace {

constexpr Revision kCutEvery = 256;

// Empty: all comparisons hold.
Result<std::optional<Error>> compare(Tables& tables, const std::vector<Compare>& when) {
  for (const auto& wanted : when) {
    FW_TRY(const auto found, tables.mod_revision(wanted.key));
    if (found != wanted.mod_revision) return comparison_failed(wanted, found);
  }
  return std::nullopt;
}

}  // namespace

Result<Committed> Committer::commit(std::span<const Transaction> group, Revision unwatched) {
  Committed done;
  Revision newest = newest_;
  FW_TRY(auto transaction, SqlTransaction::begin(database_));
  for (const auto& wanted : group) {
    FW_TRY(newest, carry_out(wanted, newest, done));
  }
  if (newest == newest_) return done;  // rolled back: nothing was written
  FW_TRY_DO(tables_.set_revision(newest));
  FW_TRY_DO(cut_log(unwatched));
  FW_TRY_DO(transaction.commit());
  newest_ = newest;
  return done;
}

// The revision after it. An error here is the disk's; that of a comparison is the transaction's answer.
Result<Revision> Committer::carry_out(const Transaction& transaction, Revision present, Committed& into) {
  FW_TRY(auto conflict, compare(tables_, transaction.when));
  if (conflict) {
    into.answers.emplace_back(std::unexpected(std::move(*conflict)));
    return present;
  }
  Batch batch{present + 1, {}};
  FW_TRY_DO(write(transaction, batch));
  if (!batch.changes.empty()) {
    ++present;
    into.batches.push_back(std::move(batch));
  }
  into.answers.emplace_back(present);
  return present;
}

Result<> Committer::write(const Transaction& transaction, Batch& batch) {
  const auto note = [&](const std::string& key, std::optional<Entry> now, std::optional<Entry> before) -> Result<> {
    Tables::Undo undo{batch.revision, static_cast<std::int64_t>(batch.changes.size()), key, before};
    batch.changes.push_back({key, std::move(now), std::move(before)});
    return tables_.log_change(undo);
  };
  for (const auto& put : transaction.puts) {
    FW_TRY(auto before, tables_.find_entry(put.key));
    const Entry now{put.key, put.value, before ? before->create_revision : batch.revision, batch.revision};
    FW_TRY_DO(tables_.put_entry(now));
    FW_TRY_DO(note(put.key, now, std::move(before)));
  }
  for (const auto& key : transaction.deletes) {
    FW_TRY(auto before, tables_.find_entry(key));
    if (!before) continue;
    FW_TRY_DO(tables_.erase_entry(key));
    FW_TRY_DO(note(key, std::nullopt, std::move(before)));
  }
  return {};
}

Result<> Committer::cut_log(Revision unwatched) {
  if (unwatched - log_begin_ < kCutEvery) return {};
  FW_TRY_DO(tables_.drop_changes_up_to(unwatched));
  log_begin_ = unwatched;  // should the commit fail, nothing is written any more
  return {};
}

Result<std::vector<Batch>> read_log(Tables& tables) {
  FW_TRY(const auto undos, tables.list_changes());
  std::vector<Batch> log;
  // From the newest back: what a key holds after a change is what the next change of it found.
  std::map<std::string, std::optional<Entry>> after;
  for (const auto& undo : std::views::reverse(undos)) {
    if (!after.contains(undo.key)) {
      FW_TRY(after[undo.key], tables.find_entry(undo.key));
    }
    if (log.empty() || log.back().revision != undo.revision) log.push_back({undo.revision, {}});
    log.back().changes.push_back({undo.key, std::exchange(after[undo.key], undo.before), undo.before});
  }
  std::ranges::reverse(log);
  for (auto& batch : log) std::ranges::reverse(batch.changes);
  return log;
}

}  // namespace fairway::store::sqlite
