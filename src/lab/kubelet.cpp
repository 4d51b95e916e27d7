#include "lab/kubelet.h"

#include <csignal>
#include <filesystem>

#include "base/backoff.h"
#include "net/namespace.h"

namespace fairway::lab {

namespace {

std::string uid_of(const json::Value& pod) { return json::string_or(pod, "metadata.uid"); }

}  // namespace

Kubelet::Kubelet(PodContext& shared, const std::vector<Node>& nodes)
    : shared_(shared),
      nodes_(nodes),
      pods_(shared.env.metrics.gauge(
          "fairway_lab_pods", "Pods that this lab runs",
          shared.config.cluster.empty() ? MetricLabels{} : MetricLabels{{"cluster", shared.config.cluster}})) {
  for (PodRecord& record : load_records(shared.config.state_dir)) {
    const std::string uid = record.uid;
    left_.emplace(uid, std::move(record));
  }
}

Kubelet::~Kubelet() { pods_.set(0); }

std::size_t Kubelet::pods_on(const std::string& node_name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(runners_, [&](const auto& one) { return one.second->record().node == node_name; }));
}

std::optional<ProcessId> Kubelet::process_of(const std::string& uid, const std::string& container) const {
  const auto runner = runners_.find(uid);
  if (runner == runners_.end()) return std::nullopt;
  const auto& containers = runner->second->record().containers;
  const auto found = std::ranges::find(containers, container, &ContainerRecord::name);
  if (found == containers.end()) return std::nullopt;
  const ProcessId process{found->pid, found->start_ticks};
  return found->pid != 0 && process_alive(process) ? std::optional(process) : std::nullopt;
}

const Node* Kubelet::node_of(const std::string& name) const {
  const auto found = std::ranges::find(nodes_, name, &Node::name);
  return found == nodes_.end() || found->gone ? nullptr : &*found;
}

void Kubelet::changed(const std::string& key, const json::Value* pod) {
  if (!synced_) {
    if (pod != nullptr) waiting_[key] = *pod;
    return;
  }
  const std::string uid = pod == nullptr ? "" : uid_of(*pod);
  // A pod of the same name and another UID is another pod: the one before is gone.
  for (const auto& [known, runner] : runners_) {
    if (runner->key() == key && known != uid) runner->update(nullptr);
  }
  if (pod == nullptr) return;
  if (const auto runner = runners_.find(uid); runner != runners_.end()) {
    runner->second->update(pod);
    return;
  }
  const std::string node_name = json::string_or(*pod, "spec.nodeName");
  if (node_name.empty()) {
    if (!shared_.config.bind_pods || json::find(*pod, "metadata.deletionTimestamp") != nullptr) return;
    std::vector<std::string> workers;
    for (const Node& node : nodes_) {
      if (!node.control_plane && !node.leaving) workers.push_back(node.name);
    }
    if (workers.empty()) return;
    shared_.tasks.spawn("bind a pod",
                        bind(json::string_or(*pod, "metadata.namespace"), json::string_or(*pod, "metadata.name"),
                             workers[next_node_++ % workers.size()]));
  } else if (const Node* node = node_of(node_name); node != nullptr) {
    begin(*node, *pod);
  }
}

void Kubelet::synced() {
  synced_ = true;
  const auto seen = std::exchange(waiting_, {});
  for (const auto& [key, pod] : seen) changed(key, &pod);
  for (const auto& [uid, record] : left_) end_orphan(record);
  left_.clear();
}

void Kubelet::begin(const Node& node, const json::Value& pod) {
  const std::string uid = uid_of(pod);
  if (const auto left = left_.find(uid); left != left_.end()) {
    PodRecord record = std::move(left->second);
    left_.erase(left);
    add(node, pod, std::move(record));
    return;
  }
  PodRecord record{.uid = uid,
                   .ns = json::string_or(pod, "metadata.namespace"),
                   .name = json::string_or(pod, "metadata.name"),
                   .node = node.name,
                   .address = {},
                   .start_time = {},
                   .containers = {}};
  std::vector<std::string> taken;
  taken.reserve(runners_.size() + left_.size());
  for (const auto& [other, runner] : runners_) taken.push_back(runner->record().address);
  for (const auto& [other, left] : left_) taken.push_back(left.address);
  const auto address = free_pod_address(node.pod_cidr, taken);
  if (!address) {
    shared_.events.note(pod, kube::EventType::warning, "kubelet", "FailedCreatePodSandBox",
                        "Failed to create pod sandbox: the node's pod network " + node.pod_cidr +
                            " has no address left; take pods off this node");
    return;
  }
  record.address = *address;
  add(node, pod, std::move(record));
}

void Kubelet::add(const Node& node, json::Value pod, PodRecord record) {
  const std::string uid = record.uid;
  runners_[uid] = std::make_unique<PodRunner>(shared_, node, std::move(pod), std::move(record));
  pods_.set(static_cast<double>(runners_.size()));
  shared_.tasks.spawn("pod " + uid, run(uid));
}

Task<> Kubelet::run(std::string uid) {
  co_await runners_.at(uid)->run();
  runners_.erase(uid);
  pods_.set(static_cast<double>(runners_.size()));
}

// A pod that was deleted while no lab was there: its processes and network are all that is left of it.
void Kubelet::end_orphan(const PodRecord& record) {
  const Sandbox sandbox = sandbox_for(shared_.config.prefix, record.uid, record.address);
  for (const ProcessId& process : processes_of(shared_.config.state_dir, record, sandbox.ns)) {
    signal_process(process, SIGKILL);
    shared_.tasks.spawn("the end of a container", reap(process));
  }
  if (const Node* node = node_of(record.node); node != nullptr) {
    const Result<> removed = remove_sandbox(*node, sandbox);
    if (!removed)
      shared_.env.log.warn("a pod's network could not be removed",
                           {{"pod", record.ns + "/" + record.name}, {"why", removed.error().what}});
  } else {
    (void)net::remove_namespace(sandbox.ns);  // of a node that was taken down
  }
  std::error_code ignored;
  std::filesystem::remove_all(pod_folder(shared_.config.state_dir, record.uid), ignored);
}

Task<> Kubelet::reap(ProcessId process) { co_await wait_process(process); }

Task<> Kubelet::bind(std::string ns, std::string name, std::string node) {
  const json::Value binding =
      json::Object{{"apiVersion", "v1"},
                   {"kind", "Binding"},
                   {"metadata", json::Object{{"name", name}, {"namespace", ns}}},
                   {"target", json::Object{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}}}};
  Backoff backoff(shared_.env.random, std::chrono::milliseconds(200), std::chrono::seconds(10));
  for (;;) {
    const auto bound = co_await shared_.kube.create(kube::kPods.path(ns, name, "binding"), binding);
    if (bound || bound.error().code == Errc::conflict) co_return;
    shared_.env.log.warn("a pod could not be bound to a node",
                         {{"pod", ns + "/" + name}, {"node", node}, {"why", bound.error().what}});
    // Nobody would bind it when the API is back: a pod that waits for its node does not change.
    if (bound.error().code != Errc::unavailable && bound.error().code != Errc::timeout) co_return;
    co_await shared_.env.timers.sleep(backoff.next());
  }
}

}  // namespace fairway::lab
