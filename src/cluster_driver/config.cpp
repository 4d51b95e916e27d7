#include "cluster_driver/config.h"

#include "net/fabric.h"

namespace fairway::cluster_driver {

DriverConfig read_driver_config(config::Section section, const lab::LabConfig& lab) {
  DriverConfig config;
  section.require("address", config.address);
  section.require("state_directory", config.state_directory);
  section.require("run_directory", config.run_directory);
  section.read("health_interval", config.health_interval);
  section.read("drift_interval", config.drift_interval);
  section.read("delete_patience", config.delete_patience);
  section.read("heat_like", config.heat_like);
  section.read("kubernetes_programs", config.kubernetes_programs);
  if (config.health_interval < std::chrono::milliseconds(100))
    section.problem("health_interval", "shorter than 100ms would only burden the machine");
  if (!config.address.empty() && !config.address.starts_with("unix:"))
    section.problem("address", config.address + " does not begin with unix:");
  section.finish();
  config.prefix = lab.prefix;
  config.program = lab.program;
  config.client_namespace = net::Fabric(lab.prefix).host_namespace(lab.client_name);
  config.images = lab.images;
  return config;
}

}  // namespace fairway::cluster_driver
