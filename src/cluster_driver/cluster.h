// One cluster: makes it as its wish says and keeps it so, or takes it away, and tells the cloud how far it is. Threads:
// the loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/backoff.h"
#include "cluster_driver/cluster_parts.h"
#include "cluster_link/messages.h"
#include "runtime/sync.h"
#include "runtime/task_group.h"

namespace fairway::cluster_driver {

// What is told of a cluster: pure, from the last pass.
struct Progress {
  std::string step;                   // the furthest: "3 of 8: etcd on k8s-abc-master-0"
  Result<> pass;                      // how the last pass ended
  std::int64_t done_generation = -1;  // the wish that stood complete last
  // Set once what is waited for has not changed for too long: what a person can do about it, perhaps nothing.
  std::optional<std::string> remedy = std::nullopt;
};
// Facts that a driver fills in from its parts get state and reason here. Once a wish stood complete, trouble is a matter
// of health.
void add_progress(const Progress& progress, cluster_link::Facts& facts);
// It will come by itself.
[[nodiscard]] bool is_waiting(const Error& error);

class Cluster {
 public:
  using Tell = std::function<void(const cluster_link::Message&)>;

  // Begins at once. `tell` may be called at any time until stop() has ended.
  Cluster(DriverContext driver, cluster_link::ClusterWish wish, Tell tell);
  ~Cluster() = default;
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void wish(cluster_link::ClusterWish wish);
  // The cloud does not know it any more: it is taken away.
  void disown();
  // All facts again, to a cloud that has just come.
  void tell_again();
  [[nodiscard]] const cluster_link::ClusterWish& wished() const { return wish_; }
  [[nodiscard]] bool gone() const { return gone_; }
  Task<ServiceAnswer> service(std::string host, std::string name, std::string action);
  Task<Result<>> set_load_balancers(bool on);
  // Of a cluster that is adopted: how its API is reached (kube::to_kubeconfig). Errors: ClusterParts::take_kubeconfig's.
  Task<Result<>> take_kubeconfig(std::string text, ClusterParts::CheckIdentity check);
  // UIDs of the namespace kube-system that it is known to have, or to have had.
  [[nodiscard]] const std::vector<std::string>& identities() const { return parts_->identities(); }
  // Everything stays as it is, to be found again.
  Task<> stop(Duration patience);

 private:
  Task<> run();
  Task<Result<>> pass();
  void say(std::string step);
  void tell();
  void wake();
  void judge_deletion();
  Task<> pause(Backoff& backoff);

  DriverContext driver_;
  cluster_link::ClusterWish wish_;
  Tell tell_;
  std::unique_ptr<ClusterParts> parts_;
  Progress progress_;
  std::string now_at_;                // the pass that runs
  std::set<std::string> waited_for_;  // by this deletion, in the words of its passes
  SteadyTime changed_at_{};
  std::int64_t given_up_ = -1;  // the wish whose deletion is not tried again
  cluster_link::Facts told_;
  bool known_ = true, gone_ = false, dirty_ = false;
  Notify changed_;
  TaskGroup tasks_;
};

}  // namespace fairway::cluster_driver
