// What an engine promises: make the forwarding table true, and say what is.
//
// apply() is level-based: it compares the table with what it has made and changes only that; calling it twice with
// the same table does nothing. Traffic keeps flowing while this process is away: what an engine makes in the kernel
// and in its child processes outlives it, and a new engine adopts it. Threads: the loop's; apply() is called once at
// a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "forwarding/table.h"
#include "gateway_link/messages.h"
#include "runtime/task.h"

namespace fairway::dataplane {

struct ApplyReport {
  // What could not be made true, with its object, cause and remedy; everything else is in force.
  std::vector<gateway_link::Failure> failed;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual Task<ApplyReport> apply(const forwarding::Table& table) = 0;
  // The health of members as the engine sees it now, and the counters since it (or what it adopted) began.
  virtual Task<Result<gateway_link::Health>> health() = 0;
  virtual Task<Result<gateway_link::Counters>> counters() = 0;
  // Called (if set) when health has changed, so that nobody needs to wait for the next poll.
  virtual void on_health(std::function<void(gateway_link::Health)> callback) = 0;
  // Undoes everything that this engine ever made (for `fairway up`'s orderly end).
  virtual Task<> remove_all() = 0;
};

}  // namespace fairway::dataplane
