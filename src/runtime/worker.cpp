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

struct Worker::Thread {
  boost::asio::thread_pool pool{1};
};

Worker::Worker(const std::string& name) : thread_(std::make_unique<Thread>()) {
  boost::asio::post(thread_->pool, [name] { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); });
}

Worker::~Worker() { thread_->pool.join(); }

Task<> Worker::run_job(std::function<void()> job) {
  // Held by the thread while it hands the result over: a caller that goes on, and may end its loop at once, must find
  // that the thread no longer touches the loop.
  const auto handing_over = std::make_shared<std::mutex>();
  const auto start = [this, handing_over](auto handler, std::function<void()> work) {
    auto home = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    auto run = [handing_over, handler = std::move(handler), home = std::move(home),
                work = std::move(work)]() mutable {
      work();
      work = nullptr;  // what the job captured dies on this thread, before the caller goes on
      const std::scoped_lock hold(*handing_over);
      const auto executor = home.get_executor();
      boost::asio::post(executor,
                        [handler = std::move(handler), home = std::move(home)]() mutable { std::move(handler)(); });
    };
    boost::asio::post(thread_->pool, std::move(run));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      start, boost::asio::use_awaitable, std::move(job));
  const std::scoped_lock handed_over(*handing_over);
}

}  // namespace fairway
