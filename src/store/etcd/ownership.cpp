#include "store/etcd/ownership.h"

#include <unistd.h>

#include <array>
#include <fstream>

#include <fmt/format.h>

#include "base/backoff.h"
#include "json/described.h"
#include "runtime/process.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

OwnerRecord describe_self(Random& random) {
  OwnerRecord self;
  self.writer = make_hex_id(random);
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) self.host = name.data();
  std::ifstream("/proc/sys/kernel/random/boot_id") >> self.boot;
  std::array<char, 64> link{};
  const auto size = ::readlink("/proc/self/ns/pid", link.data(), link.size());
  if (size > 0) self.pid_namespace.assign(link.data(), static_cast<std::size_t>(size));
  self.pid = ::getpid();
  if (const auto process = identify_process(self.pid)) self.start_ticks = process->start_ticks;
  return self;
}

Task<Result<std::int64_t>> grant_lease(Endpoints& etcd, std::chrono::milliseconds life) {
  const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(life).count());
  json::Object request{{"TTL", number(seconds)}};
  FW_CO_TRY(const auto answer, co_await etcd.call("/lease/grant", std::move(request)));
  co_return number_at(answer, "ID");
}

// One attempt at taking over, as what it depends on.
struct Attempt {
  OwnerRecord self;
  std::string self_text;
  std::int64_t lease = 0;
  std::optional<std::string> over;  // the owner whose key may be replaced
};

struct Taken {
  Revision since = 0;
  std::optional<Kv> owner;  // who else has it, when since is 0
};

json::Value look_at(const std::string& name) { return transaction({}, {range_one(name)}, {}); }

// Sets `self_text` as the owner if `free` holds, and with it whatever is in `also`; answers with the owner otherwise.
json::Value claim(const Names& names, json::Value free, const std::string& self_text, std::int64_t lease,
                  json::Array also) {
  also.push_back(put(names.owner(), self_text, lease));
  return transaction({std::move(free)}, std::move(also), {range_one(names.owner())});
}

// Error: unsupported, before anything is written over what a newer Fairway wrote.
Task<Result<>> check_format(Endpoints& etcd, const Names& names) {
  FW_CO_TRY(const auto answer, co_await etcd.call("/kv/txn", look_at(names.marker())));
  const auto marker = ranged(answer, 0);
  if (!marker) co_return Result<>{};
  const auto read = Marker::parse(marker->value);
  if (!read) co_return std::unexpected(read.error());
  co_return Result<>{};
}

Task<Result<Taken>> try_to_take(Endpoints& etcd, const Names& names, const Attempt& attempt) {
  auto free = attempt.over ? value_is(names.owner(), *attempt.over) : is_absent(names.owner());
  json::Array also;
  also.push_back(put(names.marker(), Marker{attempt.self.writer, 0}.text()));
  FW_CO_TRY(const auto answer, co_await etcd.call("/kv/txn", claim(names, std::move(free), attempt.self_text,
                                                                   attempt.lease, std::move(also))));
  if (json::bool_or(answer, "succeeded")) co_return Taken{number_at(answer, "header.revision"), std::nullopt};
  Taken taken{0, ranged(answer, 0)};
  // An attempt whose answer was lost.
  if (taken.owner && taken.owner->value == attempt.self_text) taken.since = taken.owner->mod_revision;
  co_return taken;
}

Error owned_by(const OwnerRecord& owner) {
  return {Errc::conflict,
          fmt::format("process {} on {} owns it, and a store has one owner; stop that process, or use "
                      "another prefix",
                      owner.pid, owner.host)};
}

// Goes on, perhaps with the permission to replace a dead owner, or ends with the error.
Result<> consider(const std::optional<Kv>& owner, Attempt& attempt, bool last) {
  attempt.over.reset();
  if (!owner) return {};
  const auto value = json::parse(owner->value);
  const auto record = value ? json::decode<OwnerRecord>(*value) : Result<OwnerRecord>(std::unexpected(value.error()));
  if (!record) return fail(Errc::internal, "the owner's key holds what is no owner; something else wrote there");
  const auto state = judge(*record, attempt.self);
  if (state == OwnerState::dead) {
    attempt.over = owner->value;
    return {};
  }
  if (state == OwnerState::alive || last) return std::unexpected(owned_by(*record));
  return {};
}

