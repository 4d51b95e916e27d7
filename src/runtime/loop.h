// The event loop of a role: one thread, coroutines, orderly stop.
#pragma once

#include <string>
#include <utility>

#include "runtime/task.h"
#include "telemetry/log.h"

namespace fairway {

// Starts a coroutine that nobody waits for. An exception that leaves it is a broken invariant: logged with `name`,
// abort (operation_aborted alone is the quiet end of a cancelled wait). `log` must outlive it.
void spawn_task(boost::asio::io_context& context, Log& log, std::string name, Task<> task);
// What spawn_task() does with an exception, for those that start coroutines in another way.
void check_task_end(Log& log, std::string_view name, const std::exception_ptr& thrown);

class Loop {
 public:
  explicit Loop(Log& log) : log_(log) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] boost::asio::io_context& context() { return context_; }

  // As spawn_task().
  void spawn(std::string name, Task<> task) { spawn_task(context_, log_, std::move(name), std::move(task)); }

  // Runs until stop(); returns when nothing is left to do or stop() was called. Threads: stop() any, the rest one.
  void run() { context_.run(); }
  void stop() { context_.stop(); }

 private:
  Log& log_;
  boost::asio::io_context context_{1};
};

// Waits for one of SIGINT, SIGTERM and returns its number.
Task<int> wait_for_stop_signal();

}  // namespace fairway
