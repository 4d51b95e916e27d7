// SQLite in three types that clean up after themselves: Database, Statement, SqlTransaction. Errors carry SQLite's
// own words and the file's name.
//
//   FW_TRY(auto find, database.prepare("SELECT value FROM entry WHERE key = ?1"));
//   find.bind(1, key);
//   FW_TRY(const bool row, find.step());
//   if (row) use(find.blob(0));
//
// Threads: one at a time; a database may be handed from one thread to another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace fairway::store::sqlite {

// A prepared statement. Dies before its database.
class Statement {
 public:
  // Parameters count from 1, columns from 0. What is bound must live until the statement is stepped to its end.
  void bind(int parameter, std::int64_t value);
  void bind_text(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  void bind_null(int parameter);

  // True: there is a row. After the last one, or an error, the statement is reset and can be bound again.
  [[nodiscard]] Result<bool> step();
  // Steps to the end; rows are dropped.
  [[nodiscard]] Result<> run();
  // Ends a statement of which no further row is wanted.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // Opens or makes the file. `vfs`: the name of a registered SQLite VFS, empty for the default.
  [[nodiscard]] static Result<Database> open(const std::string& path, const std::string& vfs = "");

  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // One or more statements whose rows are not wanted.
  [[nodiscard]] Result<> execute(const std::string& sql);
  // The first column of the first row of a query that has one.
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);
  [[nodiscard]] Result<std::string> text(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Close> database_;
};

// Rolls back unless committed.
class SqlTransaction {
 public:
  [[nodiscard]] static Result<SqlTransaction> begin(Database& database);
  SqlTransaction(SqlTransaction&& other) noexcept;
  SqlTransaction& operator=(SqlTransaction&&) = delete;
  ~SqlTransaction();

  // Durable when this returns well (as durable as the database's `synchronous` says).
  [[nodiscard]] Result<> commit();

 private:
  explicit SqlTransaction(Database& database) : database_(&database) {}
  Database* database_;  // null: over
};

}  // namespace fairway::store::sqlite
