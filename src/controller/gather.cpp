#include "base/strings.h"
#include "controller/desired.h"
#include "controller/explain.h"
#include "kube/client.h"

namespace fairway::controller {
namespace {

constexpr std::string_view kLoadBalancers = "/v2.0/lbaas/loadbalancers";

Task<Result<>> gather_kubernetes(kube::Client& kube, const ControllerConfig& config, Gathered& to, ServiceName of) {
  auto service = co_await kube.get(kube::kServices.path(of.ns, of.name));
  if (!service) {
    if (service.error().code == Errc::not_found) co_return Result<>{};
    co_return std::unexpected(std::move(service).error());
  }
  to.service = std::move(*service);
  const auto uid = json::string_or(*to.service, "metadata.uid");
  FW_CO_TRY(auto events, co_await kube.list(kube::kEvents.path(of.ns),
                                            "fieldSelector=" + percent_encode("involvedObject.name=" + of.name)));
  for (auto& event : events.items) {
    if (json::string_or(event, "involvedObject.uid") == uid) to.events.push_back(std::move(event));
  }
  FW_CO_TRY(auto slices,
            co_await kube.list(kube::kEndpointSlices.path(of.ns),
                               "labelSelector=" + percent_encode("kubernetes.io/service-name=" + of.name)));
  to.slices = std::move(slices.items);
  auto lease = co_await kube.get(kube::kLeases.path(config.lease.ns, config.lease.name));
  if (lease) to.lease = std::move(*lease);
  co_return Result<>{};
}

// By the annotation, else by its name.
Task<Result<>> find_load_balancer(openstack::Client& cloud, const ControllerConfig& config, Gathered& to) {
  const auto service = read_service(*to.service);
  if (const auto id = service.annotation(kIdAnnotation); !id.empty()) {
    auto answer = co_await cloud.send(openstack::Service::load_balancer, "GET",
                                      fmt::format("{}/{}", kLoadBalancers, percent_encode(id)));
    if (answer) {
      if (const auto* object = json::find(answer->body, "loadbalancer")) to.load_balancer = *object;
      co_return Result<>{};
    }
    if (answer.error().code != Errc::not_found) co_return std::unexpected(std::move(answer).error());
  }
  const auto path = fmt::format("{}?name={}", kLoadBalancers, percent_encode(load_balancer_name(config, service)));
  FW_CO_TRY(const auto named,
            co_await openstack::list_all(cloud, openstack::Service::load_balancer, path, "loadbalancers"));
  if (!named.empty()) to.load_balancer = named.front();
  co_return Result<>{};
}

Task<Result<>> gather_cloud(openstack::Client& cloud, const ControllerConfig& config, Gathered& to) {
  FW_CO_TRY_DO(co_await find_load_balancer(cloud, config, to));
  if (!to.load_balancer) co_return Result<>{};
  const auto id = json::string_or(*to.load_balancer, "id");
  FW_CO_TRY(auto tree, co_await cloud.send(openstack::Service::load_balancer, "GET",
                                           fmt::format("{}/{}/status", kLoadBalancers, id)));
  to.status_tree = std::move(tree.body);
  const auto port = json::string_or(*to.load_balancer, "vip_port_id");
  FW_CO_TRY(const auto ips,
            co_await openstack::list_all(cloud, openstack::Service::network,
                                         "/v2.0/floatingips?port_id=" + percent_encode(port), "floatingips"));
  to.floating_ips.assign(ips.begin(), ips.end());
  co_return Result<>{};
}

}  // namespace

Task<Gathered> gather(Env& env, kube::Client& kube, openstack::Client* cloud, const ControllerConfig& config,
                      ServiceName service) {
  Gathered to;
  to.key = service.ns + "/" + service.name;
  to.now = env.clock.wall();
  to.enabled = config.enabled;
  to.has_login = cloud != nullptr || config.credentials.has_value();
  to.disabled_remedy = config.disabled_remedy;
  to.provider = config.provider;
  to.our_class = config.load_balancer_class;
  to.internal_lb = config.internal_lb;
  to.login_file = config.cloud_config.empty() ? config.clouds_yaml : config.cloud_config;
  to.lease_expected = config.lease_enabled;
  const auto read = co_await gather_kubernetes(kube, config, to, service);
  if (!read) to.kubernetes_error = read.error().what;
  if (to.service && cloud != nullptr) {
    const auto seen = config.provider == ProviderKind::lbaas_v1 ? co_await gather_lbaas_v1(*cloud, to)
                                                                : co_await gather_cloud(*cloud, config, to);
    if (!seen) {
      to.cloud_error = seen.error().what;
      to.cloud_error_code = seen.error().code;
    }
  }
  co_return to;
}

}  // namespace fairway::controller
