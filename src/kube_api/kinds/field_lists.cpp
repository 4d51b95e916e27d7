#include "kube_api/kinds/field_lists.h"

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

std::string text(const json::Object& object, std::initializer_list<std::string_view> path) {
  return std::string(text_at(object, path));
}
std::string flag(const json::Object& object, std::initializer_list<std::string_view> path) {
  return bool_at(object, path) ? "true" : "false";
}

}  // namespace

Fields namespace_fields(const json::Object& ns) {
  return {{"status.phase", text(ns, {"status", "phase"})}, {"name", text(ns, {"metadata", "name"})}};
}

Fields node_fields(const json::Object& node) {
  return {{"spec.unschedulable", flag(node, {"spec", "unschedulable"})}};
}

Fields pod_fields(const json::Object& pod) {
  const auto& ips = list_at(pod, {"status", "podIPs"});
  return {{"spec.nodeName", text(pod, {"spec", "nodeName"})},
          {"spec.restartPolicy", text(pod, {"spec", "restartPolicy"})},
          {"spec.schedulerName", text(pod, {"spec", "schedulerName"})},
          {"spec.serviceAccountName", text(pod, {"spec", "serviceAccountName"})},
          {"spec.hostNetwork", flag(pod, {"spec", "hostNetwork"})},
          {"status.phase", text(pod, {"status", "phase"})},
          {"status.podIP", ips.empty() ? "" : std::string(text_in(ips.front(), "ip"))},
          {"status.podIPs", ips.empty() ? "" : std::string(text_in(ips.front(), "ip"))},
          {"status.nominatedNodeName", text(pod, {"status", "nominatedNodeName"})}};
}

Fields service_fields(const json::Object& service) {
  return {{"spec.clusterIP", text(service, {"spec", "clusterIP"})}, {"spec.type", text(service, {"spec", "type"})}};
}

Fields secret_fields(const json::Object& secret) { return {{"type", text(secret, {"type"})}}; }

Fields event_fields(const json::Object& event) {
  Fields fields;
  for (const auto* key : {"kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"}) {
    const auto value = text(event, {"involvedObject", key});
    fields.emplace_back(std::string("involvedObject.") + key, value);
    fields.emplace_back(std::string("regarding.") + key, value);
  }
  auto source = text(event, {"source", "component"});
  if (source.empty()) source = text(event, {"reportingComponent"});
  fields.emplace_back("reason", text(event, {"reason"}));
  fields.emplace_back("reportingComponent", text(event, {"reportingComponent"}));
  fields.emplace_back("reportingController", text(event, {"reportingComponent"}));
  fields.emplace_back("source", source);
  fields.emplace_back("type", text(event, {"type"}));
  return fields;
}

}  // namespace fairway::kube_api
