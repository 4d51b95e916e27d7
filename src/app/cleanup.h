// fairway cleanup: removes from a cloud what a cluster left there that is gone, or whose controller is.
//
// The login comes from the environment (OS_CLOUD, or OS_AUTH_URL and so on, as an openrc sets them), or from a
// controller's configuration. Without `yes` it only says what it would do. Exit codes: 0 done, nothing is left, or
// only said; 1 something is left; 2 cannot be asked.
#pragma once

#include <chrono>
#include <string>

namespace fairway::app {

struct CleanupOptions {
  std::string cluster_name;   // by which its load balancers are named: Magnum's UUID, OCCM's --cluster-name
  std::string kubernetes_id;  // UID of its namespace kube-system, to tell it from others of the same name
  std::string config;         // a controller's configuration, instead of the environment
  bool yes = false;
  std::chrono::seconds patience{600};
};

[[nodiscard]] int clean_up(const CleanupOptions& options);

}  // namespace fairway::app
