// How coroutines of one loop wait for each other. Threads: the loop's only.
//
// All three are safe against cancellation (a waiter that is cancelled leaves the queue; what it was handed goes to
// the next) and may die before a suspended waiter's frame does, as happens when a loop is destroyed last.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "runtime/task.h"

namespace fairway {

// Wakes those who wait. A wait that begins after notify_all() waits for the next one, so test the condition first:
//   while (!ready) co_await changed.wait();
class Notify {
 public:
  Notify();
  ~Notify();
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  void notify_all();
  // True when notified, false when `limit` passed first.
  Task<bool> wait(Duration limit);
  Task<> wait();

 private:
  struct Waiters;
  static Task<bool> wait_until(std::shared_ptr<Waiters> waiters, std::optional<Duration> limit);
  std::shared_ptr<Waiters> waiters_;
};

// Mutual exclusion across co_await; first come, first served.
class AsyncMutex {
  struct State;

 public:
  class [[nodiscard]] Hold {
   public:
    Hold(Hold&&) noexcept = default;
    Hold& operator=(Hold&&) = delete;
    ~Hold();

   private:
    friend class AsyncMutex;
    explicit Hold(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  AsyncMutex();
  ~AsyncMutex();
  AsyncMutex(const AsyncMutex&) = delete;
  AsyncMutex& operator=(const AsyncMutex&) = delete;

  Task<Hold> lock();

 private:
  static Task<Hold> lock(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// Refuses new work once closing, and knows when the last is done. Pass is held for as long as the work runs.
class Gate {
  struct State;

 public:
  class [[nodiscard]] Pass {
   public:
    Pass(Pass&&) noexcept = default;
    Pass& operator=(Pass&&) = delete;
    ~Pass();

   private:
    friend class Gate;
    explicit Pass(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  Gate();
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Empty once close() has begun.
  [[nodiscard]] std::optional<Pass> try_enter();
  // Waits until all have left, at most `patience`; says whether they did. A second close waits likewise.
  Task<bool> close(Duration patience);

 private:
  static Task<bool> close(std::shared_ptr<State> state, Duration patience);
  std::shared_ptr<State> state_;
};

}  // namespace fairway
