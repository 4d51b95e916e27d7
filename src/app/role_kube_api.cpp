// fairway kube-api: sections `kube_api` and `store`.
#include "app/role_specs.h"
#include "kube_api/server.h"
#include "store/sqlite/sqlite_store.h"

namespace fairway::app {

namespace {

class KubeApiRole final : public RunningRole {
 public:
  KubeApiRole(std::unique_ptr<store::Store> store, std::unique_ptr<kube_api::KubeApi> api)
      : store_(std::move(store)), api_(std::move(api)) {}
  Task<> stop(Duration patience) override { co_await api_->stop(patience); }

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<kube_api::KubeApi> api_;
};

RoleStart configure(config::Section& root) {
  auto config =
      std::make_shared<const kube_api::KubeApiConfig>(kube_api::read_kube_api_config(root.section("kube_api")));
  const std::string path = read_store_path(root);
  return [config, path](RoleContext role) -> Task<Result<std::unique_ptr<RunningRole>>> {
    FW_CO_TRY(auto store, store::sqlite::open(role.context, role.env, {.path = path}));
    FW_CO_TRY(auto api, co_await kube_api::KubeApi::start(role.context, role.env, *store, *config));
    co_return std::make_unique<KubeApiRole>(std::move(store), std::move(api));
  };
}

}  // namespace

RoleSpec kube_api_role() {
  return {"kube-api", "The embedded Kubernetes API: what Services need, for kubectl and client libraries", configure};
}

}  // namespace fairway::app
