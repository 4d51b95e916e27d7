// A local copy of one collection, kept current by list and watch: resumes, honours bookmarks, lists again on 410,
// backs off on errors. Threads: the loop's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/backoff.h"
#include "kube/client.h"

namespace fairway::kube {

// What is copied: `path` is a collection, `query` what narrows it ("" for all), `name` what logs and metrics call it.
struct Collection {
  std::string name, path, query;
};

class Reflector {
 public:
  struct Callbacks {
    // `object` is the new state, null when it is gone; called after the copy has changed. After a re-list only
    // differences come.
    std::function<void(const std::string& key, const json::Value* object)> changed;
    std::function<void()> synced;  // after the first list, once
  };
  // `client` and `env` outlive this.
  Reflector(Client& client, Env& env, Collection collection, Callbacks callbacks);

  // Runs until cancelled.
  Task<> run();

  // By "namespace/name", or "name" for what has no namespace.
  [[nodiscard]] const std::map<std::string, json::Value>& items() const { return items_; }
  [[nodiscard]] bool synced() const { return synced_; }
  // What it waits for, for explain: "" while the watch runs.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  Client& client_;
  Env& env_;
  const Collection collection_;
  Callbacks callbacks_;
  std::map<std::string, json::Value> items_;
  bool synced_ = false;
  std::string trouble_ = "the first list";
  Counter& lists_;
  Counter& watches_;
  Counter& errors_;

  Task<Result<std::string>> list_once();
  // Opens watch after watch until the server no longer has the revision; says so with its error.
  Task<Error> watch_until_behind(std::string version, Backoff& backoff);
  // Follows one watch to its end and keeps `resource_version` current; says how it ended.
  Task<Error> watch_from(std::string& resource_version, bool& progressed);
  void set(const json::Value& object);
  void remove(const std::string& key);
};

[[nodiscard]] std::string object_key(const json::Value& object);

}  // namespace fairway::kube
