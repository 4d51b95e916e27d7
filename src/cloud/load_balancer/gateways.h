// The cloud's side of the link: wishes go down to the gateways, facts come up, and what is pending ends.
//
// "ACTIVE means applied": a load balancer that is PENDING_* is settled when a gateway has acknowledged the revision
// that last concerned packets; at once in noop mode; and when no gateway lives, after away_patience (operating_status
// then says OFFLINE). A gateway that is connected and does not answer for silent_patience is cut off and counts as
// away until it answers, however soon it is connected again.
//
// Threads: the loop's. The ledger and env outlive this; the ledger must not change before start() has returned.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "cloud/load_balancer/facts.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud {

struct GatewaysConfig {
  std::string address = {};  // "unix:/…/gateway.sock"; empty: no gateway is listened for
  bool noop = false;         // acknowledge at once, serve nothing
  Duration away_patience = std::chrono::milliseconds(1'000);
  Duration silent_patience = std::chrono::seconds(30);
  Duration facts_patience = std::chrono::seconds(10);  // how long the last facts of a gateway hold after it went away
};

class Gateways {
 public:
  // Errors: those of gateway_link::accept (the address is taken, …).
  [[nodiscard]] static Result<std::unique_ptr<Gateways>> start(boost::asio::io_context& context, Env& env,
                                                               Ledger& ledger, GatewaysConfig config);
  ~Gateways();
  Gateways(const Gateways&) = delete;
  Gateways& operator=(const Gateways&) = delete;

  [[nodiscard]] const Facts& facts() const;
  // How many are connected.
  [[nodiscard]] std::size_t connected() const;

  // Called whenever a fact may be another: a gateway came, spoke or went. On the loop; counters alone do not count.
  void observe(std::function<void()> observer);

  // Sends the load balancer's objects again with the next change of it, even if they are as they were (failover).
  void send_again(const std::string& load_balancer_id);
  // Waits until the load balancer is not pending, at most `limit`; says whether that is so. An absent one is not.
  Task<bool> wait_settled(std::string load_balancer_id, Duration limit);
  // Waits until a gateway has in force what the state says of packets now, at most `limit`; says whether that is so.
  // With nobody to wait for (noop, no gateway lives) it is so at once.
  Task<bool> wait_in_force(Duration limit);
  // Makes the sums that facts() shows durable, so that no later one is smaller.
  Task<Result<>> keep_counters();

  // Takes no more gateways, lets the present ones go, keeps the counters.
  Task<> stop();

 private:
  class Core;
  explicit Gateways(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace fairway::cloud
