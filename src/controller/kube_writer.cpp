#include "controller/kube_writer.h"

namespace fairway::controller {
namespace {

std::string path_of(const json::Value& object, std::string_view subresource = "") {
  return kube::kServices.path(json::string_or(object, "metadata.namespace"), json::string_or(object, "metadata.name"),
                              subresource);
}

json::Array finalizers_of_others(const json::Value& object) {
  json::Array others;
  for (const auto& item : json::array_or_empty(object, "metadata.finalizers")) {
    if (!item.is_string() || item.get_string() != kFinalizer) others.push_back(item);
  }
  return others;
}

}  // namespace

Task<Result<json::Value>> KubeWriter::add_finalizer(json::Value object) {
  return patch_finalizers(std::move(object), true, false);
}

// The list is replaced as a whole, so the patch carries the revision that it was read at; somebody else's write in
// between makes it fail, and it is tried again on what is there then.
Task<Result<json::Value>> KubeWriter::patch_finalizers(json::Value object, bool ours, bool annotations) {
  const auto uid = json::string_or(object, "metadata.uid");
  for (int tries = 0;; ++tries) {
    auto finalizers = finalizers_of_others(object);
    const bool had = finalizers.size() != json::array_or_empty(object, "metadata.finalizers").size();
    if (had == ours && !annotations) co_return object;
    if (ours) finalizers.emplace_back(kFinalizer);
    json::Object metadata{{"finalizers", std::move(finalizers)},
                          {"resourceVersion", json::string_or(object, "metadata.resourceVersion")},
                          {"uid", uid}};
    if (annotations) metadata["annotations"] = json::Object{{kIdAnnotation, nullptr}, {kAddressAnnotation, nullptr}};
    json::Object patch{{"metadata", std::move(metadata)}};
    auto written = co_await client_.patch(path_of(object), kube::Patch::merge, std::move(patch));
    if (written || written.error().code != Errc::conflict || tries == 5) co_return written;
    FW_CO_TRY(object, co_await client_.get(path_of(object)));
    // Another of the same name by now: the one we meant is gone.
    if (json::string_or(object, "metadata.uid") != uid)
      co_return fail(Errc::not_found, "the Service was deleted and made anew");
  }
}

Task<Result<json::Value>> KubeWriter::annotate(json::Value object, std::string load_balancer_id,
                                               std::string address) {
  const auto service = read_service(object);
  json::Object annotations;
  if (service.annotation(kIdAnnotation) != load_balancer_id) annotations[kIdAnnotation] = load_balancer_id;
  if (!address.empty() && service.annotation(kAddressAnnotation) != address)
    annotations[kAddressAnnotation] = address;
  if (annotations.empty()) co_return object;
  json::Object patch{{"metadata", json::Object{{"uid", service.uid}, {"annotations", std::move(annotations)}}}};
  co_return co_await client_.patch(path_of(object), kube::Patch::merge, std::move(patch));
}

Task<Result<json::Value>> KubeWriter::set_status(json::Value object, json::Value load_balancer) {
  json::Object patch{{"metadata", json::Object{{"uid", json::string_or(object, "metadata.uid")}}},
                     {"status", json::Object{{"loadBalancer", std::move(load_balancer)}}}};
  co_return co_await client_.patch(path_of(object, "status"), kube::Patch::merge, std::move(patch));
}

Task<Result<json::Value>> KubeWriter::clean(json::Value object) {
  const auto service = read_service(object);
  if (!service.deleting && !(service.status_ip.empty() && service.status_hostname.empty())) {
    json::Object without{{"ingress", nullptr}};
    FW_CO_TRY_DO(co_await set_status(object, std::move(without)));
    // The status has moved the revision that the next patch must carry.
    FW_CO_TRY(object, co_await client_.get(path_of(object)));
  }
  co_return co_await patch_finalizers(std::move(object), false, !service.deleting);
}

}  // namespace fairway::controller
