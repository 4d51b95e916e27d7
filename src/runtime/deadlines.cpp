#include "runtime/deadlines.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

namespace fairway {

using Queue = std::multimap<SteadyTime, Deadline*>;

struct Deadlines::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& of, Env& with) : context(of), env(with) {}

  boost::asio::io_context& context;
  Env& env;
  Queue queue;  // those never set, or cleared, stand at the end of time
  SteadyTime planned = SteadyTime::max();
  std::shared_ptr<boost::asio::cancellation_signal> sleeper;

  void place(Deadline& deadline) {
    auto node = queue.extract(deadline.place_);
    node.key() = deadline.when_;
    deadline.place_ = queue.insert(std::move(node));
    plan();
  }

  // Sees to it that somebody wakes when the first is due.
  void plan() {
    if (queue.empty() || queue.begin()->first >= planned) return;
    stop_sleeper();
    planned = queue.begin()->first;
    sleeper = std::make_shared<boost::asio::cancellation_signal>();
    const auto ended = [self = shared_from_this(), mine = sleeper](const std::exception_ptr& thrown) {
      if (thrown || self->sleeper != mine) return;  // cancelled, or another took over
      self->sleeper.reset();
      self->planned = SteadyTime::max();
      self->fire();
      self->plan();
    };
    boost::asio::co_spawn(context, env.timers.sleep(planned - env.clock.steady()),
                          boost::asio::bind_cancellation_slot(sleeper->slot(), ended));
  }

  void fire() {
    const SteadyTime now = env.clock.steady();
    while (!queue.empty() && queue.begin()->first <= now) {
      Deadline& due = *queue.begin()->second;
      const bool passed = due.when_ <= now;
      if (passed) due.when_ = SteadyTime::max();
      auto node = queue.extract(due.place_);
      node.key() = due.when_;
      due.place_ = queue.insert(std::move(node));
      if (!passed) continue;
      due.passed_ = true;
      due.on_passed_();
    }
  }

  void stop_sleeper() {
    planned = SteadyTime::max();
    if (const auto last = std::exchange(sleeper, nullptr)) last->emit(boost::asio::cancellation_type::terminal);
  }
};

Deadlines::Deadlines(boost::asio::io_context& context, Env& env) : state_(std::make_shared<State>(context, env)) {}

Deadlines::~Deadlines() = default;

Deadline::Deadline(const Deadlines& deadlines, std::function<void()> on_passed)
    : state_(deadlines.state_), on_passed_(std::move(on_passed)), place_(state_->queue.emplace(when_, this)) {}

Deadline::~Deadline() {
  state_->queue.erase(place_);
  // Nothing sleeps on behalf of nobody: a loop whose work is done can end.
  if (state_->queue.empty()) state_->stop_sleeper();
}

void Deadline::set(Duration from_now) {
  const SteadyTime now = state_->env.clock.steady();
  passed_ = false;
  when_ = from_now < SteadyTime::max() - now ? now + from_now : SteadyTime::max();
  if (when_ < place_->first) state_->place(*this);
}

void Deadline::clear() {
  passed_ = false;
  when_ = SteadyTime::max();
}

}  // namespace fairway
