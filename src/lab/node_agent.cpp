#include "lab/node_agent.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "base/backoff.h"
#include "lab/overlay.h"

namespace fairway::lab {

namespace {

constexpr std::int64_t kLeaseSeconds = 40;

struct Condition {
  const char* type;
  bool value;
  const char* reason;
  const char* message;
};

json::Object condition(const json::Value& before, const Condition& is, const std::string& now) {
  std::string since = now;
  const std::string status = is.value ? "True" : "False";
  for (const auto& one : json::array_or_empty(before, "status.conditions")) {
    if (json::string_or(one, "type") == is.type && json::string_or(one, "status") == status)
      since = json::string_or(one, "lastTransitionTime", now);
  }
  return {{"type", is.type},     {"status", status},     {"lastHeartbeatTime", now}, {"lastTransitionTime", since},
          {"reason", is.reason}, {"message", is.message}};
}

json::Object node_info(const Node& node) {
  utsname machine{};
  ::uname(&machine);
  std::string flat;
  for (const char c : node.uuid) {
    if (c != '-') flat += c;
  }
  return {{"machineID", flat},
          {"systemUUID", node.uuid},
          {"bootID", node.uuid},
          {"kernelVersion", machine.release},
          {"osImage", "Fairway lab on a network namespace"},
          {"containerRuntimeVersion", "lab://" FAIRWAY_VERSION},
          {"kubeletVersion", "v1.36.3"},
          {"kubeProxyVersion", ""},
          {"operatingSystem", "linux"},
          {"architecture", "amd64"}};
}

json::Object resources() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  return {{"cpu", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN))},
          {"memory", std::to_string(pages / 1024 * page) + "Ki"},
          {"ephemeral-storage", "10Gi"},
          {"pods", "250"}};
}

// What Flannel writes on a node, and what others of its kind read there.
json::Object overlay_annotations(const Node& node) {
  const json::Object data{{"VNI", 1}, {"VtepMAC", overlay_mac(node.uuid)}};
  return {{"flannel.alpha.coreos.com/backend-data", json::write(data)},
          {"flannel.alpha.coreos.com/backend-type", "vxlan"},
          {"flannel.alpha.coreos.com/kube-subnet-manager", "true"},
          {"flannel.alpha.coreos.com/public-ip", node.address}};
}

bool is_not_ready_taint(const json::Value& taint) {
  return json::string_or(taint, "key") == "node.kubernetes.io/not-ready";
}

}  // namespace

json::Value node_object(const Node& node) {
  json::Object labels{{"kubernetes.io/hostname", node.name},
                      {"kubernetes.io/os", "linux"},
                      {"kubernetes.io/arch", "amd64"},
                      {"beta.kubernetes.io/os", "linux"},
                      {"beta.kubernetes.io/arch", "amd64"}};
  json::Object spec{{"podCIDR", node.pod_cidr},
                    {"podCIDRs", json::Array{json::Value(node.pod_cidr)}},
                    {"providerID", "openstack:///" + node.uuid}};
  if (node.control_plane) {
    labels["node-role.kubernetes.io/control-plane"] = "";
    labels["node.kubernetes.io/exclude-from-external-load-balancers"] = "";
    spec["taints"] =
        json::Array{json::Object{{"key", "node-role.kubernetes.io/control-plane"}, {"effect", "NoSchedule"}}};
  }
  return json::Object{
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata",
       json::Object{{"name", node.name}, {"labels", std::move(labels)}, {"annotations", overlay_annotations(node)}}},
      {"spec", std::move(spec)}};
}

