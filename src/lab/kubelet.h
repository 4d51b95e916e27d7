// The nodes' agent: runs the pods that are bound to the lab's nodes, one runner each, and adopts what an earlier lab
// left running.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "kube/reflector.h"
#include "lab/pod_runner.h"

namespace fairway::lab {

class Kubelet {
 public:
  // `shared` and `nodes` outlive this.
  Kubelet(PodContext& shared, const std::vector<Node>& nodes);
  ~Kubelet();

  // From the reflector of all pods: an object changed (null: gone), and: the first list is complete.
  void changed(const std::string& key, const json::Value* pod);
  void synced();

  // How many pods of this node are here, from their begin to the end of their processes.
  [[nodiscard]] std::size_t pods_on(const std::string& node_name) const;
  // The first process of a container, while it runs.
  [[nodiscard]] std::optional<ProcessId> process_of(const std::string& uid, const std::string& container) const;

 private:
  void begin(const Node& node, const json::Value& pod);
  void add(const Node& node, json::Value pod, PodRecord record);
  void end_orphan(const PodRecord& record);
  [[nodiscard]] const Node* node_of(const std::string& name) const;
  Task<> bind(std::string ns, std::string name, std::string node);
  Task<> run(std::string uid);
  static Task<> reap(ProcessId process);

  PodContext& shared_;
  const std::vector<Node>& nodes_;
  std::map<std::string, std::unique_ptr<PodRunner>> runners_;  // by UID
  std::map<std::string, PodRecord> left_;                      // what an earlier lab left, until it is adopted
  std::map<std::string, json::Value> waiting_;                 // pods seen before the first list was complete
  bool synced_ = false;
  std::size_t next_node_ = 0;
  Gauge& pods_;
};

}  // namespace fairway::lab
