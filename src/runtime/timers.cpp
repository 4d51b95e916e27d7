#include "runtime/timers.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairway {
namespace {

class LoopTimers final : public Timers {
 public:
  Task<> sleep(Duration duration) override {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(duration);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
};

}  // namespace

Timers& loop_timers() {
  static LoopTimers timers;
  return timers;
}

}  // namespace fairway
