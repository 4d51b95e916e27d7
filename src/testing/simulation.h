// A loop on hand-wound time: whenever nothing can go on, the clock jumps to the next wait's end. Hours of back-off
// pass in milliseconds, in the same order in every run.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "testing/env.h"

namespace fairway::testing {

class Simulation {
 public:
  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] Env& env() { return env_.env; }
  [[nodiscard]] TestEnv& test_env() { return env_; }
  [[nodiscard]] SteadyTime now() const { return env_.clock.steady(); }

  // An exception that leaves the task ends the test program, as it would the real one.
  void spawn(Task<> task);
  // Lets everything go on until nothing can; time stands still.
  void settle();
  // Until `done`, at most `limit` of simulated time; says whether it came.
  bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::minutes(10));
  void run_for(Duration time);
  // Runs a task to its end. A task that never ends is a broken invariant after an hour of simulated time.
  template <class T>
  T run(Task<T> task) {
    auto value = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(context_, std::move(task), [value](const std::exception_ptr& error, T result) {
      if (error) std::rethrow_exception(error);
      value->emplace(std::move(result));
    });
    FW_CHECK(run_until([&] { return value->has_value(); }, std::chrono::hours(1)));
    return std::move(**value);
  }

 private:
  TestEnv env_;  // outlives the waiting coroutines that context_ destroys
  boost::asio::io_context context_{1};
};

}  // namespace fairway::testing
