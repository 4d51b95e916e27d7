// A wait for a task that goes on by itself when it takes too long: for answers that are due in bounded time although
// what was begun must not be broken off.
//
// Threads: the loop's. Tasks begin in the order of the calls. Lifetime: the task's is its own, so it must hold what it
// works with; a waiter that is cancelled leaves it alone too. `timers` outlives it.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "runtime/sync.h"
#include "runtime/timers.h"

namespace fairway {

// What the task returned (or threw), or nothing when `limit` passed first. Of a limit of Duration::max() no time is
// kept. What a task throws that nobody waits for any more leaves the loop's run().
template <class T>
Task<std::optional<T>> wait_at_most(Timers& timers, Task<T> task, Duration limit) {
  struct Shared {
    std::optional<T> value;
    std::exception_ptr thrown;
    bool done = false;
    bool passed = false;  // the limit
    bool left = false;    // nobody waits any more
    Notify changed;
    boost::asio::cancellation_signal wake_up;
  };
  const auto shared = std::make_shared<Shared>();
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::co_spawn(executor, std::move(task), [shared](std::exception_ptr thrown, T value) {
    shared->thrown = std::move(thrown);
    if (!shared->thrown) shared->value.emplace(std::move(value));
    shared->done = true;
    shared->changed.notify_all();
    if (shared->left && shared->thrown) std::rethrow_exception(shared->thrown);
  });
  struct Leaving {
    Shared& of;
    ~Leaving() { of.left = true; }
  } const leaving{*shared};
  if (!shared->done && limit != Duration::max()) {
    boost::asio::co_spawn(executor, timers.sleep(limit),
                          boost::asio::bind_cancellation_slot(shared->wake_up.slot(), [shared](std::exception_ptr) {
                            shared->passed = true;
                            shared->changed.notify_all();
                          }));
  }
  while (!shared->done && !shared->passed) co_await shared->changed.wait();
  if (!shared->passed) shared->wake_up.emit(boost::asio::cancellation_type::terminal);
  if (shared->thrown) std::rethrow_exception(shared->thrown);
  co_return std::move(shared->value);
}

}  // namespace fairway
