// The cloud's side of the link to cluster drivers: wishes go down, facts come up (cluster_link/messages.h), and what is
// in progress ends, by a driver's word or by its deadline.
//
// One driver at a time makes clusters: the same one, connecting again, takes the place of its old connection; another
// is turned away with a line in the log, since two would make everything twice.
//
// Threads: the loop's. The context outlives this; the ledger must not change before start() has returned.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "cloud/api/context.h"

namespace fairway::cloud::container_infra {

struct DriversConfig {
  std::string address = {};  // "unix:/…/clusters.sock"; empty: no driver is listened for
};

class Drivers {
 public:
  // Errors: those of cluster_link::accept (the address is taken, …).
  [[nodiscard]] static Result<std::unique_ptr<Drivers>> start(boost::asio::io_context& context, ApiContext& api,
                                                              DriversConfig config);
  ~Drivers();
  Drivers(const Drivers&) = delete;
  Drivers& operator=(const Drivers&) = delete;

  [[nodiscard]] bool configured() const;
  [[nodiscard]] bool connected() const;
  [[nodiscard]] std::string name() const;       // of the driver that is or was connected last; empty: none yet
  [[nodiscard]] std::uint64_t reports() const;  // how many messages drivers have sent since the start
  // What is missing, in words; empty while a driver is connected.
  [[nodiscard]] std::string what_is_missing() const;

  // Takes no more drivers and lets the present one go.
  void stop();

 private:
  class Core;
  explicit Drivers(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace fairway::cloud::container_infra
