// The way every change of the cloud takes: decide on the present state, write one durable transaction, then answer.
//
//   auto made = co_await ledger.change<Network>([&](Work& work) -> Result<Network> {
//     if (taken(work.state(), name)) return fail(Errc::already_exists, …);    // nothing was changed: undone
//     work.put(network);
//     return network;
//   });
//
// `decide` is a plain function: no co_await inside, so nobody sees half of it. Its puts are visible to later
// decisions at once and are written in the same order, but the answer waits until they are durable; settle() makes a
// reader wait for what it has seen. What is decided while a transaction is under way goes into the next one, together:
// a store that is far away takes as many changes as come. A write that fails is sticky in the store: from then on every
// change fails, so nothing is acknowledged that was lost.
//
// Both wait in bounded time: while the store is out of reach changes are refused (unavailable: nothing was done), and
// what takes longer than the patience is answered with timeout and goes on by itself (whether it was done is seen
// later). Facts, which nobody can be asked to tell again, are kept by keep(): it waits for as long as it takes.
//
// Lifetime: the ledger may go while changes are under way. What the store has by then it carries out; the rest is not
// done; who waits is told that the cloud has ended (unavailable). Threads: the loop's.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/model/state.h"
#include "runtime/env.h"
#include "store/store.h"

namespace fairway::cloud {

struct ChangedObject {
  std::string_view kind;
  std::string id;
  bool deleted = false;
};

// One decision's changes. Reads see its own puts.
class Work {
 public:
  explicit Work(State& state) : state_(state) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  [[nodiscard]] const State& state() const { return state_; }
  template <class T>
  [[nodiscard]] const T* find(std::string_view id) const {
    return state_.find<T>(id);
  }
  template <class T>
  [[nodiscard]] const Table<T>& table() const {
    return state_.table<T>();
  }

  template <class T>
  void put(T object);
  // Of an absent object: nothing.
  template <class T>
  void erase(std::string id);

  // Whether this decision has changed it already.
  template <class T>
  [[nodiscard]] bool has_changed(std::string_view id) const {
    return places_.contains({T::kKind, std::string(id)});
  }
  [[nodiscard]] bool empty() const { return writes_.empty(); }

 private:
  friend class Ledger;
  using Encode = std::function<std::string()>;  // empty: a deletion
  struct Write {
    std::string_view kind;
    std::string id;
    Encode encode;
  };

  template <class T>
  void note(std::string id, std::shared_ptr<const T> before, store::Revision revision);
  void touch(std::string_view kind, const std::string& id, Encode encode);
  void undo();

  State& state_;
  std::vector<std::function<void()>> undo_;
  std::vector<Write> writes_;                                               // the last for each object
  std::map<std::pair<std::string_view, std::string>, std::size_t> places_;  // kind and id -> where in writes_
};

class Ledger {
 public:
  using Observer = std::function<void(store::Revision, const std::vector<ChangedObject>&)>;

  // Loads everything that the store holds under "/cloud/". `store` and `env` outlive the ledger. `patience` is how long
  // a change or a reader waits for the store.
  [[nodiscard]] static Task<Result<std::unique_ptr<Ledger>>> open(store::Store& store, Env& env,
                                                                  Duration patience = std::chrono::seconds(20));
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  [[nodiscard]] const State& state() const { return state_; }

  template <class R, class Decide>
  Task<Result<R>> change(Decide decide) {
    return carry_out<R>(std::move(decide), Waiting::bounded);
  }
  template <class R, class Decide>
  Task<Result<R>> keep(Decide decide) {
    return carry_out<R>(std::move(decide), Waiting::endless);
  }

  // Waits until everything that is visible now is durable.
  Task<Result<>> settle();

  // Called after each durable transaction, in order, on the loop, before those who made its changes resume. An object
  // that several of them changed is named once.
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }

  [[nodiscard]] store::Revision revision() const { return store_.revision(); }
  // Whether changes are taken now. Error: unavailable, with the cause.
  [[nodiscard]] Result<> healthy() const;

 private:
  enum class Waiting { bounded, endless };
  Ledger(store::Store& store, Env& env, Duration patience) : store_(store), env_(env), patience_(patience) {}
  Result<> load(const std::vector<store::Entry>& entries);
  Result<> load_one(const store::Entry& entry);
  template <class R, class Decide>
  Task<Result<R>> carry_out(Decide decide, Waiting waiting) {
    if (waiting == Waiting::bounded) FW_CO_TRY_DO(store_.reachable());
    Work work(state_);
    Result<R> result = decide(work);
    if (!result) {
      work.undo();
      co_return std::unexpected(std::move(result).error());
    }
    FW_CO_TRY_DO(co_await commit(work, waiting));
    co_return std::move(result);
  }
  Task<Result<>> commit(Work& work, Waiting waiting);

  struct Group;  // changes that are written together
  using GroupPtr = std::shared_ptr<Group>;
  // Error: too_large.
  Result<GroupPtr> join_group(Work& work);
  // On its own: who asked for a change may stop waiting, and the ledger may be gone before it is written.
  static Task<> write_groups(std::weak_ptr<Ledger*> ledger);
  void finish_first(const Result<store::Revision>& written);
  // Error also: timeout, after `limit`; `what` says what that means.
  Task<Result<>> wait_for(GroupPtr group, Duration limit, std::string_view what);

  store::Store& store_;
  Env& env_;
  State state_;
  std::vector<Observer> observers_;
  Duration patience_;
  std::deque<GroupPtr> groups_;  // not yet durable, in order
  bool writing_ = false;         // write_groups() runs
  std::shared_ptr<Ledger*> self_ = std::make_shared<Ledger*>(this);
};

}  // namespace fairway::cloud
