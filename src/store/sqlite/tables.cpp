#include "store/sqlite/tables.h"

#include "store/check.h"

namespace fairway::store::sqlite {
namespace {

Entry entry_in(const Statement& row, std::string key, int first_column) {
  return {std::move(key), row.bytes(first_column), row.integer(first_column + 1), row.integer(first_column + 2)};
}

}  // namespace

Result<Tables> Tables::prepare(Database& database) {
  Tables tables;
  struct Wanted {
    std::optional<Statement>& into;
    std::string_view sql;
  };
  const Wanted all[] = {
      {tables.find_entry_, "SELECT value, create_revision, mod_revision FROM entry WHERE key = ?1"},
      {tables.mod_revision_, "SELECT mod_revision FROM entry WHERE key = ?1"},
      {tables.put_entry_,
       "INSERT INTO entry VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE SET value = excluded.value, "
       "create_revision = excluded.create_revision, mod_revision = excluded.mod_revision"},
      {tables.erase_entry_, "DELETE FROM entry WHERE key = ?1"},
      // ?1 and ?2 begin the range, ?3 ends it unless it is NULL; a limit of -1 is none.
      {tables.list_entries_,
       "SELECT key, value, create_revision, mod_revision FROM entry WHERE key >= ?1 AND key > ?2 "
       "AND (?3 IS NULL OR key < ?3) ORDER BY key LIMIT ?4"},
      {tables.log_change_, "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      {tables.drop_changes_, "DELETE FROM change WHERE revision <= ?1"},
      {tables.list_changes_,
       "SELECT revision, position, key, value, create_revision, mod_revision FROM change ORDER BY revision, "
       "position"},
      {tables.revision_, "SELECT revision FROM store"},
      {tables.set_revision_, "UPDATE store SET revision = ?1"},
  };
  for (const auto& [into, sql] : all) {
    FW_TRY(auto statement, database.prepare(sql));
    into.emplace(std::move(statement));
  }
  return tables;
}

Result<std::optional<Entry>> Tables::find_entry(const std::string& key) {
  find_entry_->bind_text(1, key);
  FW_TRY(const bool row, find_entry_->step());
  if (!row) return std::nullopt;
  auto entry = entry_in(*find_entry_, key, 0);
  find_entry_->reset();
  return entry;
}

Result<Revision> Tables::mod_revision(const std::string& key) {
  mod_revision_->bind_text(1, key);
  FW_TRY(const bool row, mod_revision_->step());
  const Revision found = row ? mod_revision_->integer(0) : 0;
  mod_revision_->reset();
  return found;
}

Result<> Tables::put_entry(const Entry& entry) {
  put_entry_->bind_text(1, entry.key);
  put_entry_->bind_blob(2, entry.value);
  put_entry_->bind(3, entry.create_revision);
  put_entry_->bind(4, entry.mod_revision);
  return put_entry_->run();
}

Result<> Tables::erase_entry(const std::string& key) {
  erase_entry_->bind_text(1, key);
  return erase_entry_->run();
}

Result<std::vector<Entry>> Tables::list_entries(const std::string& prefix, const std::string& after,
                                                std::size_t limit) {
  const auto end = end_of_prefix(prefix);
  list_entries_->bind_text(1, prefix);
  list_entries_->bind_text(2, after);
  if (end.empty()) {
    list_entries_->bind_null(3);
  } else {
    list_entries_->bind_text(3, end);
  }
  list_entries_->bind(4, limit == 0 ? -1 : static_cast<std::int64_t>(limit));
  std::vector<Entry> entries;
  while (true) {
    FW_TRY(const bool row, list_entries_->step());
    if (!row) return entries;
    entries.push_back(entry_in(*list_entries_, list_entries_->bytes(0), 1));
  }
}

Result<> Tables::log_change(const Undo& undo) {
  log_change_->bind(1, undo.revision);
  log_change_->bind(2, undo.position);
  log_change_->bind_text(3, undo.key);
  if (undo.before) {
    log_change_->bind_blob(4, undo.before->value);
    log_change_->bind(5, undo.before->create_revision);
    log_change_->bind(6, undo.before->mod_revision);
  } else {
    for (int column = 4; column <= 6; ++column) log_change_->bind_null(column);
  }
  return log_change_->run();
}

Result<> Tables::drop_changes_up_to(Revision revision) {
  drop_changes_->bind(1, revision);
  return drop_changes_->run();
}

Result<std::vector<Tables::Undo>> Tables::list_changes() {
  std::vector<Undo> changes;
  while (true) {
    FW_TRY(const bool row, list_changes_->step());
    if (!row) return changes;
    Undo undo{list_changes_->integer(0), list_changes_->integer(1), list_changes_->bytes(2), std::nullopt};
    if (!list_changes_->is_null(3)) undo.before = entry_in(*list_changes_, undo.key, 3);
    changes.push_back(std::move(undo));
  }
}

Result<Revision> Tables::revision() {
  FW_TRY(const bool row, revision_->step());
  FW_CHECK(row);
  const Revision newest = revision_->integer(0);
  revision_->reset();
  return newest;
}

Result<> Tables::set_revision(Revision revision) {
  set_revision_->bind(1, revision);
  return set_revision_->run();
}

}  // namespace fairway::store::sqlite
