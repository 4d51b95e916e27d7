// What a cluster is to the driver that keeps it: something that is completed, looked at and taken away. There are two
// kinds: those that the driver makes (parts.h), and those that are there already and somebody else's (adopted_parts.h).
//
// Every step is level-based. build() and remove() are passes: they go as far as they can and say by an error what they
// wait for (unavailable, timeout, conflict: it will come by itself) or what is wrong (any other code). Threads: the
// loop's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "cluster_driver/config.h"
#include "cluster_driver/master.h"
#include "cluster_driver/state.h"
#include "cluster_link/messages.h"
#include "runtime/env.h"

namespace fairway::cluster_driver {

struct DriverContext {
  boost::asio::io_context& context;
  Env& env;
  const DriverConfig& config;
};

class ClusterParts {
 public:
  using Say = std::function<void(std::string)>;
  using CheckIdentity = std::function<Result<>(const std::string& identity)>;

  ClusterParts() = default;
  virtual ~ClusterParts() = default;
  ClusterParts(const ClusterParts&) = delete;
  ClusterParts& operator=(const ClusterParts&) = delete;

  // `say` is called with each step: "3 of 8: etcd on k8s-abc-master-0".
  virtual Task<Result<>> build(cluster_link::ClusterWish wish, Say say) = 0;
  // `known` false: the cloud does not know the cluster any more, perhaps not even its credential.
  virtual Task<Result<>> remove(cluster_link::ClusterWish wish, bool known, Say say) = 0;
  // Asks the cluster's API how it is.
  virtual Task<> look() = 0;
  // Leaves everything as it is, to be found again.
  virtual Task<> release(Duration patience) = 0;

  [[nodiscard]] virtual const ClusterFolder& folder() const = 0;
  // As the last look found it.
  [[nodiscard]] virtual cluster_link::Facts facts(const cluster_link::ClusterWish& wish) const = 0;
  // UIDs of the namespace kube-system that the cluster is known to have, or to have had.
  [[nodiscard]] virtual const std::vector<std::string>& identities() const = 0;
  // As `service NAME ACTION` on a host of the cluster.
  virtual Task<ServiceAnswer> service(cluster_link::ClusterWish wish, std::string host, std::string name,
                                      std::string action) = 0;
  virtual Task<Result<>> set_load_balancers(cluster_link::ClusterWish wish, bool on) = 0;
  // How the API is reached. It is tried, and `check` asked about the cluster's identity, before it is kept. Errors:
  // unsupported (the driver made this cluster), invalid, conflict (it leads to another cluster), and those of
  // ask_foreign().
  virtual Task<Result<>> take_kubeconfig(std::string text, CheckIdentity check) = 0;
};

}  // namespace fairway::cluster_driver
