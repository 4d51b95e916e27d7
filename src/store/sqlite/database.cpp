#include "store/sqlite/database.h"

#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace fairway::store::sqlite {
namespace {

Errc code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Errc::internal;
    case SQLITE_FULL:
      return Errc::exhausted;
    case SQLITE_TOOBIG:
      return Errc::too_large;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::conflict;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return Errc::denied;
    default:
      return Errc::unavailable;
  }
}

std::string_view remedy_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_NOTADB:
      return "; name another file, or restore a copy of this one";
    case SQLITE_CORRUPT:
      return "; it is damaged: restore a copy of it";
    case SQLITE_FULL:
      return "; make room on its disk";
    default:
      return "";
  }
}

std::unexpected<Error> failure(sqlite3* database, std::string_view doing) {
  const char* file = sqlite3_db_filename(database, "main");
  const int code = sqlite3_extended_errcode(database);
  return fail(code_of(code), fmt::format("{} {}: {} (SQLite {}){}", doing, file == nullptr ? "" : file,
                                         sqlite3_errmsg(database), code, remedy_of(code)));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int parameter, std::int64_t value) {
  FW_CHECK(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
}
void Statement::bind_text(int parameter, std::string_view text) {
  FW_CHECK(sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8) ==
           SQLITE_OK);
}
void Statement::bind_blob(int parameter, std::string_view bytes) {
  // A null pointer would bind NULL; an empty value is not the same as none.
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  FW_CHECK(sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC) == SQLITE_OK);
}
void Statement::bind_null(int parameter) { FW_CHECK(sqlite3_bind_null(statement_.get(), parameter) == SQLITE_OK); }

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  auto outcome =
      code == SQLITE_DONE ? Result<bool>(false) : Result<bool>(failure(sqlite3_db_handle(statement_.get()), "use"));
  reset();
  return outcome;
}

Result<> Statement::run() {
  while (true) {
    FW_TRY(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
std::string Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(data, size);
}
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

void Database::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

Result<Database> Database::open(const std::string& path, const std::string& vfs) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (raw == nullptr) return fail(Errc::unavailable, "open " + path + ": out of memory");
  Database database(raw);
  if (code != SQLITE_OK) return failure(raw, "open");
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), "use");
  return Statement(raw);
}

Result<> Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure(database_.get(), "use");
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  FW_TRY(auto query, prepare(sql));
  FW_TRY(const bool row, query.step());
  FW_CHECK(row);
  return query.integer(0);
}

Result<std::string> Database::text(std::string_view sql) {
  FW_TRY(auto query, prepare(sql));
  FW_TRY(const bool row, query.step());
  FW_CHECK(row);
  return query.bytes(0);
}

Result<SqlTransaction> SqlTransaction::begin(Database& database) {
  FW_TRY_DO(database.execute("BEGIN IMMEDIATE"));
  return SqlTransaction(database);
}

SqlTransaction::SqlTransaction(SqlTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

SqlTransaction::~SqlTransaction() {
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");  // SQLite may have done so itself: then it says so
}

Result<> SqlTransaction::commit() {
  FW_TRY_DO(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace fairway::store::sqlite
