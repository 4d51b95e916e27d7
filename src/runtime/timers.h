// Waiting, handed in like the clock: production waits on the loop, tests wind time by hand.
#pragma once

#include "base/clock.h"
#include "runtime/task.h"

namespace fairway {

class Timers {
 public:
  virtual ~Timers() = default;
  // Resumes on the loop after `duration`. Returns early, with a boost::system::system_error(operation_aborted), only
  // when the waiting coroutine is cancelled.
  virtual Task<> sleep(Duration duration) = 0;
};

// Real time on the calling coroutine's executor.
[[nodiscard]] Timers& loop_timers();

}  // namespace fairway
