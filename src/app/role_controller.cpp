// fairway controller: section `controller`.
#include <cstdlib>

#include "app/role_specs.h"
#include "controller/lbaas_v1/provider.h"
#include "controller/octavia/provider.h"
#include "controller/start.h"

namespace fairway::app {

namespace {

constexpr std::chrono::milliseconds kReadyPause{5};
constexpr std::chrono::seconds kReadyPatience{5};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<kube::Config> kube_config(const controller::ControllerConfig& config) {
  if (!config.kubeconfig.empty()) return kube::read_kubeconfig(config.kubeconfig, config.kube_context);
  return kube::in_cluster_config(environment("KUBERNETES_SERVICE_HOST"), environment("KUBERNETES_SERVICE_PORT"));
}

std::unique_ptr<controller::Controller> start_controller(RoleContext role, kube::Client& kube,
                                                         openstack::Client* cloud,
                                                         const controller::ControllerConfig& config) {
  const bool old = config.provider == controller::ProviderKind::lbaas_v1;
  const auto make = old ? &controller::lbaas_v1::make_provider : &controller::octavia::make_provider;
  return controller::start_controller(role.context, role.env, kube, {cloud, make}, config);
}

// Owns the clients that the controller works with.
class ControllerRole final : public RunningRole {
 public:
  ControllerRole(RoleContext role, std::unique_ptr<kube::Client> kube, std::unique_ptr<openstack::Client> cloud,
                 const controller::ControllerConfig& config)
      : kube_(std::move(kube)),
        cloud_(std::move(cloud)),
        controller_(start_controller(role, *kube_, cloud_.get(), config)) {}
  Task<> stop(Duration patience) override { co_await controller_->stop(patience); }
  [[nodiscard]] bool ready() const { return controller_->ready(); }

 private:
  std::unique_ptr<kube::Client> kube_;
  std::unique_ptr<openstack::Client> cloud_;
  std::unique_ptr<controller::Controller> controller_;
};

Task<Result<std::unique_ptr<RunningRole>>> start(RoleContext role,
                                                 std::shared_ptr<const controller::ControllerConfig> config) {
  FW_CO_TRY(auto login, kube_config(*config));
  FW_CO_TRY(auto kube, kube::make_client(role.context, role.env, std::move(login)));
  std::unique_ptr<openstack::Client> cloud;
  if (config->credentials) {
    FW_CO_TRY(cloud, openstack::make_client(role.context, role.env, *config->credentials));
  }
  auto running = std::make_unique<ControllerRole>(role, std::move(kube), std::move(cloud), *config);
  // Whoever waits for us to serve wants to know that a Service would be seen; a standby, or one whose API servers are
  // away, serves all the same.
  for (auto waited = Duration(0); !running->ready() && waited < kReadyPatience; waited += kReadyPause)
    co_await role.env.timers.sleep(kReadyPause);
  co_return std::unique_ptr<RunningRole>(std::move(running));
}

RoleStart configure(config::Section& root) {
  auto config = std::make_shared<const controller::ControllerConfig>(
      controller::read_controller_config(root.section("controller")));
  return [config](RoleContext role) { return start(role, config); };
}

constexpr std::string_view kExample = R"(  controller:
    cluster_name: kubernetes                    # part of each load balancer's name
    kubeconfig: /etc/kubernetes/fairway.kubeconfig
    cloud_config: /etc/kubernetes/cloud.conf    # the login to OpenStack
)";

}  // namespace

RoleSpec controller_role() {
  return {"controller", "Load balancers for Services of type LoadBalancer, on any OpenStack", kExample, configure};
}

}  // namespace fairway::app
