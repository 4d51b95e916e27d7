#include "app/cluster_kubernetes.h"

#include <fmt/format.h>

#include "kube/client.h"
#include "kube/manifest.h"

namespace fairway::app {
namespace {

using cloud::container_infra::ClusterEndpoint;
using cloud::container_infra::Workload;

const kube::Resource& resource_of(Workload kind) {
  static const kube::Resource kControllers{"", "v1", "replicationcontrollers"};
  switch (kind) {
    case Workload::pod:
      return kube::kPods;
    case Workload::service:
      return kube::kServices;
    case Workload::replication_controller:
      break;
  }
  return kControllers;
}

std::string_view kind_of(Workload kind) {
  switch (kind) {
    case Workload::pod:
      return "Pod";
    case Workload::service:
      return "Service";
    case Workload::replication_controller:
      break;
  }
  return "ReplicationController";
}

class ClusterKubernetes final : public cloud::container_infra::KubernetesAccess {
 public:
  ClusterKubernetes(boost::asio::io_context& context, Env& env) : context_(context), env_(env) {}

  Task<Result<json::Value>> create(ClusterEndpoint endpoint, Workload kind, std::string manifest) override {
    FW_CO_TRY(auto object, kube::read_manifest(manifest));
    if (json::string_or(object, "kind") != kind_of(kind)) {
      co_return fail(Errc::invalid, fmt::format("the manifest is of kind '{}', not {}",
                                                json::string_or(object, "kind"), kind_of(kind)));
    }
    FW_CO_TRY(const auto client, connect(endpoint));
    const auto ns = json::string_or(object, "metadata.namespace", "default");
    auto made = co_await client->create(resource_of(kind).path(ns), std::move(object));
    co_return made;
  }

  Task<Result<std::vector<json::Value>>> list(ClusterEndpoint endpoint, Workload kind) override {
    FW_CO_TRY(const auto client, connect(endpoint));
    FW_CO_TRY(auto answer, co_await client->list(resource_of(kind).path()));
    co_return std::move(answer.items);
  }

  Task<Result<>> remove(ClusterEndpoint endpoint, Workload kind, json::Value object) override {
    FW_CO_TRY(const auto client, connect(endpoint));
    FW_CO_TRY_DO(co_await client->remove(resource_of(kind).path(json::string_or(object, "metadata.namespace"),
                                                                json::string_or(object, "metadata.name"))));
    co_return Result<>{};
  }

 private:
  [[nodiscard]] Result<std::unique_ptr<kube::Client>> connect(const ClusterEndpoint& endpoint) const {
    kube::Config config{.server = endpoint.api_address};
    config.tls.ca_pem = endpoint.ca_pem;
    config.tls.certificate_pem = endpoint.certificate_pem;
    config.tls.key_pem = endpoint.key_pem;
    return kube::make_client(context_, env_, std::move(config));
  }

  boost::asio::io_context& context_;
  Env& env_;
};

}  // namespace

std::shared_ptr<cloud::container_infra::KubernetesAccess> make_cluster_kubernetes(boost::asio::io_context& context,
                                                                                  Env& env) {
  return std::make_shared<ClusterKubernetes>(context, env);
}

}  // namespace fairway::app
