// How coroutines of one loop wait for each other. Threads: the loop's only.
#pragma once

#include <list>
#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "runtime/task.h"

namespace fairway {

// Wakes those who wait. A wait that begins after notify_all() waits for the next one, so test the condition first:
//   while (!ready) co_await changed.wait();
class Notify {
 public:
  void notify_all();
  // True when notified, false when `limit` passed first.
  Task<bool> wait(Duration limit);
  Task<> wait();

 private:
  std::list<boost::asio::steady_timer*> waiting_;
};

// Mutual exclusion across co_await; first come, first served.
class AsyncMutex {
 public:
  class [[nodiscard]] Hold {
   public:
    Hold(Hold&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (mutex_ != nullptr) mutex_->release();
    }

   private:
    friend class AsyncMutex;
    explicit Hold(AsyncMutex& mutex) : mutex_(&mutex) {}
    AsyncMutex* mutex_;
  };
  Task<Hold> lock();

 private:
  void release();
  bool held_ = false;
  std::list<boost::asio::steady_timer*> waiting_;
};

// Refuses new work once closing, and knows when the last is done. Pass is held for as long as the work runs.
class Gate {
 public:
  class [[nodiscard]] Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    friend class Gate;
    explicit Pass(Gate& gate) : gate_(&gate) {}
    Gate* gate_;
  };
  // Empty once close() has begun.
  [[nodiscard]] std::optional<Pass> try_enter();
  // Waits until all have left, at most `patience`; says whether they did.
  Task<bool> close(Duration patience);

 private:
  void leave();
  int inside_ = 0;
  bool closing_ = false;
  Notify empty_;
};

}  // namespace fairway
