#include "controller/crew.h"

#include <cstdlib>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace fairway::controller {
namespace {

// Empty for the quiet end of a cancelled wait.
std::string what(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted ? "" : error.what();
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

void Crew::spawn(std::string name, Task<> task) {
  const auto at = signals_->emplace(signals_->end());
  auto ended = [signals = signals_, at, name = std::move(name), &log = log_](const std::exception_ptr& thrown) {
    signals->erase(at);
    if (!thrown) return;
    if (const auto text = what(thrown); !text.empty()) {
      log.error("task ended by an exception: a broken invariant", {{"task", name}, {"exception", text}});
      std::abort();
    }
  };
  boost::asio::co_spawn(context_, std::move(task), boost::asio::bind_cancellation_slot(at->slot(), std::move(ended)));
}

void Crew::cancel() {
  // A completion that runs at once takes its signal out of the list.
  for (auto at = signals_->begin(); at != signals_->end();) (at++)->emit(boost::asio::cancellation_type::terminal);
}

}  // namespace fairway::controller
