// Endpoints and EndpointSlices follow Services and Pods.
#include <map>

#include <fmt/format.h>

#include "kube_api/controllers/controllers.h"
#include "kube_api/controllers/own_objects.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/plans/endpoint_plan.h"

namespace fairway::kube_api {
namespace {

constexpr std::string_view kWho = "endpoints";
using ServiceKey = std::pair<std::string, std::string>;  // namespace, name
// Whether a Service has ended: then its Endpoints go. Endpoints that never had one are somebody's own and stay.
using Dirty = std::map<ServiceKey, bool>;

// The Services that select the pod, or selected it before the change.
void concern_selectors(const Api& api, const ObjectChange& change, Dirty& dirty) {
  for (const auto& service : api.objects.list("services", change.ref.ns)) {
    const auto& selector = map_at(*service.object, {"spec", "selector"});
    if (selector.empty()) continue;
    for (const auto& pod : {change.now, change.before}) {
      if (pod && has_labels(map_at(*pod, {"metadata", "labels"}), selector)) dirty[key_of(*service.object)];
    }
  }
}

// Which Services a change may concern.
void concern(const Api& api, const ObjectChange& change, Dirty& dirty) {
  const auto& storage = change.ref.storage;
  if (storage == "services" || storage == "endpoints") {
    auto& ended = dirty[{change.ref.ns, change.ref.name}];
    ended = ended || (storage == "services" && change.now == nullptr);
  } else if (storage == "endpointslices") {
    for (const auto& slice : {change.now, change.before}) {
      if (slice) dirty[{change.ref.ns, std::string(text_at(*slice, {"metadata", "labels", kServiceNameLabel}))}];
    }
  } else if (storage == "pods") {
    concern_selectors(api, change, dirty);
  }
}

// The slices of a Service that one of our controllers made.
std::vector<Stored> present_slices(const Api& api, const ServiceKey& service) {
  std::vector<Stored> slices;
  for (auto& slice : api.objects.list("endpointslices", service.first)) {
    const auto& labels = map_at(*slice.object, {"metadata", "labels"});
    const auto manager = text_at(labels, {kManagedByLabel});
    if (text_at(labels, {kServiceNameLabel}) != service.second) continue;
    if (manager == kSliceController || manager == kMirrorController) slices.push_back(std::move(slice));
  }
  return slices;
}

// Present slices are used again, in their order; what is left over goes, what is missing is made.
Task<> put_slices(Api& api, ServiceKey service, std::vector<json::Object> wanted) {
  const auto& kind = *find_kind("discovery.k8s.io", "v1", "endpointslices");
  const auto present = present_slices(api, service);
  for (std::size_t i = 0; i < std::max(present.size(), wanted.size()); ++i) {
    ObjectRef ref{kind.storage, service.first, ""};
    if (i < present.size()) ref.name = name_of(*present[i].object);
    if (i < wanted.size()) {
      co_await put_object(api, kWho, kind, ref, wanted[i]);
    } else {
      co_await remove_object(api, kWho, kind, ref);
    }
  }
}

bool mirrored(const json::Object& endpoints) {
  return text_at(endpoints, {"metadata", "labels", "endpointslice.kubernetes.io/skip-mirror"}) != "true";
}

Task<> sync(Api& api, ServiceKey key, bool ended) {
  const auto& kind = *find_kind("", "v1", "endpoints");
  const ObjectRef service_ref{"services", key.first, key.second}, endpoints_ref{"endpoints", key.first, key.second};
  const auto* found = api.objects.find(service_ref);
  if (found == nullptr) {
    if (ended && api.objects.find(endpoints_ref) != nullptr) co_await remove_object(api, kWho, kind, endpoints_ref);
    co_await put_slices(api, key, {});
    co_return;
  }
  const auto service = found->object;
  if (text_at(*service, {"spec", "type"}) == "ExternalName") {
    co_await put_slices(api, key, {});
    co_return;
  }
  if (!map_at(*service, {"spec", "selector"}).empty()) {
    const auto pods = api.objects.list("pods", key.first);
    auto slices = plan_slices(*service, pods);
    auto endpoints = plan_endpoints(*service, pods);
    // Slices first: they are what today's clients follow.
    co_await put_slices(api, key, std::move(slices));
    co_await put_object(api, kWho, kind, endpoints_ref, std::move(endpoints));
    co_return;
  }
  const auto* endpoints = api.objects.find(endpoints_ref);
  std::vector<json::Object> slices;
  if (endpoints != nullptr && mirrored(*endpoints->object))
    slices = plan_mirrored_slices(*service, *endpoints->object);
  co_await put_slices(api, key, std::move(slices));
}

void concern_all(const Api& api, Dirty& dirty) {
  for (const auto* storage : {"services", "endpoints"}) {
    for (const auto& item : api.objects.list(storage)) dirty[key_of(*item.object)] = true;
  }
}

}  // namespace

Task<> keep_endpoints(Api& api) {
  ChangeCursor cursor(api.objects);
  while (!api.objects.stopping()) {
    const auto seen = cursor.next();
    Dirty dirty;
    if (seen.all) concern_all(api, dirty);
    for (const auto& change : seen.changes) concern(api, change, dirty);
    dirty.erase({"default", "kubernetes"});
    for (const auto& [key, ended] : dirty) co_await sync(api, key, ended);
    if (!seen.all && seen.changes.empty()) co_await api.objects.changed().wait();
  }
}

}  // namespace fairway::kube_api
