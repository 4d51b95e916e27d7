#include "store/etcd/etcd_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/backoff.h"
#include "runtime/loop.h"
#include "store/check.h"
#include "store/etcd/history.h"
#include "store/etcd/writer.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t page_limit = 500;

// How a reader goes through pages that show one revision.
struct Paging {
  RangeRequest request;
  std::size_t limit = page_limit;  // halved when an answer is too large
  Revision shown = 0;              // etcd's revision that all pages show
  RangeAnswer answer;
  bool done = false;

  [[nodiscard]] std::size_t next_limit() const {
    if (request.limit == 0) return limit;
    return std::min(limit, request.limit - answer.entries.size());
  }
};

Result<> add_page(const Names& names, const json::Value& page, Paging& paging) {
  if (paging.shown == 0) {
    const auto marker = ranged(page, 1);
    if (!marker) return fail(Errc::internal, "read the store: its keys were deleted in etcd");
    paging.shown = number_at(page, "header.revision");
    paging.answer.revision = marker->mod_revision;
  }
  const auto& responses = json::array_or_empty(page, "responses");
  if (responses.empty()) return fail(Errc::unavailable, "read the store: etcd's answer lacks its entries");
  const auto* range = json::find(responses.front(), "response_range");
  if (range == nullptr) return fail(Errc::unavailable, "read the store: etcd's answer lacks its entries");
  for (const auto& item : json::array_or_empty(*range, "kvs")) {
    auto kv = read_kv(item);
    auto key = names.key_of(kv.name);
    if (!key) return fail(Errc::internal, "read the store: etcd answers with a key that was not asked for");
    paging.answer.entries.push_back({std::move(*key), std::move(kv.value), kv.create_revision, kv.mod_revision});
  }
  const bool more = json::bool_or(*range, "more");
  const bool full = paging.request.limit != 0 && paging.answer.entries.size() >= paging.request.limit;
  paging.answer.more = more && full;
  paging.done = !more || full;
  if (!paging.answer.entries.empty()) paging.request.after = paging.answer.entries.back().key;
  return {};
}

Task<Result<RangeAnswer>> read_pages(std::shared_ptr<Writer> writer, RangeRequest request) {
  Paging paging{std::move(request), page_limit, 0, {}, false};
  auto& env = writer->env();
  Backoff backoff(env.random, 20ms, 1s);
  const auto end = env.clock.steady() + writer->config().patience;
  while (!paging.done) {
    auto page = co_await writer->etcd().call(
        "/kv/txn", range_request(writer->names(), paging.request, paging.next_limit(), paging.shown));
    if (page) FW_CO_TRY_DO(add_page(writer->names(), *page, paging));
    if (page) continue;
    // A page that takes too long may be too large as well.
    const bool shrink = page.error().code == Errc::too_large || page.error().code == Errc::timeout;
    if (shrink && paging.limit > 1) {
      paging.limit = std::max<std::size_t>(1, paging.limit / 8);
      continue;
    }
    if (!is_transient(page.error()) || env.clock.steady() >= end) {
      co_return std::unexpected(with_remedy(std::move(page).error()).within("read the store"));
    }
    co_await env.timers.sleep(backoff.next());
  }
  co_return std::move(paging.answer);
}

class EtcdStore final : public Store {
 public:
  explicit EtcdStore(std::shared_ptr<Writer> writer) : writer_(std::move(writer)) {}
  EtcdStore(const EtcdStore&) = delete;
  EtcdStore& operator=(const EtcdStore&) = delete;
  ~EtcdStore() override {
    writer_->log().close();
    writer_->close();
  }

  Task<Result<RangeAnswer>> range(RangeRequest request) override { return read_pages(writer_, std::move(request)); }

  Task<Result<Revision>> transact(Transaction transaction) override {
    return checked(writer_, std::move(transaction));
  }

  [[nodiscard]] Result<> fits(const Transaction& transaction) const override {
    return etcd::fits(writer_->config(), writer_->names(), transaction);
  }

  Result<std::unique_ptr<Watch>> watch(std::string prefix, Revision from) override {
    return writer_->log().watch(std::move(prefix), from);
  }
  [[nodiscard]] Revision revision() const override { return writer_->log().newest(); }
  [[nodiscard]] Revision oldest_watchable() const override { return writer_->log().oldest(); }
  [[nodiscard]] Result<> healthy() const override { return writer_->healthy(); }
  [[nodiscard]] Result<> reachable() const override { return writer_->reachable(); }
  Task<> close(Duration patience) override {
    writer_->log().close();
    writer_->close();
    return Writer::closed(writer_, patience);
  }

