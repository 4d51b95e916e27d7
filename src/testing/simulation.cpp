#include "testing/simulation.h"

#include <boost/asio/co_spawn.hpp>

namespace fairway::testing {

void Simulation::spawn(Task<> task) {
  boost::asio::co_spawn(context_, std::move(task), [](const std::exception_ptr& error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const boost::system::system_error& stopped) {
      if (stopped.code() != boost::asio::error::operation_aborted) throw;
    }
  });
}

void Simulation::settle() {
  context_.restart();
  while (context_.poll() > 0) context_.restart();
}

bool Simulation::run_until(const std::function<bool()>& done, Duration limit) {
  const auto end = now() + limit;
  for (;;) {
    settle();
    if (done()) return true;
    const auto due = env_.timers.next_due();
    if (!due || *due > end) {
      if (now() < end) env_.timers.advance(end - now());
      settle();
      return done();
    }
    env_.timers.advance(std::max(*due - now(), Duration(0)));
  }
}

void Simulation::run_for(Duration time) {
  run_until([] { return false; }, time);
}

}  // namespace fairway::testing
