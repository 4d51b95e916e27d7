// What a controller still has to look at: objects by namespace and name, at once or when their time comes, and again
// after a failure (1 s later, doubled up to a minute). Threads: the loop's.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace fairway::kube_api {

class Agenda {
 public:
  using Key = std::pair<std::string, std::string>;  // namespace, name

  void add(Key key) { due_.insert(std::move(key)); }
  void add_later(const Key& key, SteadyTime when);
  // After a failure; `good` ends the row of failures.
  void retry(const Key& key, SteadyTime now);
  void good(const Key& key) { failures_.erase(key); }

  // What is due, each once.
  [[nodiscard]] std::vector<Key> take(SteadyTime now);
  // How long until something is; nothing when nothing waits.
  [[nodiscard]] std::optional<Duration> wait(SteadyTime now) const;

 private:
  std::set<Key> due_;
  std::map<Key, SteadyTime> later_;
  std::map<Key, int> failures_;
};

}  // namespace fairway::kube_api
