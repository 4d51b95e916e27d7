// fairway cloud: sections `cloud` and `store`.
#include "app/cluster_kubernetes.h"
#include "app/role_specs.h"
#include "app/stores.h"
#include "cloud/cloud.h"

namespace fairway::app {

namespace {

class CloudRole final : public RunningRole {
 public:
  CloudRole(std::unique_ptr<store::Store> store, std::unique_ptr<cloud::Cloud> cloud)
      : store_(std::move(store)), cloud_(std::move(cloud)) {}
  Task<> stop(Duration patience) override {
    co_await cloud_->stop(patience);
    co_await store_->close(patience);
  }

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<cloud::Cloud> cloud_;
};

Result<> make_socket_folders(const cloud::CloudConfig& config) {
  for (const std::string_view address : {config.gateway_address, config.cluster_driver_address}) {
    if (address.starts_with("unix:/")) FW_TRY_DO(make_folder_for(std::string(address.substr(5)), 0755));
  }
  return {};
}

RoleStart configure(config::Section& root) {
  auto config = std::make_shared<const cloud::CloudConfig>(cloud::read_cloud_config(root.section("cloud")));
  const auto where = read_store_config(root, "cloud");
  return [config, where](RoleContext role) -> Task<Result<std::unique_ptr<RunningRole>>> {
    FW_CO_TRY_DO(make_socket_folders(*config));
    FW_CO_TRY(auto store, co_await open_store(role.context, role.env, where));
    FW_CO_TRY(auto cloud, co_await cloud::Cloud::start(role.context, role.env, *store, *config,
                                                       make_cluster_kubernetes(role.context, role.env)));
    watch_store(role.readiness, *store);
    co_return std::make_unique<CloudRole>(std::move(store), std::move(cloud));
  };
}

constexpr std::string_view kExample = R"(  store: {path: /var/lib/fairway/cloud.db}
  cloud:
    port: 9000
    gateway_address: unix:/run/fairway/gateway.sock
    secrets_directory: /etc/fairway/secrets     # passwords of the first start are written here
    networks: {make: true}                      # an external network, and a private one for the project demo
)";

}  // namespace

RoleSpec cloud_role() {
  return {"cloud", "The OpenStack APIs: identity, networking, load balancing, over one store", kExample, configure};
}

}  // namespace fairway::app
