// Leader election on a Lease (coordination.k8s.io/v1), as client-go's leader election does it, so that the two can
// share one: who holds the Lease leads, and renews it; who does not takes it when it has not changed for its whole
// duration.
#pragma once

#include <functional>
#include <string>

#include "kube/client.h"

namespace fairway::kube {

struct LeaseConfig {
  std::string ns = "kube-system";
  std::string name;
  std::string identity;  // unique to this process
  std::chrono::milliseconds duration{15'000};
  // Leadership ends when no renewal has succeeded for this long; shorter than `duration`, so that two never lead.
  std::chrono::milliseconds renew_deadline{10'000};
  std::chrono::milliseconds retry{2'000};
};

class LeaderElection {
 public:
  // `leading` hears each change. `client` and `env` outlive this.
  LeaderElection(Client& client, Env& env, LeaseConfig config, std::function<void(bool leading)> leading);

  // Runs until cancelled.
  Task<> run();
  // Gives the Lease back if held, so that the next need not wait for it to run out. After run() has ended.
  Task<> release();

  [[nodiscard]] bool leading() const { return leading_; }
  // Who holds it, as last seen; empty when nobody does.
  [[nodiscard]] const std::string& holder() const { return holder_; }

 private:
  Client& client_;
  Env& env_;
  LeaseConfig config_;
  std::function<void(bool)> on_change_;
  Gauge& gauge_;
  bool leading_ = false;
  std::string holder_;
  json::Value seen_;      // the Lease as last read
  SteadyTime seen_at_{};  // when it last changed in our eyes: its own stamps are by another machine's clock
  SteadyTime renewed_at_{};

  // Given up when leadership ends, or an answer would come too late to lead: who takes the Lease then does not wait.
  Task<Result<>> try_in_time();
  Task<Result<>> try_acquire_or_renew();
  Task<Result<json::Value>> read_or_create();
  [[nodiscard]] json::Value held_by_us(const json::Value& lease) const;
  void note(json::Value lease);
  // Leadership ends when another has the Lease or the deadline has passed.
  void not_renewed(const Error& why);
  void set_leading(bool leading);
};

}  // namespace fairway::kube
