#include "runtime/sync.h"

#include <list>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairway {
namespace {

using Timer = boost::asio::steady_timer;

// A queue of suspended coroutines. An entry turns to null when its coroutine is woken, so that the coroutine can tell
// that from a cancelled or expired wait.
using Queue = std::list<Timer*>;

class Place {
 public:
  Place(Queue& queue, Timer& timer) : queue_(queue), at_(queue.insert(queue.end(), &timer)) {}
  ~Place() { queue_.erase(at_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  [[nodiscard]] bool woken() const { return *at_ == nullptr; }

 private:
  Queue& queue_;
  Queue::iterator at_;
};

void wake(Timer*& waiting) { std::exchange(waiting, nullptr)->cancel(); }

// Limits beyond what the clock can express mean "for ever".
Timer::time_point deadline(std::optional<Duration> limit) {
  const auto now = system_clock().steady();  // Asio's timers have no other
  if (!limit || *limit > Timer::time_point::max() - now) return Timer::time_point::max();
  return now + *limit;
}

[[noreturn]] void throw_cancelled() { throw boost::system::system_error(boost::asio::error::operation_aborted); }

}  // namespace

struct Notify::Waiters {
  Queue queue;
};

Notify::Notify() : waiters_(std::make_shared<Waiters>()) {}
Notify::~Notify() = default;

void Notify::notify_all() {
  for (auto& waiting : waiters_->queue) {
    if (waiting != nullptr) wake(waiting);
  }
}

Task<bool> Notify::wait(Duration limit) { return wait_until(waiters_, limit); }

Task<> Notify::wait() { co_await wait_until(waiters_, std::nullopt); }

Task<bool> Notify::wait_until(std::shared_ptr<Waiters> waiters, std::optional<Duration> limit) {
  Timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_at(deadline(limit));
  Place place(waiters->queue, timer);
  boost::system::error_code error;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  if (place.woken()) co_return true;
  if (error) throw_cancelled();
  co_return false;
}

struct AsyncMutex::State {
  bool held = false;
  Queue queue;

  // Hands the mutex to the first who waits; it stays held in between.
  void release() {
    for (auto& waiting : queue) {
      if (waiting == nullptr) continue;
      wake(waiting);
      return;
    }
    held = false;
  }
};

AsyncMutex::AsyncMutex() : state_(std::make_shared<State>()) {}
AsyncMutex::~AsyncMutex() = default;

AsyncMutex::Hold::~Hold() {
  if (state_) state_->release();
}

Task<AsyncMutex::Hold> AsyncMutex::lock() { return lock(state_); }

Task<AsyncMutex::Hold> AsyncMutex::lock(std::shared_ptr<State> state) {
  if (!state->held) {
    state->held = true;
    co_return Hold(std::move(state));
  }
  Timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_at(Timer::time_point::max());
  // From the moment it is woken the mutex is ours, even when this coroutine ends without running again.
  struct Turn {
    std::shared_ptr<State> state;
    Place place;
    bool taken = false;
    Turn(std::shared_ptr<State> of, Timer& waiting) : state(std::move(of)), place(state->queue, waiting) {}
    ~Turn() {
      if (place.woken() && !taken) state->release();
    }
  } turn(std::move(state), timer);
  boost::system::error_code error;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  if (!turn.place.woken()) throw_cancelled();
  turn.taken = true;
  co_return Hold(turn.state);
}

struct Gate::State {
  int inside = 0;
  bool closing = false;
  Notify empty;
};

Gate::Gate() : state_(std::make_shared<State>()) {}
Gate::~Gate() = default;

Gate::Pass::~Pass() {
  if (state_ && --state_->inside == 0) state_->empty.notify_all();
}

std::optional<Gate::Pass> Gate::try_enter() {
  if (state_->closing) return std::nullopt;
  ++state_->inside;
  return Pass(state_);
}

Task<bool> Gate::close(Duration patience) {
  state_->closing = true;
  return close(state_, patience);
}

Task<bool> Gate::close(std::shared_ptr<State> state, Duration patience) {
  if (state->inside == 0) co_return true;
  co_await state->empty.wait(patience);
  co_return state->inside == 0;
}

}  // namespace fairway
