// Coroutines that belong together and end together.
#pragma once

#include <list>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include "runtime/task.h"
#include "telemetry/log.h"

namespace fairway::controller {

// Threads: the loop's. Must outlive the context's run.
class Crew {
 public:
  Crew(boost::asio::io_context& context, Log& log) : context_(context), log_(log) {}
  // An exception other than the quiet end of a cancelled wait is a broken invariant: logged with `name`, abort.
  void spawn(std::string name, Task<> task);
  // Cancels whatever waits; each ends at its present co_await.
  void cancel();
  [[nodiscard]] bool empty() const { return signals_->empty(); }

 private:
  boost::asio::io_context& context_;
  Log& log_;
  // Shared with the completions, which may come after the crew has gone with its owner.
  std::shared_ptr<std::list<boost::asio::cancellation_signal>> signals_ =
      std::make_shared<std::list<boost::asio::cancellation_signal>>();
};

}  // namespace fairway::controller
