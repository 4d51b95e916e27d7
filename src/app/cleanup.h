// fairway cleanup: removes from a cloud what a cluster left there that is gone, or whose controller is.
//
// The login comes from the environment (OS_CLOUD, or OS_AUTH_URL and so on, as an openrc sets them), or from a
// controller's configuration. It says what goes, and asks before it begins: at a terminal; elsewhere `yes` must say it.
// Exit codes: 0 done, nothing is there, or only said (`dry_run`); 1 something is left, or nobody agreed; 2 the cloud
// cannot be asked.
#pragma once

#include <chrono>
#include <string>

namespace fairway::app {

struct CleanupOptions {
  // One of both at least. By which its load balancers are named: Magnum's UUID, OCCM's --cluster-name.
  std::string cluster_name;
  std::string kubernetes_id;  // UID of its namespace kube-system, which tells it from others of the same name
  std::string config;         // a controller's configuration, instead of the environment
  bool yes = false;           // nobody is asked
  bool dry_run = false;       // nothing is changed
  std::chrono::seconds patience{600};
};

[[nodiscard]] int clean_up(const CleanupOptions& options);

}  // namespace fairway::app
