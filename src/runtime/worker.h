// A thread of its own for work that blocks (fsync, getaddrinfo, a library's synchronous call), so that no loop does.
//
//   Worker disk("cloud-store");
//   const Result<Revision> done = co_await disk.run<Result<Revision>>([&] { return commit(batch); });
//
// Jobs run one after the other, in the order given. Threads: run() from any loop; its result is resumed on the
// caller's. A job cannot be cancelled: a caller that is cancelled meanwhile learns of it at its next wait. What a job
// throws, run() throws. Lifetime: a Worker dies before the loops that use it; its destructor finishes the jobs it was
// given.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "runtime/task.h"

namespace fairway {

class Worker {
 public:
  explicit Worker(const std::string& name);  // the thread's name as ps and gdb show it; 15 characters
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  template <class T>
  Task<T> run(std::function<T()> work) {
    auto outcome = std::make_shared<Outcome<T>>();
    std::function<void()> job = [outcome, work = std::move(work)] { outcome->fill(work); };
    co_await run_job(std::move(job));
    if (outcome->thrown) std::rethrow_exception(outcome->thrown);
    if constexpr (!std::is_void_v<T>) co_return std::move(*outcome->value);
  }

 private:
  template <class T>
  struct Outcome {
    using Stored = std::conditional_t<std::is_void_v<T>, bool, T>;
    std::optional<Stored> value;
    std::exception_ptr thrown;
    void fill(const std::function<T()>& work) {
      try {
        if constexpr (std::is_void_v<T>) {
          work();
        } else {
          value.emplace(work());
        }
      } catch (...) {
        thrown = std::current_exception();
      }
    }
  };

  Task<> run_job(std::function<void()> job);
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace fairway
