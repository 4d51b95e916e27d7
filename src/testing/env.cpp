#include "testing/env.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairway::testing {

Task<> ManualTimers::sleep(Duration duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_at(boost::asio::steady_timer::time_point::max());
  const auto at = waiting_.emplace(clock_.steady() + duration, &timer);
  bool woken = false;
  struct Leave {
    ManualTimers& timers;
    std::multimap<SteadyTime, boost::asio::steady_timer*>::iterator at;
    ~Leave() { timers.waiting_.erase(at); }
  } leave{*this, at};
  boost::system::error_code error;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  woken = clock_.steady() >= at->first;
  if (!woken) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

void ManualTimers::advance(Duration by) {
  clock_.advance(by);
  for (const auto& [due, timer] : waiting_) {
    if (due <= clock_.steady()) timer->cancel();
  }
}

}  // namespace fairway::testing
