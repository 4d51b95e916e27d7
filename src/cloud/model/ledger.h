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
// reader wait for what it has seen. A write that fails is sticky in the store: from then on every change fails, so
// nothing is acknowledged that was lost.
#pragma once

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

  // Loads everything that the store holds under "/cloud/". `store` and `env` outlive the ledger.
  [[nodiscard]] static Task<Result<std::unique_ptr<Ledger>>> open(store::Store& store, Env& env);

  [[nodiscard]] const State& state() const { return state_; }

  template <class R, class Decide>
  Task<Result<R>> change(Decide decide) {
    Work work(state_);
    Result<R> result = decide(work);
    if (!result) {
      work.undo();
      co_return std::unexpected(std::move(result).error());
    }
    FW_CO_TRY_DO(co_await commit(work));
    co_return std::move(result);
  }

  // Waits until everything that is visible now is durable.
  Task<Result<>> settle();

  // Called after each durable commit, in order, on the loop, before the change's caller resumes.
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }

  [[nodiscard]] store::Revision revision() const { return store_.revision(); }
  [[nodiscard]] Result<> healthy() const { return store_.healthy(); }

 private:
  Ledger(store::Store& store, Env& env) : store_(store), env_(env) {}
  Result<> load(const std::vector<store::Entry>& entries);
  Result<> load_one(const store::Entry& entry);
  Task<Result<>> commit(Work& work);

  store::Store& store_;
  Env& env_;
  State state_;
  std::vector<Observer> observers_;
  bool uncommitted_ = false;
};

}  // namespace fairway::cloud
