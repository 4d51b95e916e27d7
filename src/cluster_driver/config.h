// What the driver of clusters is told: where the cloud's wishes come from, where its clusters' state lies.
#pragma once

#include <chrono>
#include <string>

#include "config/reader.h"
#include "lab/config.h"

namespace fairway::cluster_driver {

struct DriverConfig {
  // How often what stands is looked at, and compared with the cloud.
  std::chrono::milliseconds health_interval{2'000}, drift_interval{30'000};
  // A deletion in which nothing changes for so long has failed; it is tried on.
  std::chrono::milliseconds delete_patience{120'000};
  // Deletes as Heat does, which knows nothing of what Kubernetes made: it is left, and the network cannot go.
  bool heat_like = false;
  std::string address;          // the cloud's end of the link: "unix:/…/clusters.sock"
  std::string state_directory;  // one folder for each cluster, 0700
  std::string run_directory;    // short, for sockets
  std::string driver_name = "lab";
  // What clusters share with the lab that runs in the same process.
  std::string prefix, program, client_namespace;
  lab::Catalogue images;
  std::string kubernetes_programs;  // a folder with a real control plane (real_control_plane.h); empty: there is none
};

//   address: unix:…/clusters.sock      state_directory: …      run_directory: /run/fairway/fwabcd
//   health_interval: 2s                drift_interval: 30s
//   delete_patience: 2m       heat_like: false
//   kubernetes_programs: /opt/kubernetes/bin
[[nodiscard]] DriverConfig read_driver_config(config::Section section, const lab::LabConfig& lab);

}  // namespace fairway::cluster_driver
