#include "controller/crew.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "runtime/loop.h"

namespace fairway::controller {
void Crew::spawn(std::string name, Task<> task) {
  const auto at = signals_->emplace(signals_->end());
  auto ended = [signals = signals_, at, name = std::move(name), &log = log_](const std::exception_ptr& thrown) {
    signals->erase(at);
    check_task_end(log, name, thrown);
  };
  boost::asio::co_spawn(context_, std::move(task), boost::asio::bind_cancellation_slot(at->slot(), std::move(ended)));
}

void Crew::cancel() {
  // A completion that runs at once takes its signal out of the list.
  for (auto at = signals_->begin(); at != signals_->end();) (at++)->emit(boost::asio::cancellation_type::terminal);
}

}  // namespace fairway::controller
