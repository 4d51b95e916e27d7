// The schema's history: schema/NNNN_name.sql, numbered, carried by the program, never edited once released. A
// database remembers by number and name which of them it has had.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/sqlite/database.h"

namespace fairway::store::sqlite {

struct SchemaFile {
  std::string_view name;  // "0001_init"
  std::string_view sql;
};

// In order; the first is number 1.
[[nodiscard]] std::span<const SchemaFile> schema_files();

// Brings the database up to the last of `files`, each step in a transaction of its own. Errors: unsupported, when
// the database has had a step that is not among them (a newer program wrote it; named), or is not a store at all.
[[nodiscard]] Result<> migrate(Database& database, std::span<const SchemaFile> files = schema_files());

}  // namespace fairway::store::sqlite
