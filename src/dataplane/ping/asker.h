// Asking a host by ICMP whether it is there, out of a network namespace: one raw socket that answers are told apart on
// by their numbers. Threads: the loop's only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/task.h"

namespace fairway::dataplane::ping {

class Asker {
 public:
  virtual ~Asker() = default;
  // True when `address` (IPv4) answers within `limit`. A host that cannot be sent to does not answer.
  virtual Task<bool> ask(std::string address, Duration limit) = 0;
  // Lets go of the namespace; what is asked from now on is not answered.
  virtual void close() = 0;
};

using OpenAsker = std::function<Result<std::shared_ptr<Asker>>(boost::asio::any_io_executor, const std::string& ns)>;

// Needs CAP_NET_RAW. The asker outlives its questions. Errors: not_found (no such namespace), and those of socket(2).
[[nodiscard]] Result<std::shared_ptr<Asker>> open_asker(boost::asio::any_io_executor executor, Random& random,
                                                        const std::string& ns);

}  // namespace fairway::dataplane::ping
