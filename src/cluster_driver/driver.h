// The driver of clusters: hears from the cloud which clusters there should be, and makes them of networks, hosts and
// processes on this machine.
//
// The clusters outlive this object; a new driver with the same state directory finds them again, also while the cloud is
// away. Threads: the loop's.
#pragma once

#include <memory>

#include "cluster_driver/config.h"
#include "runtime/env.h"

namespace fairway::cluster_driver {

class Driver {
 public:
  // Begins at once; a cloud that is away is waited for. `context` and `env` outlive it. Errors: the state directory
  // cannot be made, the socket for hosts' `service` is taken.
  [[nodiscard]] static Result<std::unique_ptr<Driver>> start(boost::asio::io_context& context, Env& env,
                                                             DriverConfig config);
  virtual ~Driver() = default;
  // Leaves every cluster as it is.
  virtual Task<> stop(Duration patience) = 0;
};

}  // namespace fairway::cluster_driver
