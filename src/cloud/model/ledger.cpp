#include "cloud/model/ledger.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "cloud/model/kind_ops.h"
#include "runtime/loop.h"
#include "runtime/sync.h"
#include "runtime/wait_at_most.h"

namespace fairway::cloud {
namespace {

constexpr std::string_view kRoot = "/cloud/";
constexpr std::size_t kMostTogether = 100;  // objects in one transaction of several changes

std::string key_of(std::string_view kind, std::string_view id) { return fmt::format("{}{}/{}", kRoot, kind, id); }

// "/cloud/network/3f…" -> "network"
std::string_view kind_of(std::string_view key) {
  key.remove_prefix(kRoot.size());
  return key.substr(0, key.find('/'));
}

}  // namespace

void Work::touch(std::string_view kind, const std::string& id, Encode encode) {
  const auto [place, fresh] = places_.try_emplace({kind, id}, writes_.size());
  if (fresh) {
    writes_.push_back({kind, id, std::move(encode)});
  } else {
    writes_[place->second].encode = std::move(encode);
  }
}

void Work::undo() {
  for (const auto& step : std::views::reverse(undo_)) step();
}

Task<Result<std::unique_ptr<Ledger>>> Ledger::open(store::Store& store, Env& env, Duration patience) {
  auto ledger = std::unique_ptr<Ledger>(new Ledger(store, env, patience));  // private constructor
  FW_CO_TRY(const auto all, co_await store.range({.prefix = std::string(kRoot), .after = {}, .limit = 0}));
  FW_CO_TRY_DO(ledger->load(all.entries));
  co_return ledger;
}

Result<> Ledger::load(const std::vector<store::Entry>& entries) {
  for (const auto& entry : entries) FW_TRY_DO(within(load_one(entry), "read " + entry.key + " from the store"));
  return {};
}

Result<> Ledger::load_one(const store::Entry& entry) {
  FW_TRY(const auto value, json::parse(entry.value));
  const auto* ops = find_kind_ops(kind_of(entry.key));
  if (ops == nullptr) return fail(Errc::invalid, "a newer Fairway wrote this kind of object");
  return ops->load(state_, value, entry.mod_revision);
}

// The last word on each object, in the order in which they were first touched.
struct Ledger::Group {
  struct Write {
    std::string_view kind;
    std::string id;
    std::optional<std::string> text;  // empty: deleted
  };

  void add(Write write) {
    const auto [place, fresh] = places.try_emplace({write.kind, write.id}, writes.size());
    if (fresh) {
      writes.push_back(std::move(write));
    } else {
      writes[place->second] = std::move(write);
    }
  }
  void add_to(store::Transaction& transaction) const {
    for (const auto& [kind, id, text] : writes) {
      if (text) {
        transaction.puts.push_back({key_of(kind, id), *text});
      } else {
        transaction.deletes.push_back(key_of(kind, id));
      }
    }
  }
  void end(Result<> with) {
    outcome = std::move(with);
    told.notify_all();
  }
  static Task<Result<>> wait(GroupPtr group) {
    while (!group->outcome) co_await group->told.wait();
    co_return *group->outcome;
  }

  std::vector<Write> writes;
  std::map<std::pair<std::string_view, std::string>, std::size_t> places;  // kind and id -> where in writes
  bool begun = false;  // on its way to the store: it takes no more
  std::optional<Result<>> outcome;
  Notify told;
};

Ledger::~Ledger() {
  for (const auto& group : groups_) {
    group->end(
        fail(Errc::unavailable, "the cloud has ended; whether the change was made will be seen when it is back"));
  }
}

Task<Result<>> Ledger::commit(Work& work, Waiting waiting) {
  if (work.empty()) co_return Result<>{};
  // Nobody has seen the change yet: no loop turned since it was decided.
  auto group = join_group(work);
  if (!group) {
    work.undo();
    co_return std::unexpected(std::move(group).error());
  }
  if (!writing_) {
    writing_ = true;
    boost::asio::co_spawn(
        co_await boost::asio::this_coro::executor, write_groups(self_),
        [&log = env_.log](std::exception_ptr thrown) { check_task_end(log, "write the cloud's changes", thrown); });
  }
  co_return co_await wait_for(*std::move(group), waiting == Waiting::bounded ? patience_ : Duration::max(),
                              "it goes on trying, and whether the change was made will be seen then");
}

Result<Ledger::GroupPtr> Ledger::join_group(Work& work) {
  auto fresh = std::make_shared<Group>();
  for (const auto& write : work.writes_) {
    fresh->add({write.kind, write.id, write.encode ? std::optional(write.encode()) : std::nullopt});
  }
  store::Transaction transaction;
  fresh->add_to(transaction);
  FW_TRY_DO(store_.fits(transaction));
  if (!groups_.empty() && !groups_.back()->begun) {
    auto& last = *groups_.back();
    last.add_to(transaction);
    if (transaction.puts.size() + transaction.deletes.size() <= kMostTogether && store_.fits(transaction)) {
      for (auto& write : fresh->writes) last.add(std::move(write));
      return groups_.back();
    }
  }
  groups_.push_back(std::move(fresh));
  return groups_.back();
}

Task<> Ledger::write_groups(std::weak_ptr<Ledger*> ledger) {
  const auto alive = [&ledger]() -> Ledger* {
    const auto held = ledger.lock();
    return held ? *held : nullptr;
  };
  auto* live = alive();
  while (live != nullptr && !live->groups_.empty()) {
    store::Transaction transaction;
    live->groups_.front()->begun = true;
    live->groups_.front()->add_to(transaction);
    const auto written = co_await live->store_.transact(std::move(transaction));
    live = alive();
    if (live != nullptr) live->finish_first(written);
  }
  if (live != nullptr) live->writing_ = false;
}

void Ledger::finish_first(const Result<store::Revision>& written) {
  const auto group = std::move(groups_.front());
  groups_.pop_front();
  // A failure is sticky in the store: this state is then ahead of the disk, but nothing more is acknowledged from it.
  if (!written) {
    env_.log.error("the state could not be written; refusing all changes until restarted",
                   {{"error", written.error().what}});
    group->end(std::unexpected(written.error()));
    return;
  }
  std::vector<ChangedObject> changed;
  for (const auto& [kind, id, text] : group->writes) {
    changed.push_back({kind, id, !text});
    if (text) find_kind_ops(kind)->set_revision(state_, id, *written);
  }
  for (const auto& observer : observers_) observer(*written, changed);
  group->end({});
}

Task<Result<>> Ledger::wait_for(GroupPtr group, Duration limit, std::string_view what) {
  // Afterwards the ledger may be gone, but not before it has told the group.
  const auto& store = store_;
  const auto done = co_await wait_at_most(env_.timers, Group::wait(group), limit);
  if (done) co_return *done;
  if (group->outcome) co_return *group->outcome;
  const auto why = store.reachable();
  co_return fail(Errc::timeout,
                 fmt::format("the store did not answer within {} s{}{}; {}", limit / std::chrono::seconds(1),
                             why ? "" : ": ", why ? "" : why.error().what, what));
}

Task<Result<>> Ledger::settle() {
  if (groups_.empty()) co_return store_.healthy();
  FW_CO_TRY_DO(store_.reachable());
  // Groups are written in order: when the last is durable, all are.
  co_return co_await wait_for(groups_.back(), patience_, "what would be shown is not yet written");
}

Result<> Ledger::healthy() const {
  FW_TRY_DO(store_.healthy());
  return store_.reachable();
}

}  // namespace fairway::cloud
