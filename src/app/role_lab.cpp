// fairway lab: sections `lab` and `clusters`.
#include "app/privileges.h"
#include "app/role_specs.h"
#include "cluster_driver/driver.h"
#include "lab/lab.h"

namespace fairway::app {

namespace {

struct LabRoleConfig {
  lab::LabConfig lab;
  std::optional<cluster_driver::DriverConfig> clusters;
};

class LabRole final : public RunningRole {
 public:
  LabRole(std::unique_ptr<lab::Lab> lab, std::unique_ptr<cluster_driver::Driver> clusters)
      : lab_(std::move(lab)), clusters_(std::move(clusters)) {}
  Task<> stop(Duration patience) override {
    if (clusters_) co_await clusters_->stop(patience);
    co_await lab_->stop(patience);
  }

 private:
  std::unique_ptr<lab::Lab> lab_;
  std::unique_ptr<cluster_driver::Driver> clusters_;
};

RoleStart configure(config::Section& root) {
  auto config = std::make_shared<LabRoleConfig>();
  config->lab = lab::read_lab_config(root.section("lab"));
  if (root.has("clusters"))
    config->clusters = cluster_driver::read_driver_config(root.section("clusters"), config->lab);
  return [config](RoleContext role) -> Task<Result<std::unique_ptr<RunningRole>>> {
    FW_CO_TRY_DO(may_change_machine());
    FW_CO_TRY(auto lab, co_await lab::Lab::start(role.context, role.env, config->lab));
    std::unique_ptr<cluster_driver::Driver> clusters;
    if (config->clusters) {
      FW_CO_TRY(clusters, cluster_driver::Driver::start(role.context, role.env, *config->clusters));
    }
    co_return std::make_unique<LabRole>(std::move(lab), std::move(clusters));
  };
}

constexpr std::string_view kExample = R"(  lab:
    prefix: fwprod                              # the gateway's
    state_dir: /var/lib/fairway/lab
    pod_log_dir: /var/log/fairway/pods
    kubeconfig: /etc/kubernetes/lab.kubeconfig  # the cluster whose nodes it plays
    clouds_yaml: /etc/openstack/clouds.yaml
)";

}  // namespace

RoleSpec lab_role() {
  return {"lab",
          "A cluster in network namespaces: client host, master, minions, pods; and the driver of more clusters",
          kExample, configure};
}

}  // namespace fairway::app
