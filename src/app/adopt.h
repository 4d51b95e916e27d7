// fairway cluster adopt and release: a cluster that somebody else runs gets its load balancers from here, until it is
// released again.
//
// The login to the cloud is that of the environment, as an openrc sets it. Everything that can be wrong is looked at
// before anything is asked of the cloud, and when the driver refuses afterwards the cloud's part is taken back. Exit
// codes: 0 done; 1 refused, failed, or not done in time; 2 cannot be asked.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cluster_driver/placement.h"

namespace fairway::app {

struct AdoptOptions {
  std::string dir;   // of `fairway up`, whose driver does it; empty: the only one that runs
  std::string name;  // of the cluster, as the cloud shall know it
  std::string kubeconfig, context;
  cluster_driver::PlacementChoice place;
  std::vector<std::string> labels;  // "internal_lb=true": docs/clusters.md
  bool take_over = false;           // although Services there have load balancers of another controller
  std::chrono::seconds patience{60};
};

// A cluster of this name that is adopted already is given this kubeconfig in the place of its own.
[[nodiscard]] int adopt_cluster(const AdoptOptions& options);

struct ReleaseOptions {
  std::string dir, name;
  std::chrono::seconds patience{300};
};
[[nodiscard]] int release_cluster(const ReleaseOptions& options);

}  // namespace fairway::app
