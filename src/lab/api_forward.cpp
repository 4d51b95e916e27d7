#include "lab/api_forward.h"

#include <fmt/format.h>

#include "base/backoff.h"
#include "http/origin.h"

namespace fairway::lab {

namespace {

constexpr std::chrono::seconds kLookAgain{10};  // as often as real API servers do

json::Object api_port(std::uint16_t port) { return {{"name", "https"}, {"port", port}, {"protocol", "TCP"}}; }

json::Object metadata(const char* label, const char* value) {
  return {{"name", "kubernetes"}, {"namespace", "default"}, {"labels", json::Object{{label, value}}}};
}

// Creates it, or makes what is there the same.
Task<Result<>> put(kube::Client& kube, const kube::Resource& resource, json::Object object) {
  const auto changed = co_await kube.patch(resource.path("default", "kubernetes"), kube::Patch::merge,
                                           json::Value(json::Object(object)));
  if (changed) co_return Result<>{};
  if (changed.error().code != Errc::not_found) co_return std::unexpected(changed.error());
  FW_CO_TRY_DO(co_await kube.create(resource.path("default"), json::Value(std::move(object))));
  co_return Result<>{};
}

bool is_advertised(const kube::Reflector& slices, const json::Object& wanted) {
  const auto found = slices.items().find("default/kubernetes");
  if (found == slices.items().end()) return false;
  const json::Array& endpoints = json::array_or_empty(found->second, "endpoints");
  const json::Array& ports = json::array_or_empty(found->second, "ports");
  return endpoints.size() == 1 && ports.size() == 1 &&
         json::array_or_empty(endpoints.front(), "addresses") ==
             json::array_or_empty(wanted.at("endpoints").as_array().front(), "addresses") &&
         json::int_or(ports.front(), "port") == json::int_or(wanted.at("ports").as_array().front(), "port");
}

}  // namespace

json::Object api_slice(const std::string& address, std::uint16_t port) {
  json::Object endpoint{{"addresses", json::Array{json::Value(address)}},
                        {"conditions", json::Object{{"ready", true}}}};
  return {{"apiVersion", "discovery.k8s.io/v1"},
          {"kind", "EndpointSlice"},
          {"metadata", metadata("kubernetes.io/service-name", "kubernetes")},
          {"addressType", "IPv4"},
          {"endpoints", json::Array{std::move(endpoint)}},
          {"ports", json::Array{api_port(port)}}};
}

json::Object api_endpoints(const std::string& address, std::uint16_t port) {
  json::Object subset{{"addresses", json::Array{json::Object{{"ip", address}}}},
                      {"ports", json::Array{api_port(port)}}};
  return {{"apiVersion", "v1"},
          {"kind", "Endpoints"},
          {"metadata", metadata("endpointslice.kubernetes.io/skip-mirror", "true")},
          {"subsets", json::Array{std::move(subset)}}};
}

Result<std::unique_ptr<Forwarder>> forward_api(boost::asio::io_context& context, Env& env, const Node& node,
                                               std::uint16_t port, const std::string& server) {
  FW_TRY(const auto origin, within(http::parse_origin(server), "carry on the API's connections"));
  ForwarderConfig config{
      .name = "the API on " + node.name, .network_namespace = node.ns, .bind = node.address, .port = port};
  ForwardTarget target{.network_namespace = {}, .address = origin.host, .port = origin.port};
  return Forwarder::listen(context, env, std::move(config),
                           [target]() -> Task<Result<ForwardTarget>> { co_return target; });
}

Task<> advertise_api(Env& env, kube::Client& kube, const kube::Reflector& slices, std::string address,
                     std::uint16_t port) {
  Backoff backoff(env.random, std::chrono::milliseconds(100), kLookAgain);
  const json::Object slice = api_slice(address, port);
  for (;;) {
    Result<> written;
    if (!is_advertised(slices, slice)) {
      written = co_await put(kube, kube::kEndpointSlices, slice);
      if (written) written = co_await put(kube, kube::kEndpoints, api_endpoints(address, port));
    }
    if (written) {
      backoff.reset();
      co_await env.timers.sleep(kLookAgain);
    } else {
      env.log.warn("the API's endpoints could not be written", {{"address", address}, {"why", written.error().what}});
      co_await env.timers.sleep(backoff.next());
    }
  }
}

}  // namespace fairway::lab
