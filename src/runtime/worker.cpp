#include "runtime/worker.h"

#include <pthread.h>

#include <mutex>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairway {
namespace {

// Work, and the suspended coroutine that waits for it.
template <class Handler>
class Job {
 public:
  Job(Handler handler, std::function<void()> work, std::shared_ptr<std::mutex> handing_over)
      : handler_(std::move(handler)),
        home_(boost::asio::get_associated_executor(handler_)),
        work_(std::move(work)),
        handing_over_(std::move(handing_over)) {}

  // On the thread.
  void operator()() {
    work_();
    work_ = nullptr;  // what it captured dies here, before the caller goes on
    // Held while the result is handed over: a caller that goes on, and may end its loop at once, must find that the
    // thread no longer touches the loop.
    const std::scoped_lock hold(*handing_over_);
    const auto executor = home_.get_executor();
    boost::asio::post(executor,
                      [handler = std::move(handler_), home = std::move(home_)]() mutable { std::move(handler)(); });
  }

 private:
  using Executor = boost::asio::associated_executor_t<Handler>;
  Handler handler_;
  boost::asio::executor_work_guard<Executor> home_;  // the loop has work until the handler ran
  std::function<void()> work_;
  std::shared_ptr<std::mutex> handing_over_;
};

}  // namespace

struct Worker::Thread {
  boost::asio::thread_pool pool{1};
};

Worker::Worker(const std::string& name) : thread_(std::make_unique<Thread>()) {
  boost::asio::post(thread_->pool, [name] { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); });
}

Worker::~Worker() { thread_->pool.join(); }

Task<> Worker::run_job(std::function<void()> job) {
  const auto handing_over = std::make_shared<std::mutex>();
  const auto start = [this, handing_over](auto handler, std::function<void()> work) {
    boost::asio::post(thread_->pool, Job(std::move(handler), std::move(work), handing_over));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      start, boost::asio::use_awaitable, std::move(job));
  const std::scoped_lock handed_over(*handing_over);
}

}  // namespace fairway
