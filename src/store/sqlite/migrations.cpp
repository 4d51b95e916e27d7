#include "store/sqlite/migrations.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace fairway::store::sqlite {
namespace {

constexpr auto kSchemaFiles = std::to_array<SchemaFile>({
#include "store/sqlite/schema_files.inc"
});

// "FWst", in the file's header: file(1) and we can tell a store from other SQLite files.
constexpr std::int64_t kApplicationId = 0x46577374;

// Makes the list of steps in a new file. Error: unsupported, when the file belongs to another program.
Result<> prepare_history(Database& database) {
  FW_TRY(const auto id, database.integer("PRAGMA application_id"));
  if (id == kApplicationId) return {};
  FW_TRY(const auto tables, database.integer("SELECT count(*) FROM sqlite_schema"));
  if (id != 0 || tables != 0) {
    return fail(Errc::unsupported, "this SQLite file is not a Fairway store; name another file in the configuration");
  }
  FW_TRY(auto transaction, SqlTransaction::begin(database));
  FW_TRY_DO(
      database.execute(fmt::format("PRAGMA application_id = {};"
                                   "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL)",
                                   kApplicationId)));
  return transaction.commit();
}

// How many steps the database has had; each must be the one that we know under its number.
Result<std::size_t> check_history(Database& database, std::span<const SchemaFile> files) {
  FW_TRY(auto history, database.prepare("SELECT number, name FROM migration ORDER BY number"));
  std::size_t known = 0;
  while (true) {
    FW_TRY(const bool row, history.step());
    if (!row) return known;
    const auto name = history.bytes(1);
    if (known == files.size() || name != files[known].name) {
      history.reset();
      return fail(Errc::unsupported,
                  fmt::format("its schema has had the step {}, which this Fairway ({}) does not know; use the newer "
                              "Fairway that wrote it, or restore an older copy",
                              name, files.empty() ? "no steps" : files.back().name));
    }
    ++known;
  }
}

Result<> apply(Database& database, std::size_t number, const SchemaFile& file) {
  FW_TRY(auto transaction, SqlTransaction::begin(database));
  FW_TRY_DO(database.execute(std::string(file.sql)));
  FW_TRY(auto note, database.prepare("INSERT INTO migration VALUES (?1, ?2)"));
  note.bind(1, static_cast<std::int64_t>(number));
  note.bind_text(2, file.name);
  FW_TRY_DO(note.run());
  return transaction.commit();
}

}  // namespace

std::span<const SchemaFile> schema_files() { return kSchemaFiles; }

Result<> migrate(Database& database, std::span<const SchemaFile> files) {
  FW_TRY_DO(prepare_history(database));
  FW_TRY(const auto known, check_history(database, files));
  for (auto i = known; i < files.size(); ++i) {
    FW_TRY_DO(within(apply(database, i + 1, files[i]), fmt::format("schema step {}", files[i].name)));
  }
  return {};
}

}  // namespace fairway::store::sqlite
