// What must exist from the first moment, and what passes away with time.
#include <fmt/format.h>

#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/plans/endpoint_plan.h"
#include "net/address.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kWho = "bootstrap";

json::Object new_namespace(const std::string& name) {
  json::Object labels{{"kubernetes.io/metadata.name", name}};
  json::Object metadata{{"name", name}, {"labels", std::move(labels)}};
  return {{"metadata", std::move(metadata)}};
}

Task<> ensure_namespace(Api& api, std::string name) {
  auto ns = new_namespace(name);
  co_await ensure_object(api, kWho, *find_kind("", "v1", "namespaces"), std::move(ns));
}

json::Object kubernetes_service(const Api& api) {
  const auto first = net::Address::v4(api.allocation.ranges().network + 1).text();
  json::Object labels{{"component", "apiserver"}, {"provider", "kubernetes"}};
  json::Object metadata{{"name", "kubernetes"}, {"namespace", "default"}, {"labels", std::move(labels)}};
  json::Object port{
      {"name", "https"}, {"port", 443}, {"protocol", "TCP"}, {"targetPort", api.config.server.tls ? 6443 : 443}};
  json::Object spec{{"type", "ClusterIP"}, {"clusterIP", first}, {"sessionAffinity", "None"}};
  spec["ports"] = json::Array{std::move(port)};
  return {{"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

// Where this server itself can be reached.
json::Object own_port(std::uint16_t port) { return {{"name", "https"}, {"port", port}, {"protocol", "TCP"}}; }

json::Object own_endpoints(const std::string& address, std::uint16_t port) {
  json::Object labels{{"endpointslice.kubernetes.io/skip-mirror", "true"}};
  json::Object metadata{{"name", "kubernetes"}, {"namespace", "default"}, {"labels", std::move(labels)}};
  json::Object subset{{"addresses", json::Array{json::Object{{"ip", address}}}},
                      {"ports", json::Array{own_port(port)}}};
  return {{"metadata", std::move(metadata)}, {"subsets", json::Array{std::move(subset)}}};
}

json::Object own_slice(const std::string& address, std::string_view type, std::uint16_t port) {
  json::Object labels{{kServiceNameLabel, "kubernetes"}};
  json::Object metadata{{"name", "kubernetes"}, {"namespace", "default"}, {"labels", std::move(labels)}};
  json::Object endpoint{{"addresses", json::Array{json::Value(address)}},
                        {"conditions", json::Object{{"ready", true}}}};
  json::Object slice{{"metadata", std::move(metadata)}, {"addressType", type}};
  slice["endpoints"] = json::Array{std::move(endpoint)};
  slice["ports"] = json::Array{own_port(port)};
  return slice;
}

// Endpoints may not have such an address: nobody else would reach this server there.
bool is_publishable(const std::string& address) {
  FieldErrors errors;
  check_endpoint_ip(errors, "address", address);
  return errors.empty();
}

// Whether the endpoints that are there lead to an address of somebody who carries our connections on.
bool is_carried_on(const Api& api) {
  const auto* slice = api.objects.find({"endpointslices", "default", "kubernetes"});
  if (slice == nullptr) return false;
  const auto& endpoints = list_at(*slice->object, {"endpoints"});
  if (endpoints.empty()) return false;
  const auto& addresses = json::array_or_empty(endpoints.front(), "addresses");
  return !addresses.empty() && addresses.front().is_string() &&
         is_publishable(std::string(addresses.front().get_string()));
}

Task<> publish_address(Api& api, std::string address, std::uint16_t port) {
  const auto parsed = net::Address::parse(address);
  if (!parsed) co_return;
  if (!is_publishable(address)) {
    if (is_carried_on(api)) co_return;
    api.env.log.info(
        "the Service default/kubernetes has no endpoints: set kube_api.advertise_address to one at which "
        "pods reach this server",
        {{"address", address}});
    for (const auto* storage : {"endpoints", "endpointslices"}) {
      const ObjectRef ref{storage, "default", "kubernetes"};
      if (api.objects.find(ref) != nullptr) co_await remove_object(api, kWho, stored_kind(storage), ref);
    }
    co_return;
  }
  auto endpoints = own_endpoints(address, port);
  auto slice = own_slice(address, parsed->is_v4() ? "IPv4" : "IPv6", port);
  const ObjectRef endpoints_ref{"endpoints", "default", "kubernetes"};
  const ObjectRef slice_ref{"endpointslices", "default", "kubernetes"};
  co_await put_object(api, kWho, *find_kind("", "v1", "endpoints"), endpoints_ref, std::move(endpoints));
  const auto& slices = *find_kind("discovery.k8s.io", "v1", "endpointslices");
  co_await put_object(api, kWho, slices, slice_ref, std::move(slice));
}

WallTime last_seen(const json::Object& event) {
  WallTime latest{};
  for (const auto text : {text_at(event, {"lastTimestamp"}), text_at(event, {"series", "lastObservedTime"}),
                          text_at(event, {"eventTime"}), text_at(event, {"metadata", "creationTimestamp"})}) {
    if (const auto time = parse_time(text)) latest = std::max(latest, *time);
  }
  return latest;
}

}  // namespace

Task<Result<>> bootstrap(Api& api, std::string address, std::uint16_t port) {
  for (const auto* name : {"default", "kube-node-lease", "kube-public", "kube-system"})
    co_await ensure_namespace(api, name);
  const bool there = co_await ensure_object(api, kWho, *find_kind("", "v1", "services"), kubernetes_service(api));
  if (!there) co_return fail(Errc::internal, "the Service default/kubernetes cannot be made: the log says why");
  co_await publish_address(api, address, port);
  co_return Result<>{};
}

Task<> expire_events(Api& api) {
  constexpr auto kEvery = std::chrono::seconds(30);
  auto next = api.env.clock.steady() + kEvery;
  while (!api.objects.stopping()) {
    const auto now = api.env.clock.steady();
    if (now < next) {
      co_await api.objects.changed().wait(next - now);
      continue;
    }
    next = now + kEvery;
    const auto old = api.env.clock.wall() - api.config.event_ttl;
    for (const auto& event : api.objects.list("events")) {
      if (last_seen(*event.object) >= old) continue;
      co_await remove_object(
          api, "events", stored_kind("events"),
          {"events", std::string(namespace_of(*event.object)), std::string(name_of(*event.object))});
    }
  }
}

}  // namespace fairway::kube_api
