#include "kube_api/requests/admission.h"

#include <algorithm>

#include <fmt/format.h>

#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

ApiResult<> check_namespace(const Api& api, const Kind& kind, const std::string& ns, const json::Object& object) {
  const auto* stored = api.objects.find({"namespaces", "", ns});
  if (stored == nullptr) return refuse(not_found({"", "namespaces", "Namespace"}, ns));
  if (!being_deleted(*stored->object) && text_at(*stored->object, {"status", "phase"}) != "Terminating") return {};
  auto error =
      forbidden(kind.resource(), name_of(object),
                fmt::format("unable to create new content in namespace {} because it is being terminated", ns));
  error.details.as_object()["causes"] =
      json::Array{json::Object{{"reason", "NamespaceTerminating"},
                               {"message", fmt::format("namespace {} is being terminated", ns)},
                               {"field", "metadata.namespace"}}};
  return refuse(error);
}

bool tolerates(const json::Array& tolerations, std::string_view key) {
  return std::ranges::any_of(tolerations, [&](const json::Value& toleration) {
    const auto wanted = text_in(toleration, "key"), effect = text_in(toleration, "effect");
    return (wanted == key || wanted.empty()) && (effect == "NoExecute" || effect.empty());
  });
}

// A pod stays five minutes on a node that went away, unless it says otherwise.
void add_default_tolerations(json::Object& spec) {
  for (const auto* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    if (tolerates(list_at(spec, {"tolerations"}), key)) continue;
    auto& list = spec["tolerations"];
    if (!list.is_array()) list.emplace_array();
    list.get_array().push_back(
        json::Object{{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}});
  }
}

json::Object token_volume(const std::string& name) {
  json::Array sources;
  sources.push_back(
      json::Object{{"serviceAccountToken", json::Object{{"expirationSeconds", 3607}, {"path", "token"}}}});
  sources.push_back(json::Object{
      {"configMap", json::Object{{"name", "kube-root-ca.crt"},
                                 {"items", json::Array{json::Object{{"key", "ca.crt"}, {"path", "ca.crt"}}}}}}});
  sources.push_back(json::Object{
      {"downwardAPI",
       json::Object{
           {"items", json::Array{json::Object{
                         {"path", "namespace"},
                         {"fieldRef", json::Object{{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}}}}}}}}});
  return {{"name", name}, {"projected", json::Object{{"sources", std::move(sources)}, {"defaultMode", 420}}}};
}

constexpr std::string_view kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

bool mounts_token_path(const json::Value& container) {
  return std::ranges::any_of(json::array_or_empty(container, "volumeMounts"),
                             [](const json::Value& mount) { return text_in(mount, "mountPath") == kTokenPath; });
}

// As the real admission does, and left alone by a node agent that has no volumes.
void mount_token(const Api& api, json::Object& spec) {
  const auto volume = "kube-api-access-" + make_suffix(api.env.random, 5);
  bool used = false;
  for (const auto* list : {"initContainers", "containers"}) {
    auto* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (auto& container : containers->get_array()) {
      if (mounts_token_path(container)) continue;
      auto& mounts = container.as_object()["volumeMounts"];
      if (!mounts.is_array()) mounts.emplace_array();
      mounts.get_array().push_back(json::Object{{"name", volume}, {"readOnly", true}, {"mountPath", kTokenPath}});
      used = true;
    }
  }
  if (!used) return;
  auto& volumes = spec["volumes"];
  if (!volumes.is_array()) volumes.emplace_array();
  volumes.get_array().push_back(token_volume(volume));
}

ApiResult<> admit_pod(const Api& api, const std::string& ns, json::Object& pod) {
  auto& spec = child(pod, "spec");
  if (spec.contains("serviceAccount") && !spec.contains("serviceAccountName"))
    spec["serviceAccountName"] = spec["serviceAccount"];
  set_default(spec, "serviceAccountName", "default");
  spec["serviceAccount"] = spec["serviceAccountName"];
  const std::string account(text_at(spec, {"serviceAccountName"}));
  const auto* stored = api.objects.find({"serviceaccounts", ns, account});
  if (stored == nullptr) {
    return refuse(forbidden({"", "pods", "Pod"}, name_of(pod),
                            fmt::format("error looking up service account {}/{}: serviceaccount \"{}\" not found", ns,
                                        account, account)));
  }
  const bool wanted = spec.contains("automountServiceAccountToken")
                          ? bool_at(spec, {"automountServiceAccountToken"})
                          : bool_at(*stored->object, {"automountServiceAccountToken"}, true);
  if (wanted) mount_token(api, spec);
  add_default_tolerations(spec);
  const auto class_name = text_at(spec, {"priorityClassName"});
  if (!class_name.empty() && class_name != "system-cluster-critical" && class_name != "system-node-critical") {
    return refuse(forbidden({"", "pods", "Pod"}, name_of(pod),
                            fmt::format("no PriorityClass with name {} was found", class_name)));
  }
  const std::int64_t priority = class_name == "system-node-critical"      ? 2000001000
                                : class_name == "system-cluster-critical" ? 2000000000
                                                                          : 0;
  if (spec.contains("priority") && int_at(spec, {"priority"}) != priority) {
    return refuse(forbidden(
        {"", "pods", "Pod"}, name_of(pod),
        fmt::format(
            "the integer value of priority ({}) must not be provided in pod spec; priority admission controller "
            "computed {} from the given PriorityClass name",
            int_at(spec, {"priority"}), priority)));
  }
  spec["priority"] = priority;
  set_default(spec, "preemptionPolicy", "PreemptLowerPriority");
  return {};
}

// Until its agent says that it is ready, nothing is to run there.
void taint_new_node(json::Object& node) {
  constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";
  auto& taints = child(node, "spec")["taints"];
  if (!taints.is_array()) taints.emplace_array();
  for (const auto& taint : taints.get_array()) {
    if (text_in(taint, "key") == kNotReady && text_in(taint, "effect") == "NoSchedule") return;
  }
  taints.get_array().push_back(json::Object{{"key", kNotReady}, {"effect", "NoSchedule"}});
}

}  // namespace

ApiResult<> admit_create(const Api& api, const Kind& kind, const std::string& ns, json::Object& object) {
  if (kind.namespaced) {
    if (auto alive = check_namespace(api, kind, ns, object); !alive) return alive;
  }
  if (kind.storage == "pods") return admit_pod(api, ns, object);
  if (kind.storage == "nodes") taint_new_node(object);
  return {};
}

void admit_update(const Kind& kind, json::Object& object) {
  if (kind.storage == "pods" && object.contains("spec")) add_default_tolerations(child(object, "spec"));
}

}  // namespace fairway::kube_api
