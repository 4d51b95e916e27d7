// Health monitors that a controller made and did not come to associate with a pool: it was killed between the two
// requests, or an answer was lost. Monitors have no names in LBaaS v1, so plan() makes them switched off and switches
// them on when they have their pool: one that is switched off and of no pool is such a remainder, and is used instead
// of a new one.
//
// Threads: the loop's. Of two controllers in one project one may take what the other is about to associate: both
// find a monitor of two pools then, and each makes its own (plan.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "controller/lbaas_v1/plan.h"
#include "runtime/sync.h"
#include "runtime/task.h"

namespace fairway::controller::lbaas_v1 {

class SpareMonitors {
 public:
  // `list`: all health monitors of the project, as the API shows them.
  explicit SpareMonitors(std::function<Task<Result<json::Array>>()> list) : list_(std::move(list)) {}

  // Reads which there are, where that is not known. Not while this controller makes one: it would be taken for spare.
  Task<Result<>> learn();
  // One with these values; from then on it is not spare. Empty: there is none.
  [[nodiscard]] std::string take(const Monitor& wanted);
  // What was left behind is to be read again.
  void forget() { known_ = false; }

  // Lives from a plan in which a monitor is made to the end of its steps.
  class Making {
   public:
    explicit Making(SpareMonitors& of) : of_(of) { ++of_.making_; }
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;
    ~Making() { --of_.making_; }

   private:
    SpareMonitors& of_;
  };

 private:
  std::function<Task<Result<json::Array>>()> list_;
  std::vector<SeenMonitor> spare_;
  bool known_ = false;
  int making_ = 0;
  AsyncMutex learning_;
};

}  // namespace fairway::controller::lbaas_v1
