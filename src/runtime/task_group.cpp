#include "runtime/task_group.h"

#include <list>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/loop.h"
#include "runtime/sync.h"

namespace fairway {

using boost::asio::cancellation_signal;

struct TaskGroup::State {
  State(boost::asio::io_context& where, Log& to) : context(where), log(to) {}

  void cancel() {
    stopping = true;
    // What ends at once takes its signal from the list.
    const auto all = signals;
    for (const auto& signal : all) signal->emit(boost::asio::cancellation_type::terminal);
  }

  boost::asio::io_context& context;
  Log& log;
  std::list<std::shared_ptr<cancellation_signal>> signals;  // one for each task that runs
  bool stopping = false;
  Notify ended;
};

TaskGroup::TaskGroup(boost::asio::io_context& context, Log& log) : state_(std::make_shared<State>(context, log)) {}

TaskGroup::~TaskGroup() { state_->cancel(); }

void TaskGroup::spawn(std::string name, Task<> task) {
  if (state_->stopping) return;
  const auto signal = state_->signals.insert(state_->signals.end(), std::make_shared<cancellation_signal>());
  const auto done = [state = state_, signal, keep = *signal,
                     name = std::move(name)](const std::exception_ptr& thrown) {
    state->signals.erase(signal);
    state->ended.notify_all();
    if (thrown) check_task_end(state->log, name, thrown);
  };
  boost::asio::co_spawn(state_->context, std::move(task),
                        boost::asio::bind_cancellation_slot((*signal)->slot(), done));
}

Task<> TaskGroup::stop() {
  const auto state = state_;
  state->cancel();
  while (!state->signals.empty()) co_await state->ended.wait();
}

bool TaskGroup::stopping() const { return state_->stopping; }

std::size_t TaskGroup::running() const { return state_->signals.size(); }

Task<> begin_uninterrupted() {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
}

Task<> end_uninterrupted(const TaskGroup& group) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  if (group.stopping()) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

}  // namespace fairway