 private:
  static Task<Result<Revision>> checked(std::shared_ptr<Writer> writer, Transaction transaction) {
    FW_CO_TRY_DO(check(transaction));
    // Who only waits for what others write is not kept waiting for an etcd that is away.
    const bool writes = !transaction.when.empty() || !transaction.puts.empty() || !transaction.deletes.empty();
    if (!writes && !writer->idle()) FW_CO_TRY_DO(writer->reachable());
    FW_CO_TRY_DO(etcd::fits(writer->config(), writer->names(), transaction));
    co_return co_await Writer::transact(writer, std::move(transaction));
  }

  std::shared_ptr<Writer> writer_;
};

// An owner that ends before it has cut anything leaves a history without bound, and each moment of it costs the next
// one's start about half a millisecond: no more than these are read. Watches from before them are told to list again.
constexpr std::size_t kMostReadAtOpen = 2'000;
constexpr Revision kOwnRevisions = 16;  // of taking over, which no watch sees

// The log as etcd's history tells it, up to the taking over.
Task<Result<std::unique_ptr<ChangeLog>>> read_log(Endpoints& etcd, const Names& names, const EtcdConfig& config,
                                                  Revision since) {
  auto log = std::make_unique<ChangeLog>(config.log_keep, 0);
  auto* const into = log.get();
  const auto see = [into, since](Moment moment) {
    const auto revision = moment.batch.revision;
    if (!moment.batch.changes.empty() && revision > into->newest()) into->append(std::move(moment.batch));
    return revision < since;
  };
  const auto reach = static_cast<Revision>(std::min(config.log_keep.revisions, kMostReadAtOpen)) + kOwnRevisions;
  const auto from = std::max<Revision>(since - reach, 0);
  auto begin = co_await read_history(etcd, names, from, see);
  // Cut later than that: from where it begins now.
  if (!begin && from > 0 && begin.error().code == Errc::gone) begin = co_await read_history(etcd, names, 0, see);
  if (!begin) co_return std::unexpected(std::move(begin).error());
  log->advance(since);
  // A history that was never cut begins with etcd's own first revision, which changes nothing.
  log->compact(std::max<Revision>(*begin, 1));
  co_return log;
}

Task<Result<std::unique_ptr<ChangeLog>>> read_log_patiently(Endpoints& etcd, Env& env, const Names& names,
                                                            const EtcdConfig& config, Revision since) {
  Backoff backoff(env.random, 20ms, 1s);
  const auto end = env.clock.steady() + config.patience;
  while (true) {
    auto log = co_await read_log(etcd, names, config, since);
    if (log || !is_transient(log.error()) || env.clock.steady() >= end) co_return log;
    co_await env.timers.sleep(backoff.next());
  }
}

Task<Result<std::shared_ptr<Writer>>> open_writer(boost::asio::io_context& context, Env& env, EtcdConfig config) {
  FW_CO_TRY(auto etcd, Endpoints::make(context, env, config));
  const Names names(config.prefix);
  FW_CO_TRY(auto held, co_await take_ownership(*etcd, env, config, names));
  auto log = co_await read_log_patiently(*etcd, env, names, config, held.since);
  if (!log) {
    (void)co_await release_ownership(*etcd, held.lease);
    co_return std::unexpected(std::move(log).error());
  }
  auto writer = std::make_shared<Writer>(context, env, std::move(config),
                                         Writer::Opened{std::move(etcd), std::move(held), std::move(*log)});
  spawn_task(context, env.log, "store ownership", Writer::tend(writer));
  co_return writer;
}

}  // namespace

Task<Result<std::unique_ptr<Store>>> open(boost::asio::io_context& context, Env& env, EtcdConfig config) {
  const auto began = env.clock.steady();
  if (config.prefix.empty() || config.prefix.back() != '/') config.prefix += '/';
  const auto prefix = config.prefix;
  auto writer =
      within(co_await open_writer(context, env, std::move(config)), fmt::format("open the store {} in etcd", prefix));
  if (!writer) co_return std::unexpected(with_remedy(std::move(writer).error()));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.steady() - began);
  env.log.info("store opened", {{"prefix", prefix},
                                {"revision", std::to_string((*writer)->log().newest())},
                                {"oldest_watchable", std::to_string((*writer)->log().oldest())},
                                {"ms", std::to_string(took.count())}});
  co_return std::make_unique<EtcdStore>(std::move(*writer));
}

}  // namespace fairway::store::etcd