Task<Result<Taken>> one_attempt(Endpoints& etcd, const EtcdConfig& config, const Names& names, Attempt& attempt) {
  FW_CO_TRY_DO(co_await check_format(etcd, names));
  if (attempt.lease == 0) {
    FW_CO_TRY(attempt.lease, co_await grant_lease(etcd, config.lease));
  }
  co_return co_await try_to_take(etcd, names, attempt);
}

}  // namespace

OwnerState judge(const OwnerRecord& owner, const OwnerRecord& self) {
  if (owner.boot.empty() || owner.boot != self.boot || owner.pid_namespace != self.pid_namespace) {
    return OwnerState::elsewhere;
  }
  const ProcessId process{owner.pid, owner.start_ticks};
  if (process == ProcessId{self.pid, self.start_ticks}) return OwnerState::this_process;
  return process_alive(process) ? OwnerState::alive : OwnerState::dead;
}

Task<Result<Ownership>> take_ownership(Endpoints& etcd, Env& env, EtcdConfig config, Names names) {
  Attempt attempt;
  attempt.self = describe_self(env.random);
  attempt.self_text = json::write(json::encode(attempt.self));
  Backoff backoff(env.random, 10ms, 1s);
  const auto end = env.clock.steady() + config.patience;
  while (true) {
    const bool last = env.clock.steady() >= end;
    auto taken = co_await one_attempt(etcd, config, names, attempt);
    Result<> verdict;
    if (taken && taken->since != 0) {
      co_return Ownership{attempt.self.writer, attempt.self_text, attempt.lease, taken->since};
    }
    if (taken) {
      verdict = consider(taken->owner, attempt, last);
    } else if (last || !is_transient(taken.error())) {
      verdict = std::unexpected(taken.error());
    } else if (backoff.failures() == 0) {
      env.log.warn("etcd does not answer yet", {{"error", taken.error().what}});
    }
    if (!verdict && attempt.lease != 0) (void)co_await release_ownership(etcd, attempt.lease);
    if (!verdict) co_return std::unexpected(std::move(verdict).error());
    if (!attempt.over) co_await env.timers.sleep(backoff.next());
  }
}

Task<Result<>> renew_ownership(Endpoints& etcd, Env& env, EtcdConfig config, Names names, Ownership& held) {
  json::Object keep{{"ID", number(held.lease)}};
  FW_CO_TRY(const auto kept, co_await etcd.call("/lease/keepalive", std::move(keep)));
  if (number_at(kept, "result.TTL") > 0) co_return Result<>{};
  env.log.warn("the store's lease ended while etcd was out of reach; taking a new one", {{"prefix", names.prefix()}});
  FW_CO_TRY(const auto lease, co_await grant_lease(etcd, config.lease));
  FW_CO_TRY(const auto answer,
            co_await etcd.call("/kv/txn", claim(names, is_absent(names.owner()), held.owner_text, lease, {})));
  if (!json::bool_or(answer, "succeeded")) {
    const auto owner = ranged(answer, 0);
    (void)co_await release_ownership(etcd, lease);
    if (!owner || owner->value != held.owner_text) {
      co_return fail(Errc::conflict, "another process took the store over while etcd was out of reach of this one");
    }
    co_return Result<>{};
  }
  held.lease = lease;
  co_return Result<>{};
}

Task<Result<>> release_ownership(Endpoints& etcd, std::int64_t lease) {
  json::Object request{{"ID", number(lease)}};
  const auto answer = co_await etcd.call("/lease/revoke", std::move(request));
  if (!answer && answer.error().code != Errc::not_found) co_return std::unexpected(answer.error());
  co_return Result<>{};
}

}  // namespace fairway::store::etcd
