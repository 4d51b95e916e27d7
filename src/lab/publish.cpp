#include "lab/publish.h"

#include <fmt/format.h>

namespace fairway::lab {

namespace {

// The Service's own address; for one that only the private network knows, its floating IP.
Task<Result<ForwardTarget>> choose_address(PublishConfig config, std::string client_namespace,
                                           const kube::Reflector& services, openstack::Client& cloud) {
  const auto service = services.items().find(config.service);
  if (service == services.items().end())
    co_return fail(Errc::not_found, fmt::format("there is no Service {}", config.service));
  const json::Array& ingress = json::array_or_empty(service->second, "status.loadBalancer.ingress");
  if (ingress.empty())
    co_return fail(Errc::unavailable, fmt::format("Service {} has no address yet", config.service));
  ForwardTarget target{client_namespace, json::string_or(ingress.front(), "ip"), config.service_port};
  const auto answer =
      co_await cloud.send(openstack::Service::network, "GET", "/v2.0/floatingips?fixed_ip_address=" + target.address);
  if (answer) {
    const json::Array& floating = json::array_or_empty(answer->body, "floatingips");
    if (!floating.empty()) target.address = json::string_or(floating.front(), "floating_ip_address", target.address);
  }
  co_return target;
}

}  // namespace

Result<std::unique_ptr<Forwarder>> publish_service(boost::asio::io_context& context, Env& env, PublishConfig config,
                                                   std::string client_namespace, const kube::Reflector& services,
                                                   openstack::Client& cloud) {
  ForwarderConfig forwarder{
      .name = config.service, .network_namespace = {}, .bind = config.bind, .port = config.port};
  return Forwarder::listen(context, env, std::move(forwarder), [=, &services, &cloud] {
    return choose_address(config, client_namespace, services, cloud);
  });
}

}  // namespace fairway::lab
