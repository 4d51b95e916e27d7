#include "cloud/model/ledger.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "cloud/model/kind_ops.h"

namespace fairway::cloud {
namespace {

constexpr std::string_view kRoot = "/cloud/";

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

Task<Result<std::unique_ptr<Ledger>>> Ledger::open(store::Store& store, Env& env) {
  auto ledger = std::unique_ptr<Ledger>(new Ledger(store, env));  // private constructor
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

Task<Result<>> Ledger::commit(Work& work) {
  if (work.empty()) co_return Result<>{};
  store::Transaction transaction;
  std::vector<ChangedObject> changed;
  for (const auto& write : work.writes_) {
    changed.push_back({write.kind, write.id, !write.encode});
    if (write.encode) {
      transaction.puts.push_back({key_of(write.kind, write.id), write.encode()});
    } else {
      transaction.deletes.push_back(key_of(write.kind, write.id));
    }
  }
  // Nobody has seen the change yet: no loop turned since it was decided.
  if (auto fitting = store_.fits(transaction); !fitting) {
    work.undo();
    co_return std::unexpected(std::move(fitting).error());
  }
  uncommitted_ = true;
  // A failure is sticky in the store: this state is then ahead of the disk, but nothing more is acknowledged from it.
  const auto revision = co_await store_.transact(std::move(transaction));
  if (!revision) {
    env_.log.error("the state could not be written; refusing all changes until restarted",
                   {{"error", revision.error().what}});
    co_return std::unexpected(revision.error());
  }
  for (const auto& object : changed) {
    if (!object.deleted) find_kind_ops(object.kind)->set_revision(state_, object.id, *revision);
  }
  for (const auto& observer : observers_) observer(*revision, changed);
  co_return Result<>{};
}

Task<Result<>> Ledger::settle() {
  if (!uncommitted_) co_return store_.healthy();
  // Transactions are carried out in order, so an empty one behind the others ends when they are durable.
  const auto done = co_await store_.transact({});
  if (!done) co_return std::unexpected(done.error());
  co_return Result<>{};
}

}  // namespace fairway::cloud
