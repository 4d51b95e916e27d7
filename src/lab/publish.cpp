#include "lab/publish.h"

#include <fmt/format.h>

namespace fairway::lab {

namespace {

// The Service's own address; for one that only the private network knows, its floating IP.
Task<Result<ForwardTarget>> choose_address(PublishConfig config, PublishSources sources) {
  const auto& services = sources.services.items();
  const auto service = services.find(config.service);
  if (service == services.end())
    co_return fail(Errc::not_found, fmt::format("there is no Service {}", config.service));
  const json::Array& ingress = json::array_or_empty(service->second, "status.loadBalancer.ingress");
  if (ingress.empty())
    co_return fail(Errc::unavailable, fmt::format("Service {} has no address yet", config.service));
  ForwardTarget target{sources.client_namespace, json::string_or(ingress.front(), "ip"), config.service_port};
  const auto answer = co_await sources.cloud.send(openstack::Service::network, "GET",
                                                  "/v2.0/floatingips?fixed_ip_address=" + target.address);
  if (answer) {
    const json::Array& floating = json::array_or_empty(answer->body, "floatingips");
    if (!floating.empty()) target.address = json::string_or(floating.front(), "floating_ip_address", target.address);
  }
  co_return target;
}

}  // namespace

Result<std::unique_ptr<Forwarder>> publish_service(boost::asio::io_context& context, Env& env, PublishConfig config,
                                                   PublishSources sources) {
  ForwarderConfig forwarder{
      .name = config.service, .network_namespace = {}, .bind = config.bind, .port = config.port};
  return Forwarder::listen(
      context, env, std::move(forwarder),
      [config = std::move(config), sources = std::move(sources)] { return choose_address(config, sources); });
}

}  // namespace fairway::lab
