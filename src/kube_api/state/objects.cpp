#include "kube_api/state/objects.h"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "base/strings.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

constexpr std::size_t kHistory = 20'000;
constexpr std::string_view kPrefix = "kube/";

std::string store_key(const ObjectRef& ref) { return std::string(kPrefix) + ref.key(); }

std::optional<ObjectRef> ref_of(std::string_view key) {
  if (!key.starts_with(kPrefix)) return std::nullopt;
  const auto parts = split(key.substr(kPrefix.size()), '/');
  if (parts.size() != 3) return std::nullopt;
  return ObjectRef{std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
}

// The stored text has no resourceVersion: it is known only once the write is done.
ObjectPtr object_of(const store::Entry& entry, store::Revision revision) {
  auto parsed = json::parse(entry.value, 1024);
  if (!parsed || !parsed->is_object()) return nullptr;
  auto object = std::make_shared<json::Object>(std::move(parsed->get_object()));
  child(*object, "metadata")["resourceVersion"] = std::to_string(revision);
  return object;
}

std::string text_of(json::Object object) {
  child(object, "metadata").erase("resourceVersion");
  return json::write(object);
}

}  // namespace

struct Objects::State {
  State(Env& e, store::Store& s) : env(e), store(s) {}
  Env& env;
  store::Store& store;
  std::map<std::string, Stored> objects;  // by ObjectRef::key()
  std::deque<ObjectChange> history;
  store::Revision applied = 0;
  store::Revision oldest = 0;
  store::Revision loaded = 0;  // what the first range showed
  Notify changed;
  std::unique_ptr<store::Watch> watch;
  boost::asio::cancellation_signal cancel;
  bool stopping = false;
  bool following = false;

  // The object as it is now takes the place of the one before, which the change is told.
  void replace(ObjectChange& change) {
    const auto key = change.ref.key();
    if (const auto known = objects.find(key); known != objects.end()) change.before = known->second.object;
    if (change.now) {
      objects[key] = {change.now, change.revision};
    } else {
      objects.erase(key);
    }
  }

  // A change that cannot be read is a broken store: said, and left out.
  void apply(const store::Batch& batch) {
    const bool historic = batch.revision <= loaded;
    for (const auto& change : batch.changes) {
      auto ref = ref_of(change.key);
      if (!ref) continue;
      ObjectChange seen{batch.revision, *ref, nullptr, nullptr};
      if (change.now) seen.now = object_of(*change.now, batch.revision);
      if (change.now && !seen.now) {
        env.log.error("stored object cannot be read", {{"key", change.key}});
        continue;
      }
      if (!historic) {
        replace(seen);
      } else if (change.before) {
        seen.before = object_of(*change.before, change.before->mod_revision);
      }
      history.push_back(std::move(seen));
    }
    while (history.size() > kHistory) {
      oldest = history.front().revision;
      history.pop_front();
    }
    if (!historic) applied = batch.revision;
  }
};

namespace {

Task<> follow(std::shared_ptr<Objects::State> state);

}  // namespace

Task<Result<std::unique_ptr<Objects>>> Objects::load(Env& env, store::Store& store) {
  auto state = std::make_shared<State>(env, store);
  FW_CO_TRY(auto answer, co_await store.range({.prefix = std::string(kPrefix)}));
  for (const auto& entry : answer.entries) {
    const auto ref = ref_of(entry.key);
    auto object = object_of(entry, entry.mod_revision);
    if (!ref || !object)
      co_return fail(Errc::internal,
                     "read the stored object " + entry.key + ": not an object; restore the store from a copy");
    state->objects[ref->key()] = {std::move(object), entry.mod_revision};
  }
  state->applied = answer.revision;
  // The watch begins in the past, so that watches of clients from before a restart resume.
  state->loaded = answer.revision;
  const auto begin = std::max(
      {store.oldest_watchable(), answer.revision - static_cast<store::Revision>(kHistory), store::Revision{1}});
  state->oldest = std::min(begin, answer.revision);
  FW_CO_TRY(state->watch, store.watch(std::string(kPrefix), state->oldest));
  state->following = true;
  boost::asio::co_spawn(co_await boost::asio::this_coro::executor, follow(state),
                        boost::asio::bind_cancellation_slot(state->cancel.slot(), [state](std::exception_ptr) {
                          state->following = false;
                          state->watch.reset();
                          state->changed.notify_all();
                        }));
  co_return std::unique_ptr<Objects>(new Objects(std::move(state)));  // private constructor
}

namespace {

Task<> follow(std::shared_ptr<Objects::State> state) {
  while (!state->stopping) {
    auto batch = co_await state->watch->next();
    if (!batch) {
      if (!state->stopping) state->env.log.error("following the store ended", {{"why", batch.error().what}});
      co_return;
    }
    state->apply(*batch);
    state->changed.notify_all();
  }
}

}  // namespace

Objects::~Objects() {
  state_->stopping = true;
  if (state_->following) state_->cancel.emit(boost::asio::cancellation_type::terminal);
}

const Stored* Objects::find(const ObjectRef& ref) const {
  const auto found = state_->objects.find(ref.key());
  return found == state_->objects.end() ? nullptr : &found->second;
}

std::vector<Stored> Objects::list(std::string_view storage, std::string_view ns) const {
  auto prefix = std::string(storage) + "/";
  if (!ns.empty()) prefix += std::string(ns) + "/";
  std::vector<Stored> found;
  for (auto at = state_->objects.lower_bound(prefix); at != state_->objects.end() && at->first.starts_with(prefix);
       ++at) {
    found.push_back(at->second);
  }
  return found;
}

std::size_t Objects::count(std::string_view storage) const { return list(storage).size(); }
store::Revision Objects::revision() const { return state_->applied; }
store::Revision Objects::oldest() const { return state_->oldest; }
Notify& Objects::changed() { return state_->changed; }
bool Objects::stopping() const { return state_->stopping; }
Result<> Objects::writable() const {
  FW_TRY_DO(state_->store.healthy());
  return state_->store.reachable();
}

Task<Result<store::Revision>> Objects::write(std::vector<ObjectWrite> writes) {
  auto state = state_;
  if (state->stopping) co_return fail(Errc::unavailable, "the Kubernetes API is stopping");
  store::Transaction transaction;
  for (auto& write : writes) {
    auto key = store_key(write.ref);
    transaction.when.push_back({key, write.expected});
    if (write.object) {
      transaction.puts.push_back({std::move(key), text_of(*write.object)});
    } else {
      transaction.deletes.push_back(std::move(key));
    }
  }
  FW_CO_TRY(const auto revision, co_await state->store.transact(std::move(transaction)));
  while (state->applied < revision && state->following) co_await state->changed.wait();
  if (state->applied < revision) co_return fail(Errc::unavailable, "the Kubernetes API is stopping");
  co_return revision;
}

std::vector<ObjectChange> Objects::changes_after(store::Revision revision, std::size_t limit) const {
  const auto& history = state_->history;
  auto from =
      std::upper_bound(history.begin(), history.end(), revision,
                       [](store::Revision wanted, const ObjectChange& change) { return wanted < change.revision; });
  std::vector<ObjectChange> found;
  for (; from != history.end(); ++from) {
    // A transaction is handed out whole.
    if (found.size() >= limit && from->revision != found.back().revision) break;
    found.push_back(*from);
  }
  return found;
}

Task<> Objects::stop() {
  auto state = state_;
  state->stopping = true;
  state->changed.notify_all();
  if (state->following) state->cancel.emit(boost::asio::cancellation_type::terminal);
  while (state->following) co_await state->changed.wait();
}

}  // namespace fairway::kube_api
