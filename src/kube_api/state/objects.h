// All objects, in memory and in the store: reads come from here, writes go to the store first and appear here once
// durable.
//
// What changed is kept for a while (the history), so that watches resume; every reader of changes walks it by
// revision. Threads: the loop's. Lifetime: what is handed out (const objects) is shared and never changes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>

#include "json/value.h"
#include "kube_api/object/api_error.h"
#include "runtime/env.h"
#include "runtime/sync.h"
#include "store/store.h"

namespace fairway::kube_api {

using ObjectPtr = std::shared_ptr<const json::Object>;

struct ObjectRef {
  std::string storage;  // "services"
  std::string ns;       // empty for what has no namespace
  std::string name;
  auto operator<=>(const ObjectRef&) const = default;
  [[nodiscard]] std::string key() const { return storage + "/" + ns + "/" + name; }
};

struct Stored {
  ObjectPtr object;  // with its metadata.resourceVersion
  store::Revision revision = 0;
};

struct ObjectChange {
  store::Revision revision = 0;
  ObjectRef ref;
  ObjectPtr now;     // null: deleted
  ObjectPtr before;  // null: created
};

// One object of a write; `expected` 0: it must not exist yet.
struct ObjectWrite {
  ObjectRef ref;
  std::shared_ptr<json::Object> object;  // null: delete
  store::Revision expected = 0;
};

class Objects {
 public:
  struct State;  // private to objects.cpp
  static Task<Result<std::unique_ptr<Objects>>> load(Env& env, store::Store& store);
  ~Objects();

  [[nodiscard]] const Stored* find(const ObjectRef& ref) const;
  // In the order of namespace and name; `ns` empty: of all namespaces.
  [[nodiscard]] std::vector<Stored> list(std::string_view storage, std::string_view ns = "") const;
  [[nodiscard]] std::size_t count(std::string_view storage) const;
  [[nodiscard]] store::Revision revision() const;

  // All or nothing. Returns when the write is durable and visible here. Errors: conflict (one was changed meanwhile,
  // or exists already, or is gone), unavailable.
  Task<Result<store::Revision>> write(std::vector<ObjectWrite> writes);

  // Whether the store takes writes now, which otherwise wait. Error: unavailable, with the cause.
  [[nodiscard]] Result<> writable() const;

  // The oldest revision after which the history is whole.
  [[nodiscard]] store::Revision oldest() const;
  // Changes after `revision`, oldest first; at most `limit`.
  [[nodiscard]] std::vector<ObjectChange> changes_after(store::Revision revision, std::size_t limit = 1000) const;
  // Woken by every change, and by stop().
  [[nodiscard]] Notify& changed();

  // Ends the following of the store; nothing is written afterwards.
  Task<> stop();
  [[nodiscard]] bool stopping() const;

 private:
  explicit Objects(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace fairway::kube_api
