// Every statement that the store makes, as verbs. Threads and lifetime: as the database, which outlives it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/database.h"
#include "store/store.h"

namespace fairway::store::sqlite {

class Tables {
 public:
  // One line of the undo log: what the key held before the change.
  struct Undo {
    Revision revision = 0;
    std::int64_t position = 0;
    std::string key;
    std::optional<Entry> before;
  };

  [[nodiscard]] static Result<Tables> prepare(Database& database);

  [[nodiscard]] Result<std::optional<Entry>> find_entry(const std::string& key);
  [[nodiscard]] Result<Revision> mod_revision(const std::string& key);  // 0: there is no such entry
  [[nodiscard]] Result<> put_entry(const Entry& entry);
  [[nodiscard]] Result<> erase_entry(const std::string& key);
  // In byte order: those that begin with `prefix` and are greater than `after`; at most `limit`, 0: all.
  [[nodiscard]] Result<std::vector<Entry>> list_entries(const std::string& prefix, const std::string& after,
                                                        std::size_t limit);

  [[nodiscard]] Result<> log_change(const Undo& undo);
  [[nodiscard]] Result<> drop_changes_up_to(Revision revision);
  [[nodiscard]] Result<std::vector<Undo>> list_changes();  // oldest first

  [[nodiscard]] Result<Revision> revision();
  [[nodiscard]] Result<> set_revision(Revision revision);

 private:
  Tables() = default;
  std::optional<Statement> find_entry_, mod_revision_, put_entry_, erase_entry_, list_entries_;
  std::optional<Statement> log_change_, drop_changes_, list_changes_, revision_, set_revision_;
};

}  // namespace fairway::store::sqlite