json::Value node_status(const Node& node, const json::Value& before, const std::string& now) {
  const json::Array conditions{
      condition(before, {"NetworkUnavailable", false, "FlannelIsUp", "Flannel is running on this node"}, now),
      condition(before,
                {"MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
                now),
      condition(before, {"DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"}, now),
      condition(before, {"PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
                now),
      condition(before, {"Ready", true, "KubeletReady", "kubelet is posting ready status"}, now)};
  json::Object status{{"addresses", json::Array{json::Object{{"type", "InternalIP"}, {"address", node.address}},
                                                json::Object{{"type", "Hostname"}, {"address", node.name}}}},
                      {"capacity", resources()},
                      {"allocatable", resources()},
                      {"conditions", conditions},
                      {"nodeInfo", node_info(node)}};
  if (node.kubelet_port != 0) {
    status["daemonEndpoints"] = json::Object{{"kubeletEndpoint", json::Object{{"Port", node.kubelet_port}}}};
    // Otherwise the API server makes SPDY of what kubectl sends for exec (lab/exec_session.h).
    status["declaredFeatures"] = json::Array{"ExtendWebSocketsToKubelet"};
  }
  return status;
}

// An object that is there already: of an earlier life of this node, perhaps with another identity, or with the taint
// that a real control plane gives to nodes that were not ready when they came.
Task<Result<>> NodeAgent::take_over(json::Value existing) {
  const std::string wanted = "openstack:///" + node_.uuid;
  const std::string path = kube::kNodes.path("", node_.name);
  const std::string provider = json::string_or(existing, "spec.providerID");
  const std::string pods = json::string_or(existing, "spec.podCIDR", node_.pod_cidr);
  if ((!provider.empty() && provider != wanted) || pods != node_.pod_cidr) {
    // What a Node has of these never changes; a node with others is another machine.
    FW_CO_TRY_DO(co_await kube_.remove(path));
    FW_CO_TRY_DO(co_await kube_.create(kube::kNodes.path(), node_object(node_)));
    co_return Result<>{};
  }
  json::Array taints;
  bool changed = false;
  for (const auto& taint : json::array_or_empty(existing, "spec.taints")) {
    if (is_not_ready_taint(taint)) {
      changed = true;
    } else {
      taints.push_back(taint);
    }
  }
  const json::Object annotations = overlay_annotations(node_);
  const json::Object& present = json::object_or_empty(existing, "metadata.annotations");
  for (const auto& one : annotations) {
    const json::Value* there = present.if_contains(one.key());
    changed = changed || there == nullptr || *there != one.value();
  }
  if (!changed && !provider.empty()) co_return Result<>{};
  json::Object spec{{"providerID", wanted}, {"podCIDR", node_.pod_cidr}};
  spec["taints"] = taints.empty() ? json::Value(nullptr) : json::Value(taints);
  json::Object patch{{"metadata", json::Object{{"annotations", annotations}}}, {"spec", std::move(spec)}};
  FW_CO_TRY_DO(co_await kube_.patch(path, kube::Patch::merge, json::Value(std::move(patch))));
  co_return Result<>{};
}

Task<Result<>> NodeAgent::register_node() {
  const std::string path = kube::kNodes.path("", node_.name);
  auto existing = co_await kube_.get(path);
  if (!existing && existing.error().code == Errc::not_found) {
    existing = co_await kube_.create(kube::kNodes.path(), node_object(node_));
    if (existing) env_.log.info("node registered", {{"node", node_.name}, {"address", node_.address}});
  }
  if (!existing) co_return std::unexpected(existing.error());
  const std::string now = to_iso8601(env_.clock.wall(), Stamp::seconds_z);
  json::Object patch{{"status", node_status(node_, *existing, now)}};
  FW_CO_TRY_DO(co_await kube_.patch(kube::kNodes.path("", node_.name, "status"), kube::Patch::merge,
                                    json::Value(std::move(patch))));
  FW_CO_TRY_DO(co_await renew_lease());
  FW_CO_TRY_DO(co_await take_over(std::move(*existing)));
  co_return Result<>{};
}

Task<Result<>> NodeAgent::renew_lease() {
  const std::string path = kube::kLeases.path(kLeaseNamespace, node_.name);
  const std::string now = to_iso8601(env_.clock.wall(), Stamp::micros_z);
  json::Object spec{{"holderIdentity", node_.name}, {"leaseDurationSeconds", kLeaseSeconds}, {"renewTime", now}};
  json::Object patch{{"spec", spec}};
  const auto renewed = co_await kube_.patch(path, kube::Patch::merge, json::Value(std::move(patch)));
  if (renewed) co_return Result<>{};
  if (renewed.error().code != Errc::not_found) co_return std::unexpected(renewed.error());
  json::Object lease{{"apiVersion", "coordination.k8s.io/v1"},
                     {"kind", "Lease"},
                     {"metadata", json::Object{{"name", node_.name}, {"namespace", kLeaseNamespace}}},
                     {"spec", std::move(spec)}};
  FW_CO_TRY_DO(co_await kube_.create(kube::kLeases.path(kLeaseNamespace), json::Value(std::move(lease))));
  co_return Result<>{};
}

Task<> NodeAgent::run() {
  Backoff backoff(env_.random, std::chrono::milliseconds(500), heartbeat_);
  for (int beat = 1;; ++beat) {
    co_await env_.timers.sleep(heartbeat_);
    // The Node is written seldom and the Lease often, as real nodes do; a node whose object somebody deleted comes
    // back.
    const Result<> done = co_await (beat % 5 == 0 ? register_node() : renew_lease());
    if (done) {
      backoff.reset();
      continue;
    }
    env_.log.warn("a node's heartbeat failed", {{"node", node_.name}, {"why", done.error().what}});
    co_await env_.timers.sleep(backoff.next());
  }
}

}  // namespace fairway::lab
