// fairway kube-api: sections `kube_api` and `store`.
#include "app/role_specs.h"
#include "app/stores.h"
#include "kube_api/server.h"

namespace fairway::app {

namespace {

class KubeApiRole final : public RunningRole {
 public:
  KubeApiRole(std::unique_ptr<store::Store> store, std::unique_ptr<kube_api::KubeApi> api)
      : store_(std::move(store)), api_(std::move(api)) {}
  Task<> stop(Duration patience) override {
    co_await api_->stop(patience);
    co_await store_->close(patience);
  }

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<kube_api::KubeApi> api_;
};

RoleStart configure(config::Section& root) {
  auto config =
      std::make_shared<const kube_api::KubeApiConfig>(kube_api::read_kube_api_config(root.section("kube_api")));
  const auto where = read_store_config(root, "kube");
  return [config, where](RoleContext role) -> Task<Result<std::unique_ptr<RunningRole>>> {
    FW_CO_TRY(auto store, co_await open_store(role.context, role.env, where));
    FW_CO_TRY(auto api, co_await kube_api::KubeApi::start(role.context, role.env, *store, *config));
    watch_store(role.readiness, *store);
    co_return std::make_unique<KubeApiRole>(std::move(store), std::move(api));
  };
}

constexpr std::string_view kExample = R"(  store: {path: /var/lib/fairway/kube.db}
  kube_api:
    port: 6443
    tls: {certificate_file: server.crt, key_file: server.key}
    tokens: [{token_file: admin.token}]         # who shows it may do everything
)";

}  // namespace

RoleSpec kube_api_role() {
  return {"kube-api", "The embedded Kubernetes API: what Services need, for kubectl and client libraries", kExample,
          configure};
}

}  // namespace fairway::app
