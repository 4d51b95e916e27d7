#include "kube/reflector.h"

namespace fairway::kube {
namespace {

constexpr std::chrono::seconds kShortWatch{5};

std::string version_of(const json::Value& object) { return json::string_or(object, "metadata.resourceVersion"); }

// managedFields are half of an object's bytes, and nobody here asks who set which field.
json::Value without_managed_fields(json::Value object) {
  if (auto* root = object.if_object()) {
    if (auto* metadata = root->if_contains("metadata"); metadata != nullptr && metadata->is_object()) {
      metadata->get_object().erase("managedFields");
    }
  }
  return object;
}

}  // namespace

std::string object_key(const json::Value& object) {
  auto ns = json::string_or(object, "metadata.namespace");
  auto name = json::string_or(object, "metadata.name");
  return ns.empty() ? name : ns + "/" + name;
}

Reflector::Reflector(Client& client, Env& env, Collection collection, Callbacks callbacks)
    : client_(client),
      env_(env),
      collection_(std::move(collection)),
      callbacks_(std::move(callbacks)),
      lists_(env.metrics.counter("fairway_kube_lists_total", "Lists of a collection of the Kubernetes API",
                                 {{"collection", collection_.name}})),
      watches_(env.metrics.counter("fairway_kube_watches_total", "Watches opened on the Kubernetes API",
                                   {{"collection", collection_.name}})),
      errors_(env.metrics.counter("fairway_kube_watch_errors_total", "Lists and watches that failed",
                                  {{"collection", collection_.name}})) {}

Task<> Reflector::run() {
  Backoff backoff(env_.random, std::chrono::milliseconds(200), std::chrono::seconds(30));
  for (;;) {
    auto listed = co_await list_once();
    Error ended;
    if (listed) {
      const auto began = env_.clock.steady();
      ended = co_await watch_until_behind(std::move(*listed), backoff);
      env_.log.info("watch is too far behind, listing again",
                    {{"collection", collection_.name}, {"error", ended.what}});
      // A server that is behind its own lists would have us list for ever.
      const bool at_once = env_.clock.steady() - began < kShortWatch;
      if (!at_once) backoff.reset();
      if (ended.code == Errc::gone && !at_once) continue;
    } else {
      ended = std::move(listed).error();
    }
    errors_.add();
    trouble_ = ended.what;
    env_.log.warn("list failed", {{"collection", collection_.name}, {"error", ended.what}});
    co_await env_.timers.sleep(backoff.next());
  }
}

// A watch that brought nothing is not opened again at once, or a server that closes at once would be hammered.
Task<Error> Reflector::watch_until_behind(std::string version, Backoff& backoff) {
  for (;;) {
    bool progressed = false;
    const auto began = env_.clock.steady();
    auto ended = co_await watch_from(version, progressed);
    if (ended.code == Errc::gone || ended.code == Errc::invalid) co_return ended;
    if (progressed || env_.clock.steady() - began > kShortWatch) {
      backoff.reset();
      continue;
    }
    errors_.add();
    trouble_ = ended.what;
    env_.log.warn("watch ended", {{"collection", collection_.name}, {"error", ended.what}});
    co_await env_.timers.sleep(backoff.next());
  }
}

Task<Result<std::string>> Reflector::list_once() {
  lists_.add();
  FW_CO_TRY(auto answer, co_await client_.list(collection_.path, collection_.query));
  std::set<std::string> gone;
  for (const auto& [key, object] : items_) gone.insert(key);
  for (const auto& item : answer.items) {
    gone.erase(object_key(item));
    set(item);
  }
  for (const auto& key : gone) remove(key);
  if (!synced_) {
    synced_ = true;
    if (callbacks_.synced) callbacks_.synced();
  }
  co_return std::move(answer.resource_version);
}

Task<Error> Reflector::watch_from(std::string& resource_version, bool& progressed) {
  watches_.add();
  auto stream = co_await client_.watch(collection_.path, resource_version, collection_.query);
  if (!stream) co_return std::move(stream).error();
  trouble_.clear();
  for (;;) {
    auto event = co_await (*stream)->next();
    if (!event) co_return std::move(event).error();
    progressed = true;
    if (auto version = version_of(event->object); !version.empty()) resource_version = std::move(version);
    switch (event->type) {
      case WatchEvent::Type::bookmark:
        break;
      case WatchEvent::Type::deleted:
        remove(object_key(event->object));
        break;
      default:
        set(event->object);
    }
  }
}

void Reflector::set(const json::Value& object) {
  auto key = object_key(object);
  const auto known = items_.find(key);
  if (known != items_.end() && version_of(known->second) == version_of(object) && !version_of(object).empty()) return;
  auto& item = items_[key];
  item = without_managed_fields(object);
  if (callbacks_.changed) callbacks_.changed(key, &item);
}

void Reflector::remove(const std::string& key) {
  const auto known = items_.find(key);
  if (known == items_.end()) return;
  items_.erase(known);
  if (callbacks_.changed) callbacks_.changed(key, nullptr);
}

}  // namespace fairway::kube
