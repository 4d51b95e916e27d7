// Coroutines that end together: whoever owns what they use spawns them here, and waits for their end before it goes.
// Threads: the loop's only.
#pragma once

#include <memory>
#include <string>

#include "runtime/task.h"
#include "telemetry/log.h"

namespace fairway {

class TaskGroup {
 public:
  // `log` outlives what runs.
  TaskGroup(boost::asio::io_context& context, Log& log);
  // Cancels what still runs and does not wait for it: right only when the loop is destroyed next.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // An exception that leaves the task is a broken invariant (runtime/loop.h). Once stop() has begun nothing new starts.
  void spawn(std::string name, Task<> task);
  // Cancels all: each ends at its next wait, or at the end of what must not be interrupted. Returns when the last has
  // ended. Not for a task of the group itself.
  Task<> stop();
  [[nodiscard]] bool stopping() const;
  [[nodiscard]] std::size_t running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Between these two a coroutine of the group is not interrupted: what it has begun outside must not be forgotten. The
// second ends it (operation_aborted) when the group stopped meanwhile.
Task<> begin_uninterrupted();
Task<> end_uninterrupted(const TaskGroup& group);

}  // namespace fairway
