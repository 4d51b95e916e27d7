#include "store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/check.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/owner_lock.h"
#include "store/sqlite/writer.h"

namespace fairway::store::sqlite {
namespace {

namespace asio = boost::asio;

// What the loop sees: the durable past. Shared with the outcomes that are on their way when the store closes.
struct Durable {
  Durable(LogLimits limits, Revision begin) : log(limits, begin) {}
  ChangeLog log;
  Result<> health;
};

void publish(Durable& durable, std::vector<Batch> batches, Result<> health) {
  for (auto& batch : batches) durable.log.append(std::move(batch));
  durable.health = std::move(health);
}

void answer(GroupOutcome& outcome) {
  for (std::size_t i = 0; i < outcome.written.size(); ++i) {
    outcome.group.writes[i].answer(std::move(outcome.written[i]));
  }
  for (std::size_t i = 0; i < outcome.read.size(); ++i) outcome.group.reads[i].answer(std::move(outcome.read[i]));
}

template <class T, class Executor, class Handler>
void resume_on(const Executor& executor, Handler handler, Result<T> result) {
  asio::dispatch(executor, [handler = std::move(handler), result = std::move(result)]() mutable {
    std::move(handler)(std::move(result));
  });
}

// Waits for one answer: `push` gets the function that gives it, on the loop.
template <class T, class Push>
Task<Result<T>> answer_of(Push push) {
  const auto start = [](auto handler, Push hand_over) {
    auto home = asio::make_work_guard(asio::get_associated_executor(handler));
    hand_over([handler = std::move(handler), home](Result<T> result) mutable {
      resume_on<T>(home.get_executor(), std::move(handler), std::move(result));
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(start, asio::use_awaitable,
                                                                                          std::move(push));
}

class SqliteStore final : public Store {
 public:
  SqliteStore(asio::io_context& context, Env& env, OwnerLock lock, std::shared_ptr<Durable> durable,
              std::unique_ptr<Writer::Owned> owned)
      : durable_(std::move(durable)), lock_(std::move(lock)), writer_(env, std::move(owned), deliver_to(context)) {
    writer_.set_unwatched(durable_->log.oldest());
  }
  ~SqliteStore() override { durable_->log.close(); }

  Task<Result<RangeAnswer>> range(RangeRequest request) override {
    auto push = [this, request = std::move(request)](auto answer) mutable {
      writer_.push(Read{std::move(request), std::move(answer)});
    };
    return answer_of<RangeAnswer>(std::move(push));
  }

  Task<Result<Revision>> transact(Transaction transaction) override {
    if (auto fine = check(transaction); !fine) co_return std::unexpected(fine.error());
    auto push = [this, transaction = std::move(transaction)](auto answer) mutable {
      writer_.set_unwatched(durable_->log.oldest());
      writer_.push(Write{std::move(transaction), std::move(answer)});
    };
    co_return co_await answer_of<Revision>(std::move(push));
  }

  Result<std::unique_ptr<Watch>> watch(std::string prefix, Revision from) override {
    return durable_->log.watch(std::move(prefix), from);
  }
  [[nodiscard]] Revision revision() const override { return durable_->log.newest(); }
  [[nodiscard]] Revision oldest_watchable() const override { return durable_->log.oldest(); }
  [[nodiscard]] Result<> healthy() const override { return durable_->health; }

 private:
  // From the writer's thread to the loop: first the watches, then those who asked, in their order.
  Writer::Deliver deliver_to(asio::io_context& context) {
    return [&context, durable = durable_](GroupOutcome outcome) {
      asio::post(context, [durable, outcome = std::move(outcome)]() mutable {
        publish(*durable, std::move(outcome.batches), std::move(outcome.health));
        answer(outcome);
      });
    };
  }

  std::shared_ptr<Durable> durable_;
  OwnerLock lock_;
  Writer writer_;
};

// Made by us, so that it is for its owner alone; SQLite gives its companions the same mode.
Result<> make_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail_errno("open " + path, errno);
  ::close(descriptor);
  return {};
}

// A new file's name is durable only when its folder is; SQLite sees to this for the log, not for the file itself.
Result<> sync_folder(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path().string();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fail_errno("open " + folder, errno);
  const int outcome = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  return outcome == 0 ? Result<>() : fail_errno("sync " + folder, error);
}

Result<> set_modes(Database& database, Sync sync) {
  // Exclusive: no second process can change the file behind us, and no shared memory is needed for the WAL.
  FW_TRY(const auto locking, database.text("PRAGMA locking_mode = EXCLUSIVE"));
  FW_TRY(const auto journal, database.text("PRAGMA journal_mode = WAL"));
  if (locking != "exclusive" || journal != "wal") {
    return fail(Errc::unavailable,
                fmt::format("this file system allows no write-ahead log (journal mode {}); keep the "
                            "state on a local disk",
                            journal));
  }
  FW_TRY_DO(database.execute(sync == Sync::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
  return database.execute("PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY");
}

Result<> check_integrity(Database& database) {
  FW_TRY(const auto verdict, database.text("PRAGMA quick_check(1)"));
  if (verdict == "ok") return {};
  return fail(Errc::internal, fmt::format("the file is damaged ({}); restore a copy of it", verdict));
}

Result<std::unique_ptr<Writer::Owned>> open_database(const SqliteConfig& config) {
  FW_TRY(auto database, Database::open(config.path, config.vfs));
  FW_TRY_DO(set_modes(database, config.sync));
  FW_TRY_DO(migrate(database));
  FW_TRY_DO(check_integrity(database));
  FW_TRY(auto tables, Tables::prepare(database));
  return std::make_unique<Writer::Owned>(Writer::Owned{std::move(database), std::move(tables), std::nullopt});
}

Result<std::shared_ptr<Durable>> load(Writer::Owned& owned, LogLimits limits) {
  FW_TRY(const auto newest, owned.tables.revision());
  FW_TRY(auto log, read_log(owned.tables));
  const Revision begin = log.empty() ? newest : log.front().revision - 1;
  auto durable = std::make_shared<Durable>(limits, begin);
  for (auto& batch : log) durable->log.append(std::move(batch));
  owned.committer.emplace(owned.database, owned.tables, newest, begin);
  return durable;
}

Result<std::unique_ptr<Store>> open_store(asio::io_context& context, Env& env, const SqliteConfig& config) {
  FW_TRY(auto lock, OwnerLock::take(config.path));
  FW_TRY_DO(make_file(config.path));
  FW_TRY(auto owned, open_database(config));
  FW_TRY_DO(sync_folder(config.path));
  FW_TRY(auto durable, load(*owned, config.log_keep));
  return std::make_unique<SqliteStore>(context, env, std::move(lock), std::move(durable), std::move(owned));
}

}  // namespace

Result<std::unique_ptr<Store>> open(asio::io_context& context, Env& env, SqliteConfig config) {
  const auto began = env.clock.steady();
  auto store = within(open_store(context, env, config), "open the store " + config.path);
  if (!store) return store;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.steady() - began);
  env.log.info("store opened", {{"file", config.path},
                                {"revision", std::to_string((*store)->revision())},
                                {"oldest_watchable", std::to_string((*store)->oldest_watchable())},
                                {"ms", std::to_string(took.count())}});
  return store;
}

}  // namespace fairway::store::sqlite
