// What a Pod means where it says nothing; its quality-of-service class.
#include "kube_api/kinds/pod_strategy.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/quantity.h"

namespace fairway::kube_api {
namespace {

constexpr std::int64_t kFileMode = 420;  // 0644

// ":latest", or no tag and no digest: always looked up again.
bool moves(std::string_view image) {
  if (image.find('@') != std::string_view::npos) return false;
  const auto slash = image.rfind('/');
  const auto name = slash == std::string_view::npos ? image : image.substr(slash + 1);
  const auto colon = name.find(':');
  return colon == std::string_view::npos || name.substr(colon + 1) == "latest";
}

void default_http_get(json::Object& handler) {
  auto* get = handler.if_contains("httpGet");
  if (get == nullptr || !get->is_object()) return;
  set_default(get->get_object(), "path", "/");
  set_default(get->get_object(), "scheme", "HTTP");
}

void default_lifecycle(json::Object& container) {
  auto* lifecycle = container.if_contains("lifecycle");
  if (lifecycle == nullptr || !lifecycle->is_object()) return;
  for (const auto* hook : {"postStart", "preStop"}) {
    auto* handler = lifecycle->get_object().if_contains(hook);
    if (handler != nullptr && handler->is_object()) default_http_get(handler->get_object());
  }
}

void default_probe(json::Object& container, std::string_view key) {
  auto* value = container.if_contains(key);
  if (value == nullptr || !value->is_object()) return;
  auto& probe = value->get_object();
  set_default(probe, "timeoutSeconds", 1);
  set_default(probe, "periodSeconds", 10);
  set_default(probe, "successThreshold", 1);
  set_default(probe, "failureThreshold", 3);
  default_http_get(probe);
  if (auto* grpc = probe.if_contains("grpc"); grpc != nullptr && grpc->is_object())
    set_default(grpc->get_object(), "service", "");
}

void default_env(json::Object& container) {
  auto* env = container.if_contains("env");
  if (env == nullptr || !env->is_array()) return;
  for (auto& item : env->get_array()) {
    auto* from = item.as_object().if_contains("valueFrom");
    auto* field = from != nullptr && from->is_object() ? from->get_object().if_contains("fieldRef") : nullptr;
    if (field != nullptr && field->is_object()) set_default(field->get_object(), "apiVersion", "v1");
  }
}

// What is limited is also asked for.
void default_requests(json::Object& container) {
  auto* resources = container.if_contains("resources");
  if (resources == nullptr || !resources->is_object()) return;
  const auto limits = map_at(resources->get_object(), {"limits"});
  if (limits.empty()) return;
  auto& requests = child(resources->get_object(), "requests");
  for (const auto& limit : limits) set_default(requests, limit.key(), limit.value());
}

void default_container(json::Object& container) {
  set_default(container, "terminationMessagePath", "/dev/termination-log");
  set_default(container, "terminationMessagePolicy", "File");
  set_default(container, "imagePullPolicy", moves(text_at(container, {"image"})) ? "Always" : "IfNotPresent");
  set_default(container, "resources", json::Object{});
  if (auto* ports = container.if_contains("ports"); ports != nullptr && ports->is_array()) {
    for (auto& port : ports->get_array()) set_default(port.as_object(), "protocol", "TCP");
  }
  for (const auto* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) default_probe(container, probe);
  default_lifecycle(container);
  default_env(container);
}

template <class Do>
void each_container(json::Object& spec, std::initializer_list<const char*> lists, const Do& act) {
  for (const auto* list : lists) {
    auto* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (auto& container : containers->get_array()) act(container.as_object());
  }
}

void default_volume(json::Object& volume) {
  if (volume.size() <= 1) volume["emptyDir"] = json::Object{};
  for (const auto* source : {"secret", "configMap", "downwardAPI", "projected"}) {
    if (auto* found = volume.if_contains(source); found != nullptr && found->is_object())
      set_default(found->get_object(), "defaultMode", kFileMode);
  }
  if (auto* path = volume.if_contains("hostPath"); path != nullptr && path->is_object())
    set_default(path->get_object(), "type", "");
}

// The host's network means the host's ports.
void default_host_ports(json::Object& spec) {
  if (!bool_at(spec, {"hostNetwork"})) return;
  for (const auto* list : {"containers", "initContainers"}) {
    auto* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (auto& container : containers->get_array()) {
      auto* ports = container.as_object().if_contains("ports");
      if (ports == nullptr || !ports->is_array()) continue;
      for (auto& port : ports->get_array())
        set_default(port.as_object(), "hostPort", json::int_or(port, "containerPort"));
    }
  }
}

// Whether this much of a resource says anything about a pod's class: some of it, and of one of two.
bool counts(std::string_view resource, const json::Value& amount) {
  const auto quantity = parse_quantity(std::string_view(amount.as_string()));
  return (resource == "cpu" || resource == "memory") && quantity && quantity->milli > 0;
}

}  // namespace

void default_pod_spec(json::Object& spec) {
  if (spec.contains("serviceAccount") && !spec.contains("serviceAccountName"))
    spec["serviceAccountName"] = spec["serviceAccount"];
  if (spec.contains("serviceAccountName")) spec["serviceAccount"] = spec["serviceAccountName"];
  set_default(spec, "restartPolicy", "Always");
  set_default(spec, "terminationGracePeriodSeconds", 30);
  set_default(spec, "dnsPolicy", "ClusterFirst");
  set_default(spec, "schedulerName", "default-scheduler");
  set_default(spec, "securityContext", json::Object{});
  each_container(spec, {"containers", "initContainers", "ephemeralContainers"}, default_container);
  if (auto* volumes = spec.if_contains("volumes"); volumes != nullptr && volumes->is_array()) {
    for (auto& volume : volumes->get_array()) default_volume(volume.as_object());
  }
  default_host_ports(spec);
}

void default_pod(json::Object& pod) {
  auto& spec = child(pod, "spec");
  default_pod_spec(spec);
  set_default(spec, "enableServiceLinks", true);
  each_container(spec, {"containers", "initContainers"}, default_requests);
}

namespace {

// Whether a container limits a resource and asks for just that.
bool guarantees(const json::Object& requests, const json::Object& limits, std::string_view resource) {
  const auto* limit = limits.if_contains(resource);
  const auto* request = requests.if_contains(resource);
  return limit != nullptr && (request == nullptr || *request == *limit);
}

}  // namespace

// Guaranteed: every container limits cpu and memory and asks for just that. BestEffort: none asks for anything.
std::string_view qos_class(const json::Object& pod) {
  bool any = false, guaranteed = true;
  for (const auto* list : {"containers", "initContainers"}) {
    for (const auto& container : list_at(pod, {"spec", list})) {
      const auto& requests = json::object_or_empty(container, "resources.requests");
      const auto& limits = json::object_or_empty(container, "resources.limits");
      for (const auto& [key, value] : requests) any = any || counts(key, value);
      for (const auto& [key, value] : limits) any = any || counts(key, value);
      guaranteed = guaranteed && guarantees(requests, limits, "cpu") && guarantees(requests, limits, "memory");
    }
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}

void prepare_new_pod(json::Object& pod) {
  pod["status"] = json::Object{{"phase", "Pending"}, {"qosClass", json::Value(qos_class(pod))}};
  if (list_at(pod, {"spec", "schedulingGates"}).empty()) return;
  child(pod, "status")["conditions"] =
      json::Array{json::Object{{"type", "PodScheduled"},
                               {"status", "False"},
                               {"reason", "SchedulingGated"},
                               {"message", "Scheduling is blocked due to non-empty scheduling gates"}}};
}

void prepare_changed_pod(json::Object& now, const json::Object& before) { copy_member(now, before, "status"); }

// A status says nothing about the spec, and what it says of itself stays said.
void prepare_pod_status(json::Object& now, const json::Object& before) {
  copy_member(now, before, "spec");
  auto& metadata = child(now, "metadata");
  for (const auto* key : {"ownerReferences", "deletionTimestamp", "deletionGracePeriodSeconds"})
    copy_member(metadata, map_at(before, {"metadata"}), key);
  set_default(child(now, "status"), "qosClass", json::Value(qos_class(before)));
}

}  // namespace fairway::kube_api
