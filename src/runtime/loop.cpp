#include "runtime/loop.h"

#include <csignal>
#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairway {
namespace {

// Empty for the quiet end of a cancelled wait.
std::string describe(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted ? "" : error.what();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

}  // namespace

void check_task_end(Log& log, std::string_view name, const std::exception_ptr& thrown) {
  if (!thrown) return;
  const std::string what = describe(thrown);
  if (what.empty()) return;
  log.error("task ended by an exception: a broken invariant", {{"task", std::string(name)}, {"exception", what}});
  std::abort();
}

void spawn_task(boost::asio::io_context& context, Log& log, std::string name, Task<> task) {
  boost::asio::co_spawn(context, std::move(task), [&log, name = std::move(name)](const std::exception_ptr& thrown) {
    check_task_end(log, name, thrown);
  });
}

Task<int> wait_for_stop_signal() {
  boost::asio::signal_set signals(co_await boost::asio::this_coro::executor, SIGINT, SIGTERM);
  const int number = co_await signals.async_wait(boost::asio::use_awaitable);
  co_return number;
}

}  // namespace fairway
