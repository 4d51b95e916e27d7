// Many deadlines, one timer: for servers and clients whose every wait has a limit and nearly none is reached.
//
//   Deadline limit(deadlines, [&] { stream.cancel(); });
//   limit.set(10s);  … read …  limit.set(30s);  … write …
//
// Moving a deadline further away costs one store. Time is Env's, so tests wind it by hand. Threads: the loop's only.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "runtime/env.h"

namespace fairway {

class Deadlines {
 public:
  // Both must outlive every Deadline made from this.
  Deadlines(boost::asio::io_context& context, Env& env);
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

 private:
  friend class Deadline;
  struct State;
  std::shared_ptr<State> state_;
};

class Deadline {
 public:
  // `on_passed` runs once for each set() that is not moved or cleared in time; it must not destroy the Deadline.
  Deadline(const Deadlines& deadlines, std::function<void()> on_passed);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(Duration from_now);
  void clear();
  // Whether the last set() has passed.
  [[nodiscard]] bool passed() const { return passed_; }

 private:
  friend class Deadlines;
  std::shared_ptr<Deadlines::State> state_;
  std::function<void()> on_passed_;
  SteadyTime when_ = SteadyTime::max();
  bool passed_ = false;
  // Where it stands in the queue: never later than when_, and moved there when its turn comes.
  std::multimap<SteadyTime, Deadline*>::iterator place_;
};

}  // namespace fairway
