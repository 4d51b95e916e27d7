#include "store/sqlite/sqlite_store.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/database.h"
#include "store/sqlite/migrations.h"
#include "testing/env.h"
#include "testing/results.h"
#include "testing/temporary_folder.h"

namespace fairway::store {
namespace {

class SqliteStoreTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open() {
    return sqlite::open(context_, env_.env, {.path = folder_.file("cloud.db")});
  }
  std::string why_not() {
    const auto store = open();
    return store ? "it opens" : std::string(name(store.error().code)) + ": " + store.error().what;
  }
  // What another program does to the file.
  void meddle(const std::string& sql) {
    auto database = sqlite::Database::open(folder_.file("cloud.db"));
    FW_ASSERT_OK(database);
    FW_ASSERT_OK(database->execute(sql));
  }

  boost::asio::io_context context_;
  testing::TemporaryFolder folder_;
  testing::TestEnv env_;
};

TEST_F(SqliteStoreTest, ASecondOwnerIsRefusedAndToldWhoTheFirstIs) {
  const auto first = open();
  FW_ASSERT_OK(first);
  EXPECT_EQ(why_not(),
            fmt::format("conflict: open the store {}: process {} owns it, and a store has one owner; stop that "
                        "process, or use another directory",
                        folder_.file("cloud.db"), ::getpid()));
}

TEST_F(SqliteStoreTest, TheLockDiesWithItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    boost::asio::io_context context;
    const auto store = sqlite::open(context, env_.env, {.path = folder_.file("cloud.db")});
    ::kill(::getpid(), store ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  FW_EXPECT_OK(open());
}

TEST_F(SqliteStoreTest, ItsFilesAreForTheirOwnerAlone) {
  const auto store = open();
  FW_ASSERT_OK(store);
  for (const auto* suffix : {"", "-wal", ".lock"}) {
    struct stat status{};
    ASSERT_EQ(::stat((folder_.file("cloud.db") + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << suffix;
  }
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefusedByName) {
  FW_ASSERT_OK(open());
  meddle("INSERT INTO migration VALUES (2, '0002_compressed_values')");
  EXPECT_EQ(why_not(),
            fmt::format("unsupported: open the store {}: its schema has had the step 0002_compressed_values, "
                        "which this Fairway (0001_init) does not know; use the newer Fairway that wrote it, "
                        "or restore an older copy",
                        folder_.file("cloud.db")));
}

TEST_F(SqliteStoreTest, AForeignFileIsLeftAlone) {
  meddle("CREATE TABLE songs (title TEXT)");
  EXPECT_EQ(why_not(),
            fmt::format("unsupported: open the store {}: this SQLite file is not a Fairway store; name another "
                        "file in the configuration",
                        folder_.file("cloud.db")));
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsNamed) {
  std::ofstream(folder_.file("cloud.db")) << "apiVersion: v1\nkind: Config\n" << std::string(4096, '#');
  EXPECT_EQ(why_not(),
            fmt::format("internal: open the store {0}: use {0}: file is not a database (SQLite 26); name another "
                        "file, or restore a copy of this one",
                        folder_.file("cloud.db")));
}

TEST_F(SqliteStoreTest, AFolderThatIsNotThereIsNamed) {
  const auto store = sqlite::open(context_, env_.env, {.path = folder_.file("absent/cloud.db")});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().what, fmt::format("open the store {0}: open {0}.lock: No such file or directory",
                                            folder_.file("absent/cloud.db")));
}

TEST_F(SqliteStoreTest, ADamagedFileIsNotServedFrom) {
  {
    const auto store = open();
    FW_ASSERT_OK(store);
    boost::asio::co_spawn(context_, (*store)->transact({{}, {{"/a", std::string(40'000, 'x')}}, {}}),
                          [](std::exception_ptr, const Result<Revision>& revision) { FW_EXPECT_OK(revision); });
    context_.run();
  }
  const auto size = std::filesystem::file_size(folder_.file("cloud.db"));
  std::filesystem::resize_file(folder_.file("cloud.db"), size / 2);
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::internal) << store.error().what;
}

TEST_F(SqliteStoreTest, TransactionsThatCameTogetherShareOneCommit) {
  const auto store = open();
  FW_ASSERT_OK(store);
  int answered = 0;
  for (int i = 0; i < 500; ++i) {
    boost::asio::co_spawn(
        context_, (*store)->transact({{}, {{"/a", "1"}}, {}}),
        [&](std::exception_ptr, const Result<Revision>& revision) { answered += revision.has_value(); });
  }
  context_.run();
  EXPECT_EQ(answered, 500);
  EXPECT_EQ(env_.metrics.counter("fairway_store_transactions_total", "").value(), 500U);
  EXPECT_LT(env_.metrics.counter("fairway_store_commits_total", "").value(), 100U);
}

// Two steps, as a later release will have them.
TEST_F(SqliteStoreTest, MigrationsAreAppliedOnceInOrderAndAllOrNothing) {
  auto database = sqlite::Database::open(folder_.file("migrated.db"));
  FW_ASSERT_OK(database);
  const std::vector<sqlite::SchemaFile> all = {{"0001_a", "CREATE TABLE a (x)"},
                                               {"0002_b", "CREATE TABLE b (x); INSERT INTO a VALUES (7)"}};
  FW_ASSERT_OK(sqlite::migrate(*database, std::span(all).first(1)));
  FW_ASSERT_OK(sqlite::migrate(*database, all));
  FW_ASSERT_OK(sqlite::migrate(*database, all));
  EXPECT_EQ(database->integer("SELECT count(*) FROM a"), 1);
  EXPECT_EQ(database->integer("SELECT count(*) FROM migration"), 2);

  const std::vector<sqlite::SchemaFile> broken = {
      all[0], all[1], {"0003_c", "CREATE TABLE c (x); CREATE TABLE a (x)"}};
  const auto failed = sqlite::migrate(*database, broken);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().what.find("schema step 0003_c"), std::string::npos) << failed.error().what;
  EXPECT_EQ(database->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'c'"), 0);
}

}  // namespace
}  // namespace fairway::store
